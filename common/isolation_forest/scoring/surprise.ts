import type { IsolationForest, SurpriseTable } from '../forest/types';

/**
 * Returns the surprise of a row, from values that training never held: for each feature the largest surprise among its columns, all
 * added up. The path length is divided by 1 + this.
 *
 * @param values a row without NaN and infinities, starting at `offset`
 * @param tell given the column and surprise of each feature that has one
 */
export function surpriseOfRow(
  table: SurpriseTable,
  values: Float32Array,
  offset: number,
  tell?: (column: number, surprise: number) => void,
): number {
  const { columns, features, low, lowScale, high, highScale, jump, growth } = table;
  let total = 0;
  let largest = 0;
  let column = 0;
  for (let i = 0; i < columns.length; i++) {
    const value = values[offset + columns[i]];
    let beyond = -1;
    if (value > high[i]) beyond = (value - high[i]) / highScale[i];
    else if (value < low[i]) beyond = (low[i] - value) / lowScale[i];
    if (beyond >= 0) {
      const surprise = jump[i] + growth[i] * (beyond / (beyond + 1));
      if (surprise > largest) {
        largest = surprise;
        column = columns[i];
      }
    }
    if (i === columns.length - 1 || features[i + 1] !== features[i]) {
      if (largest > 0) tell?.(column, largest);
      total += largest;
      largest = 0;
    }
  }
  return total;
}

/** Returns the sum of the path lengths of a row over all trees as it counts, see `PathDamping`. */
export function dampedSum(
  { damping, treeCount }: Pick<IsolationForest, 'damping' | 'treeCount'>,
  sum: number,
): number {
  if (damping === undefined) return sum;
  const limit = damping.below * treeCount;
  return sum < limit ? limit - (limit - sum) * damping.share : sum;
}
