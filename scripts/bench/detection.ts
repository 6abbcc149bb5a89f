import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import { build } from 'esbuild';
import { parseDetector } from '../../common/detector';
import { generateLogs } from '../../common/demo_logs';
import type { LogDocument } from '../../common/log_document';
import { encodeModelSnapshot } from '../../common/model_snapshot';
import { trainModel } from '../../server/detection/training/train_model';
import { bulkWrite, connect, connectionFromEnvironment, createLogSource } from '../../server/elasticsearch';
import { DEFAULT_LOCAL_VERSION, startLocalElasticsearch } from '../local_elasticsearch';
import { detectFirst, START } from './detection_run';
import { median, timed, type BenchRow, type BenchSection } from './section';

const INDEX = 'log-anomalies-benchmark-detection';
const MOST_LOGS = Number(process.env.BENCHMARK_LOGS ?? 5_000_000);
const FEW_LOGS = 100_000;
const SPEED_LOGS = Math.min(500_000, MOST_LOGS);
const RUNS = 5;
const BATCH = 5_000;
const MEMORY_LIMIT_MB = 250;
const RATE_PER_SECOND = 10;

const detector = parseDetector({
  name: 'benchmark',
  source: { index: INDEX },
  entity_field: 'service.name',
  features: [
    { type: 'number', field: 'response_time' },
    { type: 'category', field: 'status_code' },
    { type: 'number', field: 'request_size' },
    { type: 'text', field: 'url.original' },
  ],
  schedule: { query_delay: '1s', late_window: '100w' },
});

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
    const log = { ...document, event: { ...(document.event as object), ingested } };
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

/** All that a run reads: the pages, and whole logs where they were found anomalous. @returns how many logs */
async function readFirst(client: Client, logs: number, anomalous: ReadonlySet<string>): Promise<number> {
  let seen = 0;
  const source = createLogSource(client);
  const range = {
    index: INDEX,
    timestampField: '@timestamp',
    ingestedField: 'event.ingested',
    from: START,
    to: START + logs,
  };
  const fields = [
    'response_time',
    'status_code',
    'request_size',
    'url.original',
    '@timestamp',
    'service.name',
  ];
  const context = [...new Set([...detector.context_fields, ...fields])];
  for await (const page of source.read(range, { by: 'ingested', fields })) {
    seen += page.logs.length;
    const chosen = page.logs.filter(({ id }) => anomalous.has(id));
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
async function processorTime(client: Client): Promise<{ process: number; cluster: number; all: number }> {
  const { nodes } = await client.nodes.stats({ metric: 'process' });
  const cluster = Object.values(nodes).reduce(
    (sum, node) => sum + Number(node.process?.cpu?.total_in_millis ?? 0),
    0,
  );
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1_000;
  return { process: own, cluster, all: own + cluster };
}

/** The whole loop of `detect` beside reading alone, and its memory as logs grow. */
export async function run(): Promise<BenchSection> {
  const local =
    process.env.ELASTICSEARCH_URL === undefined
      ? await startLocalElasticsearch({
          version: DEFAULT_LOCAL_VERSION,
          report: (text) => process.stderr.write(`  ${text}\n`),
        })
      : undefined;
  const environment = { ...process.env, ...(local && { ELASTICSEARCH_URL: local.url }) };
  const client = connect(connectionFromEnvironment(environment));
  const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-bench-'));
  try {
    const sample = await load(client);
    const { snapshot } = trainModel({
      detector,
      documents: sample,
      source: 'benchmark',
      clock: { now: () => START },
    });
    const modelText = encodeModelSnapshot(snapshot);
    const ratios: number[] = [];
    /** Processor time of encoding, scoring, explaining and writing, in that of reading. */
    const shares = { process: [] as number[], cluster: [] as number[], all: [] as number[] };
    const rates = { read: [] as number[], detect: [] as number[] };
    const anomalous = new Set<string>();
    await detectFirst(client, modelText, SPEED_LOGS, 'found', (results) =>
      results.forEach(({ source }) => anomalous.add(source.id)),
    );
    for (let round = -1; round < RUNS; round++) {
      const before = await processorTime(client);
      const read = await timed(() => readFirst(client, SPEED_LOGS, anomalous));
      const between = await processorTime(client);
      const whole = await timed(() => detectFirst(client, modelText, SPEED_LOGS, `speed-${round}`));
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
    const rows: BenchRow[] = [
      {
        name: 'reading alone, by time of indexing, anomalous logs as a whole',
        value: median(rates.read),
        unit: 'logs/s',
      },
      {
        name: 'detect: read, encode, score, explain, write',
        value: median(rates.detect),
        unit: 'logs/s',
        ratio: median(ratios),
        target: 'at least 0.6x reading alone, aim 0.8x',
        met: median(ratios) >= 0.6,
      },
    ];
    const work = 'processor time of encoding, scoring, explaining and writing, in that of reading';
    rows.push(
      {
        name: `${work}, Elasticsearch included`,
        value: median(shares.all) * 100,
        unit: '%',
        target: 'at most 60%',
        met: median(shares.all) <= 0.6,
      },
      { name: `${work}, our process alone`, value: median(shares.process) * 100, unit: '%' },
      { name: `${work}, Elasticsearch alone`, value: median(shares.cluster) * 100, unit: '%' },
    );
    const modelFile = join(folder, 'model.json');
    await writeFile(modelFile, modelText);
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
    return { title: 'Detection loop on a real Elasticsearch', rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
    await client.indices.delete({ index: INDEX, ignore_unavailable: true }).catch(() => undefined);
    await client.close();
    await local?.stop();
  }
}
