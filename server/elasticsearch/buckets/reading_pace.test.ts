import { ReadingPace } from './reading_pace';

test('a request takes twice as many buckets after a quick one, half as many after a slow one', () => {
  const pace = new ReadingPace();
  const next = (milliseconds: number, most = Infinity): number => {
    pace.took(milliseconds, Math.min(most, pace.buckets));
    return pace.buckets;
  };
  expect(pace.buckets).toBe(1);
  expect([10, 10, 10, 3_000, 6_000, 6_000, 6_000, 6_000].map((milliseconds) => next(milliseconds))).toEqual([
    ...[2, 4, 8, 8, 4, 2, 1, 1],
  ]);
  // Buckets that were never asked for say nothing of how long they would take.
  for (let i = 0; i < 50; i++) next(10, 12);
  expect(pace.buckets).toBe(24);
  expect(next(6_000, 12)).toBe(6);
});
