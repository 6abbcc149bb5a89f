import type { estypes } from '@elastic/elasticsearch';
import { DAY, HOUR } from '../../../common/duration';
import { frameOf, readTrends, type Search } from './pattern_trends';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const SPAN = HOUR / 4;

test('intervals are whole buckets, of a longer time whole days, and never more than asked for', () => {
  const of = (days: number, intervals: number, from = START + 7 * HOUR) =>
    frameOf({ from, to: from + days * DAY }, intervals, SPAN);
  expect(of(7, 28)).toEqual({
    ...{ from: START + 7 * HOUR, to: START + 7 * HOUR + 7 * DAY },
    ...{ begin: START + 7 * HOUR, interval: 6 * HOUR },
  });
  expect(of(14, 28)).toMatchObject({ begin: START + 7 * HOUR, interval: DAY / 2 });
  expect(of(15, 28)).toMatchObject({ from: START + 7 * HOUR, begin: START, interval: DAY });
  // It touches 29 days.
  expect(of(28, 28)).toMatchObject({ begin: START, interval: 2 * DAY });
  expect(of(28, 28, START)).toMatchObject({ begin: START, interval: DAY });
  for (let days = 1; days < 400; days += 3) {
    for (const intervals of [1, 28, 200]) {
      const { begin, from, to, interval } = of(days, intervals);
      expect(Math.ceil((to - begin) / interval)).toBeLessThanOrEqual(intervals);
      expect(from - begin).toBeLessThan(DAY);
    }
  }
});

interface Counts {
  readonly id: string;
  readonly day: number;
  readonly logs: number;
  readonly sums: Readonly<Record<string, number>>;
}

/** Answers as Elasticsearch does for counts: no more than is asked for, after what was read. */
function searchOf(stored: readonly Counts[]) {
  const requests: estypes.SearchRequest[] = [];
  const search = async (request: estypes.SearchRequest) => {
    requests.push(request);
    const text = JSON.stringify(request.query);
    const range = /"range":\{"day":\{"gte":(\d+),"lte":(\d+)/.exec(text);
    const isWithin = ({ day }: Counts): boolean =>
      range === null || (day >= Number(range[1]) && day <= Number(range[2]));
    const isOutside = text.includes('must_not');
    const [id, day] = (request.search_after ?? ['', -1]) as [string, number];
    const hits = stored
      .filter((each) => isWithin(each) !== isOutside || range === null)
      .filter((each) => each.id > id || (each.id === id && each.day > day))
      .slice(0, request.size)
      .map(({ id: of, day: at, logs, sums }) => ({
        ...{ _id: `${of}-${at}`, sort: [of, at] },
        ...(request._source === false
          ? { fields: { pattern_id: [of], day: [String(at)], logs: [logs] } }
          : { _source: { pattern_id: of, day: at, logs, sums } }),
      }));
    return { hits: { hits } };
  };
  return { search: search as unknown as Search, requests };
}

/** Three logs an hour, of so many patterns. */
const countsOf = (patterns: number, days: number): Counts[] =>
  Array.from({ length: patterns }, (_, place) =>
    Array.from({ length: days }, (__, day) => ({
      id: `p${String(place).padStart(3, '0')}`,
      day: START + day * DAY,
      logs: 72,
      sums: Object.fromEntries(Array.from({ length: 24 }, (___, hour) => [String(60 * hour), 3])),
    })),
  ).flat();

const sumOf = (trend: readonly number[]): number => trend.reduce((sum, logs) => sum + logs, 0);

test('all counts of a long time are read, and of days that it holds as a whole no more than their sums', async () => {
  const { search, requests } = searchOf(countsOf(300, 40));
  const frame = frameOf({ from: START + 7 * HOUR, to: START + 35 * DAY + 2 * HOUR }, 28, SPAN);
  const trends = await readTrends(search, [], frame, undefined);
  const wanted = [17 * 3 + 72, ...Array.from({ length: 16 }, () => 144), 72 + 6];
  for (const id of ['p000', 'p150', 'p299']) expect(trends(id)).toEqual(wanted);
  expect(trends('another')).toEqual(wanted.map(() => 0));
  // Of 300 patterns the first and the last day, not 35 of them.
  const read = requests.filter(({ _source }) => _source !== false);
  expect(read.length).toBeLessThan(10);
});

test('a page of many patterns over a fortnight holds all of their logs', async () => {
  const { search } = searchOf(countsOf(800, 14));
  const frame = frameOf({ from: START, to: START + 14 * DAY }, 28, SPAN);
  const trends = await readTrends(search, [], frame, undefined);
  expect(sumOf(trends('p000'))).toBe(14 * 72);
  expect(sumOf(trends('p799'))).toBe(14 * 72);
});
