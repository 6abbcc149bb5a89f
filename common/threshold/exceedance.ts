import { DetectionError } from '../detection_error';
import type { ScoreQuantiles } from './score_quantiles';

/**
 * Share p of logs expected to score at least as high: from the table up to `tail.from`, from the tail above.
 *
 * @param score in [0, 1]
 * @returns in (0, 1], falling strictly as the score rises
 */
export function exceedance({ shares, scores, tail }: ScoreQuantiles, score: number): number {
  if (score >= tail.from) {
    const excess = (score - tail.from) / tail.scale;
    return tail.shape === 0
      ? tail.share * Math.exp(-excess)
      : tail.share * Math.exp(-Math.log1p(tail.shape * excess) / tail.shape);
  }
  if (score <= scores[0]) return 1;
  const upper = firstIndexWhere(scores, (knot) => knot > score);
  const lower = upper - 1;
  const way = (score - scores[lower]) / (scores[upper] - scores[lower]);
  const logLower = Math.log(1 - shares[lower]);
  const logUpper = Math.log(1 - shares[upper]);
  return Math.exp(logLower + way * (logUpper - logLower));
}

/**
 * The inverse of {@link exceedance}: the score that a share `p` of logs reach.
 *
 * @param p in (0, 1)
 * @returns may lie above 1 when scores as high as 1 are more frequent than `p`
 */
export function scoreAtExceedance({ shares, scores, tail }: ScoreQuantiles, p: number): number {
  if (!(p > 0 && p < 1)) {
    throw new DetectionError('invalid_input', `p: is ${p}, must lie between 0 and 1, both excluded`);
  }
  if (p <= tail.share) {
    const ratio = Math.log(tail.share / p);
    return tail.shape === 0
      ? tail.from + tail.scale * ratio
      : tail.from + (tail.scale * Math.expm1(tail.shape * ratio)) / tail.shape;
  }
  const upper = firstIndexWhere(shares, (share) => 1 - share <= p);
  const lower = upper - 1;
  const logLower = Math.log(1 - shares[lower]);
  const logUpper = Math.log(1 - shares[upper]);
  const way = (logLower - Math.log(p)) / (logLower - logUpper);
  return scores[lower] + way * (scores[upper] - scores[lower]);
}

/** Binary search in a list for which `test` is false up to some index and true from there on; the last is assumed true. */
function firstIndexWhere(list: readonly number[], test: (value: number) => boolean): number {
  let low = 1;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
