import { averagePathLength } from '../forest/average_path_length';
import { LEAF } from '../forest/forest_builder';
import type { IsolationForest } from '../forest/types';

/** Path lengths of the nodes that rows end in, and the depth of each tree. */
export interface PathLengths {
  /**
   * For each node: its depth plus c(rows in it), for what was not grown below it (Liu et al. 2008, algorithm 3), plus what
   * was learned from verdicts.
   */
  readonly ofNode: Float64Array;
  /** For each tree: splits on its longest path. */
  readonly treeDepth: Uint32Array;
}

/** Returns the path length of a row that ends in a node of some depth, see {@link PathLengths}. */
export function leafPathLength(
  { nodeRowCount, lengthAdjustment }: IsolationForest,
  node: number,
  depth: number,
): number {
  return Math.max(0, depth + averagePathLength(nodeRowCount[node]) + (lengthAdjustment?.[node] ?? 0));
}

export function pathLengthsOf(forest: IsolationForest): PathLengths {
  const { treeCount, treeStart, splitColumn, leftChild } = forest;
  const depth = new Uint32Array(splitColumn.length);
  const ofNode = new Float64Array(splitColumn.length);
  const treeDepth = new Uint32Array(treeCount);
  for (let tree = 0; tree < treeCount; tree++) {
    // Children lie behind their parent, so one pass meets every parent first.
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      ofNode[node] = leafPathLength(forest, node, depth[node]);
      if (splitColumn[node] === LEAF) {
        treeDepth[tree] = Math.max(treeDepth[tree], depth[node]);
      } else {
        depth[leftChild[node]] = depth[node] + 1;
        depth[leftChild[node] + 1] = depth[node] + 1;
      }
    }
  }
  return { ofNode, treeDepth };
}
