import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'compatibility-'));
const results = join(directory, 'results.md');
afterAll(() => rmSync(directory, { recursive: true }));
// Each call starts a process, which takes a busy machine a while.
jest.setTimeout(60_000);

/** Programs that write down how they were called; `failing` names calls that fail. */
function programs(failing: string): void {
  for (const name of ['docker', 'npm']) {
    const file = join(directory, name);
    writeFileSync(
      file,
      `#!/bin/sh
echo "$STACK_VERSION ${name} $* KIBANA_URL=$KIBANA_URL user=$KIBANA_USERNAME arguments=$KIBANA_ARGUMENTS port=$KIBANA_PORT pictures=$PICTURES" >> ${directory}/calls
case "$STACK_VERSION ${name} $*" in ${failing === '' ? 'nothing' : `"${failing}"`}) exit 1;; esac
`,
    );
    chmodSync(file, 0o755);
  }
}

/** Runs the command with programs that do nothing. */
async function compatibility(
  given: readonly string[],
  { failing = '', environment = {} }: { failing?: string; environment?: NodeJS.ProcessEnv } = {},
) {
  programs(failing);
  for (const file of [join(directory, 'calls'), results]) rmSync(file, { force: true });
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/tsx/dist/cli.mjs'),
      join(root, 'scripts/compatibility.ts'),
      ...[...given, '--output', directory],
    ],
    {
      env: {
        ...process.env,
        PATH: `${directory}:${process.env.PATH}`,
        ...{ STACK_VERSION: '', KIBANA_PORT: '', PICTURES: '', KIBANA_ARGUMENTS: '' },
        ...{ KIBANA_URL: '', KIBANA_USERNAME: '', KIBANA_PASSWORD: '', ELASTICSEARCH_URL: '' },
        ...environment,
      },
    },
  );
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += String(text)));
  child.stdout.resume();
  const status = await new Promise<number | null>((ended) => child.on('close', ended));
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8').trim();
    } catch {
      return '';
    }
  };
  const calls = read(join(directory, 'calls'));
  return { status, stderr, calls: calls === '' ? [] : calls.split('\n'), table: read(results) };
}

const ARGUMENTS = 'arguments=--logAnomalies.limits.min_interval=5s';
const callsOf = (version: string): string[] => {
  const quiet = `KIBANA_URL= user= ${ARGUMENTS} port=15601 pictures=`;
  return [
    `${version} npm run build -- --kibana-version ${version} ${quiet}`,
    `${version} docker compose up --detach --wait ${quiet}`,
    `${version} npm run test:e2e KIBANA_URL=http://127.0.0.1:15601 user=elastic ${ARGUMENTS} port=15601 pictures=${directory}/${version}`,
    `${version} docker compose down --volumes ${quiet}`,
  ];
};

describe('versions', () => {
  const VERSIONS = ['--kibana', '8.19.8,9.4.3'];

  it('builds, starts, tests and takes away one version after the other', async () => {
    const { status, calls, table } = await compatibility(VERSIONS);
    expect(calls).toEqual([...callsOf('8.19.8'), ...callsOf('9.4.3')]);
    expect(table).toMatch(/\| 8\.19\.8 \| passed \| \d+ \|\n\| 9\.4\.3 \| passed \| \d+ \|/);
    expect(status).toBe(0);
  });

  it('goes on after a version that does not start, shows its log, and fails in the end', async () => {
    const failing = '8.19.8 docker compose up --detach --wait';
    const { status, calls, table } = await compatibility(VERSIONS, { failing });
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
  });

  it('says so when the suite fails', async () => {
    const failing = '9.4.3 npm run test:e2e';
    const { status, table } = await compatibility(['--kibana', '9.4.3'], { failing });
    expect(table).toContain('| 9.4.3 | failed: end-to-end suite |');
    expect(status).toBe(1);
  });
});

describe('a Kibana that runs already', () => {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`;
    // Kibana names its version only to who is known.
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' });
    const isStatus = request.url === '/api/status';
    response.end(JSON.stringify(isKnown && isStatus ? { version: { number: '9.2.1' } } : {}));
  });
  let address = '';
  const environment = {
    KIBANA_USERNAME: 'me',
    KIBANA_PASSWORD: 'secret',
    ELASTICSEARCH_URL: 'http://elasticsearch.test:9200',
  };
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('is asked for its version, and the suite runs over it', async () => {
    const { status, calls, table } = await compatibility(['--running', `${address}/`], { environment });
    expect(calls).toEqual([
      `npm run test:e2e KIBANA_URL=${address} user=me arguments= port= pictures=${directory}/9.2.1`,
    ]);
    expect(table).toContain('| 9.2.1 | passed |');
    expect(status).toBe(0);
  });

  it.each([
    ['does not know us', { ...environment, KIBANA_PASSWORD: 'other' }, 'answers 401 and names no version'],
    [
      'has an Elasticsearch that is not named',
      { ...environment, ELASTICSEARCH_URL: '' },
      'ELASTICSEARCH_URL',
    ],
  ])('is refused where it %s', async (_why, given, message) => {
    const { status, calls, stderr, table } = await compatibility(['--running', address], {
      environment: given,
    });
    expect([status, calls, table]).toEqual([1, [], '']);
    expect(stderr).toContain(message);
  });

  it('is not asked for beside versions', async () => {
    for (const given of [[], ['--running', address, '--kibana', '9.4.3']]) {
      const { status, stderr } = await compatibility(given, { environment });
      expect(status).toBe(1);
      expect(stderr).toContain('either --kibana <versions> or --running <address>');
    }
  });
});
