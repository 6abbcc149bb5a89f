import { ascending, distanceOf, distancePValue } from './distribution_test';

test('distance between two samples, with ties', () => {
  expect(distanceOf(ascending([1, 2, 2, 3, 5, 8]), ascending([2, 4, 6, 7, 9, 10, 12]))).toBeCloseTo(
    0.5476190476190477,
    9,
  );
  expect(distanceOf(ascending([1, 1, 1]), ascending([1, 1]))).toBe(0);
  expect(distanceOf(ascending([1, 2]), ascending([3, 4]))).toBe(1);
  expect(distanceOf(ascending([]), ascending([3, 4]))).toBe(0);
});

/** scipy 1.15, kstwobign.sf of the corrected distance. */
test.each([
  [0.05, 0.7260703805703097],
  [0.12, 0.008161662036376494],
  [0.3, 2.3345813002001773e-15],
])('probability of a distance of %p', (distance, expected) =>
  expect(distancePValue(distance, 300, 500) / expected).toBeCloseTo(1, 6),
);

test('small and empty samples', () => {
  expect(distancePValue(0, 10, 10)).toBe(1);
  expect(distancePValue(0.9, 0, 10)).toBe(1);
  expect(distancePValue(1, 2, 2)).toBeGreaterThan(0.05);
});
