import { LEAF } from './forest_builder';
import type { IsolationForest } from './types';

/** Masks have 128 or 256 bits. With no more leaves there are no more than 256 intervals: a byte can number them. */
export const LARGEST_LEAF_COUNT = 256;

/** For each column the distinct thresholds of a batch of trees, ascending. A rank counts those that a value exceeds. */
export type BatchColumns = readonly Float32Array[];

/** The tables of one column of one tree. */
interface ColumnTables {
  readonly column: number;
  /** For each rank which interval between the thresholds of this tree it lies in, times two for 128 leaves. */
  readonly intervals: Uint8Array;
  /** For each interval one bit for each leaf that a row with such a value may still end in. */
  readonly masks: Uint32Array;
}

/** A tree as the kernel looks it up: see kernel/mask_trees.ts. */
interface MaskTables {
  readonly leafCapacity: 128 | 256;
  /** For each 64 leaves their path lengths and a 0 for "none of these". */
  readonly lengths: Float64Array;
  readonly columns: readonly ColumnTables[];
}

export function maskTables(
  forest: IsolationForest,
  tree: number,
  batchColumns: BatchColumns,
  ofNode: Float64Array,
): MaskTables {
  const { splitColumn, threshold, leftChild } = forest;
  const start = forest.treeStart[tree];
  const end = forest.treeStart[tree + 1];
  const { firstLeaf, leafCount } = numberLeaves(forest, start, end);
  const leafCapacity = leafCount[0] <= 128 ? 128 : 256;
  const words = leafCapacity / 32;

  const lengths = new Float64Array((leafCapacity / 64) * 65);
  const thresholds = new Map<number, Set<number>>();
  for (let node = start; node < end; node++) {
    const column = splitColumn[node];
    if (column === LEAF) {
      const leaf = firstLeaf[node - start];
      lengths[(leaf >> 6) * 65 + (leaf & 63)] = ofNode[node];
    } else {
      if (!thresholds.has(column)) thresholds.set(column, new Set());
      thresholds.get(column)?.add(threshold[node]);
    }
  }
  const tables = new Map<number, { sorted: number[]; masks: Uint32Array }>();
  for (const [column, found] of thresholds) {
    const masks = new Uint32Array((found.size + 1) * words);
    for (let i = 0; i <= found.size; i++) setBits(masks, i * words, 0, leafCount[0]);
    tables.set(column, { sorted: [...found].sort((a, b) => a - b), masks });
  }
  for (let node = start; node < end; node++) {
    const table = tables.get(splitColumn[node]);
    if (table === undefined) continue;
    const left = leftChild[node] - start;
    const place = table.sorted.indexOf(threshold[node]);
    // Values up to the threshold cannot end on the right, values above it not on the left.
    for (let i = 0; i <= table.sorted.length; i++) {
      const lost = i <= place ? left + 1 : left;
      clearBits(table.masks, i * words, firstLeaf[lost], firstLeaf[lost] + leafCount[lost]);
    }
  }
  const columns = [...tables].map(([column, { sorted, masks }]) => ({
    column,
    intervals: intervalsOf(batchColumns[column], new Set(sorted), leafCapacity === 128 ? 2 : 1),
    masks,
  }));
  return { leafCapacity, lengths, columns };
}

/** Numbers leaves from left to right, so that those below a node are consecutive. */
function numberLeaves(forest: IsolationForest, start: number, end: number) {
  const { splitColumn, leftChild } = forest;
  const leafCount = new Uint32Array(end - start);
  const firstLeaf = new Uint32Array(end - start);
  for (let node = end - 1; node >= start; node--) {
    const left = leftChild[node] - start;
    leafCount[node - start] = splitColumn[node] === LEAF ? 1 : leafCount[left] + leafCount[left + 1];
  }
  for (let node = start; node < end; node++) {
    if (splitColumn[node] === LEAF) continue;
    const left = leftChild[node] - start;
    firstLeaf[left] = firstLeaf[node - start];
    firstLeaf[left + 1] = firstLeaf[left] + leafCount[left];
  }
  return { firstLeaf, leafCount };
}

function intervalsOf(batchThresholds: Float32Array, own: ReadonlySet<number>, scale: number): Uint8Array {
  const intervals = new Uint8Array(batchThresholds.length + 1);
  let interval = 0;
  batchThresholds.forEach((threshold, i) => {
    if (own.has(threshold)) interval++;
    intervals[i + 1] = interval * scale;
  });
  return intervals;
}

function setBits(words: Uint32Array, offset: number, from: number, to: number): void {
  for (let bit = from; bit < to; bit++) words[offset + (bit >> 5)] |= 1 << (bit & 31);
}

function clearBits(words: Uint32Array, offset: number, from: number, to: number): void {
  for (let bit = from; bit < to; bit++) words[offset + (bit >> 5)] &= ~(1 << (bit & 31));
}
