import { randomStreams, drawRows } from './subsample';
import type { Matrix } from './types';

/** Largest finite 32-bit float; infinities are clamped to it. */
export const LARGEST_FLOAT32 = 3.4028234663852886e38;

/**
 * Rows that a median is taken over. The standard error of the rank of a median of n rows is 0.5 / sqrt(n): with
 * 4,096 rows the value found lies between the 48th and the 52nd percentile 99 times in 100.
 */
const MEDIAN_SAMPLE_ROWS = 1_024;

/** @returns `value`, or what stands in for it: `fillValue` for NaN, the largest float for an infinity */
export function readValue(value: number, fillValue: number): number {
  if (value - value === 0) return value;
  if (Number.isNaN(value)) return fillValue;
  return value > 0 ? LARGEST_FLOAT32 : -LARGEST_FLOAT32;
}

/** Replaces missing and infinite values in the first `rowCount` rows of `values`, in place. */
export function fillRows(values: Float32Array, rowCount: number, fillValues: Float32Array): void {
  const columnCount = fillValues.length;
  const end = rowCount * columnCount;
  for (let i = 0; i < end; i++) {
    const value = values[i];
    if (value - value !== 0) values[i] = readValue(value, fillValues[i % columnCount]);
  }
}

/**
 * Returns the substitute for a missing value of each column: the median of the values that are present (the lower of the
 * middle two, so that it is one that occurs) in a uniform sample of at most 4,096 rows; 0 for a column without any.
 */
export function medianOfColumns(matrix: Matrix, seed: number): Float32Array {
  const { values, rowCount, columnCount } = matrix;
  // The complement keeps this stream apart from those of the trees.
  const rows = drawRows(rowCount, MEDIAN_SAMPLE_ROWS, randomStreams(~seed).next().value);
  const present = new Float32Array(rows.length * columnCount);
  const counts = new Uint32Array(columnCount);
  for (const row of rows) {
    for (let column = 0; column < columnCount; column++) {
      const value = values[row * columnCount + column];
      if (!Number.isNaN(value)) present[column * rows.length + counts[column]++] = readValue(value, 0);
    }
  }
  return Float32Array.from(counts, (count, column) => {
    const start = column * rows.length;
    return count === 0 ? 0 : present.subarray(start, start + count).sort()[(count - 1) >> 1];
  });
}
