import { IsolationForest as MlIsolationForest, type TreeNode } from 'ml-isolation-forest';
import { ForestBuilder, LEAF } from '../forest/forest_builder';
import { growWithMlIsolationForest, largestFloat32Below } from './ml_isolation_forest';
import { leafOf } from '../scoring/row_path';
import { drawRows, randomStreams } from '../forest/subsample';
import { bellMatrix } from '../forest/test_matrices';
import { TreeSample } from './tree_sample';

describe('growWithMlIsolationForest', () => {
  it('sends every row to the leaf that the package sends it to, values on the cuts included', () => {
    const train = jest.spyOn(MlIsolationForest.prototype, 'train');
    const matrix = bellMatrix(256, 3);
    for (let i = 0; i < 256; i++) matrix.values[i * 3] = Math.round(matrix.values[i * 3] * 4);
    const random = randomStreams(5).next().value;
    const fillValues = new Float32Array(3);
    const sample = new TreeSample(256, 3);
    sample.load(matrix, drawRows(256, 256, random), fillValues);
    const builder = new ForestBuilder({ subsampleSize: 256, columnCount: 3, splits: 'axis', fillValues });
    const mathRandom = Math.random;
    growWithMlIsolationForest(sample, builder, random);
    expect(Math.random).toBe(mathRandom);
    const trained: TreeNode = (train.mock.contexts[0] as unknown as MlIsolationForest).forest[0];
    train.mockRestore();
    const forest = builder.build();

    const cuts: number[] = [];
    forest.splitColumn.forEach((column, node) => column !== LEAF && cuts.push(forest.threshold[node]));
    const rows = bellMatrix(3_000, 3, 9).values;
    cuts.forEach((cut, i) => rows.set([cut, cut, cut], i * 3));
    for (let row = 0; row < 3_000; row++) {
      const values = rows.subarray(row * 3, row * 3 + 3);
      let theirs: TreeNode = trained;
      let ours = 0;
      while (theirs.left && theirs.right) {
        const goesLeft = values[theirs.splitColumn ?? 0] < (theirs.splitValue ?? 0);
        theirs = goesLeft ? theirs.left : theirs.right;
        ours = forest.leftChild[ours] + (goesLeft ? 0 : 1);
      }
      expect(leafOf(forest, rows, row * 3, 0)).toBe(ours);
      expect(forest.nodeRowCount[ours]).toBe(theirs.trainingSet?.length);
    }
  });
});

describe('largestFloat32Below', () => {
  it.each([
    [1, 0.9999999403953552],
    [1.5, 1.4999998807907104],
    [0.1, 0.09999999403953552],
    [0, -1.401298464324817e-45],
    [1.401298464324817e-45, 0],
    [-1, -1.0000001192092896],
    [1e-50, 0],
    [-1e-50, -1.401298464324817e-45],
    [-3.4028234663852886e38, -Infinity],
  ])('of %d is %d', (value, expected) => {
    expect(largestFloat32Below(value)).toBe(expected);
  });

  it('draws the same line for every float near a value', () => {
    for (let i = 0; i < 2_000; i++) {
      const value = Math.sin(i) * 10 ** ((i % 9) - 4);
      const threshold = largestFloat32Below(value);
      for (const x of [
        threshold,
        Math.fround(value),
        Math.fround(value * (1 + 1e-7)),
        Math.fround(value * 0.5),
      ]) {
        expect(x > threshold).toBe(!(x < value));
      }
    }
  });
});
