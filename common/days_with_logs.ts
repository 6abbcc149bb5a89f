import { DAY, HOUR } from './duration';

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
