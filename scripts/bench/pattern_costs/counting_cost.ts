import type { Client } from '@elastic/elasticsearch';
import { parseDetector } from '../../../common/detector';
import type { LogDocument } from '../../../common/log_document';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { patternsOfRun } from '../../../server/detection/patterns/count_patterns';
import type { RunPatterns } from '../../../server/detection/ports/patterns';
import { runDetection } from '../../../server/detection/scoring/run_detection';
import { trainModel } from '../../../server/detection/training/train_model';
import { bulkWrite, createLogSource, createResultStore } from '../../../server/elasticsearch';
import { createPatternStore } from '../../../server/elasticsearch/patterns';
import type { BulkOperation } from '../../../server/elasticsearch/transport/bulk';
import { incidentOf } from '../changes/incident_logs';
import { memoryCheckpoints } from '../memory_checkpoints';
import { countingOf, shareOfScoring } from './beside_scoring';
import { clusterProcessorTime, median, processorTime, timed, type BenchRow } from '../section';

const INDEX = 'log-anomalies-benchmark-counting';
const SPACE = 'benchmark';
const LOGS = Number(process.env.BENCHMARK_LOGS ?? 100_000);
const BATCH = 5_000;
const RUNS = 5;
const MOST_COST = 0.1;

const numbers = [
  { type: 'number', field: 'event.duration' },
  { type: 'category', field: 'http.response.status_code' },
  { type: 'number', field: 'http.response.body.bytes' },
] as const;
const settings = {
  name: 'benchmark',
  source: { index: INDEX },
  entity_field: 'host.name',
  schedule: { query_delay: '1s', late_window: '100w' },
} as const;
/** The first reads the messages anyway. */
const DETECTORS = [
  {
    name: 'a detector with a template feature',
    detector: parseDetector({ ...settings, features: [...numbers, { type: 'template', field: 'message' }] }),
  },
  {
    name: 'a detector that reads no message otherwise',
    detector: parseDetector({ ...settings, features: [...numbers] }),
  },
];

/** Logs of an ordinary time, a millisecond of indexing apart. */
async function load(client: Client, start: number): Promise<LogDocument[]> {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  await client.indices.create({
    index: INDEX,
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: {
      dynamic_templates: [{ strings: { match_mapping_type: 'string', mapping: { type: 'keyword' } } }],
      properties: {
        '@timestamp': { type: 'date' },
        message: { type: 'text' },
        event: { properties: { ingested: { type: 'date' } } },
      },
    },
  });
  const sample: LogDocument[] = [];
  let batch: BulkOperation[] = [];
  let written = 0;
  for (const log of incidentOf(5, LOGS).logs) {
    const document = { ...log, 'event.ingested': new Date(start + written).toISOString() };
    if (written % 20 === 0) sample.push(document);
    batch.push({ action: 'index', index: INDEX, id: String(written++), document });
    if (batch.length < BATCH && written < LOGS) continue;
    await bulkWrite(client, batch, { what: 'load the benchmark' });
    batch = [];
  }
  await client.indices.refresh({ index: INDEX });
  return sample;
}

/** Without patterns; with their fields read and nothing counted; with patterns. */
const MODES = ['none', 'reading', 'counting'] as const;
type Mode = (typeof MODES)[number];

/** Patterns that need the fields of logs and count nothing. */
const readingAlone: RunPatterns = {
  fields: ['message', 'log.level'],
  resume: () => undefined,
  count: async () => undefined,
  progress: () => undefined,
  judgedTo: () => undefined,
  finish: async () => undefined,
};

function patternsOf(
  client: Client,
  snapshot: ModelSnapshot,
  { id, now }: { readonly id: string; readonly now: () => number },
): RunPatterns | undefined {
  return patternsOfRun({
    ...countingOf(snapshot, now),
    store: createPatternStore(client, id, { space: SPACE }),
  });
}

/** One run over all logs, as a job does it. */
async function detect(
  client: Client,
  snapshot: ModelSnapshot,
  { id, start, mode }: { id: string; start: number; mode: Mode },
): Promise<void> {
  const clock = { now: () => start + LOGS + 1_000, sleep: async () => undefined };
  const patterns = mode === 'reading' ? readingAlone : patternsOf(client, snapshot, { id, now: clock.now });
  const { logs } = await runDetection({
    ...{ detectorId: id, snapshot, clock, runId: id, startFrom: start },
    ...(mode !== 'none' && patterns && { patterns }),
    source: createLogSource(client),
    results: createResultStore(client, { space: SPACE }),
    checkpoints: memoryCheckpoints(),
  });
  if (logs !== LOGS) throw new Error(`${logs} of ${LOGS} logs were scored.`);
}

/** Time that a run took for each log, microseconds: by the clock, and of processors in this process and in Elasticsearch. */
interface Taken {
  readonly wall: number;
  readonly own: number;
  readonly cluster: number;
}

async function takenBy(client: Client, action: () => Promise<void>): Promise<Taken> {
  const before = await clusterProcessorTime(client);
  let own = 0;
  const wall = await timed(async () => {
    own = await processorTime(action);
  });
  const perLog = (milliseconds: number): number => (milliseconds * 1_000) / LOGS;
  return {
    wall: perLog(wall),
    own: perLog(own),
    cluster: perLog((await clusterProcessorTime(client)) - before),
  };
}

type Round = Readonly<Record<Mode, Taken>>;

/** Adds what counting patterns adds to the loop of each detector, rounds of all ways one after the other. */
export async function countingRows(client: Client): Promise<BenchRow[]> {
  // The logs of the generator lie before it.
  const start = Date.UTC(2026, 10, 20);
  const sample = await load(client, start);
  const rows: BenchRow[] = [];
  try {
    for (const { name, detector } of DETECTORS) {
      const { snapshot } = trainModel({
        ...{ detector, documents: sample, source: 'benchmark', clock: { now: () => start } },
      });
      const rounds: Round[] = [];
      for (let round = -1; round < RUNS; round++) {
        const taken: Partial<Record<Mode, Taken>> = {};
        for (const mode of round % 2 === 0 ? MODES : [...MODES].reverse()) {
          const id = `${detector.features.length}-${round}-${mode}`;
          taken[mode] = await takenBy(client, () => detect(client, snapshot, { id, start, mode }));
        }
        if (round >= 0) rounds.push(taken as Round); // the first round warms up
      }
      rows.push(...rowsOf(name, rounds));
      rows.push({
        name: `${name}: counting beside scoring alone, both without Elasticsearch`,
        value: 100 * (await shareOfScoring(snapshot, start)),
        unit: '% of scoring',
      });
    }
  } finally {
    await client.indices.delete({ index: INDEX, ignore_unavailable: true }).catch(() => undefined);
  }
  return rows;
}

const COMPUTING = ({ own, cluster }: Taken): number => own + cluster;

function rowsOf(name: string, rounds: readonly Round[]): BenchRow[] {
  const costOf = (mode: Mode, of: (taken: Taken) => number): number =>
    median(rounds.map((round) => of(round[mode]) / of(round.none))) - 1;
  const typical = (mode: Mode, of: (taken: Taken) => number): string =>
    median(rounds.map((round) => of(round[mode]))).toFixed(1);
  const spent = (mode: Mode): string =>
    `${typical(mode, ({ own }) => own)} + ${typical(mode, ({ cluster }) => cluster)} us`;
  const cost = costOf('counting', COMPUTING);
  return [
    {
      name: `${name}: what counting patterns adds to the loop (reading, scoring, writing), processor time of ours and of Elasticsearch (${spent('counting')} a log, without ${spent('none')}), ${LOGS.toLocaleString('en')} logs, all of different messages`,
      value: 100 * cost,
      unit: '%',
      target: `at most ${100 * MOST_COST}%`,
      met: cost <= MOST_COST,
    },
    {
      name: `${name}: of this, that message and level are read at all (${spent('reading')} a log)`,
      value: 100 * costOf('reading', COMPUTING),
      unit: '%',
    },
    {
      name: `${name}: what counting adds to the time of the loop by the clock, with whatever else runs on the machine`,
      value: 100 * costOf('counting', ({ wall }) => wall),
      unit: '%',
    },
  ];
}
