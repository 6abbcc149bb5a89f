/** Terms of the series after which the next one changes nothing. */
const TERMS = 100;

/** Returns a copy in ascending order. */
export const ascending = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort();

/**
 * Largest distance between the distributions of two samples: the statistic of Kolmogorov and Smirnov.
 *
 * @param one in ascending order
 * @param other in ascending order
 * @returns in [0, 1]; 0 where a sample is empty
 */
export function distanceOf(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [i, j, distance] = [0, 0, 0];
  while (i < one.length && j < other.length) {
    const value = Math.min(one[i], other[j]);
    while (i < one.length && one[i] === value) i++;
    while (j < other.length && other[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / one.length - j / other.length));
  }
  return distance;
}

/**
 * Probability of such a distance between two samples of one distribution (Smirnov 1948, with the correction of Stephens 1970 for
 * small samples; it is too large where values come twice, never too small).
 *
 * @returns in [0, 1]
 */
export function distancePValue(distance: number, one: number, other: number): number {
  if (one === 0 || other === 0) return 1;
  const size = Math.sqrt((one * other) / (one + other));
  const lambda = (size + 0.12 + 0.11 / size) * distance;
  if (lambda < 0.2) return 1;
  let total = 0;
  for (let k = 1; k <= TERMS; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    total += k % 2 === 1 ? term : -term;
    if (term < 1e-300) break;
  }
  return Math.min(1, Math.max(0, 2 * total));
}
