import {
  auditIndex,
  checkpointsIndex,
  endOfResultsIndex,
  feedbackIndex,
  modelsIndex,
  resultsIndex,
  resultsPattern,
} from './index_names';

/** A pattern of Elasticsearch, in which only the asterisk is special here. */
const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/\./g, '\\.').replace(/\*/g, '.*')}$`).test(name);

const NAMES = [
  (space: string) => resultsIndex(space, Date.UTC(2026, 10, 5)),
  modelsIndex,
  checkpointsIndex,
  feedbackIndex,
  auditIndex,
];

test('results lie in the month of their log', () => {
  expect(resultsIndex('default', Date.UTC(2026, 10, 30, 23, 59, 59, 999))).toBe(
    'log-anomalies-results.default.2026.11',
  );
  expect(resultsIndex('default', Date.UTC(2026, 11, 1))).toBe('log-anomalies-results.default.2026.12');
  expect(resultsPattern('team_a')).toBe('log-anomalies-results.team_a.*');
  expect(feedbackIndex('team_a')).toBe('log-anomalies-feedback.team_a');
});

test('the end of a month is found for this space alone', () => {
  expect(endOfResultsIndex('a', 'log-anomalies-results.a.2026.12')).toBe(Date.UTC(2027, 0, 1));
  expect(endOfResultsIndex('a', 'log-anomalies-results.a-b.2026.12')).toBeUndefined();
  expect(endOfResultsIndex('a', 'other')).toBeUndefined();
});

test('nothing that names a space matches an index of another, or one of another kind', () => {
  const spaces = ['a', 'a-', 'a-x', 'a_x', 'x', 'a-2026', 'results', 'models', '-', '_', '2026', 'a-a'];
  for (const mine of spaces) {
    const own = [resultsPattern(mine), ...NAMES.map((nameOf) => nameOf(mine))];
    for (const theirs of spaces) {
      for (const nameOf of NAMES) {
        const found = own.filter((pattern) => matches(pattern, nameOf(theirs)));
        const isOwn = mine === theirs;
        expect([mine, nameOf(theirs), found.length > 0]).toEqual([mine, nameOf(theirs), isOwn]);
      }
    }
  }
});

test.each(['', 'A', 'a/b', 'a*', '../a', 'a,b', 'a.b'])('the space %j is refused', (space) => {
  expect(() => resultsIndex(space, 0)).toThrow(/space is/);
});
