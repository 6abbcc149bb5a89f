import { DetectionError } from './detection_error';

/**
 * Quality of a ranking of anomalous rows before normal ones. Both measures look at the order of the scores
 * alone and treat equal scores as one step, so the order of the rows never matters.
 */

/** Scores of both classes, each in ascending order. */
interface RankedClasses {
  readonly anomalous: Float64Array;
  readonly normal: Float64Array;
}

/** @throws DetectionError `invalid_input` when the lengths differ or a score is not a number */
function rankClasses(scores: Float64Array, labels: Uint8Array): RankedClasses {
  if (scores.length !== labels.length) {
    throw new DetectionError(
      'invalid_input',
      `labels: has ${labels.length} entries, must have one for each of the ${scores.length} scores`,
    );
  }
  let anomalyCount = 0;
  for (let row = 0; row < scores.length; row++) {
    if (Number.isNaN(scores[row])) {
      throw new DetectionError('invalid_input', `scores[${row}]: is NaN, must be a number`);
    }
    if (labels[row] !== 0) anomalyCount++;
  }
  const anomalous = new Float64Array(anomalyCount);
  const normal = new Float64Array(scores.length - anomalyCount);
  let nextAnomalous = 0;
  let nextNormal = 0;
  for (let row = 0; row < scores.length; row++) {
    if (labels[row] !== 0) anomalous[nextAnomalous++] = scores[row];
    else normal[nextNormal++] = scores[row];
  }
  return { anomalous: anomalous.sort(), normal: normal.sort() };
}

/**
 * Area under the receiver operating characteristic: the probability that an anomalous row scores higher than a
 * normal one, a tie counting half (Mann-Whitney U; Fawcett 2006). Exact, O(n log n).
 *
 * @param scores higher is more anomalous
 * @param labels 0 for normal, anything else for anomalous
 * @returns in [0, 1]; 0.5 for scores that say nothing; NaN when one of the classes is absent
 * @throws DetectionError `invalid_input` when the lengths differ or a score is NaN
 * @example rocAuc(Float64Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1)) // 0.75
 */
export function rocAuc(scores: Float64Array, labels: Uint8Array): number {
  const { anomalous, normal } = rankClasses(scores, labels);
  if (anomalous.length === 0 || normal.length === 0) return NaN;
  let normalBelow = 0;
  let normalUpTo = 0;
  let twiceWins = 0;
  for (const score of anomalous) {
    while (normalBelow < normal.length && normal[normalBelow] < score) normalBelow++;
    while (normalUpTo < normal.length && normal[normalUpTo] <= score) normalUpTo++;
    twiceWins += normalBelow + normalUpTo;
  }
  return twiceWins / (2 * anomalous.length * normal.length);
}

/**
 * Average precision: the sum over all distinct scores, from the highest down, of the precision at that score times
 * the recall it adds. No interpolation, as in scikit-learn's `average_precision_score`.
 *
 * @param scores higher is more anomalous
 * @param labels 0 for normal, anything else for anomalous
 * @returns in (0, 1]; the share of anomalies for scores that say nothing; NaN when there is no anomalous row
 * @throws DetectionError `invalid_input` when the lengths differ or a score is NaN
 * @example averagePrecision(Float64Array.of(0.1, 0.4, 0.35, 0.8), Uint8Array.of(0, 0, 1, 1)) // 0.8333
 */
export function averagePrecision(scores: Float64Array, labels: Uint8Array): number {
  const { anomalous, normal } = rankClasses(scores, labels);
  if (anomalous.length === 0) return NaN;
  let truePositives = 0;
  let falsePositives = 0;
  let sum = 0;
  while (truePositives < anomalous.length) {
    const score = anomalous[anomalous.length - 1 - truePositives];
    const before = truePositives;
    while (truePositives < anomalous.length && anomalous[anomalous.length - 1 - truePositives] === score) {
      truePositives++;
    }
    while (falsePositives < normal.length && normal[normal.length - 1 - falsePositives] >= score) {
      falsePositives++;
    }
    sum += (truePositives - before) * (truePositives / (truePositives + falsePositives));
  }
  return sum / anomalous.length;
}
