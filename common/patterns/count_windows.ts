import { countTails } from './tail_probabilities';

/** Logs of a series in one bucket or in two, and what is usual of it. */
export interface CountWindow {
  readonly count: number;
  readonly mean: number;
  /** Excess variance in units of the squared mean. */
  readonly dispersion: number;
  /** Variance of the estimate of the mean in units of the squared mean. */
  readonly variance: number;
}

/**
 * Returns a bucket and the one before it as one time.
 *
 * @param covariance of the counts of neighbouring buckets in units of the squared mean: bursts that last longer than a bucket
 */
export function withBucketBefore(
  now: CountWindow,
  before: { readonly count: number; readonly mean: number },
  covariance: number,
): CountWindow {
  const mean = now.mean + before.mean;
  const squares = now.mean ** 2 + before.mean ** 2;
  return {
    count: now.count + before.count,
    mean,
    dispersion: (now.dispersion * squares + 2 * covariance * now.mean * before.mean) / (mean * mean),
    variance: now.variance,
  };
}

/**
 * Chance of a count as unusual in the least likely one of several windows, of more or of fewer logs: of two sides, and of as many tests
 * as there are windows.
 */
export function chanceIn(
  windows: readonly CountWindow[],
  side: 'more' | 'fewer',
  isUnusual: (window: CountWindow) => boolean,
): number {
  let least = 1;
  for (const window of windows) {
    if (!isUnusual(window)) continue;
    const { lower, upper } = countTails(window.count, window.mean, 1 / (window.dispersion + window.variance));
    least = Math.min(least, side === 'more' ? upper : lower);
  }
  return Math.min(1, 2 * windows.length * least);
}

/** Chance of fewer logs as {@link chanceIn} gives it, had there been none in any window: none can be less. */
export function leastChanceOfFewer(windows: readonly CountWindow[]): number {
  let least = 1;
  for (const { mean, dispersion, variance } of windows) {
    const excess = dispersion + variance;
    least = Math.min(least, (1 + excess * mean) ** (-1 / excess));
  }
  return Math.min(1, 2 * windows.length * least);
}
