import { exceedance, scoreAtExceedance } from './exceedance';
import type { ScoreQuantiles } from './score_quantiles';

/** Most logs that are called anomalous, in contaminations. */
const MOST = 2;
/** Steps, equal in the logarithm of the share, in which the threshold goes down; the table of scores is about as fine. */
const STEPS = 6;
/** Shares of the logs, in contaminations, between which the tail of the ordinary scores is fitted. */
const FITTED = { from: 5, to: 2.5 };
/** Largest share fitted: in the lower half of the scores there is no tail. */
const LARGEST_SHARE = 0.5;
/** Scale of a tail, in units of the score, below which scores come in steps and have no tail to extrapolate. */
const SMALLEST_SCALE = 1 / 500;
/** Of the logs that reach the threshold at most so many may be those that the ordinary tail alone would bring. */
const MOST_ORDINARY = 0.2;
/** A step may hold so many times as many logs as it would if scores thinned out there as they do beyond. */
const MOST_CROWDED = 2;
/** Points at which the mean of the scores beyond a threshold is taken. */
const POINTS = 200;

/**
 * Returns the anomaly score that the contamination, a share of the logs, reaches, or a lower one where more of the logs stand apart
 * from the ordinary ones, down to that of twice the contamination. The contamination is seldom known, and where it is too
 * small it cuts through the middle of the anomalies.
 *
 * Ordinary scores thin out exponentially, by a factor e for each scale, which is fitted between five and two and a half
 * contaminations and extrapolated to higher scores. The threshold goes down as long as at most a fifth of the logs that
 * reach it are explained by that tail, and no crowd of scores begins there. Without anomalies the tail explains most of them,
 * and the threshold stays.
 *
 * @param contamination in (0, 0.5]
 * @returns may lie above 1 when scores as high as 1 are more frequent than the contamination
 */
export function contaminationThreshold(quantiles: ScoreQuantiles, contamination: number): number {
  const scoreOf = (share: number): number => Math.min(1, scoreAtExceedance(quantiles, share));
  const threshold = scoreAtExceedance(quantiles, contamination);
  // with fewer logs beyond it than the end of the table, all of this would be extrapolated
  const isKnown = contamination >= quantiles.tail.share && FITTED.from * contamination <= LARGEST_SHARE;
  // out of reach: more logs than may be called anomalous have the highest score there is
  const isOutOfReach = threshold > 1 && exceedance(quantiles, 1) > MOST * contamination;
  if (!isKnown || isOutOfReach) return threshold;
  const [low, high] = [FITTED.from, FITTED.to].map((times) => scoreOf(times * contamination));
  const scale = (high - low) / Math.log(FITTED.from / FITTED.to);
  if (!(scale >= SMALLEST_SCALE)) return threshold;
  const meanBeyond = (share: number): number => {
    let sum = 0;
    for (let point = 0; point < POINTS; point++) sum += scoreOf(((point + 0.5) / POINTS) * share);
    return sum / POINTS;
  };
  const nats = Math.log(MOST) / STEPS;
  let lowest = threshold;
  for (let step = 1; step <= STEPS; step++) {
    const before = contamination * Math.exp((step - 1) * nats);
    const share = contamination * Math.exp(step * nats);
    const score = scoreOf(share);
    const ordinary = FITTED.to * contamination * Math.exp((high - score) / scale);
    const isCrowded = nats * (meanBeyond(before) - lowest) > MOST_CROWDED * (lowest - score);
    if (ordinary > MOST_ORDINARY * share || isCrowded) break;
    lowest = score;
  }
  return lowest;
}

/**
 * Returns the share of the logs that a model with such a threshold is asked to call anomalous: the contamination, or what the
 * threshold reaches where it went down for logs that stand apart.
 *
 * @returns between one and two contaminations
 */
export function shareAskedFor(quantiles: ScoreQuantiles, threshold: number, contamination: number): number {
  const reached = exceedance(quantiles, threshold);
  // The share of a threshold that stayed is the contamination but for rounding.
  return reached < contamination * ROUNDING ? contamination : Math.min(MOST * contamination, reached);
}

const ROUNDING = 1 + 1e-6;
