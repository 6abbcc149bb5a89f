import type { DetectionDelay, IncidentOutcome, TopAnomaly } from './types';

/** A row of the list that several detectors make together. */
export interface UnionRow extends TopAnomaly {
  /** In words, which units found it. */
  readonly found_by: readonly string[];
  /** Alerts of the same entity and time that the row stands for beside the one it shows, the most confident. */
  readonly logs_within: number;
}

export interface UnionIncident extends IncidentOutcome {
  /** In words, which units found it; empty where none did. */
  readonly found_by: readonly string[];
}

export interface UnionKind {
  readonly kind: string;
  readonly incidents: number;
  readonly detected: number;
  /** Share of the incidents that any unit found. */
  readonly recall: number;
  /** Anomalous logs; 0 for a silence. */
  readonly logs: number;
  /** Share of these that was reported, by themselves or by the span that they lie in; absent without logs. */
  readonly log_recall?: number;
  /** Incidents found by each unit, whatever the others found. */
  readonly by_unit: ReadonlyArray<{ readonly found_by: string; readonly detected: number }>;
  readonly delay: DetectionDelay;
}

/** One of the detectors whose results make the list. */
export interface UnionDetector {
  readonly detector: string;
  readonly model_version: string;
  /** In words, what it judges. */
  readonly found_by: string;
  readonly evaluated: number;
  readonly threshold: number;
  /** Before what others have found as well becomes one row. */
  readonly alerts: number;
  /** Of the alerts with a label; absent without labels. */
  readonly precision?: number;
}

export interface LabelledUnion {
  /** Share of the rows of the list that are right; 0 without rows. */
  readonly precision: number;
  /** Share of the incidents that are found: one or more rows of the list are about it. */
  readonly recall: number;
  /** Harmonic mean of the two. */
  readonly f1: number;
  /** Share of the anomalous logs that were reported, by themselves or by the span that they lie in. */
  readonly log_recall: number;
  readonly incidents: number;
  readonly detected: number;
  readonly right_rows: number;
  readonly false_alarms: number;
  /** Absent when the logs have no times. */
  readonly false_alarms_per_day?: number;
  readonly detection_delay: DetectionDelay;
  /** If only as many rows of highest confidence were reported as the budget allows, over all detectors together. */
  readonly at_budget?: {
    readonly alerts_per_day: number;
    readonly rows: number;
    readonly confidence: number;
    readonly precision: number;
    readonly recall: number;
  };
  readonly by_kind: readonly UnionKind[];
  /** The first of them by time. */
  readonly incident_list: readonly UnionIncident[];
  /** Times of the first false alarms. */
  readonly false_alarm_times: readonly string[];
}

/** Quality of several detectors together on the same logs: their results as one list. JSON-safe. */
export interface UnionEvaluation {
  readonly schema_version: 1;
  readonly detectors: readonly UnionDetector[];
  /** Logs that were judged one by one. */
  readonly evaluated_logs: number;
  readonly time?: { readonly from: string; readonly to: string; readonly days: number };
  /** Of the list. */
  readonly rows: number;
  readonly rows_per_day?: number;
  /** Rows in which more than one unit says the same. */
  readonly found_by_several: number;
  readonly labelled?: LabelledUnion;
  readonly top: readonly UnionRow[];
  readonly notes: readonly string[];
}
