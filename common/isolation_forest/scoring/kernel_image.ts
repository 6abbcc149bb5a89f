import { LEAF } from '../forest/forest_builder';
import { pathLengthsOf } from './leaf_path_lengths';
import { LARGEST_LEAF_COUNT, maskTables, type BatchColumns } from './mask_tables';
import {
  BLOCK_TREE_DEPTH,
  LARGEST_BYTE_RANK,
  blockTree,
  blockTurns,
  columnGroups,
  narrowingTable,
  type PartColumns,
} from './block_tables';
import {
  LARGEST_HYPERPLANE_COLUMNS,
  SUM_MARGIN,
  columnScales,
  exactHyperplaneBytes,
  hyperplaneGroups,
  hyperplaneNodeBytes,
  hyperplaneTree,
  splitCount,
} from './hyperplane_tables';
import type { IsolationForest, PathDamping, SurpriseTable } from '../forest/types';

/** Rows in one call of the kernel, a multiple of 48: they and the tables of a tree stay in the nearest caches. */
const BLOCK_ROWS = 480;
/** A tree that uses more columns is decided faster in blocks than looked up: measured, they break even at 4. */
const LARGEST_MASK_COLUMNS = 3;
/** Wider rows are walked through: measured, both take the same time from 40 columns on. */
const LARGEST_BLOCK_COLUMNS = 32;
/** Thresholds of masked trees in one batch of trees: the intervals of a tree (a byte each) fit the nearest cache. */
const LARGEST_MASKED_THRESHOLDS = 16_384;
/** Thresholds in one batch of trees: ranks fit 16 bits. */
const LARGEST_BATCH_THRESHOLDS = 65_535;
/** Forests that need more memory are scored in TypeScript; 100 trees of psi 256 need about 1 MB. */
const LARGEST_MEMORY_BYTES = 512 * 1024 * 1024;
const WASM_PAGE_BYTES = 65_536;
const ALIGNMENT = 16;
const HEADER_FIELDS = 24;
const SURPRISE_FIELDS = 8;
/** Room in which kernel/hyperplane_trees.ts keeps four parts of the sums of eight rows. */
const SUMS_OF_EIGHT_BYTES = 8 * 16;

/** Kinds of tree, as in kernel/score.ts. */
const KIND_WALK = 0;
const KIND_MASKS = 1;
const KIND_BLOCKS = 2;
/** Not a tree: the ranks that the block trees behind it need. */
const KIND_NARROW = 3;
const KIND_HYPERPLANES = 4;

/** The memory of a kernel, ready to score: plain data that can be sent to a worker. */
export interface KernelImage {
  /** Content of the memory from address 0 on; the rows of a block follow behind it. */
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

  /** Fills a place that was reserved. */
  fill(address: number, data: Uint8Array): void {
    this.parts.push({ address, data });
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
 * @returns undefined when the kernel cannot score it: it would need more memory than is reasonable
 */
export function layOutForest(forest: IsolationForest): KernelImage | undefined {
  const { columnCount, treeCount } = forest;
  const { ofNode, treeDepth } = pathLengthsOf(forest);
  if (treeBytes(forest, treeDepth) > LARGEST_MEMORY_BYTES) return undefined;
  const plan = new MemoryPlan();
  const fillValues = plan.place(forest.fillValues);
  const ranks = plan.reserve(BLOCK_ROWS * columnCount * 2);
  const groups = columnGroups(columnCount);
  const rowRanks = plan.reserve(BLOCK_ROWS * groups * 16);
  const columnRanks = plan.reserve(BLOCK_ROWS * columnCount);
  const turns = plan.place(blockTurns());
  const batches: number[] = [];
  const extended = placeHyperplanes(forest, { plan, ofNode, treeDepth });
  if (extended !== undefined) batches.push(...extended.batch);
  for (let first = 0; first < treeCount && extended === undefined;) {
    const kinds = kindsOfBatch(forest, first, treeDepth);
    batches.push(
      ...placeBatch(forest, first, kinds, { plan, ranks, rowRanks, columnRanks, ofNode, treeDepth }),
    );
    first += kinds.length;
    if (plan.size > LARGEST_MEMORY_BYTES) return undefined;
  }
  const batchesAddress = plan.place(Uint32Array.from(batches));
  const surprise = forest.surprise === undefined ? 0 : plan.place(surpriseEntries(forest.surprise));
  const damping = forest.damping === undefined ? 0 : plan.place(dampingFields(forest.damping, treeCount));
  const size = plan.size;
  const values = plan.reserve(BLOCK_ROWS * columnCount * 4);
  const input = plan.reserve(BLOCK_ROWS * columnCount * 4);
  const sums = plan.reserve(BLOCK_ROWS * 8);
  const surpriseSums = plan.reserve(forest.surprise === undefined ? 0 : BLOCK_ROWS * 16);
  const centredRows =
    extended === undefined ? 0 : plan.reserve(BLOCK_ROWS * hyperplaneGroups(columnCount) * 16);
  const margins = extended === undefined ? 0 : plan.reserve(BLOCK_ROWS * 4 + SUMS_OF_EIGHT_BYTES);
  const header = Uint32Array.of(
    ...[input, columnCount, fillValues, values, ranks, sums, BLOCK_ROWS, batchesAddress, batches.length / 3],
    ...[surprise, forest.surprise?.columns.length ?? 0, surpriseSums],
    ...[rowRanks, groups, columnRanks, turns],
    ...[centredRows, margins, extended?.scales ?? 0, forest.hyperplanes?.width ?? 0],
    new Uint32Array(Float32Array.of(SUM_MARGIN).buffer)[0],
    damping,
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

/** @returns bytes that the trees of a forest take at most, Infinity where hyperplanes have too many columns */
function treeBytes(forest: IsolationForest, treeDepth: Uint32Array): number {
  const { hyperplanes, columnCount, splitColumn } = forest;
  if (hyperplanes === undefined) return treeDepth.reduce((sum, depth) => sum + 2 ** depth * 16, 0);
  if (columnCount > LARGEST_HYPERPLANE_COLUMNS) return Infinity;
  return splitColumn.length * (hyperplaneNodeBytes(columnCount) + exactHyperplaneBytes(hyperplanes.width));
}

/** @returns the fields of the batch of all trees of extended splits, and where the scales of the columns lie; undefined for others */
function placeHyperplanes(
  forest: IsolationForest,
  { plan, ofNode, treeDepth }: Pick<Placing, 'plan' | 'ofNode' | 'treeDepth'>,
): { readonly batch: readonly number[]; readonly scales: number } | undefined {
  const { hyperplanes, columnCount, treeCount } = forest;
  if (hyperplanes === undefined) return undefined;
  const scales = columnScales(forest, hyperplanes);
  const how = { ofNode, scales, columnStride: BLOCK_ROWS * 4 };
  const trees: number[] = [];
  for (let tree = 0; tree < treeCount; tree++) {
    const nodes = plan.reserve(nodeCountOf(forest, tree) * hyperplaneNodeBytes(columnCount));
    const exact = plan.reserve(splitCount(forest, tree) * exactHyperplaneBytes(hyperplanes.width));
    const table = hyperplaneTree(forest, hyperplanes, tree, how, { nodes, exact });
    plan.fill(nodes, table.nodes);
    plan.fill(exact, table.exact);
    trees.push(KIND_HYPERPLANES, nodes, treeDepth[tree], 0);
  }
  return { batch: [0, plan.place(Uint32Array.from(trees)), treeCount], scales: plan.place(scales) };
}

/** As kernel/surprise.ts reads them. */
const dampingFields = ({ below, share }: PathDamping, treeCount: number): Float64Array =>
  Float64Array.of(below * treeCount, share);

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

type TreeKind = typeof KIND_WALK | typeof KIND_MASKS | typeof KIND_BLOCKS;

const nodeCountOf = ({ treeStart }: IsolationForest, tree: number) => treeStart[tree + 1] - treeStart[tree];

/** The fastest way through a tree. */
function kindOf(forest: IsolationForest, tree: number, depth: number): TreeKind {
  const columns = new Set(forest.splitColumn.subarray(forest.treeStart[tree], forest.treeStart[tree + 1]));
  columns.delete(LEAF);
  const leafCount = (nodeCountOf(forest, tree) + 1) / 2;
  if (leafCount <= LARGEST_LEAF_COUNT && columns.size <= LARGEST_MASK_COLUMNS) return KIND_MASKS;
  return depth <= BLOCK_TREE_DEPTH && forest.columnCount <= LARGEST_BLOCK_COLUMNS ? KIND_BLOCKS : KIND_WALK;
}

/** @returns the kinds of the trees of a batch: it is full when its thresholds are, and holds one tree at least */
function kindsOfBatch(forest: IsolationForest, first: number, treeDepth: Uint32Array): TreeKind[] {
  const kinds: TreeKind[] = [];
  let thresholds = 0;
  let maskedThresholds = 0;
  for (let tree = first; tree < forest.treeCount; tree++) {
    const kind = kindOf(forest, tree, treeDepth[tree]);
    const own = kind === KIND_WALK ? 0 : (nodeCountOf(forest, tree) - 1) / 2;
    thresholds += own;
    if (kind === KIND_MASKS) maskedThresholds += own;
    const isFull = thresholds > LARGEST_BATCH_THRESHOLDS || maskedThresholds > LARGEST_MASKED_THRESHOLDS;
    if (isFull && kinds.length > 0) break;
    kinds.push(kind);
  }
  return kinds;
}

interface Placing {
  readonly plan: MemoryPlan;
  readonly ranks: number;
  readonly rowRanks: number;
  readonly columnRanks: number;
  readonly ofNode: Float64Array;
  readonly treeDepth: Uint32Array;
}

/** @returns the fields of a batch: addresses of its columns and trees, number of trees */
function placeBatch(
  forest: IsolationForest,
  first: number,
  kinds: readonly TreeKind[],
  placing: Placing,
): number[] {
  const { plan, ranks, ofNode, treeDepth } = placing;
  const columns = thresholdsOf(
    forest,
    kinds.flatMap((kind, i) => (kind === KIND_WALK ? [] : [first + i])),
  );
  const columnFields = columns.flatMap((thresholds) => {
    if (thresholds.length === 0) return [0, 0];
    const depth = Math.ceil(Math.log2(thresholds.length + 1));
    return [plan.place(searchTree(thresholds, depth)), depth];
  });
  const trees: number[] = [];
  let part: PartColumns = [];
  let partEnd = first;
  kinds.forEach((kind, i) => {
    const tree = first + i;
    if (kind === KIND_WALK) {
      const { nodes, lengths } = completeTree(forest, tree, treeDepth[tree], ofNode);
      trees.push(KIND_WALK, plan.place(nodes), treeDepth[tree], plan.place(lengths));
    } else if (kind === KIND_MASKS) {
      const { lengths, columns: tables } = maskTables(forest, tree, columns, ofNode);
      const fields = tables.flatMap(({ column, intervals, masks }) => [
        ranks + column * BLOCK_ROWS * 2,
        plan.place(intervals),
        plan.place(masks),
      ]);
      trees.push(KIND_MASKS, plan.place(Uint32Array.from(fields)), tables.length, plan.place(lengths));
    } else {
      if (tree >= partEnd) {
        const members = partFrom(forest, first, kinds, i);
        partEnd = members[members.length - 1] + 1;
        part = thresholdsOf(forest, members);
        trees.push(...placeNarrowing(columns, part, placing));
      }
      const { nodes, lengths } = blockTree(forest, tree, ofNode, part, BLOCK_ROWS);
      trees.push(KIND_BLOCKS, plan.place(nodes), 0, plan.place(lengths));
    }
  });
  return [plan.place(Uint32Array.from(columnFields)), plan.place(Uint32Array.from(trees)), trees.length / 4];
}

/** @returns the block trees from one on whose thresholds, column by column, bytes can rank */
function partFrom(
  forest: IsolationForest,
  first: number,
  kinds: readonly TreeKind[],
  start: number,
): number[] {
  const found: Set<number>[] = Array.from({ length: forest.columnCount }, () => new Set());
  const members: number[] = [];
  for (let i = start; i < kinds.length; i++) {
    if (kinds[i] !== KIND_BLOCKS) continue;
    const tree = first + i;
    for (let node = forest.treeStart[tree]; node < forest.treeStart[tree + 1]; node++) {
      const column = forest.splitColumn[node];
      if (column !== LEAF) found[column].add(forest.threshold[node]);
    }
    // A tree of eight levels has no more than 255 splits.
    if (members.length > 0 && found.some(({ size }) => size > LARGEST_BYTE_RANK)) break;
    members.push(tree);
  }
  return members;
}

/** @returns the entry among the trees that narrows the ranks of a batch to those of a part of it */
function placeNarrowing(columns: BatchColumns, part: PartColumns, placing: Placing): number[] {
  const { plan, ranks, rowRanks, columnRanks } = placing;
  const rowBytes = columnGroups(columns.length) * 16;
  const fields = part.flatMap((thresholds, column) =>
    thresholds.length === 0
      ? []
      : [
          ranks + column * BLOCK_ROWS * 2,
          plan.place(narrowingTable(columns[column], thresholds)),
          rowRanks + column,
          columnRanks + column * BLOCK_ROWS,
        ],
  );
  return [KIND_NARROW, plan.place(Uint32Array.from(fields)), fields.length / 4, rowBytes];
}

/** @returns for each column the distinct thresholds of some trees, ascending */
function thresholdsOf(forest: IsolationForest, trees: readonly number[]): BatchColumns {
  const found: number[][] = Array.from({ length: forest.columnCount }, () => []);
  for (const tree of trees) {
    for (let node = forest.treeStart[tree]; node < forest.treeStart[tree + 1]; node++) {
      const column = forest.splitColumn[node];
      if (column !== LEAF) found[column].push(forest.threshold[node]);
    }
  }
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
