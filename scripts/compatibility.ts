import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { parseKibanaVersions } from './build/kibana_versions';

const ROOT = resolve(__dirname, '..');
const PROJECT = 'log-anomalies-compatibility';

/** Setting that the suite asks for: it watches detectors that run every five seconds. */
const KIBANA_ARGUMENTS = '--logAnomalies.limits.min_interval=5s';

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

/** A Kibana that runs with the plugin, its Elasticsearch, and somebody who may do everything in both. */
interface Running {
  readonly kibana: string;
  readonly elasticsearch: string;
  readonly username: string;
  readonly password: string;
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

/** Runs the end-to-end suite over a Kibana that is up. @param directory where pictures of its pages go @returns its exit code */
async function runSuite(
  running: Running,
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  await mkdir(directory, { recursive: true });
  return run('npm', ['run', 'test:e2e'], {
    ...environment,
    KIBANA_HOME: '',
    KIBANA_URL: running.kibana,
    KIBANA_USERNAME: running.username,
    KIBANA_PASSWORD: running.password,
    ELASTICSEARCH_URL: running.elasticsearch,
    PICTURES: directory,
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
    KIBANA_ARGUMENTS,
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
  try {
    if ((await compose('up', '--detach', '--wait')) !== 0) {
      await compose('logs', '--no-color', '--tail', '200');
      return outcome('start');
    }
    const running: Running = {
      kibana: `http://127.0.0.1:${ports.kibana}`,
      elasticsearch: `http://127.0.0.1:${ports.elasticsearch}`,
      username: 'elastic',
      password,
    };
    const suite = await runSuite(running, join(directory, version), environment);
    return outcome(suite === 0 ? undefined : 'end-to-end suite');
  } finally {
    await compose('down', '--volumes');
  }
}

/**
 * The suite over a Kibana that somebody else has started with the plugin in it.
 *
 * @param address of Kibana, without a path
 * @throws Error when it does not answer, or the environment lacks what the suite needs
 */
async function tryRunning(address: string, directory: string): Promise<Outcome> {
  const { KIBANA_USERNAME: username = '', KIBANA_PASSWORD: password = '', ELASTICSEARCH_URL } = process.env;
  if (!ELASTICSEARCH_URL) {
    throw new Error(
      '--running needs ELASTICSEARCH_URL, the Elasticsearch of that Kibana, in the environment',
    );
  }
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const response = await fetch(`${address}/api/status`, {
    headers: username === '' ? {} : { authorization },
  });
  const status = (await response.json().catch(() => ({}))) as { version?: { number?: string } };
  const version = status.version?.number;
  if (version === undefined) {
    throw new Error(
      `${address}/api/status answers ${response.status} and names no version: is it a Kibana, and are KIBANA_USERNAME and KIBANA_PASSWORD right?`,
    );
  }
  const begin = Date.now();
  const running: Running = { kibana: address, elasticsearch: ELASTICSEARCH_URL, username, password };
  const suite = await runSuite(running, join(directory, version), process.env);
  return {
    version,
    failedAt: suite === 0 ? undefined : 'end-to-end suite',
    seconds: Math.round((Date.now() - begin) / 1_000),
  };
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

interface Options {
  readonly kibana?: string;
  readonly running?: string;
  readonly output: string;
  readonly kibanaPort: string;
  readonly elasticsearchPort: string;
}

const program = new Command('compatibility')
  .description('Runs the end-to-end suite in the official images of Kibana, one version after the other.')
  .option('--kibana <versions>', 'versions, ranges such as 9.4.0..9.4.3, or @file; separated by commas')
  .option(
    '--running <address>',
    `instead: a Kibana that runs with the plugin in it and with ${KIBANA_ARGUMENTS}; KIBANA_USERNAME, KIBANA_PASSWORD and ELASTICSEARCH_URL say the rest`,
  )
  .option('--output <directory>', 'where pictures and results.md go', 'build/compatibility')
  .option('--kibana-port <port>', 'on the loopback interface', '15601')
  .option('--elasticsearch-port <port>', 'on the loopback interface', '19200')
  .action(async ({ kibana, running, output, kibanaPort, elasticsearchPort }: Options) => {
    if ((kibana === undefined) === (running === undefined)) {
      throw new Error('say either --kibana <versions> or --running <address>');
    }
    const directory = resolve(ROOT, output);
    await mkdir(directory, { recursive: true });
    const ports = { kibana: kibanaPort, elasticsearch: elasticsearchPort };
    const outcomes: Outcome[] = [];
    const keep = async (outcome: Outcome): Promise<void> => {
      outcomes.push(outcome);
      await writeFile(join(directory, 'results.md'), tableOf(outcomes));
    };
    if (running !== undefined) await keep(await tryRunning(running.replace(/\/+$/, ''), directory));
    for (const version of kibana === undefined ? [] : parseKibanaVersions(kibana)) {
      await keep(await tryVersion(version, directory, ports));
    }
    console.log(tableOf(outcomes));
    if (outcomes.some(({ failedAt }) => failedAt !== undefined)) process.exitCode = 1;
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
