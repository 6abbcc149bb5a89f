import type { Detector } from '../detector';
import type { ReferenceDistributions } from '../drift/reference';
import type { Evaluation } from '../evaluation';
import type { IsolationForest } from '../isolation_forest/forest/types';
import type { DirtReport, FeatureEncoder } from '../log_features/columns/types';
import type { ScoreQuantiles } from '../threshold/score_quantiles';

export const MODEL_FORMAT = 'log-anomalies-model';
export const MODEL_SCHEMA_VERSION = 1;

/** Origin of a model: enough to train it again. */
export interface TrainingRecord {
  readonly started_at: string;
  readonly finished_at: string;
  /** Rows in the training matrix (after hold-out) and logs that the window held. */
  readonly rows: number;
  readonly logs_in_window?: number;
  readonly window?: { readonly from: string; readonly to: string };
  /** Time of the first log of the window, as far as the sample shows it: a young index fills only the end of one. */
  readonly first_log_at?: string;
  readonly source: string;
  readonly dirt: DirtReport;
  /** Numbers of the verdicts that the forest learned from. */
  readonly verdicts?: { readonly real: number; readonly not_an_anomaly: number };
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
  /** Distribution of each column in training, for measuring drift; absent in older models. */
  readonly reference?: ReferenceDistributions;
  /** The `Evaluation` of training or later. No part of what the version stands for. */
  readonly evaluation?: Evaluation;
}
