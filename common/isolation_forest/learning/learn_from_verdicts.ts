import { DetectionError } from '../../detection_error';
import { averagePathLength } from '../forest/average_path_length';
import { pathLengthsOf } from '../scoring/leaf_path_lengths';
import { fillRows } from '../forest/missing_values';
import { leafOf } from '../scoring/row_path';
import { surpriseOfRow } from '../scoring/surprise';
import type { IsolationForest, Matrix } from '../forest/types';

/** Adjustments are multiples of 2^-16, so that sums of path lengths stay exact in any order of trees. */
const STEPS = 2 ** 16;
/** The most that verdicts may move a leaf, in splits: enough to carry a row over the threshold, too little to silence a detector. */
const LARGEST_ADJUSTMENT = 4;
/** Distance beyond the threshold that a judged row is moved to, in splits, before leaves are held to {@link LARGEST_ADJUSTMENT}. */
const MARGIN = 0.5;
/** The most that one verdict moves its own row, in splits. */
const LARGEST_EFFECT = 2.5;
/** Of that, where verdicts of one kind outnumber the others by far. */
const SMALLEST_SHARE = 0.2;
const MOST_SWEEPS = 200;
const CONVERGED = 1e-6;
/** Fewer verdicts, whatever they say, tell nothing of other rows. */
export const FEWEST_VERDICTS = 10;

/** @returns whether {@link learnFromVerdicts} can have given it */
export const isPossibleAdjustment = (adjustment: number, subsampleSize: number): boolean =>
  Math.abs(adjustment) <= LARGEST_ADJUSTMENT * scaleOf(subsampleSize) && Number.isInteger(adjustment * STEPS);

/** The limits are for trees of up to 256 rows; path lengths of more rows lie further apart, in proportion to c(psi). */
const scaleOf = (subsampleSize: number): number =>
  Math.max(1, averagePathLength(subsampleSize) / averagePathLength(256));

/**
 * Moves the path lengths of leaves so that rows judged not to be anomalies come to lie below the threshold, and those
 * judged real above it, or as far that way as a verdict may move them, while all leaves move as little as can be. Rows that
 * share leaves with judged ones move along.
 *
 * After Das, Wong, Fern, Dietterich & Siddiqui 2017 ("Incorporating feedback into tree-based anomaly detection"): a
 * tree ensemble is a linear model over its leaves, and feedback re-weights them, with a hinge loss around the score of the
 * alert budget and a prior at the forest as it was grown. Where they weigh a leaf's path length by a factor, a term is added
 * to it here, which leaves the score its meaning (Liu et al. 2008) and every scorer as it is; how far a leaf moves goes
 * with how much it tells rows apart. Solved exactly by dual coordinate descent (Hsieh, Chang, Lin, Keerthi &
 * Sundararajan 2008).
 *
 * The two kinds of verdict weigh the same in all, up to five of one kind for each of the other, so that many of one kind
 * can hardly outvote the other; a row judged both ways does not move. A verdict moves its row by at most 2.5 splits, all of them a leaf by at most 4.
 *
 * @param rows judged rows, as encoded; missing values are filled as in scoring
 * @param isAnomaly the verdict of each row
 * @param threshold anomaly score in (0, 1] from which a row is an anomaly, of the forest as it was grown
 * @returns a forest with the same trees; the same verdicts in any order give nearly the same adjustments
 * @throws DetectionError `invalid_input` when rows and verdicts do not match, or the threshold is out of range
 */
export function learnFromVerdicts(
  forest: IsolationForest,
  rows: Matrix,
  isAnomaly: readonly boolean[],
  threshold: number,
): IsolationForest {
  if (rows.rowCount !== isAnomaly.length || rows.columnCount !== forest.columnCount) {
    throw new DetectionError(
      'invalid_input',
      `rows: are ${rows.rowCount} x ${rows.columnCount}, must be ${isAnomaly.length} x ${forest.columnCount}`,
    );
  }
  if (!(threshold > 0 && threshold <= 1)) {
    throw new DetectionError('invalid_input', `threshold: is ${threshold}, must be in (0, 1]`);
  }
  const expected = averagePathLength(forest.subsampleSize);
  if (rows.rowCount === 0 || expected === 0) return forest;
  const { treeCount } = forest;
  const { ofNode } = pathLengthsOf({ ...forest, lengthAdjustment: undefined });
  const leaves = leavesOf(forest, rows);
  // s = 2^(-h / c): a row is an anomaly when its mean path length is at most this.
  const limit = -expected * Math.log2(threshold);
  const scale = scaleOf(forest.subsampleSize);
  const limits = limitsOf(forest, rows, limit);
  // Isolation by a leaf: leaves that isolate a row are moved, not those of ordinary rows.
  const isolation = ofNode.map((length) => Math.max(0, 1 - length / expected));
  const adjustments = new Float64Array(ofNode.length);
  /** Change of a row's own mean path length per unit of its dual: leaves move by their isolation. */
  const curvature = Float64Array.from(isAnomaly, (_verdict, row) => {
    let sum = 0;
    for (let tree = 0; tree < treeCount; tree++) sum += isolation[leaves[row * treeCount + tree]];
    return sum / treeCount ** 2;
  });
  /** Splits that make one that counts, around the limit of a row. */
  const stretchOf = (row: number): number =>
    forest.damping !== undefined && limits[row] < forest.damping.below ? 1 / forest.damping.share : 1;
  const anomalies = isAnomaly.filter(Boolean).length;
  const most = isAnomaly.map((anomaly, row) => {
    const ofKind = anomaly ? anomalies : isAnomaly.length - anomalies;
    const others = isAnomaly.length - ofKind;
    const share = others === 0 ? 1 : Math.min(1, Math.max(SMALLEST_SHARE, others / ofKind));
    const effect = Math.min(LARGEST_ADJUSTMENT, LARGEST_EFFECT * stretchOf(row));
    return curvature[row] === 0 ? 0 : (effect * scale * share) / curvature[row];
  });
  const duals = new Float64Array(rows.rowCount);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let largestChange = 0;
    for (let row = 0; row < rows.rowCount; row++) {
      const side = isAnomaly[row] ? -1 : 1;
      let length = 0;
      for (let tree = 0; tree < treeCount; tree++) {
        const leaf = leaves[row * treeCount + tree];
        length += ofNode[leaf] + adjustments[leaf];
      }
      const gradient = side * (length / treeCount - limits[row]) - MARGIN * scale;
      const dual = Math.min(most[row], Math.max(0, duals[row] - gradient / (curvature[row] || Infinity)));
      const change = dual - duals[row];
      if (change === 0) continue;
      duals[row] = dual;
      largestChange = Math.max(largestChange, Math.abs(change) * curvature[row]);
      for (let tree = 0; tree < treeCount; tree++) {
        const leaf = leaves[row * treeCount + tree];
        adjustments[leaf] += (side * change * isolation[leaf]) / treeCount;
      }
    }
    if (largestChange < CONVERGED) break;
  }
  const largest = Math.floor(LARGEST_ADJUSTMENT * scale * STEPS) / STEPS;
  const lengthAdjustment = Float32Array.from(
    adjustments,
    (value) => Math.round(Math.max(-largest, Math.min(largest, value)) * STEPS) / STEPS + 0,
  );
  return { ...forest, lengthAdjustment };
}

/**
 * Returns the limits of the path lengths: that of a row with surprise is longer, since it is divided by 1 + surprise first, and one that
 * is damped is shorter by more than counts.
 */
function limitsOf(forest: IsolationForest, rows: Matrix, limit: number): Float64Array {
  const filled = filledValues(forest, rows);
  return Float64Array.from({ length: rows.rowCount }, (_none, row) =>
    undamped(
      forest,
      forest.surprise === undefined
        ? limit
        : limit * (1 + surpriseOfRow(forest.surprise, filled, row * rows.columnCount)),
    ),
  );
}

/** Returns the path length that counts as `counted`: the inverse of `dampedSum`. */
const undamped = ({ damping }: IsolationForest, counted: number): number =>
  damping === undefined || counted >= damping.below
    ? counted
    : damping.below - (damping.below - counted) / damping.share;

function filledValues(forest: IsolationForest, { values, rowCount }: Matrix): Float32Array {
  const filled = values.slice();
  fillRows(filled, rowCount, forest.fillValues);
  return filled;
}

/** For each row the leaf that it ends in, tree by tree. */
function leavesOf(forest: IsolationForest, rows: Matrix): Uint32Array {
  const { rowCount, columnCount } = rows;
  const filled = filledValues(forest, rows);
  const leaves = new Uint32Array(rowCount * forest.treeCount);
  for (let row = 0; row < rowCount; row++) {
    for (let tree = 0; tree < forest.treeCount; tree++) {
      leaves[row * forest.treeCount + tree] = leafOf(
        forest,
        filled,
        row * columnCount,
        forest.treeStart[tree],
      );
    }
  }
  return leaves;
}
