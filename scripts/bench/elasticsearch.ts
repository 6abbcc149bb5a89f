import { type Client } from '@elastic/elasticsearch';
import { createLogSource } from '../../server/elasticsearch';
import type { LogRange } from '../../server/detection/ports';
import { withElasticsearch } from '../local_elasticsearch';
import { median, timed, type BenchSection } from './section';

const LOGS = 1_000_000;
/** To see how the cost of a sample grows. */
const MANY_LOGS = 5_000_000;
const MOST_GROWTH = 2;
const SAMPLE = 25_600;
const RUNS = 5;
const READ_LOGS = 300_000;
const START = Date.UTC(2026, 10, 1);
const STEP_MS = 600;
const INDEX = 'log-anomalies-benchmark-logs';
const LARGE_INDEX = `${INDEX}-many`;
const COLUMNS = [
  '@timestamp',
  'http.response.status_code',
  'http.response.bytes',
  'response_time',
  'url.path',
];
const WITH_TEXT = [...COLUMNS, 'message'];

const PAGE = 10_000;

async function load(client: Client, index: string, logs: number): Promise<void> {
  await client.indices.delete({ index, ignore_unavailable: true });
  await client.indices.create({
    index,
    settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        message: { type: 'text' },
        url: { properties: { path: { type: 'keyword' } } },
        http: {
          properties: {
            response: { properties: { status_code: { type: 'long' }, bytes: { type: 'long' } } },
          },
        },
        response_time: { type: 'double' },
      },
    },
  });
  for (let start = 0; start < logs; start += PAGE) {
    const lines: string[] = [];
    for (let number = start; number < start + PAGE; number++) {
      // A multiplicative hash (Knuth, TAOCP 3, 6.4) instead of a generator: the same logs every time.
      const hash = Math.imul(number, 2_654_435_761) >>> 0;
      const path = `/shop/${['cart', 'item', 'search', 'login'][hash % 4]}/${hash % 5_000}`;
      const bytes = hash % 50_000;
      lines.push(
        '{"index":{}}',
        JSON.stringify({
          '@timestamp': new Date(START + number * STEP_MS).toISOString(),
          message: `10.0.${hash % 250}.${hash % 199} - - "GET ${path}?id=${number} HTTP/1.1" 200 ${bytes} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`,
          url: { path },
          http: { response: { status_code: hash % 50 === 0 ? 500 : 200, bytes } },
          response_time: (hash % 30_000) / 100,
        }),
      );
    }
    await client.bulk({ index, operations: [lines.join('\n') + '\n'] });
  }
  await client.indices.refresh({ index });
}

const rangeOf = (index: string, logs: number): LogRange => ({
  index,
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: START,
  to: START + logs * STEP_MS,
});

/** The usual way to a random sample: the logs with the highest random scores, in pages. */
async function pageByRandomScore(client: Client, fields: readonly string[], seed: number): Promise<number> {
  const pointInTime = await client.openPointInTime({ index: INDEX, keep_alive: '1m' });
  let logs = 0;
  let after: (string | number)[] | undefined;
  while (logs < SAMPLE) {
    const answer = await client.search({
      pit: { id: pointInTime.id, keep_alive: '1m' },
      size: Math.min(PAGE, SAMPLE - logs),
      track_total_hits: false,
      query: {
        function_score: {
          query: { range: { '@timestamp': { gte: START } } },
          functions: [{ random_score: { seed, field: '_seq_no' } }],
          boost_mode: 'replace',
        },
      },
      sort: [{ _score: { order: 'desc' } }, { _shard_doc: 'asc' }],
      _source: [...fields],
      ...(after ? { search_after: after } : {}),
    });
    const { hits } = answer.hits;
    if (hits.length === 0) break;
    logs += hits.length;
    after = hits[hits.length - 1].sort as (string | number)[];
  }
  await client.closePointInTime({ id: pointInTime.id });
  return logs;
}

async function measure(client: Client): Promise<BenchSection> {
  await load(client, INDEX, LOGS);
  await load(client, LARGE_INDEX, MANY_LOGS);
  const source = createLogSource(client);
  const range = rangeOf(INDEX, LOGS);
  const many = rangeOf(LARGE_INDEX, MANY_LOGS);
  const sample = async (fields: readonly string[], seed: number, of = range): Promise<void> => {
    const { logs } = await source.sample(of, { size: SAMPLE, seed, fields });
    if (logs.length !== SAMPLE) throw new Error(`The sample holds ${logs.length} logs instead of ${SAMPLE}`);
  };
  const read = async (): Promise<void> => {
    let logs = 0;
    for await (const page of source.read(range, { fields: WITH_TEXT })) {
      logs += page.logs.length;
      if (logs >= READ_LOGS) break;
    }
  };
  const scripts = (allowed: boolean): Promise<unknown> =>
    client.cluster.putSettings({
      persistent: { 'search.aggs.only_allowed_metric_scripts': allowed ? null : true },
    });
  const ways: Record<string, (seed: number) => Promise<unknown>> = {
    columns: (seed) => sample(COLUMNS, seed),
    pagedColumns: (seed) => pageByRandomScore(client, COLUMNS, seed),
    texts: (seed) => sample(WITH_TEXT, seed),
    pagedTexts: (seed) => pageByRandomScore(client, WITH_TEXT, seed),
    manyColumns: (seed) => sample(COLUMNS, seed, many),
    manyTexts: (seed) => sample(WITH_TEXT, seed, many),
    read: () => read(),
  };
  const times: Record<string, number[]> = { withoutScripts: [] };
  for (let run = -1; run < RUNS; run++) {
    for (const [name, action] of Object.entries(ways)) {
      const time = await timed(() => action(run + 2));
      if (run >= 0) (times[name] ??= []).push(time);
    }
    await scripts(false);
    try {
      const time = await timed(() => sample(COLUMNS, run + 2));
      if (run >= 0) times.withoutScripts.push(time);
    } finally {
      await scripts(true);
    }
  }
  const of = (name: string): number => Math.round(median(times[name]));
  const compared = (name: string, own: string, paged: string, least: number) => {
    const ratio = median(times[paged]) / median(times[own]);
    return { name, value: of(own), unit: 'ms', ratio, target: `at least ${least}x`, met: ratio >= least };
  };
  const grown = (name: string, own: string, fewer: string, most?: number) => {
    const ratio = median(times[own]) / median(times[fewer]);
    const target = most === undefined ? {} : { target: `at most ${most}x`, met: ratio <= most };
    return { name, value: of(own), unit: 'ms', ratio, ...target };
  };
  const manyShown = MANY_LOGS.toLocaleString('en');
  return {
    title: `Elasticsearch: ${SAMPLE} uniform rows of ${LOGS} (medians of ${RUNS} interleaved runs)`,
    rows: [
      { name: 'paging by random_score, columns', value: of('pagedColumns'), unit: 'ms' },
      compared('our sample where scripts are allowed, columns', 'columns', 'pagedColumns', 4),
      compared('our sample where scripts are not allowed, columns', 'withoutScripts', 'pagedColumns', 1),
      { name: 'paging by random_score, with the message text', value: of('pagedTexts'), unit: 'ms' },
      compared('our sample, with the message text', 'texts', 'pagedTexts', 1),
      grown(
        `our sample of ${manyShown}, columns, scripts allowed, against ${LOGS.toLocaleString('en')}`,
        'manyColumns',
        'columns',
        MOST_GROWTH,
      ),
      grown(`our sample of ${manyShown}, with the message text`, 'manyTexts', 'texts'),
      {
        name: 'reading in order, 6 fields',
        value: Math.round((READ_LOGS / median(times.read)) * 1_000),
        unit: 'logs/s',
      },
    ],
  };
}

/** Uses the Elasticsearch of ELASTICSEARCH_URL, whose user may change cluster settings, or a local one of its own. */
export const run = (): Promise<BenchSection> =>
  withElasticsearch(
    async (client) => {
      const section = await measure(client);
      await client.indices.delete({ index: [INDEX, LARGE_INDEX] });
      return section;
    },
    { heap: '2g' },
  );
