import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { parseKibanaVersions } from '../../scripts/build/kibana_versions';
import { KIBANAS } from '../kibana_versions/facts';
import { workflowSchema } from './deployment_schemas';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<string, { readonly steps?: Step[] }>;
}
const workflowOf = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe('the schema of workflows', () => {
  it.each(['anomaly-detection', 'compatibility', 'release'])('takes %s', (name) => {
    expect(workflowSchema.safeParse(workflowOf(name)).error?.issues).toBeUndefined();
  });

  const broken = (change: (text: string) => string) => {
    const text = read('.github/workflows/compatibility.yml');
    expect(change(text)).not.toBe(text);
    return workflowSchema.safeParse(parse(change(text))).success;
  };
  it.each([
    ['a key that there is not', 'timeout-minutes: 90', 'timeout: 90'],
    ['a job that is not there', 'needs: versions', 'needs: version'],
    ['a step that is not there', 'id: image', 'id: picture'],
    ['an input that an action has not', 'node-version: 20', 'node_version: 20'],
    ['an action of another name', 'actions/upload-artifact@v4', 'actions/upload@v4'],
    ['an issue that may not be opened', /issues: write/g, 'issues: read'],
    ['an event that there is not', 'workflow_dispatch:', 'dispatch:'],
    ['a step that runs nothing', /run: npm run compatibility.*/, 'shell: bash'],
  ])('refuses %s', (_what, from, to) => {
    expect(broken((text) => text.replace(from, to))).toBe(false);
  });
});

describe.each(['release', 'compatibility'])('the workflow %s', (name) => {
  const workflow = workflowOf(name);

  it('may only read unless a job says otherwise', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('runs scripts that are there, in commands that a shell can read', () => {
    for (const { run = '' } of stepsOf(workflow)) {
      for (const [, script] of run.matchAll(/npm run (?:--silent )?(\S+)/g))
        expect(Object.keys(scripts)).toContain(script);
      // Expressions of the workflow stand in environment variables, so that none becomes a command.
      expect(run).not.toContain('${{');
      execFileSync('bash', ['-n', '-c', run]);
    }
  });
});

describe('the versions that are tried', () => {
  const listed = (tags: string, ...given: string[]): unknown =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [join(root, 'node_modules/tsx/dist/cli.mjs'), join(root, 'scripts/newest_kibanas.ts'), ...given],
        { input: tags, encoding: 'utf8' },
      ),
    );
  const tags = ['v8.12.1', 'v8.12.2', 'v9.0.8', 'v9.99.0', 'v9.1.0-rc1'].map(
    (tag) => `0f1e\trefs/tags/${tag}\n`,
  );

  it('are the newest of each minor, by the tags of Kibana', () => {
    expect(listed(tags.join(''))).toEqual(['8.12.2', '9.0.8', '9.99.0']);
  }, 60_000);

  it('have an issue opened where no zip is built for them', () => {
    expect(listed(tags.join(''), '--without-zip')).toEqual(['9.99.0']);
  }, 60_000);
});

it('builds zips of every minor from 8.12 on that is released', () => {
  const released = parseKibanaVersions(`@${join(root, 'kibana_versions.txt')}`);
  const minors = new Set(released.map((version) => version.split('.').slice(0, 2).join('.')));
  const known = KIBANAS.map(({ version }) => version.split('.').slice(0, 2).join('.'));
  // 9.6 is known from its sources alone.
  expect([...minors]).toEqual(known.filter((minor) => minor !== '9.6'));
});

it('makes an image of the zip of its own version', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['ARG', 'FROM', 'ARG', 'COPY', 'RUN']);
  expect(read('Dockerfile')).toContain('build/log-anomalies-*_${STACK_VERSION}.zip');
});
