import type { Interval } from '../values/time_range';

/**
 * Returns the time that a chart of values reaches over: from the first of them to the end of the last. A place that has anomalies and
 * no values is drawn as well.
 *
 * @param drawn all that has a time, in any order; at least one
 * @param interval length of a value, milliseconds
 */
export function timeDomainOf(drawn: readonly { readonly time: string }[], interval: number): Interval {
  const times = drawn.map(({ time }) => Date.parse(time));
  return { from: Math.min(...times), to: Math.max(...times) + interval };
}

/**
 * Returns a time in whole buckets, as charts draw it that stand one above the other: the first begins at or before the chosen time, the
 * last ends at or after it.
 *
 * @param interval length of a bucket, milliseconds; buckets begin at its multiples
 */
export const wholeBuckets = ({ from, to }: Interval, interval: number): Interval => ({
  from: Math.floor(from / interval) * interval,
  to: Math.ceil(to / interval) * interval,
});
