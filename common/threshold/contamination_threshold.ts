import { exceedance, scoreAtExceedance } from './exceedance';
import type { ScoreQuantiles } from './score_quantiles';

/** Most logs that are called anomalous, in contaminations. */
const MOST = 2;
/** Steps, equal in the logarithm of the share, in which the threshold goes down; the table of scores is about as fine. */
const STEPS = 6;
/** Shares of the logs, in contaminations, between which a tail of the ordinary scores is fitted, one for each pair. */
const FITTED = [
  { from: 10, to: 5 },
  { from: 5, to: 2.5 },
] as const;
/** Largest share fitted: in the lower half of the scores there is no tail. */
const LARGEST_SHARE = 0.5;
/** Scale of a tail, in units of the score, below which scores come in steps and have no tail to extrapolate. */
const SMALLEST_SCALE = 1 / 500;
/** Of the logs that reach the threshold at most so many may be those that the thinner of the tails alone would bring. */
const MOST_ORDINARY = 0.2;
/** The same for the thicker of the tails: one that explains them all is no sign of logs that stand apart. */
const MOST_BY_THICKER = 0.75;

/**
 * Returns the anomaly score that the contamination, a share of the logs, reaches, or a lower one where more of the logs stand apart
 * from the ordinary ones, down to that of twice the contamination. The contamination is seldom known, and where it is too
 * small it cuts through the middle of the anomalies.
 *
 * Ordinary scores thin out exponentially, by a factor e for each scale. The tail is fitted twice and extrapolated to higher
 * scores, between ten and five contaminations and between five and two and a half: anomalies that are frequent thicken the
 * second, scores that have thinned out fast before, as those of several kinds of ordinary logs do, make the first too thin.
 * The threshold goes down as long as at most a fifth of the logs that reach it are explained by the thinner tail and at most
 * three quarters by the thicker one. Without anomalies the tails explain most of them, and the threshold stays.
 *
 * @param contamination in (0, 0.5]
 * @returns may lie above 1 when scores as high as 1 are more frequent than the contamination
 */
export function contaminationThreshold(quantiles: ScoreQuantiles, contamination: number): number {
  const scoreOf = (share: number): number => Math.min(1, scoreAtExceedance(quantiles, share));
  const threshold = scoreAtExceedance(quantiles, contamination);
  // with fewer logs beyond it than the end of the table, all of this would be extrapolated
  const isKnown = contamination >= quantiles.tail.share && FITTED[0].from * contamination <= LARGEST_SHARE;
  // out of reach: more logs than may be called anomalous have the highest score there is
  const isOutOfReach = threshold > 1 && exceedance(quantiles, 1) > MOST * contamination;
  if (!isKnown || isOutOfReach) return threshold;
  const tails = FITTED.map(({ from, to }) => {
    const [low, high] = [from, to].map((times) => scoreOf(times * contamination));
    return { share: to * contamination, high, scale: (high - low) / Math.log(from / to) };
  });
  if (!tails.every(({ scale }) => scale >= SMALLEST_SCALE)) return threshold;
  let lowest = threshold;
  for (let step = 1; step <= STEPS; step++) {
    const share = contamination * MOST ** (step / STEPS);
    const score = scoreOf(share);
    const explained = tails.map((tail) => (tail.share / share) * Math.exp((tail.high - score) / tail.scale));
    if (Math.min(...explained) > MOST_ORDINARY || Math.max(...explained) > MOST_BY_THICKER) break;
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
