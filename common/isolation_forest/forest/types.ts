/**
 * A dense table of numbers, row-major: the value of column c in row r is `values[r * columnCount + c]`.
 * NaN marks a missing value; infinities are clamped to the largest finite 32-bit float when read.
 */
export interface Matrix {
  readonly values: Float32Array;
  readonly rowCount: number;
  readonly columnCount: number;
}

/**
 * - `axis`: a uniformly drawn column and threshold (Liu, Ting & Zhou 2008).
 * - `extended`: a random hyperplane over `extensionLevel + 1` columns (Hariri, Kind & Brunner 2019).
 * - `fair_cut`: a random column, the threshold with the largest pooled gain (Cortes 2021).
 * - `mixed`: `axis`, but one cut in ten is a fair one.
 */
export const SPLIT_METHODS = ['axis', 'extended', 'fair_cut', 'mixed'] as const;
export type SplitMethod = (typeof SPLIT_METHODS)[number];

export const TRAINERS = ['built_in', 'ml-isolation-forest'] as const;
export type Trainer = (typeof TRAINERS)[number];

export interface ForestOptions {
  /** t, the number of trees. */
  readonly treeCount: number;
  /** psi, rows drawn without replacement for each tree; at most the number of rows is used. */
  readonly subsampleSize: number;
  /**
   * Splits on the longest path, at most ceil(log2(psi)), which is the default. What is not split further counts as c(size), so
   * that trees of many rows can be as small as those of few.
   */
  readonly maxDepth?: number;
  /** The same seed and rows give the same forest on every platform. A 32-bit unsigned integer. */
  readonly seed: number;
  readonly splits: SplitMethod;
  /** Columns in one split less one; only for `extended`. Default: columnCount - 1. */
  readonly extensionLevel?: number;
  /**
   * Probability of each column to be drawn for a split, relative to the others: one for each column, 0 for those that are not
   * split on. All alike when absent, as in the papers. Not known to the trainer ml-isolation-forest.
   */
  readonly columnWeights?: readonly number[];
  readonly trainer: Trainer;
}

/**
 * A grown forest in flat arrays. All trees lie one behind another; `treeStart[i]` is the first node of tree i and
 * `treeStart[treeCount]` the number of nodes. Children of a split lie side by side: left, right = left + 1.
 */
export interface IsolationForest {
  readonly treeCount: number;
  /** Rows that each tree was grown on: psi, or all rows when there were fewer. Sets c(psi) in the score. */
  readonly subsampleSize: number;
  readonly columnCount: number;
  readonly splits: SplitMethod;
  /** Stands in for a missing value of each column, in training and in scoring: the median of the training sample. */
  readonly fillValues: Float32Array;
  readonly treeStart: Uint32Array;
  /** Column that a node splits on, -1 for a leaf. For `extended`: offset into the hyperplane table, in steps of its width. */
  readonly splitColumn: Int32Array;
  /** A row goes right when its value is > threshold (32-bit comparison), left otherwise. 0 for a leaf. */
  readonly threshold: Float32Array;
  /** Index of the left child counted from the start of the whole arrays; 0 for a leaf. */
  readonly leftChild: Uint32Array;
  /** Training rows that reached the node. */
  readonly nodeRowCount: Uint32Array;
  /**
   * Path length that verdicts add to rows that end in a node, for each node, 0 for most: see
   * `learnFromVerdicts`. Absent in a forest that learned from none. Multiples of 2^-16.
   */
  readonly lengthAdjustment?: Float32Array;
  /** Surprise of values that no training row held: see `learnSurprise`. Absent in forests that were not taught. */
  readonly surprise?: SurpriseTable;
  /** Share of short paths that counts where features say how rare their values are: see `learnSurprise`. Absent where they count in full. */
  readonly damping?: PathDamping;
  /** Only for `extended`: columns and weights of each hyperplane, `width` entries each. */
  readonly hyperplanes?: {
    readonly width: number;
    readonly columns: Uint16Array;
    readonly weights: Float32Array;
  };
}

/**
 * Ranges of values that training never held, with their surprise: one entry a column, those of one feature side by
 * side. A value above `high` or below `low` has the surprise jump + growth z / (z + 1), z being its distance from that end
 * in scales; `surpriseOfRow` adds them up.
 */
export interface SurpriseTable {
  readonly columns: Uint16Array;
  readonly features: Uint16Array;
  readonly low: Float32Array;
  readonly lowScale: Float32Array;
  readonly high: Float32Array;
  readonly highScale: Float32Array;
  /** At the end of what training held; at least 0. */
  readonly jump: Float32Array;
  /** Added far beyond it; at least 0. */
  readonly growth: Float32Array;
}

/**
 * Of what a mean path length is shorter than `below`, only a share counts. Both are 32-bit floats; `dampedSum` applies them, before
 * the surprise.
 */
export interface PathDamping {
  readonly below: number;
  /** In (0, 1]. */
  readonly share: number;
}

/**
 * Writes into `sums[i]` the sum over all trees, in their order, of the path length of row i, damped and divided by 1 + its surprise, for
 * `rowCount` rows from `firstRow`. Missing and infinite values are replaced on the way; `values` stays as it is.
 */
export type PathLengthSummer = (
  values: Float32Array,
  firstRow: number,
  rowCount: number,
  sums: Float64Array,
) => void;
