import { averagePathLength, heightLimit } from '../forest/average_path_length';
import { LEAF } from '../forest/forest_builder';
import { encodeForest } from '../codec/forest_codec';
import { growForest } from './grow_forest';
import { pathLengthsOf } from '../scoring/leaf_path_lengths';
import { createScorer } from '../scoring/scorer';
import { crc32 } from '../codec/byte_stream';
import { bellMatrix, everyKind, testOptions } from '../forest/test_matrices';
import type { Matrix } from '../forest/types';

const shuffled = (matrix: Matrix): Matrix => {
  const { values, rowCount, columnCount } = matrix;
  const moved = new Float32Array(values.length);
  // 7 and the row counts used here have no common divisor, so this visits every row once.
  for (let row = 0; row < rowCount; row++) {
    const from = ((row * 7 + 3) % rowCount) * columnCount;
    moved.set(values.subarray(from, from + columnCount), row * columnCount);
  }
  return { ...matrix, values: moved };
};

describe.each(everyKind)('growForest with $splits splits by $trainer', (kind) => {
  const options = { ...testOptions, ...kind, treeCount: 20 };
  const depthAllowance = kind.trainer === 'ml-isolation-forest' ? 1 : 0;

  it('gives the same forest for the same seed and another one for another seed', () => {
    const matrix = bellMatrix(1_000, 4);
    expect(growForest(matrix, options)).toEqual(growForest(matrix, options));
    const other = growForest(matrix, { ...options, seed: 43 });
    expect(other.threshold).not.toEqual(growForest(matrix, options).threshold);
  });

  it('keeps the first trees when more are asked for', () => {
    const matrix = bellMatrix(1_000, 3);
    const few = growForest(matrix, { ...options, treeCount: 3 });
    const more = growForest(matrix, { ...options, treeCount: 5 });
    expect(more.threshold.slice(0, few.threshold.length)).toEqual(few.threshold);
  });

  it('splits every node into its two sides, within the height limit', () => {
    const forest = growForest(bellMatrix(2_000, 4), options);
    const { splitColumn, leftChild, nodeRowCount, treeStart } = forest;
    for (let tree = 0; tree < forest.treeCount; tree++) expect(nodeRowCount[treeStart[tree]]).toBe(256);
    splitColumn.forEach((column, node) => {
      if (column === LEAF) return;
      const [left, right] = [nodeRowCount[leftChild[node]], nodeRowCount[leftChild[node] + 1]];
      expect(left + right).toBe(nodeRowCount[node]);
      if (kind.trainer === 'built_in') expect(Math.min(left, right)).toBeGreaterThan(0);
    });
    const { treeDepth, ofNode } = pathLengthsOf(forest);
    const limit = heightLimit(256) + depthAllowance;
    expect(Math.max(...treeDepth)).toBeLessThanOrEqual(limit);
    expect(Math.max(...ofNode)).toBeLessThanOrEqual(limit + averagePathLength(256));
  });

  it('does not depend on the order of the rows when each tree takes them all', () => {
    const matrix = bellMatrix(200, 4);
    const forest = growForest(matrix, options);
    if (kind.trainer === 'built_in') expect(growForest(shuffled(matrix), options)).toEqual(forest);
    expect(forest.subsampleSize).toBe(200);
  });

  it('finds no anomaly in rows that are all equal', () => {
    const values = new Float32Array(900).fill(3.7);
    const matrix = { values, rowCount: 300, columnCount: 3 };
    const scores = createScorer(growForest(matrix, options)).score(matrix);
    expect(new Set(scores).size).toBe(1);
    if (kind.trainer === 'built_in') expect(scores[0]).toBe(0.5);
    else expect(scores[0]).toBeLessThanOrEqual(0.5);
  });

  it('scores a far row highest and all rows within (0, 1]', () => {
    const matrix = bellMatrix(1_000, 4);
    matrix.values.set([9, -9, 9, -9], 500 * 4);
    const scores = createScorer(growForest(matrix, options)).score(matrix);
    expect(scores.indexOf(Math.max(...scores))).toBe(500);
    expect(scores[500]).toBeGreaterThan(0.6);
    expect(Math.min(...scores)).toBeGreaterThan(0);
    expect(Math.max(...scores)).toBeLessThanOrEqual(1);
  });

  it('copes with missing, infinite and huge values', () => {
    const matrix = bellMatrix(400, 4);
    for (let row = 0; row < 400; row++) {
      matrix.values[row * 4 + 1] = NaN;
      if (row % 3 === 0)
        matrix.values[row * 4 + 2] = [NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45][row % 6];
    }
    const forest = growForest(matrix, options);
    expect(forest.fillValues[1]).toBe(0);
    expect(forest.threshold.every((threshold) => !Number.isNaN(threshold))).toBe(true);
    const scores = createScorer(forest).score(matrix);
    expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
  });
});

describe('growForest', () => {
  it('gives these very forests on every platform', () => {
    const matrix = bellMatrix(5_000, 4);
    const checksums = everyKind.map((kind) =>
      // Without the checksum at the end: that of anything with its own checksum is always the same.
      crc32(encodeForest(growForest(matrix, { ...testOptions, ...kind })).subarray(0, -4)),
    );
    expect(checksums).toMatchInlineSnapshot(`
     [
       1568412557,
       2180872898,
       2038527326,
       1489222759,
       1334164845,
     ]
    `);
    const scores = createScorer(growForest(matrix, testOptions)).score({ ...matrix, rowCount: 4 });
    expect(Array.from(scores)).toMatchInlineSnapshot(`
     [
       0.5790611932788479,
       0.39269324180346,
       0.5083829044190256,
       0.4899712216428765,
     ]
    `);
  });

  it('takes missing values for the median of those that are there, in training and in scoring', () => {
    const values = Float32Array.of(1, 10, 2, NaN, 3, 30, 4, NaN, NaN, 20);
    const matrix = { values, rowCount: 5, columnCount: 2 };
    const forest = growForest(matrix, testOptions);
    expect(Array.from(forest.fillValues)).toEqual([2, 20]);
    const filled = { ...matrix, values: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 20, 2, 20) };
    expect(growForest(filled, testOptions)).toEqual(forest);
    const scorer = createScorer(forest);
    expect(scorer.score(matrix)).toEqual(scorer.score(filled));
  });

  it('spreads its subsample over rows beyond 2^24', () => {
    const rowCount = 20_000_000;
    const matrix = {
      values: Float32Array.from({ length: rowCount }, (_, row) => row),
      rowCount,
      columnCount: 1,
    };
    const forest = growForest(matrix, { ...testOptions, treeCount: 10 });
    const roots = Array.from(forest.treeStart.slice(0, 10), (root) => forest.threshold[root]);
    expect(Math.max(...roots)).toBeGreaterThan(2 ** 24 * 0.5);
    expect(forest.fillValues[0] / rowCount).toBeCloseTo(0.5, 1);
  });

  it('draws columns evenly and passes over constant ones', () => {
    const matrix = bellMatrix(1_000, 3);
    for (let row = 0; row < 1_000; row++) matrix.values[row * 3 + 1] = 5;
    const { splitColumn } = growForest(matrix, testOptions);
    const count = (column: number) => splitColumn.filter((value) => value === column).length;
    expect(count(1)).toBe(0);
    expect(count(0) / count(2)).toBeCloseTo(1, 0);
  });

  it('draws columns in proportion to their weights', () => {
    const forest = growForest(bellMatrix(2_000, 3), {
      ...testOptions,
      treeCount: 200,
      columnWeights: [1, 2, 5],
    });
    const counts = [0, 0, 0];
    for (const column of forest.splitColumn) if (column >= 0) counts[column]++;
    const total = counts[0] + counts[1] + counts[2];
    expect(counts[0] / total).toBeCloseTo(1 / 8, 1);
    expect(counts[1] / total).toBeCloseTo(2 / 8, 1);
    expect(counts[2] / total).toBeCloseTo(5 / 8, 1);
    expect(counts[1] / counts[0]).toBeGreaterThan(1.6);
  });

  it.each([
    [[1, 1], /columnWeights: has 2 entries, must have 3/],
    [[1, -1, 1], /columnWeights: is -1 for column 1, must be a number of at least 0/],
    [[1, NaN, 1], /columnWeights: is NaN for column 1/],
  ])('refuses the weights %p', (columnWeights, message) => {
    expect(() => growForest(bellMatrix(10, 3), { ...testOptions, columnWeights })).toThrow(message);
  });

  it('cuts between two groups when cuts are fair', () => {
    const values = Float32Array.from({ length: 100 }, (_, row) => (row < 40 ? row / 100 : 50 + row / 100));
    const forest = growForest(
      { values, rowCount: 100, columnCount: 1 },
      { ...testOptions, splits: 'fair_cut', treeCount: 1 },
    );
    expect(forest.threshold[0]).toBeCloseTo((0.39 + 50.4) / 2, 4);
    expect(forest.nodeRowCount[1]).toBe(40);
  });

  it('makes about one cut in ten a fair one when cuts are mixed', () => {
    // The fair cut of each root is known; a uniform one lies elsewhere.
    const values = Float32Array.from({ length: 256 }, (_, row) => (row < 128 ? 0 : 1) + row / 1e6);
    const { treeStart, threshold } = growForest(
      { values, rowCount: 256, columnCount: 1 },
      { ...testOptions, splits: 'mixed', treeCount: 1_000 },
    );
    const fair = Math.fround((127 / 1e6 + 1 + 128 / 1e6) / 2);
    const roots = Array.from(treeStart.subarray(0, 1_000), (root) => threshold[root]);
    const share = roots.filter((root) => Math.abs(root - fair) < 1e-6).length / 1_000;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
  });

  it('uses extensionLevel + 1 columns in a hyperplane', () => {
    const forest = growForest(bellMatrix(500, 5), { ...testOptions, splits: 'extended', extensionLevel: 1 });
    expect(forest.hyperplanes?.width).toBe(2);
    const whole = growForest(bellMatrix(500, 5), { ...testOptions, splits: 'extended' });
    expect(whole.hyperplanes?.width).toBe(5);
  });

  it('scores a lone row as ordinary', () => {
    const matrix = bellMatrix(1, 2);
    expect(Array.from(createScorer(growForest(matrix, testOptions)).score(matrix))).toEqual([0.5]);
  });

  it.each([
    [{ treeCount: 0 }, /treeCount: is 0/],
    [{ treeCount: 1.5 }, /treeCount: is 1.5/],
    [{ subsampleSize: 0 }, /subsampleSize: is 0/],
    [{ seed: -1 }, /seed: is -1/],
    [{ splits: 'oblique' as never }, /splits: is oblique, must be one of axis/],
    [{ trainer: 'other' as never }, /trainer: is other/],
    [{ extensionLevel: -1 }, /extensionLevel: is -1/],
    [
      { splits: 'fair_cut' as const, trainer: 'ml-isolation-forest' as const },
      /splits: is fair_cut, must be axis or mixed/,
    ],
  ])('refuses %p', (change, message) => {
    expect(() => growForest(bellMatrix(10, 2), { ...testOptions, ...change })).toThrow(message);
  });

  it('refuses matrices without rows, without columns or with too few values', () => {
    const values = new Float32Array(4);
    expect(() => growForest({ values, rowCount: 0, columnCount: 2 }, testOptions)).toThrow(/at least 1 row/);
    expect(() => growForest({ values, rowCount: 1, columnCount: 0 }, testOptions)).toThrow(/columnCount/);
    expect(() => growForest({ values, rowCount: 3, columnCount: 2 }, testOptions)).toThrow(/has 4 numbers/);
  });
});
