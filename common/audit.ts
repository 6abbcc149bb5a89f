/** What is written down in the audit trail of a detector. */
export const AUDIT_ACTIONS = [
  'model_trained',
  'model_promoted',
  'model_refused',
  'model_shadowed',
  'model_waiting',
  'model_reverted',
  'model_deleted',
  'model_imported',
  'retraining_requested',
  'threshold_changed',
  'feedback_given',
  'feedback_removed',
  'suppression_added',
  'suppression_removed',
  'suppression_expired',
  'suppression_refused',
  'results_deleted',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Stands for all detectors of a space, where a step is about none in particular. No detector has this id. */
export const ALL_DETECTORS = '*';

/** One step: who did what to a detector, when and why. Never changed once it is written. */
export interface AuditEntry {
  /** {@link ALL_DETECTORS} for what concerns all of the space. */
  readonly detectorId: string;
  /** ISO 8601. */
  readonly at: string;
  /** Name of the user; absent: the detector itself, by its schedule or its limits. */
  readonly by?: string;
  readonly action: AuditAction;
  /** What was there before and what is there after, such as versions of models or thresholds; at most 256 characters. */
  readonly from?: string;
  readonly to?: string;
  /** A sentence for people, at most 2,000 characters. */
  readonly reason: string;
  /** Figures for machines, not searched. */
  readonly details?: Readonly<Record<string, unknown>>;
}
