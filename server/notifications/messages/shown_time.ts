/** ISO 8601 in UTC, to milliseconds or less. */
const ISO = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z$/;

/**
 * Returns a time as people read it in a message; what is no ISO time in UTC stays as it is.
 *
 * @example shownTime('2026-01-05T10:00:03.000Z') // '2026-01-05 10:00:03 UTC'
 */
export const shownTime = (iso: string): string => iso.replace(ISO, '$1 $2 UTC');

/** Returns a span of time as people read it, one time where both ends are the same. */
export const shownSpan = (from: string, to: string): string =>
  shownTime(from) === shownTime(to) ? shownTime(from) : `${shownTime(from)} to ${shownTime(to)}`;
