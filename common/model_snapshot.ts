import type { Detector } from './detector';
import type { IsolationForest } from './isolation_forest/types';
import type { FeatureEncoder, DirtReport } from './log_features/types';

export const MODEL_FORMAT = 'log-anomalies-model';
export const MODEL_SCHEMA_VERSION = 1;

/**
 * How the training sample scored, enough to place any score: `scores[i]` is the quantile at `shares[i]` (share of
 * rows that score at most that), dense towards 1; the tail beyond the sample is extrapolated from `tail`
 * (generalised Pareto over the excesses, Coles 2001) so that confidence goes on rising.
 */
export interface ScoreQuantiles {
  readonly shares: readonly number[];
  readonly scores: readonly number[];
  readonly tail: {
    readonly from: number;
    readonly share: number;
    readonly shape: number;
    readonly scale: number;
  };
}

/** Where a model came from: enough to train it again. */
export interface TrainingRecord {
  readonly started_at: string;
  readonly finished_at: string;
  /** Rows in the training matrix (after hold-out) and logs that the window held. */
  readonly rows: number;
  readonly logs_in_window?: number;
  readonly window?: { readonly from: string; readonly to: string };
  readonly source: string;
  readonly dirt: DirtReport;
}

/** Everything a training run produced, decoded and ready to score. Immutable. */
export interface ModelSnapshot {
  /** `<name>-<yyyymmddThhmmss>-<8 hex of the content hash>`; also what results carry as `model.version`. */
  readonly version: string;
  readonly detector: Detector;
  readonly encoder: FeatureEncoder;
  readonly forest: IsolationForest;
  readonly quantiles: ScoreQuantiles;
  /** Anomaly score from which a log is an anomaly, as set at training. */
  readonly threshold: number;
  readonly training: TrainingRecord;
  /** Result of the evaluation at training or later; shape in server/detection/evaluate. */
  readonly evaluation?: unknown;
}

// `encodeModelSnapshot(snapshot): string` (JSON text) and `decodeModelSnapshot(text: string): ModelSnapshot` follow here:
// { format, schema_version, version, detector, encoding, forest: base64, quantiles, threshold, training, evaluation, sha256 }.
