import type { Severity } from '../anomaly';

/** Label of one log. */
export interface GroundTruth {
  readonly anomaly: boolean;
  /** Kind of anomaly, e.g. `server_error`. */
  readonly kind?: string;
  /** Anomalous logs with the same value belong together. */
  readonly incident?: string;
}

/** A log that scored high, with what people need to judge it. */
export interface TopAnomaly {
  readonly timestamp?: string;
  readonly entity?: string;
  readonly score: number;
  readonly confidence: number;
  readonly severity: Severity;
  readonly reason: string;
  /** Start of the message or URL, without control characters. */
  readonly excerpt: string;
  /** Absent without ground truth; `normal` for a false alarm. */
  readonly truth?: string;
}

/** A labelled anomaly as people see it: one or many logs that belong together. */
export interface IncidentOutcome {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly logs: number;
  readonly detected_logs: number;
  /** From its first log to its first detected one, and the query delay; absent when none was detected. */
  readonly delay_ms?: number;
}

export interface DetectionDelay {
  readonly incidents: number;
  readonly detected: number;
  /** Absent when no incident was detected. */
  readonly median_ms?: number;
  readonly p95_ms?: number;
}

export interface KindOutcome {
  readonly kind: string;
  readonly logs: number;
  readonly detected: number;
  readonly recall: number;
  /** This kind against all normal logs. */
  readonly roc_auc: number;
  readonly average_precision: number;
  readonly delay: DetectionDelay;
}

export interface TimelineBucket {
  readonly from: string;
  readonly logs: number;
  readonly max_score: number;
  /** Logs at or above the threshold. */
  readonly alerts: number;
  /** Without ground truth 0. */
  readonly anomalies: number;
  readonly false_alarms: number;
}

/** Measures that need labels, all at the threshold of the evaluation except where they rank. */
export interface LabelledEvaluation {
  readonly anomalies: number;
  readonly normal: number;
  /** Share of alerts that are anomalies; 0 without alerts. */
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly roc_auc: number;
  readonly average_precision: number;
  readonly confusion: {
    readonly true_positives: number;
    readonly false_positives: number;
    readonly true_negatives: number;
    readonly false_negatives: number;
  };
  /** Absent when the logs have no times. */
  readonly false_alarms_per_day?: number;
  readonly detection_delay: DetectionDelay;
  readonly detection_delay_p95_ms?: number;
  /** If only as many of the highest scores were reported as the budget allows. Absent when the logs have no times. */
  readonly at_budget?: {
    readonly alerts_per_day: number;
    readonly alerts: number;
    readonly threshold: number;
    readonly precision: number;
    readonly recall: number;
  };
  readonly by_kind: readonly KindOutcome[];
  /** [false positive rate, true positive rate], rising. */
  readonly roc_curve: ReadonlyArray<readonly [number, number]>;
  /** [recall, precision], recall rising. */
  readonly precision_recall_curve: ReadonlyArray<readonly [number, number]>;
  /** The first of them by time. */
  readonly incidents: readonly IncidentOutcome[];
}

/** Quality of a model on a set of logs. JSON-safe; stored with the model and shown by text, page and dashboard. */
export interface Evaluation {
  readonly schema_version: 1;
  readonly model_version: string;
  readonly detector: string;
  readonly evaluated_logs: number;
  /** Logs without a label, left out of what needs one. */
  readonly unlabelled_logs: number;
  readonly threshold: number;
  readonly alerts: number;
  readonly alert_share: number;
  /** Absent when the logs have no times. */
  readonly time?: { readonly from: string; readonly to: string; readonly days: number };
  readonly alerts_per_day?: number;
  readonly query_delay_ms: number;
  readonly scores: {
    readonly min: number;
    readonly median: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Counts in `normal.length` equal bins from `from` to `to`; logs without a label count as normal. */
  readonly histogram: {
    readonly from: number;
    readonly to: number;
    readonly normal: readonly number[];
    readonly anomalous: readonly number[];
  };
  readonly timeline: readonly TimelineBucket[];
  readonly top: readonly TopAnomaly[];
  /** Absent without labels of both classes; `notes` then says why. */
  readonly labelled?: LabelledEvaluation;
  readonly notes: readonly string[];
}
