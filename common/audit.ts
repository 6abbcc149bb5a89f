/** Actions in the audit trail of a detector. */
export const AUDIT_ACTIONS = [
  'model_trained',
  'model_promoted',
  'model_refused',
  'model_shadowed',
  'model_waiting',
  'model_reverted',
  'model_deleted',
  'model_imported',
  'detector_imported',
  'retraining_requested',
  'threshold_changed',
  'feedback_given',
  'feedback_removed',
  'suppression_added',
  'suppression_removed',
  'suppression_expired',
  'suppression_refused',
  'results_deleted',
  'incident_changed',
  'pattern_changed',
  'annotation_added',
  'annotation_changed',
  'annotation_removed',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** Actions on the calendar of changes: CI jobs may take so many that they would hide what was done to a detector. */
export const CALENDAR_ACTIONS: readonly AuditAction[] = [
  'annotation_added',
  'annotation_changed',
  'annotation_removed',
];

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
  /** Values before and after, such as versions of models or thresholds; at most 256 characters. */
  readonly from?: string;
  readonly to?: string;
  /** A sentence for people, at most 2,000 characters. */
  readonly reason: string;
  /** Figures for machines, not searched. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Two entries with the same key are one: several may find the same thing to put on record. Is not stored. */
  readonly once?: string;
  /** Record by Elasticsearch itself; absent where the trail is not protected, and before it was. */
  readonly recorded?: AuditRecord;
}

export interface AuditRecord {
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  /** Id of the API key that was used, such as that of a detector. */
  readonly api_key?: string;
}

/** Entries are written within this time of what they tell. */
const LONGEST_DELAY_MILLISECONDS = 5 * 60_000;

/**
 * Says whether an entry names somebody else, or another time, than Elasticsearch has noted. With an API key a detector writes of
 * what others asked of it, so only the time is held against it then; entries of 0.1.0 were noted when they were moved.
 */
export function isContradicted({ at, by, recorded }: AuditEntry): boolean {
  if (recorded === undefined) return false;
  const isLate = Math.abs(Date.parse(recorded.at) - Date.parse(at)) > LONGEST_DELAY_MILLISECONDS;
  return isLate || (by !== undefined && recorded.api_key === undefined && by !== recorded.by);
}
