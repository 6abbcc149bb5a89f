import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'compatibility-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Programs that write down how they were called; `failing` names calls that fail. */
function programs(failing: string): void {
  for (const name of ['docker', 'npm']) {
    const file = join(directory, name);
    writeFileSync(
      file,
      `#!/bin/sh
echo "$STACK_VERSION ${name} $* KIBANA_URL=$KIBANA_URL port=$KIBANA_PORT" >> ${directory}/calls
case "$STACK_VERSION ${name} $*" in ${failing === '' ? 'nothing' : `"${failing}"`}) exit 1;; esac
`,
    );
    chmodSync(file, 0o755);
  }
}

function compatibility(failing = '') {
  programs(failing);
  rmSync(join(directory, 'calls'), { force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/tsx/dist/cli.mjs'),
      join(root, 'scripts/compatibility.ts'),
      ...['--kibana', '8.19.8,9.4.3', '--output', directory],
    ],
    { encoding: 'utf8', env: { ...process.env, PATH: `${directory}:${process.env.PATH}`, KIBANA_URL: '' } },
  );
  const calls = readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n');
  return { status, stdout, stderr, calls, table: readFileSync(join(directory, 'results.md'), 'utf8') };
}

const callsOf = (version: string): string[] => [
  `${version} npm run build -- --kibana-version ${version} KIBANA_URL= port=15601`,
  `${version} docker compose up --detach --wait KIBANA_URL= port=15601`,
  `${version} npm run test:e2e KIBANA_URL=http://127.0.0.1:15601 port=15601`,
  `${version} docker compose down --volumes KIBANA_URL= port=15601`,
];

it('builds, starts, tests and takes away one version after the other', () => {
  const { status, calls, table } = compatibility();
  expect(calls).toEqual([...callsOf('8.19.8'), ...callsOf('9.4.3')]);
  expect(table).toMatch(/\| 8\.19\.8 \| passed \| \d+ \|\n\| 9\.4\.3 \| passed \| \d+ \|/);
  expect(status).toBe(0);
}, 60_000);

it('goes on after a version that does not start, shows its log, and fails in the end', () => {
  const { status, calls, table } = compatibility('8.19.8 docker compose up --detach --wait');
  expect(calls.map((call) => call.replace(/ KIBANA_URL.*/, ''))).toEqual([
    '8.19.8 npm run build -- --kibana-version 8.19.8',
    '8.19.8 docker compose up --detach --wait',
    '8.19.8 docker compose logs --no-color --tail 200',
    '8.19.8 docker compose down --volumes',
    ...callsOf('9.4.3').map((call) => call.replace(/ KIBANA_URL.*/, '')),
  ]);
  expect(table).toContain('| 8.19.8 | failed: start |');
  expect(table).toContain('| 9.4.3 | passed |');
  expect(status).toBe(1);
}, 60_000);
