import { xoroshiro128plus } from 'pure-rand';
import { drawFraction } from './subsample';
import type { ForestOptions, Matrix } from './types';

/** Rows for the tests of this folder: fixed by a seed, roughly bell-shaped around 0 in every column. */
export function bellMatrix(rowCount: number, columnCount: number, seed = 1): Matrix {
  const random = xoroshiro128plus(seed);
  const values = Float32Array.from(
    { length: rowCount * columnCount },
    () => drawFraction(random) + drawFraction(random) + drawFraction(random) - 1.5,
  );
  return { values, rowCount, columnCount };
}

export const testOptions: ForestOptions = {
  treeCount: 100,
  subsampleSize: 256,
  seed: 42,
  splits: 'axis',
  trainer: 'built_in',
};

/** Every way to grow a forest. */
export const everyKind: readonly Pick<ForestOptions, 'splits' | 'trainer'>[] = [
  { splits: 'axis', trainer: 'built_in' },
  { splits: 'extended', trainer: 'built_in' },
  { splits: 'fair_cut', trainer: 'built_in' },
  { splits: 'mixed', trainer: 'built_in' },
  { splits: 'axis', trainer: 'ml-isolation-forest' },
];
