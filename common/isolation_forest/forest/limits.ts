/** Columns are numbered with 16 bits, in hyperplanes and in the scoring kernel. */
export const LARGEST_COLUMN_COUNT = 65_535;

export const LARGEST_TREE_COUNT = 10_000;

/** 2^24: far beyond any use (256 is usual), so that a stored forest cannot claim more. */
export const LARGEST_SUBSAMPLE_SIZE = 16_777_216;

/** One feature shortens a path to a thousandth at most: far more than learning ever gives. */
export const LARGEST_SURPRISE = 1_000;

/** As deep as a tree of {@link LARGEST_SUBSAMPLE_SIZE} rows may grow. */
export const LARGEST_DEPTH = 24;
/** Entries of one column in a table of surprise. */
export const LARGEST_TAIL_PARTS = 64;
