import { LEAF } from '../forest/forest_builder';
import type { BatchColumns } from './mask_tables';
import type { IsolationForest } from '../forest/types';

/** Levels of a tree in blocks: four above, four in each block. */
export const BLOCK_TREE_DEPTH = 8;
/** Thresholds of one column that bytes can rank. */
export const LARGEST_BYTE_RANK = 255;
const LANES = 16;
const EXITS = 16;
const NODE_BYTES = 4;
/** Ranks are stored less this, as signed bytes: those are compared in one instruction. */
const OFFSET = 128;
/** No rank exceeds it: rows go left. */
const NEVER = LARGEST_BYTE_RANK - OFFSET;

/** @returns how many groups of 16 columns hold so many */
export const columnGroups = (columnCount: number): number => Math.ceil(columnCount / LANES);

/**
 * For each outcome of the seven splits of the first three levels of a block (bit i is split i of the heap, counted from 0) the
 * number in the heap of the split that follows, counted from 1: 8 to 15; and room for the exits of 16 rows.
 */
export function blockTurns(): Uint8Array {
  const turns = new Uint8Array(256 + LANES);
  for (let bits = 0; bits < 256; bits++) {
    let node = 1;
    while (node < 8) node = node * 2 + ((bits >> (node - 1)) & 1);
    turns[bits] = node;
  }
  return turns;
}

/**
 * Returns for each rank in the batch that among the thresholds of one part of its trees, as a signed byte less 128.
 *
 * @param own thresholds of the part, ascending: some of those of the batch
 */
export function narrowingTable(batchThresholds: Float32Array, own: Float32Array): Uint8Array {
  const table = new Uint8Array(batchThresholds.length + 1);
  let rank = 0;
  table[0] = rank - OFFSET;
  for (let i = 0; i < batchThresholds.length; i++) {
    if (batchThresholds[i] === own[rank]) rank++;
    table[i + 1] = rank - OFFSET;
  }
  return table;
}

/** The thresholds of each column in a part of the trees of a batch, in ascending order. */
export type PartColumns = BatchColumns;

/** A tree as kernel/block_trees.ts reads it. */
interface BlockTree {
  /** The splits of the upper four levels, then sixteen blocks. */
  readonly nodes: Uint8Array;
  /** Path length of each of 256 leaves from left to right. */
  readonly lengths: Float64Array;
}

/**
 * Completes a tree of at most eight levels: below a leaf that lies higher, rows are sent left to its path length in the last
 * level.
 *
 * @param columnStride bytes between two columns of the rows in the kernel
 */
export function blockTree(
  forest: IsolationForest,
  tree: number,
  ofNode: Float64Array,
  columns: PartColumns,
  columnStride: number,
): BlockTree {
  const groups = columnGroups(forest.columnCount);
  const blockBytes = (groups + 1) * LANES;
  const nodes = new Uint8Array(LANES * NODE_BYTES + EXITS * blockBytes);
  const view = new DataView(nodes.buffer);
  for (let node = 0; node < LANES; node++) nodes[node * NODE_BYTES + 2] = NEVER;
  for (let exit = 0; exit < EXITS; exit++) {
    const block = LANES * NODE_BYTES + exit * blockBytes;
    // A lane of another group reads nothing.
    nodes.fill(0xff, block, block + groups * LANES);
    nodes.fill(NEVER, block + groups * LANES, block + blockBytes);
  }
  const lengths = new Float64Array(2 ** BLOCK_TREE_DEPTH);
  const open = [{ node: forest.treeStart[tree], place: 1, level: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, place, level } = next;
    const column = forest.splitColumn[node];
    if (column === LEAF) {
      lengths[place * 2 ** (BLOCK_TREE_DEPTH - level) - 2 ** BLOCK_TREE_DEPTH] = ofNode[node];
      continue;
    }
    const rank = rankOf(columns[column], forest.threshold[node]) - OFFSET;
    if (level < 4) {
      view.setUint16((place - 1) * NODE_BYTES, column * columnStride, true);
      view.setInt8((place - 1) * NODE_BYTES + 2, rank);
    } else {
      const levelInBlock = level - 4;
      const exit = (place >> levelInBlock) - EXITS;
      const inBlock = (place & (2 ** levelInBlock - 1)) + 2 ** levelInBlock;
      // Seven splits of three levels, an unused lane, the eight splits of the fourth.
      const lane = levelInBlock < 3 ? inBlock - 1 : inBlock;
      const block = LANES * NODE_BYTES + exit * blockBytes;
      nodes[block + Math.floor(column / LANES) * LANES + lane] = column % LANES;
      view.setInt8(block + groups * LANES + lane, rank);
    }
    open.push({ node: forest.leftChild[node], place: place * 2, level: level + 1 });
    open.push({ node: forest.leftChild[node] + 1, place: place * 2 + 1, level: level + 1 });
  }
  return { nodes, lengths };
}

/** @returns how many thresholds lie below one of them */
function rankOf(sorted: Float32Array, threshold: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}
