import type { Location } from '../app/location';
import type { TimeRange } from '../values/time_range';

/** Logs of so many days before its start can be scored with one click. */
export const PAST_DAYS = 7;
export const PAST_RANGE: TimeRange = { from: `now-${PAST_DAYS}d`, to: 'now' };

/** Name in the address of the wish to score the logs of the past; it survives a reload, and goes once they are scored. */
export const PAST = 'past';

/** Part of the address of the explorer that asks for the logs of the past to be scored and shows them. */
export const pastQuery = (): Record<string, string> => ({ ...PAST_RANGE, [PAST]: `${PAST_DAYS}d` });

export const wantsPast = ({ query }: Location): boolean => query[PAST] !== undefined;
