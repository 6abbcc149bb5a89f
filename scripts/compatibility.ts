import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { parseKibanaVersions } from './build/kibana_versions';

const ROOT = resolve(__dirname, '..');
const PROJECT = 'log-anomalies-compatibility';

/** Outcome of one version of Kibana, step by step. */
interface Outcome {
  readonly version: string;
  readonly failedAt: 'build' | 'start' | 'end-to-end suite' | undefined;
  readonly seconds: number;
}

interface Ports {
  readonly kibana: string;
  readonly elasticsearch: string;
}

/** Runs a program to its end with our own output. @returns its exit code; 127 when it could not be started */
function run(command: string, given: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((finished) => {
    const child = spawn(command, given, { cwd: ROOT, env: environment, stdio: 'inherit' });
    child.on('error', (error) => {
      console.error(`${command} cannot be run: ${error.message}`);
      finished(127);
    });
    child.on('exit', (code) => finished(code ?? 1));
  });
}

/** One Kibana with its Elasticsearch in containers, the plugin in it, and the end-to-end suite over them. */
async function tryVersion(version: string, directory: string, ports: Ports): Promise<Outcome> {
  const begin = Date.now();
  const password = randomBytes(18).toString('hex');
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    COMPOSE_PROJECT_NAME: PROJECT,
    STACK_VERSION: version,
    ELASTIC_PASSWORD: password,
    KIBANA_PASSWORD: randomBytes(18).toString('hex'),
    KIBANA_ENCRYPTION_KEY: randomBytes(24).toString('hex'),
    KIBANA_PORT: ports.kibana,
    ELASTICSEARCH_PORT: ports.elasticsearch,
  };
  const outcome = (failedAt: Outcome['failedAt']): Outcome => ({
    version,
    failedAt,
    seconds: Math.round((Date.now() - begin) / 1_000),
  });
  const compose = (...given: string[]): Promise<number> => run('docker', ['compose', ...given], environment);
  if ((await run('npm', ['run', 'build', '--', '--kibana-version', version], environment)) !== 0) {
    return outcome('build');
  }
  const pictures = join(directory, version);
  await mkdir(pictures, { recursive: true });
  try {
    if ((await compose('up', '--detach', '--wait')) !== 0) {
      await compose('logs', '--no-color', '--tail', '200');
      return outcome('start');
    }
    const suite = await run('npm', ['run', 'test:e2e'], {
      ...environment,
      KIBANA_URL: `http://127.0.0.1:${ports.kibana}`,
      KIBANA_USERNAME: 'elastic',
      KIBANA_PASSWORD: password,
      ELASTICSEARCH_URL: `http://127.0.0.1:${ports.elasticsearch}`,
      PICTURES: pictures,
    });
    return outcome(suite === 0 ? undefined : 'end-to-end suite');
  } finally {
    await compose('down', '--volumes');
  }
}

const tableOf = (outcomes: readonly Outcome[]): string =>
  [
    '| Kibana | outcome | seconds |',
    '| --- | --- | --- |',
    ...outcomes.map(
      ({ version, failedAt, seconds }) =>
        `| ${version} | ${failedAt === undefined ? 'passed' : `failed: ${failedAt}`} | ${seconds} |`,
    ),
    '',
  ].join('\n');

const program = new Command('compatibility')
  .description('Runs the end-to-end suite in the official images of Kibana, one version after the other.')
  .requiredOption(
    '--kibana <versions>',
    'versions, ranges such as 9.4.0..9.4.3, or @file; separated by commas',
  )
  .option('--output <directory>', 'where pictures and results.md go', 'build/compatibility')
  .option('--kibana-port <port>', 'on the loopback interface', '15601')
  .option('--elasticsearch-port <port>', 'on the loopback interface', '19200')
  .action(
    async (options: { kibana: string; output: string; kibanaPort: string; elasticsearchPort: string }) => {
      const directory = resolve(ROOT, options.output);
      await mkdir(directory, { recursive: true });
      const ports = { kibana: options.kibanaPort, elasticsearch: options.elasticsearchPort };
      const outcomes: Outcome[] = [];
      for (const version of parseKibanaVersions(options.kibana)) {
        outcomes.push(await tryVersion(version, directory, ports));
        await writeFile(join(directory, 'results.md'), tableOf(outcomes));
      }
      console.log(tableOf(outcomes));
      if (outcomes.some(({ failedAt }) => failedAt !== undefined)) process.exitCode = 1;
    },
  );

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
