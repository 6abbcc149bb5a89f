import { documentId, endOfResultsIndex, feedbackIndex, resultsIndex, resultsPattern } from './names';

test('results lie in the month of their log', () => {
  expect(resultsIndex('default', Date.UTC(2026, 10, 30, 23, 59, 59, 999))).toBe(
    'log-anomalies-results-default-2026.11',
  );
  expect(resultsIndex('default', Date.UTC(2026, 11, 1))).toBe('log-anomalies-results-default-2026.12');
  expect(resultsPattern('team_a')).toBe('log-anomalies-results-team_a-*');
  expect(feedbackIndex('team_a')).toBe('log-anomalies-feedback-team_a');
});

test('the end of a month is found for this space alone', () => {
  expect(endOfResultsIndex('a', 'log-anomalies-results-a-2026.12')).toBe(Date.UTC(2027, 0, 1));
  expect(endOfResultsIndex('a', 'log-anomalies-results-a-b-2026.12')).toBeUndefined();
  expect(endOfResultsIndex('a', 'other')).toBeUndefined();
});

test.each(['', 'A', 'a/b', 'a*', '../a', 'a,b'])('the space %j is refused', (space) => {
  expect(() => resultsIndex(space, 0)).toThrow(/space is/);
});

test('ids depend on each part and on where one ends', () => {
  expect(documentId('a', 'b')).toBe(documentId('a', 'b'));
  expect(documentId('a', 'b')).not.toBe(documentId('ab'));
  expect(documentId('a', 'bc')).not.toBe(documentId('ab', 'c'));
  expect(documentId('x'.repeat(10_000))).toHaveLength(43);
});
