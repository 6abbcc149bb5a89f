import { growForest } from '../growing/grow_forest';
import { createScorer } from '../scoring/scorer';
import { drawRows, randomStreams } from '../forest/subsample';
import { treeShapeFor, USUAL_SUBSAMPLE_SIZE } from '../growing/tree_shape';
import type { ForestOptions, IsolationForest, Matrix } from '../forest/types';

export interface AutoForestOptions extends Omit<ForestOptions, 'subsampleSize'> {
  /** `auto` chooses by the data. */
  readonly subsampleSize: number | 'auto';
  /**
   * Assumption of `auto` about anomalies. `rare`: columns say how unusual a row is, as those of log features do, so that anomalies
   * are few and far from the rest. `unknown`, the default: plain numbers; the data decide.
   */
  readonly anomalies?: 'rare' | 'unknown';
}

/** Rows that are ranked to compare two forests. */
const MOST_RANKED_ROWS = 25_600;
/** Highest rows that are compared: where anomalies are rarer than one in a hundred, they are among these. */
const HIGHEST_SHARE = 0.005;
/**
 * Of the highest rows of one forest at least so many are those of the other when both see the same anomalies. Measured on plain
 * numbers: .20 to .59 where 256 rows rank better, .69 to .78 where many do.
 */
const LEAST_AGREEMENT = 0.6;

/**
 * Grows a forest, with trees of as many rows as suit the data where the settings leave it open.
 *
 * Many rows a tree tell rare anomalies from the far ends of what is ordinary, but a crowd of anomalies masks itself among them
 * (Liu, Ting & Zhou 2008, section 5.3), and lonely ordinary rows come out on top. Which of the two there is, two forests
 * show: with 256 rows a tree and with many. Rare anomalies are high in both, those of many rows only in a better order.
 * A crowd, or whatever else only one of them sees, puts others on top; then the 256 of Liu et al. stay, which
 * err less.
 *
 * @param rows what the trees are grown on
 * @param ranked rows of the kind that will be scored, without artificial ones
 * @throws DetectionError as `growForest`
 */
export function growAutoForest(
  rows: Matrix,
  options: AutoForestOptions,
  ranked: Matrix = rows,
  /** Told the share of the work that is done. */
  tell?: (share: number) => void,
): IsolationForest {
  const shape = treeShapeFor(ranked.rowCount, options);
  const isOpen =
    options.subsampleSize === 'auto' &&
    options.anomalies !== 'rare' &&
    shape.subsampleSize > USUAL_SUBSAMPLE_SIZE;
  const many = growForest(
    rows,
    { ...options, ...shape },
    tell && ((share) => tell(isOpen ? share / 2 : share)),
  );
  if (!isOpen) return many;
  const few = growForest(
    rows,
    { ...options, ...shape, subsampleSize: USUAL_SUBSAMPLE_SIZE },
    tell && ((share) => tell((1 + share) / 2)),
  );
  const sample = sampleOf(ranked, options.seed);
  return agreementOf(few, many, sample) >= LEAST_AGREEMENT ? many : few;
}

/** @returns the share of the highest rows of two forests that are the highest of both */
export function agreementOf(one: IsolationForest, other: IsolationForest, rows: Matrix): number {
  const count = Math.max(1, Math.round(HIGHEST_SHARE * rows.rowCount));
  const highest = (forest: IsolationForest): number[] => {
    const scores = createScorer(forest).score(rows);
    return Array.from(scores.keys())
      .sort((a, b) => scores[b] - scores[a])
      .slice(0, count);
  };
  const ofOne = new Set(highest(one));
  return highest(other).filter((row) => ofOne.has(row)).length / count;
}

function sampleOf(matrix: Matrix, seed: number): Matrix {
  const { values, rowCount, columnCount } = matrix;
  if (rowCount <= MOST_RANKED_ROWS) return matrix;
  // The complement keeps this stream apart from those of the trees.
  const rows = drawRows(rowCount, MOST_RANKED_ROWS, randomStreams(~seed).next().value);
  const sample = new Float32Array(rows.length * columnCount);
  rows.forEach((row, i) => {
    sample.set(values.subarray(row * columnCount, (row + 1) * columnCount), i * columnCount);
  });
  return { values: sample, rowCount: rows.length, columnCount };
}
