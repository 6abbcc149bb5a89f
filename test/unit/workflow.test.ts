import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

const read = (path: string): string => readFileSync(resolve(__dirname, '../..', path), 'utf8');

interface Job {
  readonly steps: readonly { readonly run?: string }[];
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
