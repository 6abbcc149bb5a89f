import { type Client } from '@elastic/elasticsearch';
import { parseDetector, type DetectorInput } from '../../common/detector';
import type { LogRange } from '../../server/detection/ports';
import { createDetectorSource } from '../../server/elasticsearch';
import { withElasticsearch } from '../local_elasticsearch';
import { median, timed, type BenchSection } from './section';
import { DAY } from '../../common/duration';

const LOGS = 1_000_000;
const ENTITIES = 100;
const RUNS = 7;
const START = Date.UTC(2026, 10, 1);
const BUCKETS = 288;
const INDEX = 'log-anomalies-benchmark-buckets';
const PAGE = 10_000;

async function load(client: Client): Promise<void> {
  await client.indices.delete({ index: INDEX, ignore_unavailable: true });
  const keyword = { type: 'keyword' as const };
  const long = { type: 'long' as const };
  await client.indices.create({
    index: INDEX,
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        service: { properties: { name: keyword } },
        client: { properties: { ip: { type: 'ip' } } },
        event: { properties: { duration: long, code: keyword } },
        http: { properties: { response: { properties: { status_code: long } } } },
      },
    },
  });
  // The day before is what is common learned from.
  for (let start = -PAGE; start < LOGS; start += PAGE) {
    const lines: string[] = [];
    for (let number = start; number < start + PAGE; number++) {
      // Multiplicative hashes (Knuth, TAOCP 3, 6.4) instead of a generator: the same logs every time.
      const hash = Math.imul(number, 2_654_435_761) >>> 0;
      const other = Math.imul(hash ^ (hash >>> 15), 2_246_822_519) >>> 0;
      lines.push(
        '{"index":{}}',
        JSON.stringify({
          '@timestamp': new Date(START + (number * DAY) / LOGS).toISOString(),
          service: { name: `service-${other % ENTITIES}` },
          client: { ip: `10.${hash % 7}.${other % 250}.${hash % 199}` },
          event: { duration: Math.round(Math.exp((hash % 1_000) / 150) * 1e6), code: `T${other % 300}` },
          http: { response: { status_code: hash % 50 === 0 ? 500 : 200 } },
        }),
      );
    }
    await client.bulk({ index: INDEX, operations: [`${lines.join('\n')}\n`] });
  }
  await client.indices.refresh({ index: INDEX });
}

/** Counts logs by entity and time, the baseline for the cost of buckets. */
async function plainCount(client: Client): Promise<void> {
  const answer = await client.search({
    index: INDEX,
    size: 0,
    request_cache: false,
    track_total_hits: false,
    query: { range: { '@timestamp': { gte: START, lt: START + DAY } } },
    aggs: {
      entities: {
        terms: { field: 'service.name', size: ENTITIES },
        aggs: { time: { date_histogram: { field: '@timestamp', fixed_interval: '5m' } } },
      },
    },
  });
  const { buckets } = answer.aggregations?.entities as { buckets: { time: { buckets: unknown[] } }[] };
  const cells = buckets.reduce((sum, { time }) => sum + time.buckets.length, 0);
  if (cells !== ENTITIES * BUCKETS) throw new Error(`The count has ${cells} cells`);
}

/** Measures the count of distinct values alone in the same cells: Elasticsearch has no cheaper way. */
async function distinctAlone(client: Client): Promise<void> {
  for (let start = START; start < START + DAY; start += DAY / 6) {
    await client.search({
      index: INDEX,
      size: 0,
      request_cache: false,
      track_total_hits: false,
      query: { range: { '@timestamp': { gte: start, lt: start + DAY / 6 } } },
      aggs: {
        entities: {
          terms: { field: 'service.name', size: ENTITIES },
          aggs: {
            time: {
              date_histogram: { field: '@timestamp', fixed_interval: '5m' },
              aggs: { clients: { cardinality: { field: 'client.ip', precision_threshold: 100 } } },
            },
          },
        },
      },
    });
  }
}

async function measure(client: Client): Promise<BenchSection> {
  await load(client);
  const range: LogRange = {
    index: INDEX,
    timestampField: '@timestamp',
    ingestedField: 'event.ingested',
    from: START,
    to: START + DAY,
  };
  const reader = (bucket: DetectorInput['bucket']): (() => Promise<void>) => {
    const detector = parseDetector({
      name: 'benchmark',
      source: { index: INDEX },
      unit: 'bucket',
      entity_field: 'service.name',
      bucket,
    });
    const source = createDetectorSource(client, detector);
    return async () => {
      let rows = 0;
      for await (const page of source.read(range)) rows += page.logs.length;
      if (rows !== ENTITIES * BUCKETS) throw new Error(`${rows} rows were read`);
    };
  };
  const latency = 'event.duration';
  const distinct = { clients: 'client.ip' };
  const ways: Record<string, () => Promise<void>> = {
    plain: () => plainCount(client),
    distinctAlone: () => distinctAlone(client),
    counts: reader({}),
    latencies: reader({ latency }),
    distinct: reader({ latency, distinct }),
    all: reader({ latency, distinct, rare: { codes: 'event.code' } }),
  };
  const times: Record<string, number[]> = {};
  for (let run = -1; run < RUNS; run++) {
    for (const [name, action] of Object.entries(ways)) {
      const time = await timed(action);
      if (run >= 0) (times[name] ??= []).push(time);
    }
  }
  const of = (name: string): number => median(times[name]);
  const row = (name: string, way: string) => {
    const ratio = of(way) / of('plain');
    return {
      name,
      value: Math.round(of(way)),
      unit: 'ms',
      ratio,
      target: 'at most 3x the plain count',
      met: ratio <= 3,
    };
  };
  return {
    title: `Bucket rows: ${ENTITIES * BUCKETS} rows of ${LOGS} logs and ${ENTITIES} entities, one day by 5 minutes (medians of ${RUNS} interleaved runs)`,
    rows: [
      { name: 'plain terms x date_histogram count', value: Math.round(of('plain')), unit: 'ms' },
      {
        name: 'plain count of distinct clients in the same cells, nothing else',
        value: Math.round(of('distinctAlone')),
        unit: 'ms',
        ratio: of('distinctAlone') / of('plain'),
      },
      row('rows with count and error share', 'counts'),
      row('… and latency quantiles', 'latencies'),
      row('… and distinct clients (348,000 addresses in all)', 'distinct'),
      row('… and logs with a rare code (300 codes)', 'all'),
    ],
  };
}

/** Uses the Elasticsearch of ELASTICSEARCH_URL or a local one of its own. */
export const run = (): Promise<BenchSection> =>
  withElasticsearch(
    async (client) => {
      const section = await measure(client);
      await client.indices.delete({ index: INDEX });
      return section;
    },
    { heap: '2g' },
  );
