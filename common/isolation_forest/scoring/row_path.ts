import { clampToFloat32 } from '../growing/choose_split';
import { LEAF } from '../forest/forest_builder';
import type { IsolationForest } from '../forest/types';

/**
 * Walks one row through a tree.
 *
 * @param values numbers without NaN or infinities; the row starts at `offset`
 * @param node where to start, usually the root
 * @returns the leaf that the row ends in
 */
export function leafOf(forest: IsolationForest, values: Float32Array, offset: number, node: number): number {
  const { splitColumn, threshold, leftChild } = forest;
  if (forest.hyperplanes !== undefined) {
    while (splitColumn[node] !== LEAF) node = childOf(forest, values, offset, node);
    return node;
  }
  for (;;) {
    const column = splitColumn[node];
    if (column === LEAF) return node;
    node = leftChild[node] + (values[offset + column] > threshold[node] ? 1 : 0);
  }
}

/** @returns the child of a split that a row goes to */
export function childOf(forest: IsolationForest, values: Float32Array, offset: number, node: number): number {
  const { splitColumn, threshold, leftChild, hyperplanes } = forest;
  let value: number;
  if (hyperplanes === undefined) {
    value = values[offset + splitColumn[node]];
  } else {
    const { width, columns, weights } = hyperplanes;
    const start = splitColumn[node] * width;
    let projection = 0;
    for (let i = start; i < start + width; i++) projection += weights[i] * values[offset + columns[i]];
    value = clampToFloat32(projection);
  }
  return leftChild[node] + (value > threshold[node] ? 1 : 0);
}
