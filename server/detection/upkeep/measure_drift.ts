import type { DriftMeasurement } from '../../../common/api/upkeep';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { featureDrift, isComparable } from '../../../common/drift';
import type { LogDocument } from '../../../common/log_document';
import type { DirtReport } from '../../../common/log_features/columns/types';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { scoreDriftOf } from '../promotion/limit_checks';
import { scoreInPieces } from '../scoring/score_in_pieces';

/** Below so many logs chance alone moves the index by a few hundredths. */
export const FEWEST_DRIFT_LOGS = 200;
/** Measurements over the limit that ask for a new model: one bad hour does not. */
const OVER_IN_A_ROW = 2;
/** Drift asks for a new model at most so often. */
const ASK_EVERY_MILLISECONDS = 86_400_000;

export interface DriftRequest {
  readonly snapshot: ModelSnapshot;
  /** A uniform sample of the logs of the window. */
  readonly documents: readonly LogDocument[];
  /** Epoch milliseconds, half-open. */
  readonly window: { readonly from: number; readonly to: number };
  readonly limit: number;
  readonly dirt?: DirtReport;
}

/**
 * Measures the drift of logs from those that a model was trained on: its scores and each of its features.
 *
 * @returns undefined where there are too few logs to tell
 */
export async function measureDrift(request: DriftRequest): Promise<DriftMeasurement | undefined> {
  const { snapshot, documents, window, limit, dirt } = request;
  if (documents.length < FEWEST_DRIFT_LOGS) return undefined;
  const { encoder, detector, reference, version } = snapshot;
  const { scores, matrix } = await scoreInPieces(snapshot, documents, { dirt });
  const span = window.to - window.from;
  const comparable = new Set(
    encoder.featureNames.filter((_name, place) => isComparable(detector.features[place].type, span)),
  );
  const features = (reference === undefined ? [] : featureDrift(reference, encoder, matrix)).filter(
    ({ feature }) => comparable.has(feature),
  );
  const ofScores = scoreDriftOf(snapshot, scores);
  const largest = Math.max(ofScores, features[0]?.drift ?? 0);
  return {
    at: new Date(window.to).toISOString(),
    from: new Date(window.from).toISOString(),
    logs: documents.length,
    model_version: version,
    score_drift: ofScores,
    features,
    largest,
    limit,
    over: largest >= limit,
  };
}

/** State kept between measurements. */
export interface DriftState {
  /** ISO 8601: when it was last tried, whether there were enough logs or not. */
  readonly tried_at: string;
  readonly latest?: DriftMeasurement;
  /** Measurements over the limit in a row, of the same model. */
  readonly over_in_a_row: number;
  /** ISO 8601. */
  readonly retraining_requested_at?: string;
}

/** @param since epoch milliseconds: when the model became active, from which the first pause counts */
export function isDriftDue(
  { every }: Detector['drift'],
  state: DriftState | undefined,
  since: number,
  now: number,
): boolean {
  if (every === 'off') return false;
  const last = Math.max(since, state === undefined ? -Infinity : Date.parse(state.tried_at));
  return now - last >= durationToMilliseconds(every);
}

/**
 * Decides on a new model after a measurement.
 *
 * @returns the state to be remembered, and whether a new model is asked for
 */
export function afterMeasurement(
  before: DriftState | undefined,
  measurement: DriftMeasurement | undefined,
  settings: Pick<Detector['drift'], 'retrain'>,
  now: number,
): { state: DriftState; retrain: boolean } {
  const tried_at = new Date(now).toISOString();
  if (measurement === undefined) {
    return { state: { over_in_a_row: 0, ...before, tried_at }, retrain: false };
  }
  const isSameModel = before?.latest?.model_version === measurement.model_version;
  const inARow = measurement.over ? (isSameModel ? before.over_in_a_row : 0) + 1 : 0;
  const asked = before?.retraining_requested_at;
  const retrain =
    settings.retrain &&
    inARow >= OVER_IN_A_ROW &&
    (asked === undefined || now - Date.parse(asked) >= ASK_EVERY_MILLISECONDS);
  const requestedAt = retrain ? tried_at : asked;
  return {
    state: {
      tried_at,
      latest: measurement,
      over_in_a_row: inARow,
      ...(requestedAt !== undefined && { retraining_requested_at: requestedAt }),
    },
    retrain,
  };
}

/** @returns a sentence for people: what has moved, the most first */
export function driftSentence({ score_drift, features, limit }: DriftMeasurement): string {
  const moved = features
    .filter(({ drift }) => drift >= limit)
    .slice(0, 3)
    .map(({ feature, drift }) => `${feature} by ${drift.toFixed(2)}`);
  const parts = [...(score_drift >= limit ? [`the scores by ${score_drift.toFixed(2)}`] : []), ...moved];
  return parts.length === 0
    ? `Nothing has moved by the limit of ${limit} (population stability index).`
    : `Logs are no longer like those of the training: ${parts.join(', ')} (population stability index; limit ${limit}).`;
}
