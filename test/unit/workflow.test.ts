import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(resolve(__dirname, '../..', path), 'utf8');

interface Job {
  readonly steps: readonly { readonly run?: string; readonly id?: string; readonly if?: string }[];
  readonly strategy?: { readonly matrix: { readonly part: readonly string[] } };
}
const { jobs } = parse(read('.github/workflows/anomaly-detection.yml')) as { jobs: Record<string, Job> };
const commands = Object.values(jobs).flatMap(({ steps, strategy }) =>
  steps.flatMap(({ run }) => {
    if (run === undefined) return [];
    return (strategy?.matrix.part ?? ['']).map((part) => run.replace('${{ matrix.part }}', part));
  }),
);

describe('the workflow', () => {
  it('runs only what the tests of the pipeline run, checks, and the audit that needs a public registry', () => {
    expect([...new Set(commands)].filter((command) => !command.startsWith('npm run verify')).sort()).toEqual([
      'npm audit --omit=dev --audit-level=moderate',
      'npm ci',
      'npm run test:kibana-9',
      'sh scripts/pipeline/deploy.sh',
      'sh scripts/pipeline/generate.sh',
      'sh scripts/pipeline/rollback.sh',
      'sh scripts/pipeline/train.sh',
      'sh scripts/pipeline/validate.sh',
      'sh scripts/pipeline/validate_deployment.sh',
      'sh scripts/setup.sh --tests',
    ]);
  });

  it('runs each part of verify once', () => {
    const parts = commands.flatMap(
      (command) => /^npm run verify -- --only (\S+)$/.exec(command)?.[1].split(',') ?? [],
    );
    const known = /const PARTS = \[([^\]]+)\]/.exec(read('scripts/verify.ts'))![1].match(/\w+/g)!;
    expect(parts.sort()).toEqual(known.sort());
  });
});

describe('a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-anomalies-workflow-'));
  const output = join(folder, 'output');
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs a script with a command line that ends with this code and knows these models. @returns code and outputs of the step */
  function outcomeOf(script: string, code: number, models: readonly object[] | 'unknown' = []) {
    writeFileSync(join(folder, 'model.json'), '{"version":"v2"}');
    const listed = models === 'unknown' ? 'exit 3' : `echo '${JSON.stringify(models)}'`;
    writeFileSync(
      join(folder, 'npm'),
      `#!/bin/sh\ncase "$*" in *list-models*) ${listed};; *) exit ${code};; esac\n`,
    );
    chmodSync(join(folder, 'npm'), 0o755);
    rmSync(output, { force: true });
    const { status } = spawnSync('sh', [resolve(__dirname, '../../scripts/pipeline', script)], {
      env: {
        ...process.env,
        PATH: `${folder}:${process.env.PATH}`,
        MODEL_FOLDER: folder,
        GITHUB_OUTPUT: output,
      },
    });
    return { status, output: existsSync(output) ? readFileSync(output, 'utf8').trim() : '' };
  }

  it.each([
    [0, 'not listed', 'true'],
    [7, 'candidate', 'false'],
    [8, 'active', 'true'],
  ])('that ends with %i and leaves the model %s is validated: %s', (code, state, active) => {
    const models = [
      { version: 'v1', status: 'retired' },
      { version: 'v2', status: state },
    ];
    expect(outcomeOf('deploy.sh', code, models)).toEqual({ status: code, output: `active=${active}` });
  });

  it('counts as active where nobody can tell', () => {
    expect(outcomeOf('deploy.sh', 8, 'unknown')).toEqual({ status: 8, output: 'active=true' });
    expect(outcomeOf('deploy.sh', 8, [])).toEqual({ status: 8, output: 'active=false' });
  });

  it.each([
    [0, ''],
    [3, ''],
    [5, ''],
    [8, ''],
    [7, 'limits_broken=true'],
  ])('whose watch ends with %i tells the next step %j', (code, told) => {
    expect(outcomeOf('validate_deployment.sh', code)).toEqual({ status: code, output: told });
  });

  it('is validated and taken back by these outputs alone, and not when the run is cancelled', () => {
    const conditions = Object.fromEntries(
      jobs.deploy.steps.flatMap(({ run, if: condition }) =>
        run?.startsWith('sh scripts/pipeline/')
          ? [[run.slice('sh scripts/pipeline/'.length), condition]]
          : [],
      ),
    );
    expect(conditions).toEqual({
      'deploy.sh': undefined,
      'validate_deployment.sh': "${{ !cancelled() && steps.deploy.outputs.active == 'true' }}",
      'rollback.sh': "${{ !cancelled() && steps.validate.outputs.limits_broken == 'true' }}",
    });
    expect(jobs.deploy.steps.map(({ id }) => id).filter(Boolean)).toEqual(['deploy', 'validate']);
  });
});
