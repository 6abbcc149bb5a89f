import { severityOf, type Verdict } from '../anomaly';
import type { Detector } from '../detector';
import { contaminationThreshold } from './contamination_threshold';
import { exceedance, scoreAtExceedance } from './exceedance';
import type { ScoreQuantiles } from './score_quantiles';

/**
 * The threshold that a detector starts with.
 *
 * @returns the anomaly score from which a log is an anomaly; above 1, out of reach, when more than the contamination
 *   score as high as can be
 */
export function thresholdFrom(settings: Detector['threshold'], quantiles: ScoreQuantiles): number {
  switch (settings.method) {
    case 'fixed':
      return settings.score;
    case 'contamination':
      return contaminationThreshold(quantiles, settings.contamination);
    case 'adaptive':
      return scoreAtExceedance(quantiles, settings.contamination);
  }
}

/**
 * Returns the confidence that a log is an anomaly, comparable between models: with p the share of logs that score as high and
 * c that share at the threshold (the contamination, when the threshold comes from it), 1 - p / (2 c) from the
 * threshold up and c / (2 p) below it. The two meet at the threshold with the same value and slope.
 *
 * @param score in (0, 1]
 * @param threshold anomaly score from which a log is an anomaly
 * @returns in [0, 1], rising with the score, exactly 0.5 at the threshold
 */
export function confidenceOf(score: number, threshold: number, quantiles: ScoreQuantiles): number {
  if (score === threshold) return 0.5;
  return confidenceFrom(exceedance(quantiles, score), exceedance(quantiles, threshold), score > threshold);
}

function confidenceFrom(p: number, contamination: number, above: boolean): number {
  return above ? 1 - p / (2 * contamination) : contamination / (2 * p);
}

/** @returns what a score means: {@link confidenceOf}, its band of severity, and whether it reaches the threshold */
export function verdictOf(score: number, threshold: number, quantiles: ScoreQuantiles): Verdict {
  const confidence = confidenceOf(score, threshold, quantiles);
  return { score, confidence, severity: severityOf(confidence), isAnomaly: score >= threshold };
}
