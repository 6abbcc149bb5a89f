import { DetectionError } from '../detection_error';
import type { IsolationForest } from '../isolation_forest';
import { averagePathLength } from '../isolation_forest';
import {
  CHARACTER_RANGE,
  characterOf,
  FIRST_SURROGATE,
  orderedBits,
  wordCharacters,
} from './character_table';

/** Split points of one column lie in blocks of so many characters, so that a character tells its column. */
export const BLOCK_BITS = 7;
const BLOCK = 1 << BLOCK_BITS;
/** Trees that are walked together: their look-ups do not wait for each other. */
export const LANES = 4;
/** ceil(log2 psi) for the largest psi that the schema allows, 16,384, and one more for imported trees. */
const DEEPEST_TREE = 15;
const LEAF = -1;

/** A column that some tree splits on. */
export interface SplitColumn {
  readonly column: number;
  /** Split points, ascending, in three characters each. */
  readonly thresholds: string;
  /** Number of its first split point, a multiple of the block. */
  readonly start: number;
  /** Stands in for a missing value. */
  readonly fill: number;
}

/**
 * A forest as strings for Painless. Every tree is complete, in the order of a binary heap with the root at 1; below a
 * leaf that lies higher the way goes left. A node is one character: the number of its split point among all, those of one
 * column side by side. A row goes right when it is below the number of the first split point of that column that the
 * row's value does not exceed.
 */
export interface ForestTables {
  readonly columns: readonly SplitColumn[];
  readonly blocks: number;
  /** For each block the index of its column's feature; 0 where none is. */
  readonly featureOfBlock: string;
  readonly depth: number;
  /** Trees, filled up to a multiple of {@link LANES} with trees of path length 0. */
  readonly trees: number;
  readonly nodes: string;
  /** For each place of the last level an index into `lengths` and `rows`. */
  readonly leaves: string;
  readonly lengths: readonly number[];
  readonly leafRows: readonly number[];
  /** Training rows that reached each node above the last level. */
  readonly rows: string;
}

const refuse = (setting: string, value: unknown, allowed: string): DetectionError =>
  new DetectionError(
    'refused',
    `${setting}: is ${String(value)}, an ingest pipeline can hold ${allowed}; score this detector as a job instead`,
  );

function splitPoints(forest: IsolationForest): Map<number, number[]> {
  const found = new Map<number, Set<number>>();
  forest.splitColumn.forEach((column, node) => {
    if (column === LEAF) return;
    if (!found.has(column)) found.set(column, new Set());
    found.get(column)!.add(forest.threshold[node] + 0);
  });
  return new Map(
    [...found]
      .sort(([a], [b]) => a - b)
      .map(([column, values]) => [column, [...values].sort((a, b) => a - b)]),
  );
}

function depthOf(forest: IsolationForest): number {
  const depth = new Uint32Array(forest.splitColumn.length);
  let deepest = 0;
  forest.splitColumn.forEach((column, node) => {
    if (column === LEAF) {
      deepest = Math.max(deepest, depth[node]);
      return;
    }
    depth[forest.leftChild[node]] = depth[node] + 1;
    depth[forest.leftChild[node] + 1] = depth[node] + 1;
  });
  return deepest;
}

/**
 * @param featureOfColumn for each matrix column the index of its feature
 * @throws DetectionError `refused` for extended splits and for forests with too many split points
 */
export function layOutForest(forest: IsolationForest, featureOfColumn: readonly number[]): ForestTables {
  if (forest.hyperplanes !== undefined) throw refuse('forest.splits', 'extended', 'mixed, axis and fair_cut');
  const depth = depthOf(forest);
  if (depth > DEEPEST_TREE) throw refuse('forest', `${depth} splits deep`, `at most ${DEEPEST_TREE}`);
  const points = splitPoints(forest);
  const columns: SplitColumn[] = [];
  const numberOf = new Map<number, Map<number, number>>();
  const featureOfBlock = [0];
  for (const [column, thresholds] of points) {
    const start = featureOfBlock.length * BLOCK;
    columns.push({
      column,
      thresholds: thresholds.map((value) => wordCharacters(orderedBits(value))).join(''),
      start,
      fill: forest.fillValues[column],
    });
    numberOf.set(column, new Map(thresholds.map((value, i) => [value, start + i])));
    const blocks = Math.ceil(thresholds.length / BLOCK);
    for (let block = 0; block < blocks; block++) featureOfBlock.push(featureOfColumn[column]);
  }
  if (featureOfBlock.length * BLOCK > FIRST_SURROGATE) {
    throw refuse(
      'forest.tree_count and forest.subsample_size',
      `${forest.treeCount} x ${forest.subsampleSize} with ${featureOfBlock.length * BLOCK} split points`,
      `${FIRST_SURROGATE} split points`,
    );
  }
  const size = 1 << depth;
  const trees = Math.ceil(forest.treeCount / LANES) * LANES;
  const nodes = new Array<number>(trees * size).fill(0);
  const rows = new Array<number>(trees * size).fill(0);
  const leaves = new Array<number>(trees * size).fill(0);
  const lengths = [0];
  const leafRows = [0];
  const leafOf = new Map<string, number>();
  for (let tree = 0; tree < forest.treeCount; tree++) {
    const base = tree * size;
    const open = [{ node: forest.treeStart[tree], place: 1, level: 0 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { node, place, level } = next;
      const count = forest.nodeRowCount[node];
      if (count >= CHARACTER_RANGE) {
        throw refuse('forest.subsample_size', count, `nodes of fewer than ${CHARACTER_RANGE} rows`);
      }
      if (level < depth) rows[base + place] = count;
      if (forest.splitColumn[node] === LEAF) {
        const adjustment = forest.lengthAdjustment?.[node] ?? 0;
        const length = Math.max(0, level + averagePathLength(count) + adjustment);
        const key = `${length} ${count}`;
        let leaf = leafOf.get(key);
        if (leaf === undefined) {
          leaf = lengths.push(length) - 1;
          leafRows.push(count);
          leafOf.set(key, leaf);
        }
        leaves[base + place * 2 ** (depth - level) - size] = leaf;
        continue;
      }
      nodes[base + place] = numberOf.get(forest.splitColumn[node])!.get(forest.threshold[node] + 0)!;
      open.push({ node: forest.leftChild[node], place: place * 2, level: level + 1 });
      open.push({ node: forest.leftChild[node] + 1, place: place * 2 + 1, level: level + 1 });
    }
  }
  const text = (values: readonly number[]): string => values.map(characterOf).join('');
  return {
    columns,
    blocks: featureOfBlock.length,
    featureOfBlock: text(featureOfBlock),
    depth,
    trees,
    // block 0 has no split point: a space in it stands for "left"
    nodes: nodes.map((value) => String.fromCharCode(value === 0 ? 0x20 : value)).join(''),
    leaves: text(leaves),
    lengths,
    leafRows,
    rows: text(rows),
  };
}
