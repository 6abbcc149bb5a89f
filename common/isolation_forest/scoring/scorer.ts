import { DetectionError } from '../../detection_error';
import { averagePathLength } from '../forest/average_path_length';
import { checkMatrix } from '../growing/grow_forest';
import { createKernelSummer } from './kernel_scorer';
import { createReferenceSummer } from './reference_scorer';
import type { IsolationForest, Matrix, PathLengthSummer } from '../forest/types';

export interface Scorer {
  /**
   * Anomaly scores of all rows of a matrix.
   *
   * @param out where to write them; a new array when absent
   * @returns one score in (0, 1] for each row, higher is more anomalous
   * @throws DetectionError `invalid_input` when the matrix does not fit the forest or `out` is too short
   */
  score(matrix: Matrix, out?: Float64Array): Float64Array;
}

/**
 * Prepares a forest for scoring. Uses a WebAssembly kernel where it can; the scores are the same to the last bit.
 * A scorer holds working memory: keep it for as many matrices as there are, and use it from one thread.
 */
export function createScorer(forest: IsolationForest): Scorer {
  return scorerOf(forest, createKernelSummer(forest) ?? createReferenceSummer(forest));
}

/** The scorer in plain TypeScript, whatever the machine can do. */
export function createReferenceScorer(forest: IsolationForest): Scorer {
  return scorerOf(forest, createReferenceSummer(forest));
}

function scorerOf(forest: IsolationForest, sumPathLengths: PathLengthSummer): Scorer {
  return {
    score(matrix, out = new Float64Array(matrix.rowCount)) {
      checkFits(forest, matrix, out);
      sumPathLengths(matrix.values, 0, matrix.rowCount, out);
      scoresFromSums(forest, out, 0, matrix.rowCount);
      return out;
    },
  };
}

/** Turns sums of path lengths into anomaly scores, in place. */
function scoresFromSums(
  forest: IsolationForest,
  sums: Float64Array,
  firstRow: number,
  rowCount: number,
): void {
  const { treeCount, subsampleSize } = forest;
  // As `anomalyScore` says, with what does not change from row to row worked out once.
  const expected = averagePathLength(subsampleSize);
  for (let row = firstRow; row < firstRow + rowCount; row++) {
    sums[row] = expected === 0 ? 0.5 : Math.exp((-(sums[row] / treeCount) / expected) * Math.LN2);
  }
}

/** @throws DetectionError `invalid_input` unless the forest can score the matrix into `out` */
export function checkFits(forest: IsolationForest, matrix: Matrix, out: Float64Array): void {
  checkMatrix(matrix);
  if (matrix.columnCount !== forest.columnCount) {
    throw new DetectionError(
      'invalid_input',
      `columnCount: is ${matrix.columnCount}, must be ${forest.columnCount} as in the training of the forest`,
    );
  }
  if (out.length < matrix.rowCount) {
    throw new DetectionError(
      'invalid_input',
      `out: has ${out.length} places, must have at least ${matrix.rowCount}`,
    );
  }
}
