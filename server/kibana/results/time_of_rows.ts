/** Rows of buckets that are shown. */
export const MOST_ROWS = 500;

/** Stretch of time, epoch milliseconds; `to` is outside it. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the part of a time whose rows are shown: nothing after now, where every entity would look silent, and at most
 * {@link MOST_ROWS} rows. Of a longer time these are the rows around the result, or the last ones where it lies outside.
 *
 * @param asked the whole time
 * @param of `now` and `time`, that of the result: epoch milliseconds; `span`: length of a row, milliseconds
 * @returns an empty stretch (`to` is `from`) for a time that has not begun
 */
export function timeOfRows(
  { from, to }: Stretch,
  { now, span, time }: { readonly now: number; readonly span: number; readonly time: number },
): Stretch {
  const end = Math.max(from, Math.min(to, now));
  const longest = MOST_ROWS * span;
  if (end - from <= longest) return { from, to: end };
  const isInside = from <= time && time < end;
  const centred = isInside ? time - Math.floor(MOST_ROWS / 2) * span : Infinity;
  const first = Math.min(Math.max(from, centred), end - longest);
  return { from: first, to: first + longest };
}
