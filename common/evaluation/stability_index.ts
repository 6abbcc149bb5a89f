const BINS = 10;
/** Values that are compared one by one when there are no more of them. */
const FEW_VALUES = 10;

/**
 * Population stability index of counts in bins against reference counts: the sum over bins of (a - r) ln(a / r), a and r being
 * shares. Below 0.1 little has moved, from 0.25 on a lot has (Siddiqi 2006). Half a row stands in for an empty bin.
 *
 * @param reference rows in each bin, as {@link binCounts} gives them
 * @param actual as many bins
 * @returns 0 when either is empty
 */
export function stabilityIndexOfCounts(reference: readonly number[], actual: readonly number[]): number {
  const [expectedRows, actualRows] = [totalOf(reference), totalOf(actual)];
  if (expectedRows === 0 || actualRows === 0) return 0;
  return reference.reduce((sum, count, bin) => {
    if (count === 0 && actual[bin] === 0) return sum;
    const r = Math.max(count, 0.5) / expectedRows;
    const a = Math.max(actual[bin], 0.5) / actualRows;
    return sum + (a - r) * Math.log(a / r);
  }, 0);
}

const totalOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Returns the lower edges of all bins but the first, rising strictly: deciles, or the middles between values where these are few. */
export function binEdges(reference: Float64Array): number[] {
  const sorted = reference.filter((value) => !Number.isNaN(value)).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length <= FEW_VALUES) {
    return distinct.slice(1).map((value, place) => (value + distinct[place]) / 2);
  }
  const edges = Array.from(
    { length: BINS - 1 },
    (_none, bin) => sorted[Math.floor(((bin + 1) * sorted.length) / BINS)],
  );
  return [...new Set(edges)];
}

/** Rows in each bin, one more than there are edges, and in the last place the missing ones (NaN). */
export function binCounts(values: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 2).fill(0);
  for (const value of values) {
    if (Number.isNaN(value)) counts[edges.length + 1]++;
    else {
      const bin = edges.findIndex((edge) => value < edge);
      counts[bin < 0 ? edges.length : bin]++;
    }
  }
  return counts;
}
