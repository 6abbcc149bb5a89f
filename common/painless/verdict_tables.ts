import { SEVERITIES, type Severity } from '../anomaly';
import { anomalyScore } from '../isolation_forest';
import type { ModelSnapshot } from '../model_snapshot';
import { confidenceOf, exceedance } from '../threshold';

/**
 * Tables that turn a sum of path lengths into a verdict. The score falls as the sum rises, so "the score is at least the
 * threshold" is "the sum is at most this": both languages add the same numbers in the same order, so comparing sums
 * gives the same verdict to the last bit, whatever their power functions do.
 */
export interface VerdictTables {
  /** Largest sum that is an anomaly; -1 when none is. */
  readonly anomalySum: number;
  /** Name and largest sum of each band of severity, from the highest; the last is open. */
  readonly severities: readonly Severity[];
  readonly severitySums: readonly number[];
  /** Knots of the score quantiles, and ln(1 - share) at each. */
  readonly scores: readonly number[];
  readonly logExceedances: readonly number[];
  readonly tail: readonly [from: number, share: number, shape: number, scale: number];
  /** Exceedance at the threshold. */
  readonly contamination: number;
}

/** The largest double in [0, most] for which `holds`, which is true up to some point; -1 when it is false at 0. */
function largestWhere(most: number, holds: (value: number) => boolean): number {
  if (!holds(0)) return -1;
  if (holds(most)) return most;
  let low = 0;
  let high = most;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) return low;
    if (holds(middle)) low = middle;
    else high = middle;
  }
}

/** @param longest path length that no row exceeds in any tree */
export function verdictTables(
  { forest, quantiles }: Pick<ModelSnapshot, 'forest' | 'quantiles'>,
  threshold: number,
  longest: number,
): VerdictTables {
  const { treeCount, subsampleSize } = forest;
  const most = treeCount * longest;
  const scoreOf = (sum: number): number => anomalyScore(sum / treeCount, subsampleSize);
  const bounded = SEVERITIES.slice(0, -1);
  return {
    anomalySum: largestWhere(most, (sum) => scoreOf(sum) >= threshold),
    severities: SEVERITIES.map(({ name }) => name),
    severitySums: bounded.map(({ from }) =>
      largestWhere(most, (sum) => confidenceOf(scoreOf(sum), threshold, quantiles) * 100 >= from),
    ),
    scores: quantiles.scores,
    logExceedances: quantiles.shares.map((share) => Math.log(1 - share)),
    tail: [quantiles.tail.from, quantiles.tail.share, quantiles.tail.shape, quantiles.tail.scale],
    contamination: exceedance(quantiles, threshold),
  };
}
