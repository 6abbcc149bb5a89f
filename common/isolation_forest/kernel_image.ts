import { LEAF } from './forest_builder';
import { pathLengthsOf } from './leaf_path_lengths';
import { LARGEST_LEAF_COUNT, maskTables, type BatchColumns } from './mask_tables';
import type { IsolationForest, SurpriseTable } from './types';

/** Rows in one call of the kernel, a multiple of 24: they and the tables of a tree stay in the nearest caches. */
export const BLOCK_ROWS = 480;
/** A tree that uses more columns is walked through faster than looked up: measured, they break even at 10. */
const LARGEST_MASK_COLUMNS = 10;
/** Thresholds in one batch of trees: ranks fit 16 bits, and the intervals of a tree (a byte each) the nearest cache. */
const LARGEST_BATCH_THRESHOLDS = 16_384;
/** Forests that need more memory are scored in TypeScript; 100 trees of psi 256 need about 1 MB. */
const LARGEST_MEMORY_BYTES = 512 * 1024 * 1024;
const WASM_PAGE_BYTES = 65_536;
const ALIGNMENT = 16;
const HEADER_FIELDS = 12;
const SURPRISE_FIELDS = 8;

/** Kinds of tree, as in kernel/score.ts. */
const KIND_WALK = 0;
const KIND_MASKS = 1;

/** The memory of a kernel, ready to score: plain data that can be sent to a worker. */
export interface KernelImage {
  /** What the memory holds from address 0 on; the rows of a block follow behind it. */
  readonly bytes: Uint8Array;
  readonly pages: number;
  readonly columnCount: number;
  readonly blockRows: number;
  /** Addresses of the rows of a block (float32, row-major) and of the sums of their path lengths (float64). */
  readonly input: number;
  readonly sums: number;
}

/** Things placed one behind another in a memory; what is placed here has its address at once. */
class MemoryPlan {
  private readonly parts: { address: number; data: Uint8Array }[] = [];
  private end = HEADER_FIELDS * 4;

  get size(): number {
    return this.end;
  }

  reserve(bytes: number): number {
    const address = Math.ceil(this.end / ALIGNMENT) * ALIGNMENT;
    this.end = address + bytes;
    return address;
  }

  place(data: ArrayBufferView): number {
    const address = this.reserve(data.byteLength);
    this.parts.push({ address, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    return address;
  }

  assemble(header: Uint32Array, size: number): Uint8Array {
    const bytes = new Uint8Array(size);
    bytes.set(new Uint8Array(header.buffer));
    for (const { address, data } of this.parts) bytes.set(data, address);
    return bytes;
  }
}

/**
 * Lays a forest out for the kernel.
 *
 * @returns undefined when the kernel cannot score it: extended splits, or more memory than is reasonable
 */
export function layOutForest(forest: IsolationForest): KernelImage | undefined {
  if (forest.hyperplanes !== undefined) return undefined;
  const { columnCount, treeCount } = forest;
  const { ofNode, treeDepth } = pathLengthsOf(forest);
  const walkBytes = treeDepth.reduce((sum, depth) => sum + 2 ** depth * 16, 0);
  if (walkBytes > LARGEST_MEMORY_BYTES) return undefined;
  const plan = new MemoryPlan();
  const fillValues = plan.place(forest.fillValues);
  const ranks = plan.reserve(BLOCK_ROWS * columnCount * 2);
  const batches: number[] = [];
  for (let first = 0; first < treeCount;) {
    const end = endOfBatch(forest, first);
    batches.push(...placeBatch(forest, first, end, { plan, ranks, ofNode, treeDepth }));
    first = end;
    if (plan.size > LARGEST_MEMORY_BYTES) return undefined;
  }
  const batchesAddress = plan.place(Uint32Array.from(batches));
  const surprise = forest.surprise === undefined ? 0 : plan.place(surpriseEntries(forest.surprise));
  const size = plan.size;
  const values = plan.reserve(BLOCK_ROWS * columnCount * 4);
  const input = plan.reserve(BLOCK_ROWS * columnCount * 4);
  const sums = plan.reserve(BLOCK_ROWS * 8);
  const surpriseSums = plan.reserve(forest.surprise === undefined ? 0 : BLOCK_ROWS * 16);
  const header = Uint32Array.of(
    ...[input, columnCount, fillValues, values, ranks, sums, BLOCK_ROWS, batchesAddress, batches.length / 3],
    ...[surprise, forest.surprise?.columns.length ?? 0, surpriseSums],
  );
  return {
    bytes: plan.assemble(header, size),
    pages: Math.ceil(plan.size / WASM_PAGE_BYTES),
    columnCount,
    blockRows: BLOCK_ROWS,
    input,
    sums,
  };
}

/** As kernel/surprise.ts reads them. */
function surpriseEntries(table: SurpriseTable): Uint32Array {
  const entries = new Uint32Array(table.columns.length * SURPRISE_FIELDS);
  const floats = new Float32Array(entries.buffer);
  const parts = [table.low, table.lowScale, table.high, table.highScale, table.jump, table.growth];
  table.columns.forEach((column, i) => {
    entries.set([column, table.features[i]], i * SURPRISE_FIELDS);
    floats.set(
      parts.map((part) => part[i]),
      i * SURPRISE_FIELDS + 2,
    );
  });
  return entries;
}

/** @returns the first tree behind a batch: batches are full when their thresholds are, and hold one tree at least */
function endOfBatch(forest: IsolationForest, first: number): number {
  let thresholds = 0;
  let end = first;
  while (end < forest.treeCount && (end === first || thresholds < LARGEST_BATCH_THRESHOLDS)) {
    if (usesMasks(forest, end)) thresholds += (nodeCountOf(forest, end) - 1) / 2;
    end++;
  }
  return end;
}

const nodeCountOf = ({ treeStart }: IsolationForest, tree: number) => treeStart[tree + 1] - treeStart[tree];

/** Whether a tree is small enough for masks. */
function usesMasks(forest: IsolationForest, tree: number): boolean {
  if ((nodeCountOf(forest, tree) + 1) / 2 > LARGEST_LEAF_COUNT) return false;
  const columns = new Set(forest.splitColumn.subarray(forest.treeStart[tree], forest.treeStart[tree + 1]));
  columns.delete(LEAF);
  return columns.size <= LARGEST_MASK_COLUMNS;
}

interface Placing {
  readonly plan: MemoryPlan;
  readonly ranks: number;
  readonly ofNode: Float64Array;
  readonly treeDepth: Uint32Array;
}

/** @returns the fields of a batch: addresses of its columns and trees, number of trees */
function placeBatch(forest: IsolationForest, first: number, end: number, placing: Placing): number[] {
  const { plan, ranks, ofNode, treeDepth } = placing;
  const masked = Array.from({ length: end - first }, (_, i) => usesMasks(forest, first + i));
  const columns = thresholdsOfBatch(forest, first, masked);
  const columnFields = columns.flatMap((thresholds) => {
    if (thresholds.length === 0) return [0, 0];
    const depth = Math.ceil(Math.log2(thresholds.length + 1));
    return [plan.place(searchTree(thresholds, depth)), depth];
  });
  const trees: number[] = [];
  masked.forEach((isMasked, i) => {
    const tree = first + i;
    if (!isMasked) {
      const { nodes, lengths } = completeTree(forest, tree, treeDepth[tree], ofNode);
      trees.push(KIND_WALK, plan.place(nodes), treeDepth[tree], plan.place(lengths));
      return;
    }
    const { lengths, columns: tables } = maskTables(forest, tree, columns, ofNode);
    const fields = tables.flatMap(({ column, intervals, masks }) => [
      ranks + column * BLOCK_ROWS * 2,
      plan.place(intervals),
      plan.place(masks),
    ]);
    trees.push(KIND_MASKS, plan.place(Uint32Array.from(fields)), tables.length, plan.place(lengths));
  });
  return [plan.place(Uint32Array.from(columnFields)), plan.place(Uint32Array.from(trees)), end - first];
}

/** @returns for each column the distinct thresholds of the masked trees, ascending */
function thresholdsOfBatch(forest: IsolationForest, first: number, masked: readonly boolean[]): BatchColumns {
  const found: number[][] = Array.from({ length: forest.columnCount }, () => []);
  masked.forEach((isMasked, i) => {
    if (!isMasked) return;
    for (let node = forest.treeStart[first + i]; node < forest.treeStart[first + i + 1]; node++) {
      const column = forest.splitColumn[node];
      if (column !== LEAF) found[column].push(forest.threshold[node]);
    }
  });
  return found.map((thresholds) =>
    Float32Array.from(thresholds)
      .sort()
      .filter((threshold, i, sorted) => i === 0 || threshold !== sorted[i - 1]),
  );
}

/** Thresholds as a complete search tree in the order of a binary heap, padded with infinity at the right. */
function searchTree(sorted: Float32Array, depth: number): Float32Array {
  const size = 2 ** depth;
  const tree = new Float32Array(size).fill(Infinity);
  for (let level = 0; level < depth; level++) {
    const step = size >> level;
    for (let i = 0; i < 1 << level; i++) {
      const place = i * step + (step >> 1) - 1;
      if (place < sorted.length) tree[(1 << level) + i] = sorted[place];
    }
  }
  return tree;
}

/**
 * A tree completed to `depth` levels, in the order of a binary heap: children need no pointers. Below a leaf that
 * lies higher, rows are sent left (no float is > infinity) to its path length in the last level.
 */
function completeTree(
  forest: IsolationForest,
  tree: number,
  depth: number,
  ofNode: Float64Array,
): { nodes: Float32Array; lengths: Float64Array } {
  const size = 2 ** depth;
  const nodes = new Float32Array(size * 2);
  const columnOffsets = new Uint32Array(nodes.buffer);
  const lengths = new Float64Array(size);
  for (let place = 0; place < size; place++) nodes[place * 2] = Infinity;
  const open = [{ node: forest.treeStart[tree], place: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, place } = next;
    if (forest.splitColumn[node] === LEAF) {
      const level = 31 - Math.clz32(place);
      lengths[place * 2 ** (depth - level) - size] = ofNode[node];
      continue;
    }
    nodes[place * 2] = forest.threshold[node];
    columnOffsets[place * 2 + 1] = forest.splitColumn[node] * BLOCK_ROWS * 4;
    open.push({ node: forest.leftChild[node], place: place * 2 });
    open.push({ node: forest.leftChild[node] + 1, place: place * 2 + 1 });
  }
  return { nodes, lengths };
}
