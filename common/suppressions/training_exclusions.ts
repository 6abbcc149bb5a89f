import { windowsOf } from './schedule';
import { appliesTo, type Suppression } from './suppression';
import { joinWindows, type TimeWindow } from './time_windows';

/** Logs that no training sample takes. */
export interface TrainingExclusion extends TimeWindow {
  /** Only logs of this entity; absent: all. */
  readonly entity?: string;
}

/**
 * Times that suppressions keep out of the training samples of a detector. Those about a pattern or a feature, which a
 * log shows only once it is scored, keep nothing out.
 *
 * @param range epoch milliseconds, half-open; what is returned lies within
 */
export function trainingExclusions(
  suppressions: readonly Suppression[],
  detectorId: string,
  range: TimeWindow,
): TrainingExclusion[] {
  return suppressions.flatMap((suppression): TrainingExclusion[] => {
    const { match, schedule, expires_at: expiresAt } = suppression;
    if (!suppression.exclude_from_training || !appliesTo(suppression, detectorId)) return [];
    if (match?.pattern !== undefined || match?.top_feature !== undefined || match?.source !== undefined)
      return [];
    const to = Math.min(range.to, expiresAt === undefined ? Infinity : Date.parse(expiresAt));
    const within = { from: range.from, to };
    const windows =
      schedule === undefined
        ? joinWindows([within], within)
        : to > range.from
          ? windowsOf(schedule, within)
          : [];
    return windows.map((window) => ({
      ...window,
      ...(match?.entity !== undefined && { entity: match.entity }),
    }));
  });
}
