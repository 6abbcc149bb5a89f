import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** Runs the command line as a user does, with the Elasticsearch of this run. @returns what `--json` printed */
export function logAnomalies(environment: NodeJS.ProcessEnv, ...given: string[]): unknown {
  const done = spawnSync(
    process.execPath,
    ['--import', 'tsx', resolve(root, 'scripts/log_anomalies.ts'), ...given, '--json'],
    { cwd: root, encoding: 'utf8', env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 },
  );
  if (done.status !== 0) throw new Error(`log-anomalies ${given[0]}: ${done.stderr}${done.stdout}`);
  return JSON.parse(done.stdout);
}
