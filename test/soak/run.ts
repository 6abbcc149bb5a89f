import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { buildPlugin } from '../../scripts/build/build_plugin';
import { hostLogs } from '../../scripts/bench/traffic/host_logs';
import { queueWorkers } from '../../scripts/bench/traffic/queue_workers';
import { rpcPlatform } from '../../scripts/bench/traffic/rpc_platform';
import { webShop } from '../../scripts/bench/traffic/web_shop';
import { connect } from '../../server/elasticsearch';
import { KibanaClient } from '../e2e/kibana_client';
import { KibanaProcess } from '../e2e/kibana_process';
import { createServiceToken, deleteServiceToken, freePort, settingsOf } from '../e2e/own_kibana';
import { sleep } from '../e2e/wait_for';
import { train } from '../e2e/world';
import { detectorsOf } from './detectors';
import { pictureOf } from './picture';
import { growthPerHour, takeSample, type Figure, type Sample } from './samples';
import { trafficOf, writeLogs } from './traffic';

/*
 * A day's traffic pressed into hours, through a real Kibana with twenty detectors of all kinds:
 *   npm run soak -- --hours 2
 * KIBANA_HOME, ELASTICSEARCH_URL and the rest of the environment are those of `npm run test:e2e`. Samples and a picture go to
 * build/soak (SOAK: another folder), anew after each sample, so that a run which is cut off leaves what it has.
 */
const TRAFFIC = [webShop, rpcPlatform, hostLogs, queueWorkers];
const SAMPLE_EVERY_MILLISECONDS = 30_000;
const WRITE_EVERY_MILLISECONDS = 5_000;
/** Logs of so long before are there when the detectors are trained. */
const HISTORY_MILLISECONDS = 6 * 3_600_000;
/** A Kibana is warm after this share of the soak: growth is measured from there on. */
const WARM_SHARE = 0.25;
const INCIDENT_SHARE = 0.004;
const SEED = 7;
/** Keywords for all texts, as in indices of logs. */
const MAPPINGS = {
  dynamic_templates: [{ texts: { match_mapping_type: 'string', mapping: { type: 'keyword' as const } } }],
  properties: {
    '@timestamp': { type: 'date' as const },
    event: { properties: { ingested: { type: 'date' as const } } },
  },
};

const root = resolve(__dirname, '../..');
const folder = process.env.SOAK ?? join(root, 'build/soak');

function hoursAsked(): number {
  const given = process.argv[process.argv.indexOf('--hours') + 1];
  const hours = process.argv.includes('--hours') ? Number(given) : 2;
  if (!(hours > 0 && hours <= 168))
    throw new Error(`--hours is ${given}; allowed: a number over 0, at most 168`);
  return hours;
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; see docs/kibana.md`);
  return value;
}

async function main(): Promise<void> {
  const hours = hoursAsked();
  const home = setting('KIBANA_HOME');
  const url = setting('ELASTICSEARCH_URL');
  const { KIBANA_USERNAME: username, KIBANA_PASSWORD: password } = process.env;
  const credentials = username && password ? { username, password } : undefined;
  const elasticsearch = connect({ url, ...credentials });
  const name = `soak-${Date.now().toString(36)}`;
  const place = mkdtempSync(join(tmpdir(), 'log-anomalies-soak-'));
  const token = credentials && (await createServiceToken(elasticsearch, name));
  const kibana = new KibanaProcess(home, place, await freePort(), {
    ...settingsOf(process.env.KIBANA_ELASTICSEARCH_URL ?? url, token),
    logAnomalies: { limits: { min_interval: '5s' } },
  });
  const stop = (): void => void kibana.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let isDone = false;
  try {
    if (kibana.isInstalled()) throw new Error(`${home} has the plugin already; remove it first.`);
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    kibana.plugin('install', `file://${(await buildPlugin(root, join(place, 'build'), version)).archive}`);
    await kibana.start();
    const admin = new KibanaClient(kibana.url, credentials);
    await soak({ hours, name, kibana, admin, elasticsearch });
    isDone = true;
  } finally {
    await kibana.stop();
    if (kibana.isInstalled()) kibana.plugin('remove', 'logAnomalies');
    await deleteServiceToken(elasticsearch, name);
    await elasticsearch.indices.delete({ index: `${name}-*` }).catch(() => undefined);
    await elasticsearch.close();
    if (isDone) rmSync(place, { recursive: true, force: true });
    else console.error(`Log and configuration of Kibana: ${place}`);
  }
}

interface Soak {
  readonly hours: number;
  readonly name: string;
  readonly kibana: KibanaProcess;
  readonly admin: KibanaClient;
  readonly elasticsearch: Client;
}

async function soak({ hours, name, kibana, admin, elasticsearch }: Soak): Promise<void> {
  const pressed = 24 / hours;
  const indices = TRAFFIC.map((_kind, place) => `${name}-${place}`);
  for (const index of indices) await elasticsearch.indices.create({ index, mappings: MAPPINGS });
  const began = Date.now();
  const past = { seed: SEED, started: began - HISTORY_MILLISECONDS, pressed: 4, share: INCIDENT_SHARE };
  for (const [place, kind] of TRAFFIC.entries()) {
    await writeLogs(elasticsearch, indices[place], trafficOf(kind, past).between(past.started, began));
  }
  await elasticsearch.indices.refresh({ index: indices });
  let made = 0;
  for (const [place, kind] of TRAFFIC.entries()) {
    for (const { detector, hasPipeline } of detectorsOf(kind, indices[place])) {
      const { id } = await admin.call('createDetector', { body: { detector, start: false } });
      await train(admin, id);
      if (hasPipeline) {
        await admin.call('putPipeline', { params: { id }, body: {} });
        await admin.call('attachPipeline', { params: { id }, body: {} });
      }
      await admin.call('startDetector', { params: { id } });
      made++;
    }
  }
  console.log(`${made} detectors over ${TRAFFIC.length} indices; a day in ${hours} h`);
  const started = Date.now();
  const end = started + hours * 3_600_000;
  const traffic = TRAFFIC.map((kind) =>
    trafficOf(kind, { seed: SEED + 1, started, pressed, share: INCIDENT_SHARE }),
  );
  const samples: Sample[] = [];
  let logs = 0;
  let written = started;
  let sampled = -Infinity;
  while (Date.now() < end) {
    const now = Date.now();
    for (const [place, each] of traffic.entries()) {
      logs += await writeLogs(elasticsearch, indices[place], each.between(written, now));
    }
    written = now;
    if (now - sampled >= SAMPLE_EVERY_MILLISECONDS) {
      sampled = now;
      // A busy Kibana may be late with one answer: the next sample is another one.
      const sample = await takeSample(
        { kibana: admin, elasticsearch, pid: kibana.pid },
        { started, logs },
      ).catch((error: Error) => console.error(`No sample: ${error.message}`));
      if (sample) samples.push(sample);
      if (sample) keep(samples, hours);
    }
    await sleep(Math.max(0, WRITE_EVERY_MILLISECONDS - (Date.now() - now)));
  }
  for (const line of summaryOf(samples, hours)) console.log(line);
}

/** Writes down what there is so far. */
function keep(samples: readonly Sample[], hours: number): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'samples.json'), `${JSON.stringify(samples, null, 1)}\n`);
  writeFileSync(join(folder, 'soak.svg'), pictureOf(samples, `Soak: a day in ${hours} h, 20 detectors`));
  writeFileSync(join(folder, 'summary.txt'), `${summaryOf(samples, hours).join('\n')}\n`);
}

const TOLD: readonly Figure[] = [
  'rss_mb',
  'heap_mb',
  'handles',
  'event_loop_ms',
  'lag_s',
  'lag_most_s',
  'failing',
  'tasks',
  'tasks_late',
  'index_mb',
  'index_documents',
  'results',
  'logs',
];

/** @returns a line for each figure: first, last, most, and its growth an hour once Kibana is warm */
function summaryOf(samples: readonly Sample[], hours: number): string[] {
  const warm = samples.filter(({ minutes }) => minutes >= WARM_SHARE * hours * 60);
  const numberOf = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1));
  return [
    `${samples.length} samples in ${numberOf(samples[samples.length - 1]?.minutes)} min; growth an hour from minute ${numberOf(warm[0]?.minutes)} on`,
    ...TOLD.map((figure) => {
      const values = samples.map((sample) => sample[figure] ?? 0);
      const [first, last] = [values[0], values[values.length - 1]];
      return `${figure}: first ${numberOf(first)}, last ${numberOf(last)}, most ${numberOf(Math.max(...values))}, growth ${numberOf(growthPerHour(warm, figure))} an hour`;
    }),
  ];
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`The soak could not be run: ${error instanceof Error ? error.stack : error}`);
    process.exit(1);
  },
);
