import { xoroshiro128plus } from 'pure-rand';
import { agreementOf, growAutoForest, type AutoForestOptions } from './grow_auto_forest';
import { growForest } from '../growing/grow_forest';
import { drawFraction } from '../forest/subsample';
import { bellMatrix, testOptions } from '../forest/test_matrices';
import type { Matrix } from '../forest/types';

const auto: AutoForestOptions = { ...testOptions, subsampleSize: 'auto' };
const ROWS = 20_480;

/** Bell-shaped rows, of which some are far out: each on its own side, or all near one place. */
function withAnomalies(count: number, place: 'apart' | 'crowd'): Matrix {
  const matrix = bellMatrix(ROWS, 4);
  const random = xoroshiro128plus(5);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < 4; column++) {
      const jitter = drawFraction(random) - 0.5;
      const far = place === 'crowd' ? 4 + jitter / 1_000 : Math.sign(jitter) * (3 + 4 * drawFraction(random));
      matrix.values[row * 4 + column] = far;
    }
  }
  return matrix;
}

describe('growAutoForest', () => {
  it('takes many rows a tree where anomalies are rare and lonely: both forests rank them highest', () => {
    expect(growAutoForest(withAnomalies(90, 'apart'), auto).subsampleSize).toBe(8_192);
  });

  it('keeps 256 where the forests do not agree on what stands out', () => {
    expect(growAutoForest(bellMatrix(ROWS, 4), auto).subsampleSize).toBe(256);
  });

  it('takes many rows without a look where columns say how unusual a row is', () => {
    expect(growAutoForest(bellMatrix(ROWS, 4), { ...auto, anomalies: 'rare' }).subsampleSize).toBe(8_192);
  });

  it('takes what is given, and 256 of few rows, as growForest does', () => {
    const matrix = bellMatrix(2_000, 3);
    const given = { ...testOptions, subsampleSize: 1_024 };
    expect(growAutoForest(matrix, given)).toEqual(growForest(matrix, given));
    expect(growAutoForest(matrix, auto)).toEqual(growForest(matrix, { ...testOptions, maxDepth: 8 }));
  });

  it('tells the share of the work, up to all of it', () => {
    const told: number[] = [];
    growAutoForest(bellMatrix(ROWS, 2), { ...auto, treeCount: 4 }, undefined, (share) => told.push(share));
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((part) => part / 8));
  });
});

describe('agreementOf', () => {
  it('is 1 between a forest and itself, and low where one masks a crowd', () => {
    const matrix = withAnomalies(90, 'crowd');
    const few = growForest(matrix, testOptions);
    expect(agreementOf(few, few, matrix)).toBe(1);
    // Trees of many rows hold several of the crowd, and take lonely ordinary rows for odder.
    const many = growForest(matrix, { ...testOptions, subsampleSize: 8_192, maxDepth: 8 });
    expect(agreementOf(few, many, matrix)).toBeLessThan(1);
  });
});
