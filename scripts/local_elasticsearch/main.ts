import { Command } from 'commander';
import { DetectionError, exitCodeOf } from '../../common/detection_error';
import { DEFAULT_LOCAL_VERSION, LOCAL_VERSIONS, parseLocalVersion, startLocalElasticsearch } from './index';

interface Flags {
  version: string;
  security?: boolean;
  port: string;
  data?: string;
  heap: string;
}

async function main(): Promise<void> {
  const flags = new Command('elasticsearch')
    .description('Runs a local Elasticsearch in the foreground until Ctrl-C.')
    .option('--version <version>', `one of ${Object.keys(LOCAL_VERSIONS).join(', ')}`, DEFAULT_LOCAL_VERSION)
    .option('--security', 'with users, roles and API keys; the password is printed')
    .option('--port <port>', '0 for any free one', '9200')
    .option('--data <folder>', 'keeps the data there; default: a temporary folder')
    .option('--heap <size>', 'Java heap', '1g')
    .addHelpText('after', '\nExample:\n  npm run elasticsearch -- --version 8.19.8 --security --port 9201')
    .parse()
    .opts<Flags>();
  const port = Number(flags.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new DetectionError(
      'invalid_input',
      `--port is "${flags.port}"; allowed: a whole number from 0 to 65535`,
    );
  }
  const interruption = new AbortController();
  const interrupted = new Promise<void>((done) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(name, () => {
        interruption.abort();
        done();
      });
    }
  });
  const node = await startLocalElasticsearch({
    version: parseLocalVersion(flags.version),
    security: flags.security,
    port,
    dataPath: flags.data,
    heap: flags.heap,
    signal: interruption.signal,
    report: (message) => process.stderr.write(`${message}\n`),
  });
  process.stdout.write(`export ELASTICSEARCH_URL=${node.url}\n`);
  if (flags.security) {
    process.stdout.write(`export ELASTICSEARCH_USERNAME=${node.username}\n`);
    process.stdout.write(`export ELASTICSEARCH_PASSWORD=${node.password}\n`);
  }
  process.stderr.write('Press Ctrl-C to stop it.\n');
  const alive = setInterval(() => {}, 60_000);
  await interrupted;
  clearInterval(alive);
  process.stderr.write('Stopping Elasticsearch ...\n');
  await node.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof DetectionError ? exitCodeOf(error.code) : 1;
});
