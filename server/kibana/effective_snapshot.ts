import type { Detector } from '../../common/detector';
import type { ModelSnapshot } from '../../common/model_snapshot';
import { thresholdFrom } from '../../common/threshold';

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/**
 * A model under the detector's settings of today. Features and forest stay as they were trained; source, schedule,
 * entity (of logs) and context take effect at once, and so does a new threshold, since the model knows how its sample scored.
 */
export function withCurrentSettings(snapshot: ModelSnapshot, detector: Detector): ModelSnapshot {
  const { features, forest, threshold, unit, bucket, entity_field: entityField } = snapshot.detector;
  // The entity is part of what a bucket is, not only what results are grouped by.
  const ofUnit =
    unit === 'bucket' || detector.unit === 'bucket' ? { unit, bucket, entity_field: entityField } : {};
  return {
    ...snapshot,
    threshold: isSame(detector.threshold, threshold)
      ? snapshot.threshold
      : thresholdFrom(detector.threshold, snapshot.quantiles),
    detector: { ...detector, ...ofUnit, features, forest },
  };
}

const unitOf = ({ unit, bucket, entity_field: entityField }: Detector) =>
  unit === 'bucket' ? [bucket, entityField] : [unit];

/** Whether an edit changes what a model is made of, so that it has to be trained again. */
export function needsTraining(before: Detector, after: Detector): boolean {
  const { max_rows, holdout } = before.training;
  return !(
    isSame(before.features, after.features) &&
    isSame(before.forest, after.forest) &&
    isSame(before.source, after.source) &&
    isSame(unitOf(before), unitOf(after)) &&
    max_rows === after.training.max_rows &&
    holdout === after.training.holdout
  );
}
