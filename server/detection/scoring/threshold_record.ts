import type { AuditEntry } from '../../../common/audit';
import type { ThresholdChange } from '../../../common/threshold';

/** An ordinary step comes up to once an hour; these come with incidents, with events that recur, and when there is no way left to go. */
const ON_RECORD: readonly ThresholdChange['kind'][] = [
  'frozen',
  'thawed',
  'limit',
  'recurring',
  'recurring_over',
];

/** Returns the entries of the audit trail for steps of an adaptive threshold; all steps are in its history. */
export const thresholdEntries = (
  detectorId: string,
  changes: readonly ThresholdChange[],
  now: number,
): AuditEntry[] =>
  changes
    .filter(({ kind }) => ON_RECORD.includes(kind))
    .map(({ at, threshold, reason }) => ({
      detectorId,
      at: new Date(now).toISOString(),
      action: 'threshold_changed',
      reason: `The threshold stands at ${threshold.toFixed(4)}: ${reason}.`,
      details: { threshold, log_time: new Date(at).toISOString() },
    }));
