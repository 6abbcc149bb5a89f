import type { Client } from '@elastic/elasticsearch';
import { createRandom } from '../../../common/demo_logs/random';
import { parseDetector } from '../../../common/detector';
import { DAY, MINUTE } from '../../../common/duration';
import { newPattern, newSeries, patternIdOf } from '../../../common/patterns';
import { createPatternStore, listLogPatterns } from '../../../server/elasticsearch/patterns';
import { patternsIndex } from '../../../server/elasticsearch/indices/names';
import { median, timed, type BenchRow } from '../section';

const SPACE = 'benchmark-patterns';
const ID = 'benchmark';
const PATTERNS = Number(process.env.BENCHMARK_PATTERNS ?? 10_000);
const ENTITIES = 100;
/** Days that are kept, and those of each page. */
const DAYS = 30;
const WEEK = 7;
/** Of so many, as many as a detector has, there are counts before the last week. */
const KEPT_LONGER = 2_000;
const NOW = Date.UTC(2026, 0, 12);
const SPAN = 15 * MINUTE;
/** So many have logs in each bucket and entity; the others in a few buckets of a day. */
const FREQUENT = 50;
const BATCH = 250;
const RUNS = 9;
const MOST_MILLISECONDS = 300;

const detector = parseDetector({
  name: ID,
  source: { index: 'logs' },
  entity_field: 'host.name',
  features: [{ type: 'hour_of_day', field: '@timestamp' }],
});
const entityOf = (place: number): string => `host-${place}`;

/** Writes patterns and counts as a job does. */
async function load(client: Client): Promise<void> {
  const store = createPatternStore(client, ID, { space: SPACE });
  const random = createRandom(3);
  const all = Array.from({ length: PATTERNS }, (_, place) => [
    `part${place}`,
    ' of',
    ' order',
    ' <id>',
    ' failed',
  ]);
  for (let first = 0; first < PATTERNS; first += BATCH) {
    const batch = all.slice(first, first + BATCH);
    const models = batch.map((tokens) => {
      const at = NOW - DAYS * DAY;
      const seen = { first: at, last: NOW - random.integer(0, DAY), example: tokens.join(''), tokens };
      const model = newPattern(patternIdOf(tokens), seen, { since: at });
      model.profile.hours.forEach((_, hour) => (model.profile.hours[hour] = random.uniform() * 100));
      for (let entity = 0; entity < ENTITIES; entity++) model.series.set(entityOf(entity), newSeries(at));
      if (random.chance(0.01)) Object.assign(model.series.get(entityOf(1))!, { state: 'surging' });
      return model;
    });
    await store.put(models);
    for (let day = 0; day < DAYS; day++) {
      const isOld = DAYS - day > WEEK;
      const counted = isOld ? models.slice(0, Math.max(0, KEPT_LONGER - first)) : models;
      const cells = counted.flatMap(({ id }, place) =>
        Array.from({ length: ENTITIES }, (_, entity) =>
          bucketsOf(first + place < FREQUENT ? DAY / SPAN : 2, random.integer(0, 90)).map(
            (bucket): [string, string, number, number] => [
              id,
              entityOf(entity),
              NOW - (DAYS - day) * DAY + bucket * SPAN,
              random.integer(1, 9),
            ],
          ),
        ).flat(),
      );
      if (cells.length > 0) await store.add({ seen: [], cells }, day + 1, NOW - DAYS * DAY);
    }
  }
  await client.indices.forcemerge({ index: patternsIndex(SPACE), max_num_segments: 5 });
}

const bucketsOf = (count: number, first: number): number[] =>
  Array.from({ length: count }, (_, place) => (first + place) % 96);

/** Sums that the page cannot do without: the logs of each pattern in the time that is shown. */
const aggregate = (client: Client, days: number) =>
  client.search(
    {
      index: patternsIndex(SPACE),
      size: 0,
      query: {
        bool: {
          filter: [
            { term: { detector_id: ID } },
            { term: { kind: 'counts' } },
            { range: { day: { gte: NOW - days * DAY, lt: NOW, format: 'epoch_millis' } } },
          ],
        },
      },
      aggs: {
        patterns: {
          terms: { field: 'pattern_id', size: PATTERNS },
          aggs: { logs: { sum: { field: 'logs' } } },
        },
      },
    },
    { querystring: { request_cache: false } },
  );

const QUERIES = [
  { days: WEEK, name: 'changed ones first', query: { sort: 'state' } },
  { days: WEEK, name: 'those with the most logs first', query: { sort: 'logs' } },
  { days: WEEK, name: 'those of an entity', query: { sort: 'logs', entity: entityOf(7) } },
  { days: WEEK, name: 'by a word', query: { sort: 'recent', text: 'part77' } },
  { days: DAYS, name: 'changed ones first', query: { sort: 'state' } },
  { days: DAYS, name: 'those with the most logs first', query: { sort: 'logs' } },
  { days: DAYS, name: 'those of an entity', query: { sort: 'logs', entity: entityOf(7) } },
] as const;

/** The page of patterns beside what Elasticsearch takes by itself for the sums of the same patterns. */
export async function catalogueRows(client: Client): Promise<BenchRow[]> {
  await client.indices.delete({ index: patternsIndex(SPACE), ignore_unavailable: true });
  try {
    await load(client);
    const rows: BenchRow[] = [];
    const defaults = {
      state: 'all',
      ignored: 'hide',
      order: 'desc',
      intervals: 28,
      page: 1,
      size: 25,
    } as const;
    for (const { days, name, query } of QUERIES) {
      const taken = { page: [] as number[], own: [] as number[] };
      for (let round = -2; round < RUNS; round++) {
        const own = await timed(() => aggregate(client, days));
        const page = await timed(async () => {
          const found = await listLogPatterns(
            client,
            { space: SPACE, id: ID, detector },
            { ...defaults, ...query, from: NOW - days * DAY },
            NOW,
          );
          if (found.patterns.length === 0) throw new Error(`${name}: no pattern was found.`);
        });
        if (round < 0) continue; // the first rounds warm up
        taken.page.push(page);
        taken.own.push(own);
      }
      const more = median(taken.page) - median(taken.own);
      rows.push({
        name: `page of ${PATTERNS.toLocaleString('en')} patterns x ${ENTITIES} entities over ${days} days, ${name} (${median(taken.page).toFixed(0)} ms), beyond Elasticsearch's own sums (${median(taken.own).toFixed(0)} ms)`,
        value: more,
        unit: 'ms',
        target: `at most ${MOST_MILLISECONDS} ms`,
        met: more <= MOST_MILLISECONDS,
      });
    }
    return rows;
  } finally {
    await client.indices
      .delete({ index: patternsIndex(SPACE), ignore_unavailable: true })
      .catch(() => undefined);
  }
}
