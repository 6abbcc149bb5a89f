import { IsolationForest as MlIsolationForest, type TreeNode } from 'ml-isolation-forest';
import type { RandomGenerator } from 'pure-rand';
import type { ForestBuilder } from '../forest/forest_builder';
import { drawFraction } from '../forest/subsample';
import type { TreeSample } from './tree_sample';

/**
 * Grows one tree with the package ml-isolation-forest on the rows of a sample and flattens it. The package lets a
 * tree grow one level deeper than ceil(log2(psi)) and draws from constant columns too, which can leave a side of a
 * split empty; both are kept, so that the flat tree sends every row to the same leaf as the package does.
 */
export function growWithMlIsolationForest(
  sample: TreeSample,
  builder: ForestBuilder,
  random: RandomGenerator,
): void {
  const tree = withMathRandom(random, () => trainTree(sample));
  const open = [{ source: tree, node: builder.addTree(sample.size), from: 0, to: sample.size }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { source, node, from, to } = next;
    const { left: sourceLeft, right: sourceRight, splitColumn, splitValue } = source;
    if (!sourceLeft || !sourceRight || splitColumn === undefined || splitValue === undefined) continue;
    if (to > from) sample.readColumn(from, to, splitColumn);
    const threshold = largestFloat32Below(splitValue);
    const middle = sample.partition(from, to, threshold);
    const left = builder.split(node, { columns: [splitColumn], threshold }, middle - from, to - middle);
    open.push({ source: sourceRight, node: left + 1, from: middle, to });
    open.push({ source: sourceLeft, node: left, from, to: middle });
  }
}

function trainTree(sample: TreeSample): TreeNode {
  const rows = Array.from(sample.rows, (row) =>
    Array.from({ length: sample.columnCount }, (_, column) => sample.cell(row, column)),
  );
  const forest = new MlIsolationForest({ nEstimators: 1 });
  forest.train(rows);
  return forest.forest[0];
}

/**
 * The package draws from Math.random and cannot be seeded; while it runs, which is synchronous, Math.random is
 * ours. So the same seed gives the same forest here as well.
 */
function withMathRandom<Result>(random: RandomGenerator, action: () => Result): Result {
  const original = Math.random;
  Math.random = () => drawFraction(random);
  try {
    return action();
  } finally {
    Math.random = original;
  }
}

/**
 * The package sends x left when x < splitValue, compared in 64 bits; here x goes left when x <= threshold. For every
 * 32-bit x both say the same when the threshold is the largest 32-bit float below splitValue.
 */
export function largestFloat32Below(splitValue: number): number {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = splitValue;
  if (float[0] < splitValue) return float[0];
  if (float[0] === 0) return -1.401298464324817e-45;
  bits[0] += float[0] > 0 ? -1 : 1;
  return float[0];
}
