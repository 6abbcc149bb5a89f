import { LEAF } from './forest_builder';
import { averagePathLength } from './average_path_length';
import { pathLengthsOf } from './leaf_path_lengths';
import type { IsolationForest } from './types';

/** Rows that the kernel takes through a tree together. */
const LANES = 8;
/** Rows in one call: few enough that rows and one tree stay in the first-level cache, a multiple of the lanes. */
export const BLOCK_ROWS = 512;
const NODE_BYTES = 8;
const LENGTH_BYTES = 8;
const TREE_BYTES = 12;
const WASM_PAGE_BYTES = 65_536;
/** Forests that need more are scored in TypeScript: 100 trees of psi 256 need 0.4 MB, 1,000 of psi 4,096 66 MB. */
const LARGEST_MEMORY_BYTES = 256 * 1024 * 1024;

/** The memory of a kernel, ready to score, and where things lie in it. Plain data: can be sent to a worker. */
export interface KernelImage {
  /** What the memory holds from address 0 on; blocks of rows follow behind it. */
  readonly bytes: Uint8Array;
  readonly pages: number;
  readonly columnCount: number;
  readonly treeCount: number;
  /** Addresses. */
  readonly trees: number;
  readonly fillValues: number;
  readonly input: number;
  readonly groups: number;
  readonly sums: number;
}

/**
 * Lays a forest out for the kernel: every tree becomes complete, in the order of a binary heap, so that children
 * need no pointers. Below a leaf that lies higher, rows are sent left (no float is > infinity) to its path length.
 *
 * @returns undefined for a forest that the kernel cannot score: extended splits, or trees too deep to complete
 */
export function layOutForest(forest: IsolationForest): KernelImage | undefined {
  if (forest.hyperplanes !== undefined) return undefined;
  const { treeCount, columnCount } = forest;
  const { treeDepth } = pathLengthsOf(forest);
  const fillValues = treeCount * TREE_BYTES;
  const firstTree = Math.ceil((fillValues + columnCount * 4) / 8) * 8;
  let end = firstTree;
  for (const depth of treeDepth) end += 2 ** depth * (NODE_BYTES + LENGTH_BYTES);
  const input = end;
  const groups = input + BLOCK_ROWS * columnCount * 4;
  const sums = groups + BLOCK_ROWS * columnCount * 4;
  const memoryBytes = sums + BLOCK_ROWS * 8;
  if (memoryBytes > LARGEST_MEMORY_BYTES) return undefined;

  const bytes = new Uint8Array(end);
  const trees = new Uint32Array(bytes.buffer, 0, treeCount * 3);
  new Float32Array(bytes.buffer, fillValues, columnCount).set(forest.fillValues);
  let address = firstTree;
  for (let tree = 0; tree < treeCount; tree++) {
    const size = 2 ** treeDepth[tree];
    trees.set([address, address + size * NODE_BYTES, treeDepth[tree]], tree * 3);
    layOutTree(forest, tree, treeDepth[tree], bytes.buffer, address);
    address += size * (NODE_BYTES + LENGTH_BYTES);
  }
  const pages = Math.ceil(memoryBytes / WASM_PAGE_BYTES);
  return { bytes, pages, columnCount, treeCount, trees: 0, fillValues, input, groups, sums };
}

/** Writes the nodes and, behind them, the path lengths of one tree. */
function layOutTree(
  forest: IsolationForest,
  tree: number,
  treeDepth: number,
  buffer: ArrayBufferLike,
  address: number,
): void {
  const size = 2 ** treeDepth;
  const thresholds = new Float32Array(buffer, address, size * 2);
  const columnOffsets = new Uint32Array(buffer, address, size * 2);
  const lengths = new Float64Array(buffer, address + size * NODE_BYTES, size);
  for (let place = 0; place < size; place++) thresholds[place * 2] = Infinity;
  const open = [{ node: forest.treeStart[tree], place: 1, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, place, depth } = next;
    if (forest.splitColumn[node] === LEAF) {
      // Rows are sent left from here to the last level.
      lengths[place * 2 ** (treeDepth - depth) - size] = depth + averagePathLength(forest.nodeRowCount[node]);
      continue;
    }
    thresholds[place * 2] = forest.threshold[node];
    columnOffsets[place * 2 + 1] = forest.splitColumn[node] * LANES * 4;
    open.push({ node: forest.leftChild[node], place: place * 2, depth: depth + 1 });
    open.push({ node: forest.leftChild[node] + 1, place: place * 2 + 1, depth: depth + 1 });
  }
}
