import type { ModelSnapshot } from '../../../common/model_snapshot';
import { AdaptiveThreshold } from '../../../common/threshold';
import type { Checkpoint } from '../ports';

type Thresholded = Pick<ModelSnapshot, 'detector' | 'version' | 'threshold' | 'quantiles' | 'training'>;

/** The anomaly score from which a fresh run with this model calls a log anomalous. */
export const startingThreshold = (snapshot: Thresholded): number =>
  snapshot.detector.threshold.method === 'adaptive'
    ? AdaptiveThreshold.start(snapshot).threshold
    : snapshot.threshold;

/** Returns the adaptive threshold that the last run has left for this model; undefined where it starts afresh. */
export function adaptedThreshold(
  { detector, version }: Pick<ModelSnapshot, 'detector' | 'version'>,
  checkpoint: Checkpoint | undefined,
): number | undefined {
  if (detector.threshold.method !== 'adaptive') return undefined;
  if (checkpoint?.threshold === undefined || checkpoint.modelVersion !== version) return undefined;
  return AdaptiveThreshold.fromJSON(checkpoint.threshold).threshold;
}
