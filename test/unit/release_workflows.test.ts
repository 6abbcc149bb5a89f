import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { parseKibanaVersions } from '../../scripts/build/kibana_versions';

const root = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Step {
  readonly run?: string;
  readonly uses?: string;
}
interface Workflow {
  readonly permissions: object;
  readonly jobs: Record<
    string,
    { readonly steps?: Step[]; readonly strategy?: { matrix: { version: string } } }
  >;
}
const workflowOf = (name: string): Workflow => parse(read(`.github/workflows/${name}.yml`)) as Workflow;
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe.each(['release', 'compatibility'])('the workflow %s', (name) => {
  const workflow = workflowOf(name);

  it('may only read unless a job says otherwise', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
  });

  it('runs scripts that are there, in commands that a shell can read', () => {
    for (const { run = '' } of stepsOf(workflow)) {
      for (const [, script] of run.matchAll(/npm run (\S+)/g)) expect(Object.keys(scripts)).toContain(script);
      // Expressions of the workflow stand in environment variables, so that none becomes a command.
      expect(run).not.toContain('${{');
      execFileSync('bash', ['-n', '-c', run]);
    }
  });
});

it('tries versions that are released', () => {
  const released = parseKibanaVersions(`@${join(root, 'kibana_versions.txt')}`);
  const expression = workflowOf('compatibility').jobs.kibana.strategy?.matrix.version ?? '';
  const tried = JSON.parse(/'(\[.*\])'/.exec(expression)?.[1] ?? '[]') as string[];
  expect(tried.length).toBeGreaterThan(5);
  expect(tried.filter((version) => !released.includes(version))).toEqual([]);
});

it('makes an image of the zip of its own version', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['ARG', 'FROM', 'ARG', 'COPY', 'RUN']);
  expect(read('Dockerfile')).toContain('build/log-anomalies-*_${STACK_VERSION}.zip');
});
