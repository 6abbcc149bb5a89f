import { type Client } from '@elastic/elasticsearch';
import { generateLogs } from '../../common/demo_logs';
import { parseDetector } from '../../common/detector';
import type { LogDocument } from '../../common/log_document';
import { createModelScorer, type ModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/training/train_model';
import type { LogRange } from '../../server/detection/ports';
import { createLogSource } from '../../server/elasticsearch';
import {
  backfillProgress,
  deployPipeline,
  pipelineName,
  SCORED_FIELDS,
  startBackfill,
  type LivePipeline,
} from '../../server/elasticsearch/ingest';
import { withElasticsearch } from '../local_elasticsearch';
import { clusterProcessorTime, median, timed, type BenchSection } from './section';
import { DAY } from '../../common/duration';

const LOGS = 20_000;
/** A backfill begins with requests that take as long for many logs as for few: the rate is that of many. */
const BACKFILL_COPIES = 3;
const BACKFILL_LOGS = BACKFILL_COPIES * LOGS;
const PAGE = 2_000;
const RUNS = 5;
/** Rounds before the first that counts: Java compiles the script while it runs. */
const WARM_UP = 1;
const INDEX = 'log-anomalies-benchmark-ingest';
const DETECTOR = 'benchmark';
const START = Date.UTC(2026, 10, 1);
const SLICES = 2;
/** Between two looks at a backfill, which cost the node time, too. */
const POLL_MS = 100;

const MOST_CPU = 1.6;
const LEAST_RATE = 0.65;
const MOST_BYTES = 300 * 1_024;

function demoLogs(): LogDocument[] {
  const logs = generateLogs({ seed: 1, from: START, to: START + DAY, ratePerSecond: 1, anomalyRate: 0.01 });
  const documents: LogDocument[] = [];
  for (const { document } of logs) {
    documents.push(document);
    if (documents.length === LOGS) break;
  }
  return documents;
}

function train(documents: readonly LogDocument[]): ModelSnapshot {
  const detector = parseDetector({
    name: 'benchmark',
    source: { index: INDEX },
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'status_code' },
      { type: 'number', field: 'request_size' },
      { type: 'hour_of_day', field: 'hour_of_day' },
    ],
  });
  return trainModel({
    detector,
    documents: documents.slice(0, 25_600),
    source: 'demo',
    clock: { now: () => START },
  }).snapshot;
}

async function makeIndex(client: Client, pipeline?: string): Promise<void> {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  await client.indices.create({
    index: INDEX,
    settings: {
      number_of_shards: 1,
      number_of_replicas: 0,
      refresh_interval: '-1',
      ...(pipeline === undefined ? {} : { final_pipeline: pipeline }),
    },
    mappings: { properties: { '@timestamp': { type: 'date' }, ...SCORED_FIELDS } },
  });
}

interface Cost {
  /** Microseconds of the node's processors, and of the wall clock, for one log. */
  readonly processor: number;
  readonly wall: number;
}

async function measured(client: Client, logs: number, action: () => Promise<unknown>): Promise<Cost> {
  const before = await clusterProcessorTime(client);
  const wall = await timed(action);
  return {
    processor: (((await clusterProcessorTime(client)) - before) * 1_000) / logs,
    wall: (wall * 1_000) / logs,
  };
}

async function indexAll(client: Client, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) {
    const { errors } = await client.bulk({ index: INDEX, operations: [body], filter_path: 'errors' });
    if (errors) throw new Error('some logs were not indexed');
  }
}

const range: LogRange = {
  index: INDEX,
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: START,
  to: START + DAY,
};

async function updateAll(client: Client): Promise<void> {
  await client.updateByQuery(
    { index: INDEX, slices: SLICES, conflicts: 'proceed' },
    { requestTimeout: 600_000 },
  );
}

async function backfill(client: Client, live: LivePipeline): Promise<void> {
  const task = await startBackfill(client, { range, pipeline: live, slices: SLICES });
  while (!(await backfillProgress(client, task)).complete)
    await new Promise((wake) => setTimeout(wake, POLL_MS));
}

/** Backfills without the cluster, as the baseline: reads the logs, scores them here and writes the scores back. */
async function backfillThroughNode(client: Client, snapshot: ModelSnapshot): Promise<void> {
  const scorer = createModelScorer(snapshot);
  for await (const page of createLogSource(client).read(range, { fields: snapshot.encoder.fields })) {
    const { scores } = scorer.score(page.logs.map(({ document }) => document));
    await client.bulk({
      index: INDEX,
      filter_path: 'errors',
      operations: page.logs.flatMap(({ id }, i) => {
        const { isAnomaly, ...verdict } = scorer.verdict(scores[i]);
        const anomaly = { ...verdict, is_anomaly: isAnomaly };
        return [{ update: { _id: id } }, { doc: { anomaly, model: { version: snapshot.version } } }];
      }),
    });
  }
}

async function measure(client: Client): Promise<BenchSection> {
  const documents = demoLogs();
  const snapshot = train(documents);
  const { live, bytes, simulation } = await deployPipeline(client, snapshot, {
    detectorId: DETECTOR,
    trial: { now: () => performance.now(), documents: documents.slice(0, 1_000) },
  });
  const lines = documents.map((document) => `{"index":{}}\n${JSON.stringify(document)}\n`);
  const bodies: string[] = [];
  for (let from = 0; from < lines.length; from += PAGE) bodies.push(lines.slice(from, from + PAGE).join(''));
  const plain: Cost[] = [];
  const scored: Cost[] = [];
  const updates: Cost[] = [];
  const backfills: Cost[] = [];
  const throughNode: Cost[] = [];
  const history = Array.from({ length: BACKFILL_COPIES }, () => bodies).flat();
  /** Each way begins with an index that nothing was updated in. */
  const rewritten = async (action: () => Promise<unknown>): Promise<Cost> => {
    await makeIndex(client);
    await indexAll(client, history);
    await client.indices.refresh({ index: INDEX });
    return measured(client, BACKFILL_LOGS, action);
  };
  for (let run = -WARM_UP; run < RUNS; run++) {
    await makeIndex(client);
    const without = await measured(client, LOGS, () => indexAll(client, bodies));
    const update = await rewritten(() => updateAll(client));
    const score = await rewritten(() => backfill(client, live));
    const here = await rewritten(() => backfillThroughNode(client, snapshot));
    await makeIndex(client, live.name);
    const withPipeline = await measured(client, LOGS, () => indexAll(client, bodies));
    if (run < 0) continue;
    plain.push(without);
    scored.push(withPipeline);
    updates.push(update);
    backfills.push(score);
    throughNode.push(here);
  }
  return sectionOf(
    { plain, scored, updates, backfills, throughNode },
    { snapshot, bodies, bytes, microsecondsPerLog: simulation.microsecondsPerLog },
  );
}

/** On the node of ELASTICSEARCH_URL, or on one that is started for it. */
export const run = (): Promise<BenchSection> =>
  withElasticsearch(
    async (client) => {
      try {
        return await measure(client);
      } finally {
        await client.indices.delete({ index: INDEX, ignore_unavailable: true }).catch(() => undefined);
        await client.ingest.deletePipeline({ id: pipelineName(DETECTOR) }).catch(() => undefined);
      }
    },
    { heap: '2g' },
  );

function sectionOf(
  {
    plain,
    scored,
    updates,
    backfills,
    throughNode,
  }: Record<'plain' | 'scored' | 'updates' | 'backfills' | 'throughNode', Cost[]>,
  {
    snapshot,
    bodies,
    bytes,
    microsecondsPerLog,
  }: { snapshot: ModelSnapshot; bodies: readonly string[]; bytes: number; microsecondsPerLog: number },
): BenchSection {
  const processorRatio = median(scored.map(({ processor }, i) => processor / plain[i].processor));
  const rateRatio = median(scored.map(({ wall }, i) => plain[i].wall / wall));
  const backfillRatio = median(backfills.map(({ wall }, i) => updates[i].wall / wall));
  const nodeRatio = median(backfills.map(({ wall }, i) => throughNode[i].wall / wall));
  const rate = (costs: Cost[]): number => 1e6 / median(costs.map(({ wall }) => wall));
  const processorOf = (costs: Cost[]): number => median(costs.map(({ processor }) => processor));
  const logBytes = Math.round(bodies.join('').length / LOGS);
  return {
    title: `Scoring at ingest: ${snapshot.forest.treeCount} trees of ${snapshot.forest.subsampleSize}, 4 features, logs of ${logBytes} bytes`,
    rows: [
      {
        name: 'plain indexing, processor time',
        value: median(plain.map((cost) => cost.processor)),
        unit: 'us/log',
      },
      {
        name: 'with the pipeline, processor time',
        value: median(scored.map((cost) => cost.processor)),
        unit: 'us/log',
        ratio: processorRatio,
        target: `at most ${MOST_CPU}x`,
        met: processorRatio <= MOST_CPU,
      },
      { name: 'plain indexing, rate', value: 1e6 / median(plain.map((cost) => cost.wall)), unit: 'logs/s' },
      {
        name: 'with the pipeline, rate',
        value: 1e6 / median(scored.map((cost) => cost.wall)),
        unit: 'logs/s',
        ratio: rateRatio,
        target: `at least ${LEAST_RATE}x`,
        met: rateRatio >= LEAST_RATE,
      },
      {
        name: 'pipeline definition',
        value: bytes,
        unit: 'bytes',
        target: `at most ${MOST_BYTES}`,
        met: bytes <= MOST_BYTES,
      },
      { name: 'trial: cost beyond an empty pipeline', value: microsecondsPerLog, unit: 'us/log' },
      {
        name: 'plain _update_by_query, processor time of the node',
        value: processorOf(updates),
        unit: 'us/log',
      },
      {
        name: 'backfill in the cluster, processor time of the node',
        value: processorOf(backfills),
        unit: 'us/log',
      },
      {
        name: 'backfill through Node, processor time of the node alone',
        value: processorOf(throughNode),
        unit: 'us/log',
      },
      { name: `plain _update_by_query, ${SLICES} slices`, value: rate(updates), unit: 'logs/s' },
      {
        name: `backfill in the cluster, ${SLICES} slices`,
        value: rate(backfills),
        unit: 'logs/s',
        ratio: backfillRatio,
        target: `at least ${LEAST_RATE}x of the plain update`,
        met: backfillRatio >= LEAST_RATE,
      },
      {
        name: 'backfill in the cluster against one through Node',
        value: rate(throughNode),
        unit: 'logs/s through Node',
        ratio: nodeRatio,
        target: 'above 1x',
        met: nodeRatio > 1,
      },
    ],
  };
}
