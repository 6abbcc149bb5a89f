import { fillRows } from '../forest/missing_values';
import { pathLengthsOf } from './leaf_path_lengths';
import { leafOf } from './row_path';
import { dampedSum, surpriseOfRow } from './surprise';
import type { IsolationForest, PathLengthSummer } from '../forest/types';

/**
 * Path lengths in plain TypeScript: the definition that every faster way must equal bit for bit, and the
 * fallback where WebAssembly is not to be had or the forest is too large for it.
 */
export function createReferenceSummer(forest: IsolationForest): PathLengthSummer {
  const { treeCount, treeStart, columnCount, surprise } = forest;
  const { ofNode } = pathLengthsOf(forest);
  const row = new Float32Array(columnCount);
  return (values, firstRow, rowCount, sums) => {
    for (let i = 0; i < rowCount; i++) {
      const start = (firstRow + i) * columnCount;
      row.set(values.subarray(start, start + columnCount));
      fillRows(row, 1, forest.fillValues);
      let sum = 0;
      for (let tree = 0; tree < treeCount; tree++) sum += ofNode[leafOf(forest, row, 0, treeStart[tree])];
      const counted = dampedSum(forest, sum);
      sums[firstRow + i] = surprise === undefined ? counted : counted / (1 + surpriseOfRow(surprise, row, 0));
    }
  };
}
