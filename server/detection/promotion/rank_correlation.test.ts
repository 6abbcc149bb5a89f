import { rankCorrelation } from './rank_correlation';

const of = (left: number[], right: number[]): number =>
  rankCorrelation(Float64Array.from(left), Float64Array.from(right));

it('is 1 for the same order, -1 for the opposite one, whatever the values', () => {
  expect(of([1, 2, 3, 4], [10, 20, 300, 301])).toBeCloseTo(1, 12);
  expect(of([1, 2, 3, 4], [4, 3, 2, 1])).toBeCloseTo(-1, 12);
});

it('is the textbook value, with ties sharing their middle rank', () => {
  // Ranks 1 2 3 4 5 and 2 1 4 3 5: 1 - 6 x 4 / (5 x 24).
  expect(of([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])).toBeCloseTo(0.8, 12);
  // Ranks 1 2.5 2.5 4 and 1 2 3 4.
  expect(of([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
});

it('says nothing of what does not differ', () => {
  expect(of([1, 1, 1], [1, 2, 3])).toBe(0);
  expect(of([1, 1], [2, 2])).toBe(1);
  expect(of([], [])).toBe(1);
});
