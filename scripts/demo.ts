import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import colors from 'picocolors';
import { stringify } from 'yaml';
import type { LogDocument } from '../common/log_document';
import { openDocumentWriter, writeWhole } from './command_line/log_files';
import { report } from './command_line/session';
import { HISTORY_SHARE, mixRealWebLogs, withFloodsAndSilences } from './demo/real_web_logs';
import { startLocalElasticsearch, type LocalElasticsearch } from './local_elasticsearch';

/**
 * The main job end to end, by the same commands that a user types: logs go into an Elasticsearch, a model is trained on
 * a sample of the first part, the second part arrives as new traffic, its anomalies are found, explained and reported.
 * Real access logs are used where the shared data lies (LOG_ANOMALIES_DATA), generated ones otherwise.
 */
const FOLDER = resolve('build/demo');
const HISTORY_INDEX = 'demo-web-history';
const LIVE_INDEX = 'demo-web-live';
const DAYS = 4;
const SEED = 20_150_517;
/** Share of the generated logs. */
const ANOMALY_RATE = '0.02';
/** Of generated logs: as many a second as a small web shop has. */
const RATE = '0.5';

const dataFolder = process.env.LOG_ANOMALIES_DATA ?? resolve('../shared/data');
const file = (name: string): string => join(FOLDER, name);

async function main(): Promise<void> {
  const started = Date.now();
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await writeWhole(file('config.yaml'), stringify({ index: LIVE_INDEX }));

  heading('An Elasticsearch');
  const own = process.env.ELASTICSEARCH_URL !== undefined;
  const local: LocalElasticsearch | undefined = own
    ? undefined
    : await startLocalElasticsearch({
        version: '8.19.8',
        shortLived: true,
        report: (text) => process.stdout.write(colors.dim(`  ${text}\n`)),
      });
  const stop = async (): Promise<void> => local?.stop();
  const onSignal = (): void => void stop().finally(() => process.exit(130));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const environment: NodeJS.ProcessEnv =
      local === undefined ? process.env : { ...process.env, ELASTICSEARCH_URL: local.url };
    const run = (...parameters: string[]): Promise<void> => logAnomalies(parameters, environment);
    await run('check-connection', '--index', LIVE_INDEX);

    heading('Logs: a history to train on, and new traffic');
    const real =
      existsSync(join(dataFolder, 'apache_access.log.gz')) && existsSync(join(dataFolder, 'http_params.csv'));
    if (real) await writeRealLogs();
    else await generateBoth(run);
    await run('ingest-logs', file('history.ndjson'), '--index', HISTORY_INDEX);

    heading('Train on a sample of the history: single logs');
    await run(
      'collect-training-data',
      '--days',
      '30',
      '--index',
      HISTORY_INDEX,
      '--output',
      file('training_data.json'),
    );
    await run(
      'train-model',
      '--input',
      file('training_data.json'),
      '--name',
      'demo',
      '--output',
      file('model.json'),
    );

    heading('Train on the same history: what logs are together in five minutes');
    await run(
      ...['suggest-features', '--input', file('history.ndjson'), '--name', 'demo'],
      ...['--output', file('suggested.yml')],
    );
    const buckets = file('suggested.buckets.yml');
    await run(
      ...['collect-training-data', '--days', '30', '--detector', buckets, '--index', HISTORY_INDEX],
      ...['--output', file('training_rows.ndjson')],
    );
    await run(
      ...['train-model', '--input', file('training_rows.ndjson'), '--detector', buckets],
      ...['--output', file('model.buckets.json')],
    );

    heading('New traffic arrives: find and explain, in one list');
    await run('ingest-logs', file('test_logs.ndjson'), '--index', LIVE_INDEX);
    await run(
      ...['detect', '--model', file('model.json'), file('model.buckets.json'), '--index', LIVE_INDEX],
      ...['--once', '--from', '5d', '--delay', '1s', '--limit', '8'],
      ...['--checkpoint', file('checkpoint.json'), file('checkpoint.buckets.json')],
    );

    heading('How good was that?');
    await run(
      ...['collect-training-data', '--days', '30', '--detector', buckets, '--index', LIVE_INDEX],
      ...['--label-field', 'labels.anomaly', '--incidents', file('incidents.json')],
      ...['--max-rows', '1000000', '--output', file('test_rows.ndjson')],
    );
    await run(
      ...['evaluate-model', '--model', file('model.json'), file('model.buckets.json')],
      ...['--test-data', file('test_logs.ndjson'), file('test_rows.ndjson')],
      ...['--html', file('evaluation.html')],
    );
    process.stdout.write(
      `\n${colors.bold('Done')} in ${Math.round((Date.now() - started) / 1_000)} s on ${real ? 'real access logs with real attack strings' : 'generated logs'}.` +
        `\nOpen ${colors.bold(file('evaluation.html'))} for the plots.\n`,
    );
  } finally {
    await stop();
  }
}

async function writeRealLogs(): Promise<void> {
  const logs = mixRealWebLogs(Date.now(), DAYS, SEED);
  const border = Math.round(logs.length * HISTORY_SHARE);
  await write(file('history.ndjson'), logs.slice(0, border));
  const traffic = withFloodsAndSilences(logs.slice(border));
  await write(file('test_logs.ndjson'), traffic.logs);
  await writeWhole(file('incidents.json'), `${JSON.stringify(traffic.incidents, null, 2)}\n`);
  const anomalous = logs.filter((log) => (log.labels as { anomaly: string }).anomaly === 'true').length;
  process.stdout.write(
    `  ${logs.length.toLocaleString('en')} real requests; ${anomalous} of them are attacks, failures or slow ones, most of them made; the new traffic has floods and silences, too\n`,
  );
}

async function generateBoth(run: (...parameters: string[]) => Promise<void>): Promise<void> {
  const now = Date.now();
  const border = new Date(now - (1 - HISTORY_SHARE) * DAYS * 86_400_000).toISOString();
  const common = ['--rate', RATE, '--anomaly-rate', ANOMALY_RATE];
  await run(
    ...['generate-logs', '--backfill', '67h', '--until', border, ...common, '--seed', '1'],
    ...['--output', file('history.ndjson')],
  );
  await run(
    ...['generate-logs', '--backfill', '28h', ...common, '--seed', '2'],
    ...['--output', file('test_logs.ndjson'), '--incidents', file('incidents.json')],
  );
}

async function write(path: string, logs: readonly LogDocument[]): Promise<void> {
  const writer = await openDocumentWriter(path);
  for (const log of logs) await writer.write(log);
  await writer.close();
}

const heading = (text: string): void =>
  void process.stdout.write(`\n${colors.bold(colors.cyan(`# ${text}`))}\n`);

/** Runs the command line as a user would, and shows what was typed. */
async function logAnomalies(parameters: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const shown = parameters.map((parameter) =>
    parameter.startsWith(FOLDER) ? parameter.slice(FOLDER.length + 1) : parameter,
  );
  process.stdout.write(colors.dim(`$ log-anomalies ${shown.join(' ')}\n`));
  const code = await new Promise<number>((settle, fail) => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        resolve('scripts/log_anomalies.ts'),
        ...parameters,
        '--config',
        file('config.yaml'),
      ],
      { stdio: 'inherit', env: environment },
    );
    child.on('error', fail);
    child.on('exit', (status) => settle(status ?? 1));
  });
  if (code !== 0) throw new Error(`log-anomalies ${parameters[0]} ended with exit code ${code}`);
}

main().catch((error: unknown) => {
  process.exitCode = report(error, false);
});
