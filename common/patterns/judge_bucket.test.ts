import { DAY, HOUR } from '../duration';
import { judgeBucket } from './judge_bucket';
import { newPattern } from './new_pattern';
import { ALL_ENTITIES, type PatternFinding, type PatternModel } from './pattern';

/** A Monday. */
const START = Date.UTC(2026, 0, 5);

/** Logs of an hour by entity. */
type Counts = Readonly<Record<string, number>>;

/** Judges the hours of some days: one pattern with the given counts, beside one that is always there. */
function toldIn(
  days: number,
  countsAt: (hour: number) => Counts,
  uncounted?: { readonly from: number; readonly to: number },
): (PatternFinding & { hour: number })[] {
  const models = new Map<string, PatternModel>();
  const told: (PatternFinding & { hour: number })[] = [];
  for (let hour = 0; hour < days * 24; hour++) {
    if (uncounted !== undefined && hour >= uncounted.from && hour < uncounted.to) continue;
    const time = START + hour * HOUR;
    const counts = new Map<string, Map<string, number>>();
    for (const [id, of] of Object.entries({ other: { a: 20 + (hour % 7) }, watched: countsAt(hour) })) {
      const sum = Object.values(of).reduce((all, logs) => all + logs, 0);
      if (sum === 0) continue;
      counts.set(id, new Map([[ALL_ENTITIES, sum], ...Object.entries(of)]));
      const seen = { tokens: [id], first: time, last: time, example: id };
      if (!models.has(id)) models.set(id, newPattern(id, seen, { since: START }));
    }
    const patterns = [...models.values()];
    const silences =
      uncounted === undefined || hour < uncounted.to
        ? []
        : [
            {
              from: START + uncounted.from * HOUR,
              to: START + uncounted.to * HOUR,
              isUncounted: true as const,
            },
          ];
    const fixed = { span: HOUR, since: START, arrivals: [], silences, falseAlarmsPerDay: 1 };
    const { findings } = judgeBucket({ patterns, time, counts, ...fixed });
    told.push(
      ...findings.filter(({ patternId }) => patternId === 'watched').map((one) => ({ ...one, hour })),
    );
  }
  return told;
}

const inWords = (told: readonly (PatternFinding & { hour: number })[]): string[] =>
  told.map(({ change, hour, entity }) => [change, hour, ...(entity ? [entity] : [])].join(' '));

const steady = (hour: number): number => 6 + ((hour * 5) % 4);

test('a silence of a week in the past no longer keeps one of a day from being told weeks later', () => {
  const gap = (hour: number): boolean => hour >= 4 * 24 && hour < 11 * 24;
  const end = 40 * 24;
  const told = toldIn(42, (hour) => ({ a: gap(hour) || hour >= end ? 0 : steady(hour) }));
  const [last] = told.slice(-1);
  expect(last.change).toBe('vanished');
  expect(last.hour - end).toBeLessThan(24);
});

test('a job that stays away at night is told in the hour in which it was due', () => {
  const nights = 16;
  const due = nights * 24 + 2;
  const nightly = (hour: number): number => (hour % 24 === 2 && hour < due ? 22 + ((hour / 24) % 5) : 0);
  expect(inWords(toldIn(nights + 2, (hour) => ({ a: Math.round(nightly(hour)) })))).toEqual([
    `vanished ${due} a`,
  ]);
});

test('what came once for some hours is not told to have vanished', () => {
  const burst = (hour: number): boolean => hour >= 30 && hour < 34;
  const told = toldIn(8, (hour) => ({ a: burst(hour) ? 40 : 0 }));
  expect(told.filter(({ change }) => change === 'vanished')).toEqual([]);
});

test('few logs in two buckets in a row are told where neither of them is by itself', () => {
  const end = 12 * 24;
  const bursty = (hour: number): number => 12 + ((hour * 37) % 23);
  const told = (few: number): string[] =>
    inWords(toldIn(13, (hour) => ({ a: hour >= end && hour < end + few ? 5 : bursty(hour) })));
  expect(told(1)).toEqual([]);
  expect(told(2)).toEqual([`dropping ${end + 1} a`]);
});

test('a drop that was told of all entities is not told of one of them later', () => {
  const end = 12 * 24;
  const told = toldIn(13, (hour) => {
    if (hour < end || hour > end + 5) return { a: 60 + (hour % 5), b: 60 + (hour % 3), c: 60 + (hour % 4) };
    return hour < end + 2 ? { a: 9, b: 9, c: 9 } : { a: 9, b: 1, c: 9 };
  });
  expect(inWords(told)).toEqual([`dropping ${end}`]);
});

test('a pattern that is back as it was has returned and does not surge, however long it was away', () => {
  const [from, to] = [6 * 24, 11 * 24];
  const told = toldIn(14, (hour) => ({ a: hour >= from && hour < to ? 0 : 30 + (hour % 5) }));
  expect(told.map(({ change }) => change)).toEqual(['vanished', 'returned']);
});

test('quiet weekends are no drops, from the second on, and make the days between them no less usual', () => {
  const isWeekend = (hour: number): boolean => Math.floor(hour / 24) % 7 >= 5;
  const week = (7 * DAY) / HOUR;
  const told = toldIn(21, (hour) => ({ a: (isWeekend(hour) ? 12 : 60) + ((hour * 5) % 7) }));
  expect(told.filter(({ hour }) => hour >= week)).toEqual([]);
});

test('time in which nothing was counted makes nothing vanish or surge, and no later silence usual', () => {
  const uncounted = { from: 10 * 24, to: 40 * 24 };
  const end = 45 * 24;
  const told = toldIn(46, (hour) => ({ a: hour >= end ? 0 : steady(hour) }), uncounted);
  expect(told.map(({ change }) => change)).toEqual(['vanished']);
  expect(told[0].hour).toBeLessThan(end + 12);
});
