import type { Detector } from '../detector';
import { DAY } from '../duration';
import { AdaptiveThreshold } from './adaptive_threshold';
import { thresholdFrom } from './confidence';
import type { ScoreQuantiles } from './score_quantiles';

/**
 * Returns the anomaly score from which scoring calls a log anomalous at first: an adaptive threshold keeps to its number of anomalies a
 * day, whatever share of the logs the settings name.
 *
 * @param rate logs in the window of training, and the days that they came in
 */
export function startingScore(
  threshold: Detector['threshold'],
  quantiles: ScoreQuantiles,
  rate: { readonly logs: number; readonly days: number },
): number {
  const asTrained = thresholdFrom(threshold, quantiles);
  if (threshold.method !== 'adaptive') return asTrained;
  const [from, to] = [0, rate.days * DAY].map((time) => new Date(time).toISOString());
  return AdaptiveThreshold.start({
    detector: { threshold, features: [] },
    quantiles,
    threshold: asTrained,
    training: { finished_at: to, window: { from, to }, logs_in_window: rate.logs },
  }).threshold;
}
