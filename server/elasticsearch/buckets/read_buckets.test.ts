import { parseDetector, type Detector, type DetectorInput } from '../../../common/detector';
import { getField } from '../../../common/log_features';
import type { LogPage, LogRange } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { openMemory } from './memory';
import { countEvents } from './count_events';
import { readBuckets, rereadBuckets } from './read_buckets';

jest.mock('./count_events', () => ({ countEvents: jest.fn() }));

const MINUTE = 60_000;
const START = Date.parse('2026-11-01T00:00:00Z');

/** So many logs of an entity in one minute from START. */
interface Logs {
  readonly minute: number;
  readonly entity: string;
  readonly count: number;
}

/** @param minutes half-open */
const during = ([from, to]: readonly [number, number], entity: string, count: number): Logs[] =>
  Array.from({ length: to - from }, (_none, place) => ({ minute: from + place, entity, count }));

interface Filter {
  readonly range?: Record<string, { gte: number; lt: number }>;
  readonly terms?: Record<string, string[]>;
  readonly bool?: { filter?: Filter[]; should?: Filter[] };
}
interface Asked {
  readonly query: Filter;
  readonly aggs: { pages: { composite: { sources: Record<string, unknown>[] }; aggs?: object } };
}

const matches = ({ range, terms, bool }: Filter, { minute, entity }: Logs): boolean => {
  const time = START + minute * MINUTE;
  if (range !== undefined) return Object.values(range).every(({ gte, lt }) => time >= gte && time < lt);
  if (terms !== undefined) return Object.values(terms).every((values) => values.includes(entity));
  return (
    (bool?.filter ?? []).every((each) => matches(each, { minute, entity, count: 0 })) &&
    (bool?.should?.some((each) => matches(each, { minute, entity, count: 0 })) ?? true)
  );
};

/** A cluster that holds these logs, their entities of many digits as integers, and answers composite aggregations by entity, or by minute and entity. */
function clientOf(logs: readonly Logs[]): ElasticsearchClient {
  const search = ({ query, aggs }: Asked) => {
    const isByTime = aggs.pages.composite.sources.some((source) => 'start' in source);
    const cells = new Map<string, { key: object; doc_count: number; first: number; last: number }>();
    for (const found of logs.filter((each) => matches(query, each))) {
      const start = START + found.minute * MINUTE;
      const key = isByTime ? { start, entity: found.entity } : { entity: found.entity };
      const cell = cells.get(JSON.stringify(key)) ?? { key, doc_count: 0, first: start, last: start };
      cell.doc_count += found.count;
      cell.last = Math.max(cell.last, start);
      cell.first = Math.min(cell.first, start);
      cells.set(JSON.stringify(key), cell);
    }
    const buckets = [...cells.values()]
      .map(({ first, last, ...cell }) => ({
        ...cell,
        first: { value: first },
        last: { value: last },
        errors: { doc_count: 0 },
      }))
      .sort((one, other) => (JSON.stringify(one.key) < JSON.stringify(other.key) ? -1 : 1));
    const body = JSON.stringify({
      timed_out: false,
      _shards: { total: 1, failed: 0 },
      hits: { hits: [] },
      aggregations: { pages: { buckets } },
    });
    return Promise.resolve({ statusCode: 200, headers: {}, body: body.replace(/"(\d{16,})"/g, '$1') });
  };
  const keyword = { type: 'keyword', aggregatable: true, searchable: true };
  const fieldCaps = () => Promise.resolve({ indices: ['logs'], fields: { 'service.name': { keyword } } });
  return { search, fieldCaps } as unknown as ElasticsearchClient;
}

const detectorOf = (bucket: DetectorInput['bucket'], change: Partial<DetectorInput> = {}): Detector =>
  parseDetector({
    name: 'Services',
    source: { index: 'logs' },
    unit: 'bucket',
    entity_field: 'service.name',
    ...change,
    bucket: { span: '1m', ...bucket },
  });

const rangeOf = (from: number, to: number): LogRange => ({
  index: 'logs',
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: START + from * MINUTE,
  to: START + to * MINUTE,
});

async function all(pages: AsyncIterable<LogPage>): Promise<LogPage[]> {
  const found: LogPage[] = [];
  for await (const page of pages) found.push(page);
  return found;
}

/** `minute entity count` of each row. */
const rowsOf = (pages: readonly LogPage[]): string[] =>
  pages.flatMap(({ logs }) =>
    logs.map(({ document }) => {
      const minute = (Date.parse(String(getField(document, '@timestamp'))) - START) / MINUTE;
      return `${minute} ${String(getField(document, 'service.name'))} ${String(getField(document, 'bucket.count'))}`;
    }),
  );
const silencesOf = (pages: readonly LogPage[]): string[] => rowsOf(pages).filter((row) => row.endsWith(' 0'));

/** The entities in the memory of the last page. */
const knownOf = (pages: readonly LogPage[]): string[] =>
  Object.keys((pages[pages.length - 1].memory as { known: object }).known).sort();

describe('more entities than places', () => {
  const detector = detectorOf({ max_entities: 2, look_back: '10m' });

  test('one that gets a place by a later choice is silent in no bucket in which it logs', async () => {
    const client = clientOf([
      ...during([-10, 40], 'a', 9),
      ...during([-10, 40], 'b', 3),
      ...during([-10, 0], 'c', 1),
      ...during([0, 40], 'c', 5),
    ]);
    const pages = await all(readBuckets(client, detector, rangeOf(0, 40), { pageSize: 4 }));
    expect(knownOf(pages)).toEqual(['a', 'c']);
    expect(silencesOf(pages)).toEqual([]);
    expect(rowsOf(pages).filter((row) => row.includes(' c '))).toEqual(
      Array.from({ length: 30 }, (_none, place) => `${place + 10} c 5`),
    );
  });

  test('places stay as they are between two choices', async () => {
    // `b` frees its place soon after the first choice, while rows that hold all entities are under way.
    const client = clientOf([
      ...during([-10, 30], 'a', 9),
      ...during([-10, -4], 'b', 50),
      ...during([3, 30], 'c', 1),
    ]);
    const pages = await all(readBuckets(client, detector, rangeOf(0, 30), { pageSize: 8 }));
    expect(silencesOf(pages).filter((row) => row.includes(' c '))).toEqual([]);
    expect(knownOf(pages)).toEqual(['a', 'c']);
  });

  test('one that ended before it got a place is silent only once it has logged again', async () => {
    const client = clientOf([
      ...during([-10, 30], 'a', 9),
      ...during([-10, 30], 'b', 3),
      ...during([1, 4], 'c', 100),
      ...during([14, 15], 'c', 100),
    ]);
    const ofC = (pages: readonly LogPage[]) => rowsOf(pages).filter((row) => row.includes(' c '));
    const expected = ['14 c 100', ...Array.from({ length: 10 }, (_none, place) => `${place + 15} c 0`)];
    const pages = await all(readBuckets(client, detector, rangeOf(0, 30), { pageSize: 20 }));
    expect(ofC(pages)).toEqual(expected);
    // So it is after the range, too.
    const [first] = await all(readBuckets(client, detector, rangeOf(0, 10), { pageSize: 20 }));
    const memory: unknown = JSON.parse(JSON.stringify(first.memory));
    expect(ofC(await all(readBuckets(client, detector, rangeOf(10, 30), { memory, pageSize: 20 })))).toEqual(
      expected,
    );
  });

  test('nobody gets a place that is freed between two choices, though its rows come', async () => {
    const client = clientOf([
      ...during([-10, 0], 'a', 9),
      ...during([-10, -9], 'b', 20),
      ...during([-10, 0], 'c', 1),
    ]);
    const from = START + 5 * MINUTE;
    const memory = await openMemory(client, detector, rangeOf(0, 9), { stored: undefined, options: {} });
    expect(memory.places()).toEqual(['a', 'b']);
    memory.tidy(from);
    expect(memory.places()).toEqual(['a']);
    expect(memory.saw('c', from)).toBe(false);
    expect(memory.saw('a', from)).toBe(true);
    expect(await memory.choose(from)).toBe(false);
    expect(await memory.choose(START + 10 * MINUTE)).toBe(true);
    expect(memory.saw('c', START + 10 * MINUTE)).toBe(true);
  });
});

test('late rows of entities without a place only change what stands', async () => {
  const detector = detectorOf({ max_entities: 2, look_back: '10m' });
  const client = clientOf([
    ...during([-10, 5], 'a', 9),
    ...during([-10, 5], 'b', 3),
    ...during([1, 3], 'c', 1),
  ]);
  const [{ memory }] = await all(readBuckets(client, detector, rangeOf(0, 5), {}));
  const pages = await all(rereadBuckets(client, detector, rangeOf(1, 3), { memory }));
  expect(pages.map((page) => [page.revises, page.onlyStanding, rowsOf([page]).sort()])).toEqual([
    [true, undefined, ['1 a 9', '1 b 3', '2 a 9', '2 b 3']],
    [true, true, ['1 c 1', '2 c 1']],
  ]);
  expect(knownOf(pages.slice(0, 1))).toEqual(['a', 'b']);
});

test('where each log is read, pages hold more buckets only as long as that is quick', async () => {
  const detector = detectorOf({ events: { field: 'message' }, silence: false });
  const client = clientOf(during([0, 40], 'a', 1));
  let clock = 0;
  const now = jest.spyOn(performance, 'now').mockImplementation(() => clock);
  const asked: number[] = [];
  jest.mocked(countEvents).mockImplementation((_client, _detector, { span, request: { spans } }) => {
    const buckets = (spans[0].to - spans[0].from) / span;
    asked.push(buckets);
    // A second for the logs of one bucket; in the first minutes there are none.
    clock += spans[0].from < START + 7 * MINUTE ? 10 : 1_000 * buckets;
    return Promise.resolve(() => ({ texts: [], counts: [] }));
  });
  try {
    const pages = await all(readBuckets(client, detector, rangeOf(0, 40), {}));
    expect(asked).toEqual([1, 2, 4, 8, 4, 4, 4, 4, 4, 4, 1]);
    expect(pages.map(({ logs }) => logs.length)).toEqual(asked);
    expect(rowsOf(pages)).toHaveLength(40);
  } finally {
    now.mockRestore();
  }
});

test('what is remembered from late logs on is of all logs, not of the late ones alone', async () => {
  const detector = detectorOf({ max_entities: 2, look_back: '10m' });
  const client = clientOf([...during([-10, 5], 'a', 9), ...during([-10, 0], 'b', 3)]);
  // The pass asks for logs that happened lately.
  const lately = { range: { '@timestamp': { gte: START, lt: START + 5 * MINUTE } } };
  const pages = await all(rereadBuckets(client, detector, { ...rangeOf(1, 3), query: lately }, {}));
  expect(rowsOf(pages).sort()).toEqual(['1 a 9', '2 a 9']);
  expect(knownOf(pages)).toEqual(['a', 'b']);
});

describe('a memory of integers beyond 2^53', () => {
  const detector = detectorOf({ look_back: '10m' });
  const [EXACT, ROUNDED] = ['1234567890123456789', '1234567890123456800'];
  const nothing = clientOf([]);

  /** The memory after minute 3. */
  async function memoryOf(client: ElasticsearchClient): Promise<{ known: Record<string, number> }> {
    const [{ memory }] = await all(readBuckets(client, detector, rangeOf(0, 3), {}));
    return JSON.parse(JSON.stringify(memory)) as { known: Record<string, number> };
  }
  /** The memory as 0.1.0 wrote it: a double has no more digits. */
  const asBefore = (memory: object) => {
    const { exact: _exact, known, ...rest } = memory as { exact?: true; known: Record<string, number> };
    const rounded = Object.entries(known).map(([name, last]) => [name === EXACT ? ROUNDED : name, last]);
    return { ...rest, known: Object.fromEntries(rounded) as Record<string, number> };
  };

  test('that 0.1.0 has rounded is looked up anew: nobody looks silent by a name that is none', async () => {
    const client = clientOf([...during([-5, 5], EXACT, 2), ...during([-5, 5], 'a', 2)]);
    const memory = asBefore(await memoryOf(client));
    expect(Object.keys(memory.known)).toContain(ROUNDED);
    expect(String(Number(EXACT))).toBe(ROUNDED);
    const rows = rowsOf(await all(readBuckets(client, detector, rangeOf(3, 5), { memory })));
    expect(rows.sort()).toEqual([`3 ${EXACT} 2`, '3 a 2', `4 ${EXACT} 2`, '4 a 2']);
    const pages = await all(
      readBuckets(clientOf(during([-5, 4], EXACT, 2)), detector, rangeOf(4, 5), { memory }),
    );
    expect(rowsOf(pages)).toEqual([`4 ${EXACT} 0`]);
  });

  test('stays where it is exact, and that of other names where 0.1.0 wrote it', async () => {
    const kept = await memoryOf(clientOf([...during([0, 3], EXACT, 2), ...during([0, 3], ROUNDED, 2)]));
    const rows = rowsOf(await all(readBuckets(nothing, detector, rangeOf(3, 4), { memory: kept })));
    expect(rows.sort()).toEqual([`3 ${EXACT} 0`, `3 ${ROUNDED} 0`]);
    const ordinary = asBefore(
      await memoryOf(clientOf([...during([0, 3], 'a', 2), ...during([0, 3], '4711', 2)])),
    );
    const silent = rowsOf(await all(readBuckets(nothing, detector, rangeOf(3, 4), { memory: ordinary })));
    expect(silent.sort()).toEqual(['3 4711 0', '3 a 0']);
  });

  test('is looked up anew where one part of an entity or a common value is rounded', async () => {
    const several = detectorOf(
      { look_back: '10m' },
      { entity_field: undefined, entity_fields: ['service.name', 'id'] },
    );
    for (const [of, change] of [
      [several, { known: { [`a | ${ROUNDED}`]: START } }],
      [detector, { known: { b: START }, common: { codes: [ROUNDED] } }],
    ] as const) {
      const empty = await openMemory(nothing, of, rangeOf(0, 3), { stored: undefined, options: {} });
      const stored = { ...empty.toJSON(), ...change };
      const open = (memory: object) =>
        openMemory(nothing, of, rangeOf(1, 3), { stored: memory, options: {} });
      expect((await open(stored)).known(START + MINUTE)).toHaveLength(1);
      expect((await open(asBefore(stored))).known(START + MINUTE)).toEqual([]);
    }
  });
});
