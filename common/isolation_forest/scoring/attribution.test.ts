import { attributeRow } from './attribution';
import { createScorer } from './scorer';
import { averagePathLength } from '../forest/average_path_length';
import { growForest } from '../growing/grow_forest';
import { bellMatrix, everyKind, testOptions } from '../forest/test_matrices';
import type { IsolationForest } from '../forest/types';

/** Values of the first column above 4 surprise by 1. */
const surprise = {
  columns: Uint16Array.of(0),
  features: Uint16Array.of(0),
  low: Float32Array.of(-100),
  lowScale: Float32Array.of(1),
  high: Float32Array.of(4),
  highScale: Float32Array.of(1),
  jump: Float32Array.of(1),
  growth: Float32Array.of(0),
};

describe.each(everyKind)('attributeRow with $splits by $trainer', (kind) => {
  const columnCount = 6;
  const matrix = bellMatrix(2_000, columnCount);
  const forest = growForest(matrix, { ...testOptions, ...kind });

  it.each([0, 1, 2, 3, 4, 5])('gives column %i the top share when it alone is far out', (column) => {
    for (const far of [8, -8]) {
      const row = new Float32Array(columnCount);
      row[column] = far;
      const shares = attributeRow(forest, row);
      expect(shares.indexOf(Math.max(...shares))).toBe(column);
      expect(shares[column]).toBeGreaterThan(1.5 / columnCount);
    }
  });

  it('gives two columns that are far out more than the others', () => {
    const shares = attributeRow(forest, Float32Array.of(8, 0, 0, -8, 0, 0));
    const others = [shares[1], shares[2], shares[4], shares[5]];
    expect(Math.min(shares[0], shares[3])).toBeGreaterThan(Math.max(...others));
  });

  it('adds up to 1, for any row', () => {
    for (let row = 0; row < 50; row++) {
      const values = matrix.values.slice(row * columnCount, (row + 1) * columnCount);
      values[row % columnCount] = [NaN, Infinity, -Infinity, 0][row % 4];
      const shares = attributeRow(forest, values);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('attributeRow', () => {
  it('gives what surprises more where short paths are damped', () => {
    const grown = growForest(bellMatrix(2_000, 2), testOptions);
    const row = Float32Array.of(5, 5);
    const [plain] = attributeRow({ ...grown, surprise }, row);
    const [damped] = attributeRow({ ...grown, surprise, damping: { below: 12, share: 0.25 } }, row);
    expect(plain).toBeGreaterThan(0.5);
    expect(damped).toBeGreaterThan(plain);
  });

  it('shares out what damped paths have brought to the score, and no more', () => {
    const grown = growForest(bellMatrix(2_000, 2), testOptions);
    const row = Float32Array.of(5, 5);
    const damping = { below: 12, share: 0.25 };
    const splits = attributeRow(grown, row);
    const expected = averagePathLength(grown.subsampleSize);
    const matrix = { values: row, rowCount: 1, columnCount: 2 };
    const lengthOf = (forest: IsolationForest): number =>
      -Math.log2(createScorer(forest).score(matrix)[0]) * expected;
    const [raw, counted] = [grown, { ...grown, damping }].map(lengthOf);
    // Half of what counts is left over by a surprise of 1; of the rest, each column has its part.
    const total = expected - counted / 2;
    const [share] = attributeRow({ ...grown, surprise, damping }, row);
    expect(counted).toBeGreaterThan(raw);
    expect(share).toBeCloseTo((splits[0] * (expected - counted) + counted / 2) / total, 1);
  });

  it('says nothing about rows that nothing tells apart', () => {
    const forest = growForest({ values: new Float32Array(40), rowCount: 20, columnCount: 2 }, testOptions);
    expect(Array.from(attributeRow(forest, Float32Array.of(0, 0)))).toEqual([0.5, 0.5]);
  });

  it('refuses a row of another width', () => {
    const forest = growForest(bellMatrix(20, 2), testOptions);
    expect(() => attributeRow(forest, Float32Array.of(0))).toThrow(/row: has 1 values, must have 2/);
  });
});
