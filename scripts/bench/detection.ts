import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { build } from 'esbuild';
import { parseDetector, type Detector, type DetectorInput } from '../../common/detector';
import { generateLogs } from '../../common/demo_logs';
import type { LogDocument } from '../../common/log_document';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/training/train_model';
import { bulkWrite, createLogSource } from '../../server/elasticsearch';
import { withElasticsearch } from '../local_elasticsearch';
import { detectFirst, START } from './detection_run';
import { clusterProcessorTime, median, timed, type BenchRow, type BenchSection } from './section';

const INDEX = 'log-anomalies-benchmark-detection';
const MOST_LOGS = Number(process.env.BENCHMARK_LOGS ?? 5_000_000);
const FEW_LOGS = 100_000;
const SPEED_LOGS = Math.min(500_000, Math.ceil(MOST_LOGS / 5));
const RUNS = 5;
const BATCH = 5_000;
const MEMORY_LIMIT_MB = 200;
const RATE_PER_SECOND = 10;
const READ_PER_SECOND = 100_000;
/** Columns of a page that is read by doc values. */
const SIX_COLUMNS = [
  'response_time',
  'status_code',
  'request_size',
  'url.original',
  '@timestamp',
  'service.name',
];
/** Field that no mapping knows: it comes from `_source`. */
const UNMAPPED = 'raw.url';

type FeatureInput = NonNullable<DetectorInput['features']>[number];

/** A detector, with the share of the speed of reading that its loop is to reach. */
interface Loop {
  readonly name: string;
  readonly detector: Detector;
  readonly target: number;
}

const detectorOf = (texts: FeatureInput[]): Detector =>
  parseDetector({
    name: 'benchmark',
    source: { index: INDEX },
    entity_field: 'service.name',
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'status_code' },
      { type: 'number', field: 'request_size' },
      ...texts,
    ],
    schedule: { query_delay: '1s', late_window: '100w' },
  });

const LOOPS: readonly Loop[] = [
  { name: 'columns only', detector: detectorOf([]), target: 0.85 },
  {
    name: 'with a text from _source',
    detector: detectorOf([{ type: 'text', field: UNMAPPED }]),
    target: 0.67,
  },
];

const fieldsOf = ({ features, entity_field: entity, source }: Detector): string[] => [
  ...features.map(({ field }) => field),
  source.timestamp_field,
  ...(typeof entity === 'string' ? [entity] : []),
];

/** Logs are a millisecond of indexing apart, so that a range of that clock holds a known number of them. */
async function load(client: Client): Promise<LogDocument[]> {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  const keyword = { type: 'keyword' } as const;
  await client.indices.create({
    index: INDEX,
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: {
      dynamic_templates: [{ strings: { match_mapping_type: 'string', mapping: keyword } }],
      properties: {
        '@timestamp': { type: 'date' },
        message: { type: 'text' },
        raw: { type: 'object', enabled: false },
        event: { properties: { ingested: { type: 'date' } } },
      },
    },
  });
  const sample: LogDocument[] = [];
  let batch: LogDocument[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    const first = count - batch.length;
    await bulkWrite(
      client,
      batch.map((document, place) => ({
        action: 'index',
        index: INDEX,
        id: String(first + place),
        document,
      })),
      { what: 'load the benchmark' },
    );
    batch = [];
  };
  // The logs repeat after a while: what counts here is their size and shape.
  const logs = [
    ...take(
      generateLogs({
        seed: 1,
        from: START,
        to: START + 86_400_000,
        ratePerSecond: RATE_PER_SECOND,
        anomalyRate: 0.01,
      }),
      200_000,
    ),
  ];
  while (count < MOST_LOGS) {
    const document = logs[count % logs.length];
    const ingested = new Date(START + count).toISOString();
    const raw = { url: (document.url as { original?: string } | undefined)?.original };
    const log = { ...document, raw, event: { ...(document.event as object), ingested } };
    if (count % 250 === 0) sample.push(log);
    batch.push(log);
    count++;
    if (batch.length === BATCH) await flush();
    if (count % 500_000 === 0) process.stderr.write(`  ${count.toLocaleString('en')} logs loaded\n`);
  }
  await flush();
  await client.indices.refresh({ index: INDEX });
  return sample;
}

function* take(logs: Iterable<{ document: LogDocument }>, count: number): Generator<LogDocument> {
  for (const { document } of logs) {
    if (count-- === 0) return;
    yield document;
  }
}

/** Logs of a run of one detector, read alone. */
interface Reading {
  readonly fields: readonly string[];
  /** Logs that are fetched once more, with the fields that results show. */
  readonly anomalous?: ReadonlySet<string>;
  readonly context?: readonly string[];
}

/** All that a run reads: the pages, and whole logs where they were found anomalous. @returns how many logs */
async function readFirst(client: Client, logs: number, reading: Reading): Promise<number> {
  const { fields, anomalous, context } = reading;
  let seen = 0;
  const source = createLogSource(client);
  const range = {
    index: INDEX,
    timestampField: '@timestamp',
    ingestedField: 'event.ingested',
    from: START,
    to: START + logs,
  };
  for await (const page of source.read(range, { by: 'ingested', fields })) {
    seen += page.logs.length;
    const chosen = anomalous === undefined ? [] : page.logs.filter(({ id }) => anomalous.has(id));
    if (chosen.length > 0) await source.fetch(chosen, context);
  }
  return seen;
}

/** A process of its own, bundled as the command line is, so that its memory is nobody else's. */
async function peakMemoryMegabytes(
  environment: NodeJS.ProcessEnv,
  folder: string,
  logs: number,
): Promise<number> {
  const outfile = join(folder, 'child.cjs');
  await build({
    entryPoints: [join(__dirname, 'detection_child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node18',
    format: 'cjs',
    logLevel: 'error',
  });
  const output = execFileSync(process.execPath, [outfile, String(logs)], {
    env: environment,
    maxBuffer: 1e8,
  });
  return (JSON.parse(output.toString()) as { megabytes: number }).megabytes;
}

/** Milliseconds of processor time taken so far. */
interface ProcessorTime {
  readonly process: number;
  readonly cluster: number;
  readonly all: number;
}

async function processorTime(client: Client): Promise<ProcessorTime> {
  const cluster = await clusterProcessorTime(client);
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1_000;
  return { process: own, cluster, all: own + cluster };
}

/** Processor time of Elasticsearch or of us for each log, microseconds. */
const perLog = (before: ProcessorTime, after: ProcessorTime, who: keyof ProcessorTime): number =>
  ((after[who] - before[who]) * 1_000) / SPEED_LOGS;

async function readingRow(client: Client): Promise<BenchRow> {
  const rates: number[] = [];
  const taken = { process: [] as number[], cluster: [] as number[] };
  for (let round = -1; round < RUNS; round++) {
    const before = await processorTime(client);
    const read = await timed(() => readFirst(client, SPEED_LOGS, { fields: SIX_COLUMNS }));
    const after = await processorTime(client);
    if (round === -1) continue; // the first round warms up
    rates.push((SPEED_LOGS / read) * 1_000);
    for (const who of ['process', 'cluster'] as const) taken[who].push(perLog(before, after, who));
  }
  return {
    name: `reading six columns by doc values (processor time for a log: ${median(taken.cluster).toFixed(1)} us of Elasticsearch, ${median(taken.process).toFixed(1)} us of ours)`,
    value: median(rates),
    unit: 'logs/s',
    target: `at least ${READ_PER_SECOND.toLocaleString('en')} on 2 cores`,
    met: median(rates) >= READ_PER_SECOND,
  };
}

async function loopRows(
  client: Client,
  { name, detector, target }: Loop,
  model: string,
): Promise<BenchRow[]> {
  const fields = fieldsOf(detector);
  const context = [...new Set([...detector.context_fields, ...fields])];
  const ratios: number[] = [];
  /** Processor time of encoding, scoring, explaining and writing, in that of reading. */
  const shares = { process: [] as number[], cluster: [] as number[], all: [] as number[] };
  const rates = { read: [] as number[], detect: [] as number[] };
  const anomalous = new Set<string>();
  await detectFirst(client, model, {
    logs: SPEED_LOGS,
    detectorId: `found-${name}`,
    onResults: (results) => results.forEach(({ source }) => anomalous.add(source.id)),
  });
  for (let round = -1; round < RUNS; round++) {
    const before = await processorTime(client);
    const read = await timed(() => readFirst(client, SPEED_LOGS, { fields, anomalous, context }));
    const between = await processorTime(client);
    const whole = await timed(() =>
      detectFirst(client, model, { logs: SPEED_LOGS, detectorId: `speed-${name}-${round}` }),
    );
    const after = await processorTime(client);
    if (round === -1) continue; // the first round warms up
    for (const who of ['process', 'cluster', 'all'] as const) {
      const reading = between[who] - before[who];
      shares[who].push((after[who] - between[who] - reading) / reading);
    }
    rates.read.push((SPEED_LOGS / read) * 1_000);
    rates.detect.push((SPEED_LOGS / whole) * 1_000);
    ratios.push(read / whole);
  }
  const ratio = median(ratios);
  const work = `${name}: processor time of encoding, scoring, explaining and writing, in that of reading`;
  return [
    {
      name: `${name}: reading alone, by time of indexing, anomalous logs as a whole`,
      value: median(rates.read),
      unit: 'logs/s',
    },
    {
      name: `${name}: detect: read, encode, score, explain, write`,
      value: median(rates.detect),
      unit: 'logs/s',
      ratio,
      target: `at least ${target}x reading alone`,
      met: ratio >= target,
    },
    {
      name: `${work}, Elasticsearch included`,
      value: median(shares.all) * 100,
      unit: '%',
      target: 'at most 60%',
      met: median(shares.all) <= 0.6,
    },
    { name: `${work}, our process alone`, value: median(shares.process) * 100, unit: '%' },
    { name: `${work}, Elasticsearch alone`, value: median(shares.cluster) * 100, unit: '%' },
  ];
}

/** Model files of the loops. */
const trainOn = (documents: readonly LogDocument[]): string[] =>
  LOOPS.map(({ detector }) => {
    const clock = { now: () => START };
    return encodeModelSnapshot(trainModel({ detector, documents, source: 'benchmark', clock }).snapshot);
  });

/** The whole loop of `detect` beside reading alone, and its memory as logs grow. */
export const run = (): Promise<BenchSection> => withElasticsearch(measure);

async function measure(client: Client, environment: NodeJS.ProcessEnv): Promise<BenchSection> {
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-bench-'));
  try {
    // No sample is held while the loop is measured: it collects its garbage, and would look at the sample each time.
    const models = trainOn(await load(client));
    const rows: BenchRow[] = [await readingRow(client)];
    for (const [place, loop] of LOOPS.entries()) rows.push(...(await loopRows(client, loop, models[place])));
    const modelFile = join(folder, 'model.json');
    await writeFile(modelFile, models[LOOPS.length - 1]);
    for (const logs of [FEW_LOGS, MOST_LOGS]) {
      const megabytes = await peakMemoryMegabytes(
        { ...environment, BENCHMARK_MODEL_FILE: modelFile },
        folder,
        logs,
      );
      rows.push({
        name: `peak memory of detect over ${logs.toLocaleString('en')} logs`,
        value: megabytes,
        unit: 'MB',
        target: `under ${MEMORY_LIMIT_MB} MB`,
        met: megabytes < MEMORY_LIMIT_MB,
      });
    }
    const busy = loadavg()[1].toFixed(1);
    return {
      title: `Detection loop on a real Elasticsearch (${SPEED_LOGS.toLocaleString('en')} logs a pass, load average ${busy} on ${cpus().length} cores)`,
      rows,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await client.indices.delete({ index: INDEX, ignore_unavailable: true }).catch(() => undefined);
  }
}
