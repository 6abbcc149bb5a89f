import { DetectionError } from '../../../common/detection_error';
import { hashOfJson } from '../../../common/model_snapshot/canonical_json';
import type { ApiKeyAttributes, DetectorAttributes } from '../contracts/saved_object_types';

/** Permitted use of an API key. */
export interface KeyUse {
  readonly detectorId: string;
  readonly space: string;
  /** {@link steeringOf} of the detector as it is stored, or of what a backfill was asked for. */
  readonly steering: string;
}

/**
 * Hash of everything that steers a detector's work: its settings as they are stored (source, fields, targets) and what its
 * models may read. Settings that a later version adds do not change it, since it is taken before defaults are filled in.
 *
 * @returns 64 hexadecimal digits
 */
export const steeringOf = ({
  detector,
  model_reads,
}: Pick<DetectorAttributes, 'detector' | 'model_reads'>): string =>
  hashOfJson(JSON.parse(JSON.stringify({ detector, model_reads })));

/** Written beside a key and authenticated with it: see AUTHENTICATED_ATTRIBUTES. */
export const bindingOf = ({ detectorId, space, steering }: KeyUse) => ({
  detector_id: detectorId,
  space,
  steering_hash: steering,
});

/** A key of 0.1.0: nothing tells which detector it was granted for. */
export const isUnbound = ({ detector_id: detectorId }: ApiKeyAttributes): boolean => detectorId === undefined;

const ADVICE =
  'Look through its settings, then save or start it: that grants it a key of yours. Its models, results and place stay.';

/**
 * A key works for the one detector, in the one space and with the settings that it was granted for.
 *
 * @throws DetectionError `unauthenticated` saying what differs and what to do
 */
export function checkBinding(attributes: ApiKeyAttributes, use: KeyUse): void {
  if (isUnbound(attributes)) {
    throw new DetectionError(
      'unauthenticated',
      `The detector was saved by version 0.1.0, whose API keys do not tell which detector they were granted for, so it does not run with that key. ${ADVICE}`,
    );
  }
  if (attributes.detector_id !== use.detectorId || attributes.space !== use.space) {
    throw new DetectionError(
      'unauthenticated',
      `The API key that the detector names was granted for another detector, so it is not used. ${ADVICE}`,
    );
  }
  if (attributes.steering_hash !== use.steering) {
    throw new DetectionError(
      'unauthenticated',
      `The detector was changed past Log Anomalies after its API key was granted, so the key is not used for it. ${ADVICE}`,
    );
  }
}
