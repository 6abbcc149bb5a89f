import { DetectionError } from '../../detection_error';
import { averagePathLength } from '../forest/average_path_length';
import { LEAF } from '../forest/forest_builder';
import { leafPathLength } from './leaf_path_lengths';
import { readValue } from '../forest/missing_values';
import { childOf } from './row_path';
import { dampedSum, surpriseOfRow } from './surprise';
import type { IsolationForest } from '../forest/types';

/**
 * Attributes the score of a row to its columns.
 *
 * The path of a row through a tree is decomposed as in Saabas 2014 ("Interpreting random forests"): a split moves
 * the expected path length from depth + c(n) of the node to depth + 1 + c(n') of the child that the row goes to.
 * Over a path these steps add up exactly to h(x) - c(psi), the exponent of the score. A split that shortens the
 * expected path gives its column the amount; one that lengthens it gives nothing. This weighs a split by how few
 * rows share the row's side, as ExIFFI does (Arcudi, Frizzo, Masiero & Susto 2024), which local DIFFI (Carletti,
 * Terzi & Susto 2023) does not: there every split of a short path counts the same.
 *
 * Dividing by 1 + surprise shortens the path as well: by what is left out of it, which goes to the columns that surprise, in proportion.
 *
 * A hyperplane shares its amount among its columns by |weight x (value - typical value)|.
 *
 * @param row one number a column; missing values are filled as in scoring
 * @returns one share in [0, 1] for each column, adding up to 1; equal shares when no split tells the row apart
 * @throws DetectionError `invalid_input` when the row has another number of columns
 */
export function attributeRow(forest: IsolationForest, row: Float32Array): Float64Array {
  const { treeCount, treeStart, columnCount, splitColumn, nodeRowCount, fillValues, surprise } = forest;
  if (row.length !== columnCount) {
    throw new DetectionError('invalid_input', `row: has ${row.length} values, must have ${columnCount}`);
  }
  const values = row.map((value, column) => readValue(value, fillValues[column]));
  const shares = new Float64Array(columnCount);
  let length = 0;
  for (let tree = 0; tree < treeCount; tree++) {
    let node = treeStart[tree];
    let depth = 0;
    while (splitColumn[node] !== LEAF) {
      const child = childOf(forest, values, 0, node);
      const gain = averagePathLength(nodeRowCount[node]) - averagePathLength(nodeRowCount[child]) - 1;
      if (gain > 0) addGain(forest, values, node, gain, shares);
      node = child;
      depth++;
    }
    length += leafPathLength(forest, node, depth);
  }
  if (surprise !== undefined) {
    const counted = dampedSum(forest, length);
    // Of what the splits leave out the score has but a part.
    const left = averagePathLength(forest.subsampleSize) * treeCount - length;
    if (counted > length && left > 0) {
      const part = Math.max(0, 1 - (counted - length) / left);
      for (let column = 0; column < columnCount; column++) shares[column] *= part;
    }
    const surprises: { column: number; amount: number }[] = [];
    const total = surpriseOfRow(surprise, values, 0, (column, amount) => surprises.push({ column, amount }));
    for (const { column, amount } of surprises) shares[column] += (counted * amount) / (1 + total);
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  return total > 0 ? shares.map((share) => share / total) : shares.fill(1 / columnCount);
}

function addGain(
  forest: IsolationForest,
  values: Float32Array,
  node: number,
  gain: number,
  shares: Float64Array,
): void {
  const { splitColumn, hyperplanes, fillValues } = forest;
  if (hyperplanes === undefined) {
    shares[splitColumn[node]] += gain;
    return;
  }
  const { width, columns, weights } = hyperplanes;
  const start = splitColumn[node] * width;
  const parts = Float64Array.from({ length: width }, (_, i) =>
    Math.abs(weights[start + i] * (values[columns[start + i]] - fillValues[columns[start + i]])),
  );
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (total === 0) return;
  parts.forEach((part, i) => (shares[columns[start + i]] += (gain * part) / total));
}
