import { DetectionError } from '../detection_error';
import type { ScoreQuantiles } from './score_quantiles';

/** Logs above the point where the table ends and the extrapolation begins. */
const TAIL_ROWS = 10;
/** Their mean excess has to be that of the fit, by the logarithm of the ratio; and what it counts for else. */
const LARGEST_DISAGREEMENT = 0.5;
const WEIGHT_OF_HIGHEST = 0.7;
/** Share of the logs, and fewest and most of them as a share, that the tail is fitted to. */
const FIT_SHARE = 0.05;
const FIT_ROWS = 50;
const LARGEST_FIT_SHARE = 0.5;
/** Distinct excesses below which a shape says nothing. */
const FEWEST_EXCESSES = 5;
/** A negative shape would end the tail somewhere below a score of 1; the mean excess of shape 1 is infinite. */
const SMALLEST_SHAPE = 0;
const LARGEST_SHAPE = 0.9;
/** Below it the exponential is the same to ten digits, and exact. */
const NEGLIGIBLE_SHAPE = 1e-6;
/** In units of the score. Keeps exp(-excess / scale) above the smallest double for every score up to 1. */
const SMALLEST_SCALE = 1 / 500;

/**
 * Exceedances at which the table has entries: every 5 % down to 10 %, then ten to the decade. 5e-9 is the last that
 * 2^31 logs could fill.
 */
const LEVELS = [
  ...Array.from({ length: 18 }, (_, i) => 0.95 - 0.05 * i),
  ...Array.from({ length: 83 }, (_, i) => 10 ** (-1 - i / 10)),
];

/**
 * Sums up a sample of scores in about a hundred numbers.
 *
 * The exceedance of the k-th largest of n scores is k / (n + 1) (Weibull's plotting position), so that the largest
 * score seen is not taken for the largest there can be. Equal scores are one step: of constant scores all but
 * 1 / (n + 1) lie at the one value, and every threshold derived from it lies above.
 *
 * The tail is fitted to the highest 5 % by probability-weighted moments (Hosking & Wallis 1987), which unlike maximum
 * likelihood always exist. Its shape is kept from being negative: a tail that ends below a score of 1 would give that
 * score no exceedance, so the exponential is the lightest. Where a few anomalies lie apart from the ordinary logs, such a fit goes
 * far beyond the scores there are. So it has to agree with the mean excess of the ten highest; otherwise the tail is exponential
 * with a weighted geometric mean of both.
 *
 * @param scores anomaly scores in (0, 1], best of rows that the forest was not grown on; other values are left out
 * @throws DetectionError `too_few_logs` without a usable score
 */
export function learnQuantiles(scores: Float64Array): ScoreQuantiles {
  const sorted = scores.filter((score) => score > 0 && score <= 1).sort();
  return learnWeightedQuantiles(sorted, new Float64Array(sorted.length).fill(1));
}

/**
 * Likewise for scores with weights, such as a histogram that forgets.
 *
 * @param sorted ascending, in (0, 1]
 * @param weights above 0, one for each score: how many logs it stands for
 */
export function learnWeightedQuantiles(sorted: Float64Array, weights: Float64Array): ScoreQuantiles {
  if (sorted.length === 0) {
    throw new DetectionError(
      'too_few_logs',
      'scores: 0 of at least 1 usable score (a number above 0 and at most 1)',
    );
  }
  const steps = toSteps(sorted, weights);
  const shares = [0];
  const knots = [0];
  let last = -1;
  const addKnot = (step: number): void => {
    if (step <= last) return;
    last = step;
    knots.push(steps.values[step]);
    shares.push(1 - steps.exceedances[step]);
  };
  const attachment = attachmentOf(steps);
  let step = 0;
  addKnot(0);
  for (const level of LEVELS) {
    while (step < attachment && steps.exceedances[step] > level) step++;
    if (step > 0) addKnot(step - 1);
    addKnot(step);
    if (step === attachment) break;
  }
  addKnot(attachment);
  return { shares, scores: knots, tail: fitTail(steps, attachment) };
}

/** The distinct scores, ascending, with the weight that lies on each and the share of weight that reaches it. */
interface Steps {
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly exceedances: Float64Array;
  readonly total: number;
}

function toSteps(sorted: Float64Array, sortedWeights: Float64Array): Steps {
  const values: number[] = [];
  const weights: number[] = [];
  sorted.forEach((value, i) => {
    if (values.length > 0 && values[values.length - 1] === value) {
      weights[weights.length - 1] += sortedWeights[i];
    } else {
      values.push(value);
      weights.push(sortedWeights[i]);
    }
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const exceedances = new Float64Array(values.length);
  let above = 0;
  for (let step = values.length - 1; step >= 0; step--) {
    above += weights[step];
    exceedances[step] = above / (total + 1);
  }
  return { values: Float64Array.from(values), weights: Float64Array.from(weights), exceedances, total };
}

/** The lowest step that at most {@link TAIL_ROWS} logs reach, or else the highest step. */
function attachmentOf({ exceedances, total }: Steps): number {
  const step = exceedances.findIndex((exceedance) => exceedance * (total + 1) <= TAIL_ROWS);
  return step === -1 ? exceedances.length - 1 : step;
}

function fitTail(steps: Steps, attachment: number): ScoreQuantiles['tail'] {
  const { values, exceedances, total } = steps;
  const from = values[attachment];
  const share = exceedances[attachment];
  const fitRows = Math.min(Math.max(FIT_ROWS, FIT_SHARE * total), LARGEST_FIT_SHARE * total);
  let base = exceedances.findIndex((exceedance) => exceedance * (total + 1) <= fitRows);
  if (base === -1 || base > attachment) base = attachment;
  const excesses = values.length - 1 - base;
  if (excesses < 1) return { from, share, shape: 0, scale: SMALLEST_SCALE };
  const moments = excessMoments(steps, base);
  const bounded = Math.min(LARGEST_SHAPE, Math.max(SMALLEST_SHAPE, moments.shape));
  const shape = excesses < FEWEST_EXCESSES ? 0 : bounded;
  // Over a higher base the excesses have the same shape and the scale sigma + xi (u' - u) (Coles 2001, 4.2.2).
  const scale = moments.mean * (1 - shape) + shape * (from - values[base]);
  const tailWith = (xi: number, sigma: number): ScoreQuantiles['tail'] => ({
    from,
    share,
    shape: xi < NEGLIGIBLE_SHAPE ? 0 : xi,
    scale: Math.max(sigma, SMALLEST_SCALE),
  });
  if (values.length - 1 - attachment < FEWEST_EXCESSES) return tailWith(shape, scale);
  const meanOfFit = scale / (1 - shape);
  const disagreement = Math.log(excessMoments(steps, attachment).mean / meanOfFit);
  return Math.abs(disagreement) <= LARGEST_DISAGREEMENT
    ? tailWith(shape, scale)
    : tailWith(0, meanOfFit * Math.exp(WEIGHT_OF_HIGHEST * disagreement));
}

/** Mean excess over a step, and the shape xi = 2 - a0 / (a0 - 2 a1) of Hosking & Wallis 1987, eq. 5 (k = -xi). */
function excessMoments({ values, weights }: Steps, base: number): { mean: number; shape: number } {
  let weight = 0;
  for (let step = base + 1; step < values.length; step++) weight += weights[step];
  let below = 0;
  let first = 0; // a0 = E[X]
  let second = 0; // a1 = E[X (1 - F(X))]
  for (let step = base + 1; step < values.length; step++) {
    const excess = values[step] - values[base];
    const position = (below + weights[step] / 2) / weight;
    first += (weights[step] * excess) / weight;
    second += (weights[step] * excess * (1 - position)) / weight;
    below += weights[step];
  }
  const spread = first - 2 * second;
  return { mean: first, shape: spread > 0 ? 2 - first / spread : 0 };
}
