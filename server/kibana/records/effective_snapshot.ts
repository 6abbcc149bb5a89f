import { entitySettingOf, featuresInZone, type Detector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { describeReads, readsOfModel } from '../../../common/model_snapshot/model_reads';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { thresholdFrom } from '../../../common/threshold';
import type { StoredDetector } from './detector_repository';

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A detector with what its models may have a run read. */
export type SteeredDetector = Pick<StoredDetector, 'detector' | 'modelReads'>;

/**
 * A model may come from anywhere: what it makes a run read must have been saved in the detector, by somebody whose rights
 * the run has.
 *
 * @throws DetectionError `refused` listing what it reads beside that, also in `details.reads`
 */
export function checkReads(snapshot: ModelSnapshot, { detector, modelReads }: SteeredDetector): void {
  const foreign = readsOfModel(snapshot, detector).filter((each) => !modelReads.includes(each));
  if (foreign.length === 0) return;
  throw new DetectionError(
    'refused',
    `The model ${snapshot.version} reads what nobody has saved in this detector: ${describeReads(foreign)}. Add it to the detector's features, which takes the right to read it, and train it; or take a model of the detector as it is.`,
    { details: { reads: foreign } },
  );
}

/** Returns the anomaly score from which a model calls a log anomalous under the threshold setting of today. */
export const thresholdUnder = (
  { threshold }: Pick<Detector, 'threshold'>,
  snapshot: Pick<ModelSnapshot, 'threshold' | 'quantiles' | 'detector'>,
): number =>
  isSame(threshold, snapshot.detector.threshold)
    ? snapshot.threshold
    : thresholdFrom(threshold, snapshot.quantiles);

/**
 * A model under the detector's settings of today. Features and forest stay as they were trained; source, schedule,
 * entity (of logs) and context take effect at once, and so does a new threshold, since the model knows how its sample scored.
 *
 * @throws DetectionError `refused` for a model that reads what was never saved in the detector
 */
export function withCurrentSettings(snapshot: ModelSnapshot, current: SteeredDetector): ModelSnapshot {
  checkReads(snapshot, current);
  const { detector } = current;
  const { features, forest, unit, bucket, entity_field, entity_fields } = snapshot.detector;
  // The entity is part of what a bucket is, not only what results are grouped by.
  const ofUnit =
    unit === 'bucket' || detector.unit === 'bucket' ? { unit, bucket, entity_field, entity_fields } : {};
  return {
    ...snapshot,
    threshold: thresholdUnder(detector, snapshot),
    detector: { ...detector, ...ofUnit, features, forest },
  };
}

const unitOf = (detector: Detector) =>
  detector.unit === 'bucket' ? [detector.bucket, entitySettingOf(detector)] : [detector.unit];

/** Returns true when an edit changes the input of a model, so that it has to be trained again. */
export function needsTraining(before: Detector, after: Detector): boolean {
  const { max_rows, holdout } = before.training;
  return !(
    isSame(featuresInZone(before), featuresInZone(after)) &&
    isSame(before.forest, after.forest) &&
    isSame(before.source, after.source) &&
    isSame(unitOf(before), unitOf(after)) &&
    max_rows === after.training.max_rows &&
    holdout === after.training.holdout
  );
}
