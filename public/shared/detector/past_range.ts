import type { TimeRange } from '../values/time_range';

/** Logs of so many days before its start can be scored with one click. */
export const PAST_DAYS = 7;
export const PAST = `${PAST_DAYS}d`;
export const PAST_RANGE: TimeRange = { from: `now-${PAST}`, to: 'now' };
