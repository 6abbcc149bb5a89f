import { DAY, HOUR } from './duration';
import type { LogDocument } from './log_document';
import { compileField } from './log_features/fields/field_access';

/**
 * Days that a number a day is counted over, wherever one is told: from the first log of a range to its end, at least an hour.
 * Logs that came for two days only make as many anomalies in two days as they make in a window of seven.
 *
 * @param range epoch milliseconds
 * @param first time of its first log, epoch milliseconds; undefined where it is not known: the whole range
 */
export const daysWithLogs = (
  { from, to }: { readonly from: number; readonly to: number },
  first: number | undefined,
): number => Math.max(to - Math.max(first ?? from, from), HOUR) / DAY;

/**
 * The time of the first log of a uniform sample, which is about that of the first log of all.
 *
 * @returns epoch milliseconds; undefined where no log has a time
 */
export function firstTimeOf(documents: readonly LogDocument[], timestampField: string): number | undefined {
  const read = compileField(timestampField);
  let first: number | undefined;
  for (const document of documents) {
    const value = [read(document)].flat()[0];
    const time = typeof value === 'number' ? value : Date.parse(String(value));
    if (Number.isFinite(time) && (first === undefined || time < first)) first = time;
  }
  return first;
}
