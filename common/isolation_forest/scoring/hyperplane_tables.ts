import { LEAF } from '../forest/forest_builder';
import { LARGEST_FLOAT32 } from '../forest/missing_values';
import type { IsolationForest } from '../forest/types';

const GROUP_COLUMNS = 4;
/** Threshold with its sign turned, address of the left child, address of the hyperplane or the path length of a leaf. */
const FIELD_BYTES = 16;

/**
 * A sum in 32 bits decides on which side of a hyperplane a row lies when it is further from 0 than this, in sums of the
 * weights times the largest value of the row. Rounding moves it by less than (columns / 4 + 8) / 2^24 of that, and by what
 * `largestRounding` says of the threshold.
 */
export const SUM_MARGIN = 2 ** -14;
/** The part of it that is left for the threshold. */
const LARGEST_THRESHOLD_ERROR = SUM_MARGIN / 2;
/** Above it, the rounding of so many columns could take more than the other half. */
export const LARGEST_HYPERPLANE_COLUMNS = 1_024;

type Hyperplanes = NonNullable<IsolationForest['hyperplanes']>;

/** @returns how many groups of four columns hold so many */
export const hyperplaneGroups = (columnCount: number): number => Math.ceil(columnCount / GROUP_COLUMNS);

/** @returns bytes of a node of a tree */
export const hyperplaneNodeBytes = (columnCount: number): number =>
  hyperplaneGroups(columnCount) * GROUP_COLUMNS * 4 + FIELD_BYTES;

/**
 * Factors that the distance of a value from the centre of its column is multiplied with, so that values of training lie within about 1:
 * a power of two near to the usual weight of the column in the roots, which is 1 over its range. 0 for a column without weight.
 */
export function columnScales(
  forest: IsolationForest,
  { width, columns, weights }: Hyperplanes,
): Float32Array {
  const found: number[][] = Array.from({ length: forest.columnCount }, () => []);
  const collect = (node: number) => {
    if (forest.splitColumn[node] === LEAF) return;
    const first = forest.splitColumn[node] * width;
    for (let i = first; i < first + width; i++)
      if (weights[i] !== 0) found[columns[i]].push(Math.abs(weights[i]));
  };
  for (let tree = 0; tree < forest.treeCount; tree++) collect(forest.treeStart[tree]);
  if (found.some((column) => column.length === 0)) {
    for (let node = 0; node < forest.splitColumn.length; node++) collect(node);
  }
  return Float32Array.from(found, (column) => {
    if (column.length === 0) return 0;
    const middle = column.sort((a, b) => a - b)[column.length >> 1];
    // Powers of two that 32 bits hold, and their reciprocals, too.
    return 2 ** Math.max(-126, Math.min(126, Math.round(Math.log2(middle))));
  });
}

/** A tree of hyperplanes as kernel/hyperplane_trees.ts reads it. */
export interface HyperplaneTree {
  readonly nodes: Uint8Array;
  /** For each hyperplane its threshold, then of each of its columns the weight and the offset of its values. */
  readonly exact: Uint8Array;
}

/**
 * Lays out a tree.
 *
 * @param scales as `columnScales` returns them
 * @param columnStride bytes between two columns of the rows in the kernel
 * @param addresses where nodes and hyperplanes will lie
 */
export function hyperplaneTree(
  forest: IsolationForest,
  hyperplanes: Hyperplanes,
  tree: number,
  { ofNode, scales, columnStride }: { ofNode: Float64Array; scales: Float32Array; columnStride: number },
  addresses: { readonly nodes: number; readonly exact: number },
): HyperplaneTree {
  const { splitColumn, threshold, leftChild, treeStart, fillValues, columnCount } = forest;
  const { width, columns, weights } = hyperplanes;
  const first = treeStart[tree];
  const count = treeStart[tree + 1] - first;
  const nodeBytes = hyperplaneNodeBytes(columnCount);
  const exactBytes = exactHyperplaneBytes(width);
  const nodes = new DataView(new ArrayBuffer(count * nodeBytes));
  const exact = new DataView(new ArrayBuffer(splitCount(forest, tree) * exactBytes));
  let exactAt = 0;
  for (let i = 0; i < count; i++) {
    const node = first + i;
    const fields = i * nodeBytes;
    if (splitColumn[node] === LEAF) {
      // Rows stay where they are: their sum is -1.
      nodes.setFloat32(fields, -1, true);
      nodes.setUint32(fields + 4, addresses.nodes + i * nodeBytes, true);
      nodes.setFloat64(fields + 8, ofNode[node], true);
      continue;
    }
    nodes.setUint32(fields + 4, addresses.nodes + (leftChild[node] - first) * nodeBytes, true);
    nodes.setUint32(fields + 8, addresses.exact + exactAt, true);
    exact.setFloat32(exactAt, threshold[node], true);
    const start = splitColumn[node] * width;
    let total = 0;
    let centre = 0;
    let size = 0;
    for (let k = 0; k < width; k++) {
      const column = columns[start + k];
      const weight = weights[start + k];
      exact.setFloat32(exactAt + 4 + k * 8, weight, true);
      exact.setUint32(exactAt + 8 + k * 8, column * columnStride, true);
      if (weight === 0) continue;
      total += Math.abs(weight) / scales[column];
      centre += weight * fillValues[column];
      size += Math.abs(weight * fillValues[column]);
    }
    exactAt += exactBytes;
    // A sum of 0 is never far enough: such a node is always decided in 64 bits.
    if (largestRounding(threshold[node], centre, size, total, width) > LARGEST_THRESHOLD_ERROR) continue;
    nodes.setFloat32(fields, -(threshold[node] - centre) / total, true);
    for (let k = 0; k < width; k++) {
      const weight = weights[start + k];
      if (weight === 0) continue;
      const place = fields + FIELD_BYTES + columns[start + k] * 4;
      const scaled = weight / scales[columns[start + k]] / total;
      nodes.setFloat32(place, nodes.getFloat32(place, true) + scaled, true);
    }
  }
  return { nodes: new Uint8Array(nodes.buffer), exact: new Uint8Array(exact.buffer) };
}

/** @returns bytes of a hyperplane as it was grown */
export const exactHyperplaneBytes = (width: number): number => 4 + width * 8;

/** @returns how many nodes of a tree are no leaves */
export function splitCount({ treeStart }: IsolationForest, tree: number): number {
  return (treeStart[tree + 1] - treeStart[tree] - 1) / 2;
}

/**
 * The largest distance of a threshold from where 32 bits put it, in sums of the weights: it is compared with a projection that was
 * rounded to 32 bits, moved to the centre in 64 bits, and rounded to 32 bits itself.
 *
 * @returns NaN or infinity never: LARGEST_FLOAT32 where nothing can be said
 */
function largestRounding(
  threshold: number,
  centre: number,
  size: number,
  total: number,
  width: number,
): number {
  const ofProjection = Math.abs(threshold) * 2 ** -23;
  const ofCentre = (size + Math.abs(threshold)) * (width + 2) * 2 ** -51;
  const ofThreshold = Math.abs(threshold - centre) * 2 ** -19;
  const error = (ofProjection + ofCentre + ofThreshold) / total;
  // Projections are clamped at the largest float: a threshold near to it is left to 64 bits.
  const isFar = Math.abs(threshold) > LARGEST_FLOAT32 / 2 || total > LARGEST_FLOAT32;
  return Number.isFinite(error) && !isFar ? error : LARGEST_FLOAT32;
}
