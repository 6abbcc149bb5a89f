import type { Client } from '@elastic/elasticsearch';
import { parseDetector, type Detector } from '../../../common/detector';
import { templateTokensOf } from '../../../common/log_features/encoding/templates_of';
import type { LogDocument } from '../../../common/log_document';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { patternsOfRun } from '../../../server/detection/patterns/count_patterns';
import { runDetection } from '../../../server/detection/scoring/run_detection';
import { trainModel } from '../../../server/detection/training/train_model';
import { bulkWrite, createLogSource, createResultStore } from '../../../server/elasticsearch';
import { createPatternStore } from '../../../server/elasticsearch/patterns';
import type { BulkOperation } from '../../../server/elasticsearch/transport/bulk';
import { incidentOf } from '../changes/incident_logs';
import { memoryCheckpoints } from '../memory_checkpoints';
import { median, timed, type BenchRow } from '../section';

const INDEX = 'log-anomalies-benchmark-counting';
const SPACE = 'benchmark';
const LOGS = Number(process.env.BENCHMARK_LOGS ?? 200_000);
const BATCH = 5_000;
const RUNS = 7;
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
    target: MOST_COST,
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

/** One run over all logs, as a job does it. */
async function detect(
  client: Client,
  snapshot: ModelSnapshot,
  run: { id: string; start: number; isCounting: boolean },
): Promise<void> {
  const clock = { now: () => run.start + LOGS + 1_000, sleep: async () => undefined };
  const { detector, encoder } = snapshot;
  const counting: Detector = {
    ...detector,
    patterns: { field: 'message', span: '15m', false_alarms_per_day: 1 },
  };
  const patterns = patternsOfRun({
    store: createPatternStore(client, run.id, { space: SPACE }),
    detector: run.isCounting ? counting : detector,
    templates: () => templateTokensOf(encoder, 'message'),
    now: clock.now,
    warn: (message) => {
      throw new Error(message);
    },
  });
  const { logs } = await runDetection({
    detectorId: run.id,
    ...{ snapshot, clock, runId: run.id, startFrom: run.start, ...(patterns && { patterns }) },
    source: createLogSource(client),
    results: createResultStore(client, { space: SPACE }),
    checkpoints: memoryCheckpoints(),
  });
  if (logs !== LOGS) throw new Error(`${logs} of ${LOGS} logs were scored.`);
}

/** Time of the loop with counting in that without it, each pair of rounds one after the other. */
export async function countingRows(client: Client): Promise<BenchRow[]> {
  // The logs of the generator lie before it.
  const start = Date.UTC(2026, 10, 20);
  const sample = await load(client, start);
  const rows: BenchRow[] = [];
  try {
    for (const { name, detector, target } of DETECTORS) {
      const { snapshot } = trainModel({
        detector,
        documents: sample,
        source: 'benchmark',
        clock: { now: () => start },
      });
      const ratios: number[] = [];
      for (let round = -1; round < RUNS; round++) {
        const taken = new Map<boolean, number>();
        for (const isCounting of round % 2 === 0 ? [true, false] : [false, true]) {
          const id = `${detector.features.length}-${round}-${isCounting}`;
          taken.set(isCounting, await timed(() => detect(client, snapshot, { id, start, isCounting })));
        }
        if (round >= 0) ratios.push(taken.get(true)! / taken.get(false)!); // the first round warms up
      }
      const cost = median(ratios) - 1;
      rows.push({
        name: `${name}: what counting patterns adds to the time of the loop over ${LOGS.toLocaleString('en')} logs, all of different messages`,
        value: 100 * cost,
        unit: '%',
        ...(target !== undefined && { target: `at most ${100 * target}%`, met: cost <= target }),
      });
    }
  } finally {
    await client.indices.delete({ index: INDEX, ignore_unavailable: true }).catch(() => undefined);
  }
  return rows;
}
