/** Half-open, epoch milliseconds. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Within `range`, sorted, those that touch or overlap joined. */
export function joinWindows(windows: readonly TimeWindow[], range: TimeWindow): TimeWindow[] {
  const clipped = windows
    .map(({ from, to }) => ({ from: Math.max(from, range.from), to: Math.min(to, range.to) }))
    .filter(({ from, to }) => from < to)
    .sort((left, right) => left.from - right.from);
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of clipped) {
    const last = joined[joined.length - 1];
    if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

export const lengthOf = (windows: readonly TimeWindow[]): number =>
  windows.reduce((sum, { from, to }) => sum + to - from, 0);
