import type { Annotation } from './annotation';
import { excludedTimesOf, withinShare } from './excluded_times';

const START = Date.parse('2026-11-01T10:00:00.000Z');
const RANGE = { from: START, to: START + 1_000 };

const annotation = (change: Partial<Annotation> = {}): Annotation => ({
  id: 'a',
  kind: 'maintenance',
  title: 'Work',
  at: new Date(START + 100).toISOString(),
  ends_at: new Date(START + 200).toISOString(),
  entities: [],
  recorded_at: new Date(START).toISOString(),
  ...change,
});

test('incidents and maintenance with an end are kept out, of each entity that they name', () => {
  expect(excludedTimesOf([annotation()], RANGE)).toEqual([{ from: START + 100, to: START + 200 }]);
  expect(excludedTimesOf([annotation({ kind: 'incident', entities: ['a', 'b'] })], RANGE)).toEqual([
    { from: START + 100, to: START + 200, names: ['a', 'b'] },
  ]);
});

test('deployments, changes and what has no end keep nothing out', () => {
  const given = [
    annotation({ kind: 'deployment' }),
    annotation({ kind: 'change' }),
    annotation({ ends_at: undefined }),
  ];
  expect(excludedTimesOf(given, RANGE)).toEqual([]);
});

test('a time that is no number keeps nothing out', () => {
  expect(excludedTimesOf([annotation({ at: '1764288000000' })], RANGE)).toEqual([]);
  expect(excludedTimesOf([annotation({ ends_at: 'later' })], RANGE)).toEqual([]);
});

test('what is kept out lies within the range', () => {
  const long = annotation({
    at: new Date(START - 50).toISOString(),
    ends_at: new Date(START + 5_000).toISOString(),
  });
  expect(excludedTimesOf([long], RANGE)).toEqual([RANGE]);
  expect(excludedTimesOf([long], { from: START + 5_000, to: START + 6_000 })).toEqual([]);
});

test('annotations keep at most half of a window out, of each entity and of all', () => {
  const window = { from: 0, to: 100 };
  const [short, long] = [
    { from: 0, to: 50 },
    { from: 40, to: 60 },
  ];
  expect(withinShare([short], window)).toEqual({ excluded: [short], ignored: [] });
  expect(withinShare([short, long], window)).toEqual({ excluded: [], ignored: ['*'] });
  // Times before the window count nothing in it.
  expect(withinShare([short, { from: -500, to: 0 }], window).ignored).toEqual([]);
  const given = [{ ...short, names: ['cart', 'shop'] }, { ...long, names: ['cart'] }, long];
  expect(withinShare(given, window)).toEqual({
    excluded: [long],
    ignored: ['cart', 'shop'],
  });
  expect(withinShare(given.slice(0, 2), window)).toEqual({
    excluded: [{ ...short, names: ['shop'] }],
    ignored: ['cart'],
  });
});

test('times of all count for each entity, too', () => {
  const window = { from: 0, to: 100 };
  const [first, second] = [
    { from: 0, to: 49 },
    { from: 51, to: 100 },
  ];
  const cart = { ...second, names: ['cart'] };
  expect(withinShare([first, cart], window)).toEqual({ excluded: [first], ignored: ['cart'] });
  // Once only where both cover it.
  const same = { ...first, names: ['cart'] };
  expect(withinShare([first, same], window)).toEqual({ excluded: [first, same], ignored: [] });
  // Those of all that are not followed themselves count for none.
  const long = { from: 0, to: 60 };
  expect(withinShare([long, cart], window)).toEqual({ excluded: [cart], ignored: ['*'] });
});
