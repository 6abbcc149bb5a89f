/** Tails of the negative binomial distribution, and many tests at once. */

/** Coefficients of Lanczos for g = 7, n = 9 (Godfrey 2001). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Logarithm of the gamma function for `x` > 0, with a relative error below 1e-13. */
export function logGamma(x: number): number {
  const z = x - 1;
  const base = z + 7.5;
  let sum = LANCZOS[0];
  for (let index = 1; index < LANCZOS.length; index++) sum += LANCZOS[index] / (z + index);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(sum);
}

const MOST_STEPS = 20_000;
const SMALLEST = 1e-300;

/** The continued fraction of the incomplete beta function by the method of Lentz (Press et al. 2007, section 6.4). */
function betaFraction(x: number, a: number, b: number): number {
  const guarded = (value: number): number => (Math.abs(value) < SMALLEST ? SMALLEST : value);
  let c = 1;
  let d = 1 / guarded(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guarded(1 + even * d);
    c = guarded(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guarded(1 + odd * d);
    c = guarded(1 + odd / c);
    const change = d * c;
    result *= change;
    if (Math.abs(change - 1) < 1e-12) break;
  }
  return result;
}

/** Regularized incomplete beta function I_x(a, b), x in [0, 1], a and b > 0. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/**
 * Tails of a count under the negative binomial distribution with mean m and size r, variance m + m^2 / r.
 *
 * @param mean above 0
 * @param size above 0; Infinity is taken for 1e9, which is Poisson to nine digits
 * @returns P(Y <= count) and P(Y >= count); they overlap in P(Y = count)
 * @example countTails(5, 2, 10).upper // 0.0776
 */
export function countTails(count: number, mean: number, size: number): { lower: number; upper: number } {
  const r = Math.min(size, 1e9);
  const stop = r / (r + mean);
  return {
    lower: incompleteBeta(stop, r, count + 1),
    upper: count <= 0 ? 1 : incompleteBeta(mean / (r + mean), count, r),
  };
}

/**
 * Finds the tests among many that are findings when the false ones among them shall be at most a share of `rate` on average
 * (Benjamini & Hochberg 1995, "Controlling the False Discovery Rate"). Where nothing has changed, that is also the
 * chance of any finding at all. Holds for independent tests and for such that rise together (Benjamini & Yekutieli 2001).
 *
 * @param values p-values; tests whose value is not small enough to matter may be left out when `tests` counts them
 * @param tests number of all tests, at least as many as there are values
 * @returns the largest p-value that is a finding, 0 where none is
 */
export function discoveryLimit(values: readonly number[], tests: number, rate: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  let limit = 0;
  sorted.forEach((value, index) => {
    if (value <= ((index + 1) / tests) * rate) limit = value;
  });
  return limit;
}

/**
 * Counts the tests that can become findings at all: a count that cannot get small enough, even as none, is no test of a drop, and makes
 * the others no less sure (Tarone 1990; with the procedure above Gilbert 2005, "A modified false discovery rate multiple-comparisons
 * procedure for discrete data").
 *
 * @param least least p-value that each test can have
 * @returns the smallest K, at least 1, such that at most K tests can reach `rate` / K
 */
export function testableCount(least: readonly number[], rate: number): number {
  const sorted = [...least].sort((one, other) => one - other);
  let count = 1;
  while (count < sorted.length && sorted[count] <= rate / count) count++;
  return count;
}
