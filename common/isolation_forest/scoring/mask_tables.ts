import { LEAF } from '../forest/forest_builder';
import type { IsolationForest } from '../forest/types';

/** Bits of a mask. With no more leaves there are no more intervals, so a byte holds twice the number of one. */
export const LARGEST_LEAF_COUNT = 128;
const MASK_WORDS = LARGEST_LEAF_COUNT / 32;

/** For each column the distinct thresholds of a batch of trees, ascending. A rank counts those that a value exceeds. */
export type BatchColumns = readonly Float32Array[];

/** The tables of one column of one tree. */
interface ColumnTables {
  readonly column: number;
  /** For each rank which interval between the thresholds of this tree it lies in, times two (the kernel's way to step by 16 bytes). */
  readonly intervals: Uint8Array;
  /** For each interval one bit for each leaf that a row with such a value may still end in. */
  readonly masks: Uint32Array;
}

/** A tree as the kernel looks it up: see kernel/mask_trees.ts. */
interface MaskTables {
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

  const lengths = new Float64Array((LARGEST_LEAF_COUNT / 64) * 65);
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
    const masks = new Uint32Array((found.size + 1) * MASK_WORDS);
    for (let word = 0; word < masks.length; word++) {
      masks[word] = bitsOfWord((word % MASK_WORDS) * 32, 0, leafCount[0]);
    }
    tables.set(column, { sorted: [...found].sort((a, b) => a - b), masks });
  }
  for (let node = start; node < end; node++) {
    const table = tables.get(splitColumn[node]);
    if (table === undefined) continue;
    const left = leftChild[node] - start;
    const firstAbove = (table.sorted.indexOf(threshold[node]) + 1) * MASK_WORDS;
    // Values up to the threshold cannot end on the right, values above it not on the left.
    dropLeaves(table.masks.subarray(0, firstAbove), firstLeaf[left + 1], leafCount[left + 1]);
    dropLeaves(table.masks.subarray(firstAbove), firstLeaf[left], leafCount[left]);
  }
  const columns = [...tables].map(([column, { sorted, masks }]) => ({
    column,
    intervals: intervalsOf(batchColumns[column], sorted),
    masks,
  }));
  return { lengths, columns };
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

/** @param own thresholds of a tree, ascending: some of those of the batch */
function intervalsOf(batchThresholds: Float32Array, own: readonly number[]): Uint8Array {
  const intervals = new Uint8Array(batchThresholds.length + 1);
  let interval = 0;
  for (let i = 0; i < batchThresholds.length; i++) {
    if (batchThresholds[i] === own[interval]) interval++;
    intervals[i + 1] = interval * 2;
  }
  return intervals;
}

/** Removes consecutive leaves from masks that lie one behind another. */
function dropLeaves(masks: Uint32Array, first: number, count: number): void {
  for (let word = first >> 5; word * 32 < first + count; word++) {
    const kept = ~bitsOfWord(word * 32, first, first + count);
    for (let place = word; place < masks.length; place += MASK_WORDS) masks[place] &= kept;
  }
}

/** The bits [from, to) of the word that starts at bit `first`. */
function bitsOfWord(first: number, from: number, to: number): number {
  const low = Math.max(from - first, 0);
  const high = Math.min(to - first, 32);
  if (low >= high) return 0;
  return (high === 32 ? -1 : (1 << high) - 1) & (-1 << low);
}
