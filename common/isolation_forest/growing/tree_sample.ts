import { readValue } from '../forest/missing_values';
import type { Matrix } from '../forest/types';

/**
 * The rows that one tree is grown on, filled and copied column by column. A node is a range [from, to) of `rows`;
 * the split chooser leaves the value that it splits each of them by in `values`, at the same place.
 */
export class TreeSample {
  /** Row numbers inside the sample, partitioned in place. */
  readonly rows: Uint32Array;
  /** `values[i]` belongs to `rows[i]`. */
  readonly values: Float32Array;
  private readonly cells: Float32Array;

  constructor(
    readonly size: number,
    readonly columnCount: number,
  ) {
    this.rows = new Uint32Array(size);
    this.values = new Float32Array(size);
    this.cells = new Float32Array(size * columnCount);
  }

  /** Takes over the given `size` rows of a matrix. */
  load(matrix: Matrix, matrixRows: Float64Array, fillValues: Float32Array): void {
    const { columnCount, size, cells, rows } = this;
    const { values } = matrix;
    for (let row = 0; row < size; row++) {
      rows[row] = row;
      const start = matrixRows[row] * columnCount;
      for (let column = 0; column < columnCount; column++) {
        const value = values[start + column];
        cells[column * size + row] = value - value === 0 ? value : readValue(value, fillValues[column]);
      }
    }
  }

  cell(row: number, column: number): number {
    return this.cells[column * this.size + row];
  }

  /** Puts one column of a node into `values`. @returns whether it varies */
  readColumn(from: number, to: number, column: number): boolean {
    const offset = column * this.size;
    const first = this.cells[offset + this.rows[from]];
    let varies = false;
    for (let i = from; i < to; i++) {
      const value = this.cells[offset + this.rows[i]];
      this.values[i] = value;
      if (value !== first) varies = true;
    }
    return varies;
  }

  /** @returns smallest and largest of `values` in a node */
  range(from: number, to: number): { minimum: number; maximum: number } {
    let minimum = this.values[from];
    let maximum = minimum;
    for (let i = from + 1; i < to; i++) {
      const value = this.values[i];
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    return { minimum, maximum };
  }

  /** Moves the rows of a node that stay left (value <= threshold) before the others. @returns where those begin */
  partition(from: number, to: number, threshold: number): number {
    const { rows, values } = this;
    let left = from;
    let right = to - 1;
    while (left <= right) {
      if (values[left] <= threshold) {
        left++;
      } else {
        const row = rows[left];
        rows[left] = rows[right];
        rows[right] = row;
        values[left] = values[right];
        right--;
      }
    }
    return left;
  }
}
