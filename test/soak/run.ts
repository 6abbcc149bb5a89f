import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { build } from 'esbuild';
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
import type { Allocations, LiveMemory } from './heap_probe';
import { growthPerHour, liveMemory, takeSample, withLiveMemory, type Figure, type Sample } from './samples';
import { trafficOf, writeLogs } from './traffic';

/*
 * A day's traffic pressed into hours, through a real Kibana with twenty detectors of all kinds:
 *   npm run soak -- --hours 2
 *   npm run soak -- --hours 2 --pressed 6 --detectors none   a day in four hours; the same without any detector, to compare
 *   npm run soak -- --hours 1 --places                       and where in the code what stays alive was allocated
 *   npm run soak -- --hours 2 --heap 614                     Kibana with a heap of at most so many MB, as in a container of 1 GB
 * KIBANA_HOME, ELASTICSEARCH_URL and the rest of the environment are those of `npm run test:e2e`. Samples and a picture go to
 * build/soak (SOAK: another folder), anew after each sample, so that a run which is cut off leaves what it has.
 */
const TRAFFIC = [webShop, rpcPlatform, hostLogs, queueWorkers];
const SAMPLE_EVERY_MILLISECONDS = 30_000;
const WRITE_EVERY_MILLISECONDS = 5_000;
/** It stands still for a second or two while garbage is collected. */
const COLLECT_EVERY_MILLISECONDS = 10 * 60_000;
/** Kibana is warm after this share of the run, or half an hour: its heap has its size, what is remembered once is there. */
const WARM_UP_SHARE = 0.25;
const MOST_WARM_UP_MINUTES = 30;
/** Logs of so long before are there when the detectors are trained. */
const HISTORY_MILLISECONDS = 6 * 3_600_000;
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

function numberAsked(option: string, most: number, otherwise: number): number {
  if (!process.argv.includes(option)) return otherwise;
  const given = process.argv[process.argv.indexOf(option) + 1];
  const value = Number(given);
  if (!(value > 0 && value <= most))
    throw new Error(`${option} is ${given}; allowed: a number over 0, at most ${most}`);
  return value;
}

/** Option of Node that bounds the heap of Kibana; without `--heap` it may grow as Node sees fit. */
const heapBound = (): string =>
  process.argv.includes('--heap')
    ? ` --max-old-space-size=${Math.round(numberAsked('--heap', 65_536, 614))}`
    : '';

function hasDetectors(): boolean {
  if (!process.argv.includes('--detectors')) return true;
  const given = process.argv[process.argv.indexOf('--detectors') + 1];
  if (given !== 'all' && given !== 'none') throw new Error(`--detectors is ${given}; allowed: all, none`);
  return given === 'all';
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; see docs/kibana.md`);
  return value;
}

async function main(): Promise<void> {
  const hours = numberAsked('--hours', 168, 2);
  const pressed = numberAsked('--pressed', 1_000, 24 / hours);
  const isWatched = hasDetectors();
  const home = setting('KIBANA_HOME');
  const url = setting('ELASTICSEARCH_URL');
  const { KIBANA_USERNAME: username, KIBANA_PASSWORD: password } = process.env;
  const credentials = username && password ? { username, password } : undefined;
  const elasticsearch = connect({ url, ...credentials });
  const name = `soak-${Date.now().toString(36)}`;
  const place = mkdtempSync(join(tmpdir(), 'log-anomalies-soak-'));
  const token = credentials && (await createServiceToken(elasticsearch, name));
  const probe = join(place, 'heap_probe.js');
  const socket = join(place, 'heap.sock');
  await build({
    entryPoints: [join(__dirname, 'heap_probe.ts')],
    outfile: probe,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  const kibana = new KibanaProcess(
    home,
    place,
    await freePort(),
    {
      ...settingsOf(process.env.KIBANA_ELASTICSEARCH_URL ?? url, token),
      logAnomalies: { limits: { min_interval: '5s' } },
    },
    {
      NODE_OPTIONS: `--require=${probe}${heapBound()}`,
      HEAP_PROBE: socket,
      ...(process.argv.includes('--places') && { HEAP_PROBE_PLACES: 'true' }),
    },
  );
  const stop = (): void => void kibana.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  let isDone = false;
  try {
    if (kibana.isInstalled()) throw new Error(`${home} has the plugin already; remove it first.`);
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    kibana.plugin('install', `file://${(await buildPlugin(root, join(place, 'build'), version)).archive}`);
    await kibana.start();
    const admin = new KibanaClient(kibana.url, credentials);
    await soak({ hours, pressed, isWatched, name, kibana, socket, admin, elasticsearch });
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
  /** So many times as fast as a day passes. */
  readonly pressed: number;
  /** By the detectors: without them it is Kibana's own memory that is measured. */
  readonly isWatched: boolean;
  readonly name: string;
  readonly kibana: KibanaProcess;
  /** Of the probe in Kibana's process. */
  readonly socket: string;
  readonly admin: KibanaClient;
  readonly elasticsearch: Client;
}

async function soak(settings: Soak): Promise<void> {
  const { hours, pressed, isWatched, name, kibana, socket, admin, elasticsearch } = settings;
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
    for (const { detector, hasPipeline } of isWatched ? detectorsOf(kind, indices[place]) : []) {
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
  const title = `${made} detectors over ${TRAFFIC.length} indices; a day in ${(24 / pressed).toFixed(1)} h`;
  console.log(title);
  const started = Date.now();
  const end = started + hours * 3_600_000;
  const traffic = TRAFFIC.map((kind) =>
    trafficOf(kind, { seed: SEED + 1, started, pressed, share: INCIDENT_SHARE }),
  );
  const samples: Sample[] = [];
  let logs = 0;
  let written = started;
  let sampled = -Infinity;
  let collected = started;
  let live: LiveMemory | undefined;
  while (Date.now() < end) {
    const now = Date.now();
    for (const [place, each] of traffic.entries()) {
      logs += await writeLogs(elasticsearch, indices[place], each.between(written, now));
    }
    written = now;
    if (now - sampled >= SAMPLE_EVERY_MILLISECONDS) {
      sampled = now;
      const isDue = now - collected >= COLLECT_EVERY_MILLISECONDS;
      if (isDue) collected = now;
      // A busy Kibana may be late with one answer: the next sample is another one.
      try {
        const sample = await takeSample({ kibana: admin, elasticsearch, pid: kibana.pid }, { started, logs });
        const found = isDue ? await liveMemory(socket) : undefined;
        live = found ?? live;
        samples.push(withLiveMemory(sample, found));
        keep(samples, title, live);
      } catch (error) {
        console.error(`No sample: ${(error as Error).message}`);
      }
    }
    await sleep(Math.max(0, WRITE_EVERY_MILLISECONDS - (Date.now() - now)));
  }
  for (const line of summaryOf(samples, title)) console.log(line);
}

/** Writes down what there is so far. */
function keep(samples: readonly Sample[], title: string, live: LiveMemory | undefined): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'samples.json'), `${JSON.stringify(samples, null, 1)}\n`);
  writeFileSync(join(folder, 'soak.svg'), pictureOf(samples, `Soak: ${title}`));
  writeFileSync(join(folder, 'summary.txt'), `${summaryOf(samples, title).join('\n')}\n`);
  const allocations = live?.allocations;
  if (allocations) writeFileSync(join(folder, 'live.txt'), `${placesOf(allocations).join('\n')}\n`);
}

const TOLD: readonly Figure[] = [
  'rss_mb',
  'heap_mb',
  'live_heap_mb',
  'live_external_mb',
  'live_rss_mb',
  'live_plugin_mb',
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
function summaryOf(samples: readonly Sample[], title: string): string[] {
  const length = samples[samples.length - 1]?.minutes ?? 0;
  const warm = samples.filter(
    ({ minutes }) => minutes >= Math.min(MOST_WARM_UP_MINUTES, WARM_UP_SHARE * length),
  );
  const numberOf = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1));
  return [
    title,
    `${samples.length} samples in ${numberOf(length)} min; growth an hour from minute ${numberOf(warm[0]?.minutes)} on`,
    ...TOLD.map((figure) => {
      const values = samples.flatMap((sample) => sample[figure] ?? []);
      const [first, last] = [values[0], values[values.length - 1]];
      return `${figure}: first ${numberOf(first)}, last ${numberOf(last)}, most ${numberOf(values.length > 0 ? Math.max(...values) : undefined)}, growth ${numberOf(growthPerHour(warm, figure))} an hour`;
    }),
  ];
}

/** @returns a line for each place in the code whose allocations since the first collection live, the largest first */
const placesOf = ({ plugin, all, places }: Allocations): string[] => [
  `alive of what was allocated since the first collection: ${megabytes(plugin)} by the plugin, ${megabytes(all)} in all`,
  ...places.map(({ bytes, place }) => `${megabytes(bytes)} ${place}`),
];

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(2)} MB`;

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`The soak could not be run: ${error instanceof Error ? error.stack : error}`);
    process.exit(1);
  },
);
