import fc from 'fast-check';
import type { Hit } from './field_plan';
import type { Page } from './hit_reader';
import { readStretches, type StretchesOfSearch } from './stretches';

/** A log may have several times; it is sorted by the first. */
interface Log {
  readonly id: number;
  readonly times: readonly number[];
}

const END = 100_000;
const PAGE = 10;

/** Answers of Elasticsearch, in memory: the query holds any of a log's times, the order is by the first. */
function searchOf(logs: readonly Log[], delays: readonly number[] = [0]) {
  const sortOf = ({ id, times }: Log): [number, number] => [Math.min(...times), id];
  const isAfter = ([time, id]: [number, number], [otherTime, otherId]: [number, number]): boolean =>
    time > otherTime || (time === otherTime && id > otherId);
  const sorted = [...logs].sort((one, other) => (isAfter(sortOf(one), sortOf(other)) ? 1 : -1));
  const hits = sorted.map((log) => ({ _index: 'logs', _id: String(log.id), sort: sortOf(log) }));
  const watched = { underWay: 0, most: 0, requests: 0, taken: 0, ahead: 0 };
  const reader = {
    pageSize: PAGE,
    async fetchPage({ query, after }: { query: unknown; after?: unknown }): Promise<Page> {
      const [from, to] = query as [number, number];
      watched.underWay++;
      watched.most = Math.max(watched.most, watched.underWay);
      const delay = delays[watched.requests++ % delays.length];
      for (let turn = 0; turn < delay; turn++) await Promise.resolve();
      const found = hits
        .filter((_hit, place) => sorted[place].times.some((time) => time >= from && time < to))
        .filter(({ sort }) => isAfter(sort, after as [number, number]))
        .slice(0, PAGE);
      watched.underWay--;
      if (found.length > 0) watched.ahead = Math.max(watched.ahead, ++watched.taken);
      return { hits: found, last: found.length < PAGE };
    },
  };
  const search: StretchesOfSearch = {
    end: END,
    canFollow: () => true,
    timeOf: ({ sort }) => Math.floor((sort as number[])[0]),
    placeOf: (from, to, after) => ({
      query: [from, to] as never,
      after: after ?? [from, -1],
    }),
  };
  return { hits, reader, search, watched };
}

async function idsAfter(
  first: number,
  { hits, reader, search, watched }: ReturnType<typeof searchOf>,
): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of readStretches(reader, search, hits.slice(0, first))) {
    watched.taken--;
    ids.push(...page.map(({ _id }) => _id as string));
  }
  return ids;
}

const idsOf = (hits: readonly Hit[]): string[] => hits.map(({ _id }) => _id as string);

it('stretches give every hit once and in order, whatever the times are and however slow the pages', async () => {
  const time = fc.oneof(
    fc.integer({ min: 0, max: END - 1 }),
    // Bursts within milliseconds, and fractions of them.
    fc.integer({ min: 500, max: 505 }),
    fc.double({ min: 70_000, max: 70_002, noNaN: true }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(time, { minLength: 1, maxLength: 3 }), { minLength: PAGE, maxLength: 300 }),
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
      async (times, delays) => {
        const search = searchOf(
          times.map((each, id) => ({ id, times: each })),
          delays,
        );
        expect(await idsAfter(PAGE, search)).toEqual(idsOf(search.hits.slice(PAGE)));
        expect(search.watched.most).toBeLessThanOrEqual(2);
      },
    ),
  );
});

it('two pages are under way at once where logs come evenly, with few more requests than pages', async () => {
  const search = searchOf(
    Array.from({ length: 2_000 }, (_none, id) => ({ id, times: [id * 50] })),
    [3],
  );
  expect(await idsAfter(PAGE, search)).toEqual(idsOf(search.hits.slice(PAGE)));
  expect(search.watched.most).toBe(2);
  expect(search.watched.requests).toBeLessThan(1.4 * (2_000 / PAGE));
});

it('a lull is passed over in few requests', async () => {
  const logs = [
    ...Array.from({ length: 20 }, (_none, id) => ({ id, times: [id] })),
    { id: 20, times: [END - 1] },
  ];
  const search = searchOf(logs);
  expect(await idsAfter(PAGE, search)).toEqual(idsOf(search.hits.slice(PAGE)));
  expect(search.watched.requests).toBeLessThan(16);
});

it('all logs in one millisecond are read page by page, and nothing is fetched far ahead of the caller', async () => {
  const search = searchOf([
    ...Array.from({ length: 500 }, (_none, id) => ({ id, times: [7] })),
    ...Array.from({ length: 500 }, (_none, id) => ({ id: 500 + id, times: [8 + id] })),
  ]);
  expect(await idsAfter(PAGE, search)).toEqual(idsOf(search.hits.slice(PAGE)));
  // The page that the caller works on and two more.
  expect(search.watched.ahead).toBeLessThanOrEqual(3);
});

it('a page that fails ends the reading with its error, after those before it', async () => {
  const search = searchOf(Array.from({ length: 200 }, (_none, id) => ({ id, times: [id * 50] })));
  const { fetchPage } = search.reader;
  search.reader.fetchPage = (place) =>
    search.watched.requests === 6 ? Promise.reject(new Error('away')) : fetchPage(place);
  const ids: string[] = [];
  await expect(
    (async () => {
      for await (const page of readStretches(search.reader, search.search, search.hits.slice(0, PAGE)))
        ids.push(...idsOf(page));
    })(),
  ).rejects.toThrow('away');
  expect(ids.length).toBeGreaterThan(0);
  expect(ids).toEqual(idsOf(search.hits.slice(PAGE, PAGE + ids.length)));
});
