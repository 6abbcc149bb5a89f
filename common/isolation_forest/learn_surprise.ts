import { LARGEST_FLOAT32 } from './missing_values';
import { createScorer } from './scorer';
import { drawRows, randomStreams } from './subsample';
import type { IsolationForest, Matrix, SurpriseTable } from './types';
import { averagePathLength } from './average_path_length';

/** A column in which training says how likely what it never held is. */
export interface ColumnWatch {
  readonly column: number;
  /** Columns of one feature are views of one value: only the largest surprise among them counts. */
  readonly feature: number;
  /** `unseen`: 1 where the value is one that training never held. `beyond`: a number; what lies beyond training is a surprise. */
  readonly kind: 'unseen' | 'beyond';
  /** Only for `beyond`. Which end is watched. */
  readonly direction?: 'high' | 'low' | 'both';
  /** Chance that the next row is such; for `both` that of either end. */
  readonly probability: number;
}

/** Rows that say how path lengths lie. */
const MOST_ROWS = 4_096;
/** The path length that nine in ten rows stay below is that of a quite ordinary row. */
const ORDINARY = 0.9;
/** The end of the path lengths is fitted between these shares of the rows. */
const TAIL = { from: 0.05, to: 0.005 };
/** Of an ordinary path length, for a factor e of rarity: where all rows look alike there is no end to fit. */
const SMALLEST_SLOPE = 0.03;
/** Of an ordinary path length. */
const SHORTEST_LENGTH = 0.4;
/**
 * What is as frequent as the first says nothing, what is rarer than the second all that its rarity says; in between in
 * proportion to the logarithm. A forest sees by itself what every fiftieth row has.
 */
const SAID = { from: 0.02, to: 0.002 };
/** How far out a number has to lie to surprise as much as a value never seen in a feature that is stable: as far again as the end of training. */
const GROWTH = 2;

/**
 * Learns what rows have in them that no row of training had: a forest only splits between the values it was grown on, and among
 * many columns seldom by the one that matters.
 *
 * A value never seen comes with some probability p (`ColumnWatch`). Its surprise is the factor t by which the path length
 * of a quite ordinary row has to be divided by 1 + t to be as short as that of the share p of the training rows; so an otherwise ordinary
 * row with something new in it ranks as high as it is rare. Where several features can bring news, what counts is how likely any of those is that
 * are as rare. A number beyond the end of training starts at no surprise and approaches {@link GROWTH} times that of a value
 * never seen in a stable feature, half of it where it lies as far beyond the end as the end is from the median.
 *
 * @param matrix rows of the kind that will be scored, without artificial ones
 * @returns the forest with a table of surprise; the same one where nothing is watched
 */
export function learnSurprise(
  forest: IsolationForest,
  matrix: Matrix,
  watches: readonly ColumnWatch[],
  seed: number,
): IsolationForest {
  if (watches.length === 0 || matrix.rowCount === 0 || averagePathLength(forest.subsampleSize) === 0) {
    return forest;
  }
  const { rowCount, columnCount } = matrix;
  const ends = watches.map((watch) => endsOf(matrix, watch.column));
  const isStep = watches.map(({ kind }, i) => kind === 'unseen' || ends[i].low === ends[i].high);
  const surpriseOf = surpriseByRarity(forest, matrix, seed);
  const byFeature = new Map<number, number>();
  watches.forEach(({ feature, probability }, i) => {
    if (isStep[i]) byFeature.set(feature, Math.max(probability, byFeature.get(feature) ?? 0));
  });
  const news = [...byFeature.values()];
  const anyAsRareAs = (probability: number): number =>
    news.reduce((sum, other) => (other <= probability ? sum + other : sum), 0);
  const stable = surpriseOf(Math.min(1, 0.5 / (rowCount + 1)));
  const entries = watches.flatMap(({ column, feature, kind, direction, probability }, i) => {
    const { low, median, high } = ends[i];
    if (kind === 'unseen') {
      const jump = surpriseOf(anyAsRareAs(byFeature.get(feature) ?? probability));
      return jump > 0 ? [{ column, feature, ...UNBOUNDED, high: 0.5, jump, growth: 0 }] : [];
    }
    if (!Number.isFinite(low)) return [];
    const growth = GROWTH * stable * saidBy(probability);
    const spread = high - low;
    const scaleOf = (distance: number): number =>
      distance > 0 ? distance : spread > 0 ? spread : Math.max(Math.abs(high), 1);
    const jump = spread > 0 ? 0 : surpriseOf(anyAsRareAs(byFeature.get(feature) ?? probability));
    if (!(growth > 0 || jump > 0)) return [];
    return [
      {
        ...{ column, feature, jump, growth: spread > 0 ? growth : growth / 2, ...UNBOUNDED },
        ...(direction !== 'high' && { low, lowScale: scaleOf(median - low) }),
        ...(direction !== 'low' && { high, highScale: scaleOf(high - median) }),
      },
    ];
  });
  if (entries.length === 0) return forest;
  entries.sort((one, other) => one.feature - other.feature || one.column - other.column);
  const surprise: SurpriseTable = {
    columns: Uint16Array.from(entries, ({ column }) => column),
    features: Uint16Array.from(entries, ({ feature }) => feature),
    low: Float32Array.from(entries, ({ low }) => low),
    lowScale: Float32Array.from(entries, ({ lowScale }) => lowScale),
    high: Float32Array.from(entries, ({ high }) => high),
    highScale: Float32Array.from(entries, ({ highScale }) => highScale),
    jump: Float32Array.from(entries, ({ jump }) => jump),
    growth: Float32Array.from(entries, ({ growth }) => growth),
  };
  return columnCount === forest.columnCount ? { ...forest, surprise } : forest;
}

/** An end that nothing lies beyond. */
const UNBOUNDED = { low: -LARGEST_FLOAT32, lowScale: 1, high: LARGEST_FLOAT32, highScale: 1 };

function endsOf({ values, rowCount, columnCount }: Matrix, column: number) {
  const present = Float32Array.from({ length: rowCount }, (_none, row) => values[row * columnCount + column])
    .filter((value) => value - value === 0)
    .sort();
  if (present.length === 0) return { low: NaN, median: NaN, high: NaN };
  return {
    low: present[0],
    median: present[(present.length - 1) >> 1],
    high: present[present.length - 1],
  };
}

/** How much of the surprise of something that rare is said: 1 for the rarest. */
function saidBy(probability: number): number {
  const way = Math.log(SAID.from / probability) / Math.log(SAID.from / SAID.to);
  return Math.max(0, Math.min(1, way));
}

/** @returns the surprise of what comes with a probability, by how the path lengths of training rows lie */
function surpriseByRarity(
  forest: IsolationForest,
  matrix: Matrix,
  seed: number,
): (probability: number) => number {
  const { columnCount } = matrix;
  const rows = drawRows(matrix.rowCount, MOST_ROWS, randomStreams(~seed).next().value);
  const sample = new Float32Array(rows.length * columnCount);
  rows.forEach((row, i) => {
    sample.set(matrix.values.subarray(row * columnCount, (row + 1) * columnCount), i * columnCount);
  });
  const expected = averagePathLength(forest.subsampleSize);
  const lengths = createScorer({ ...forest, surprise: undefined, lengthAdjustment: undefined })
    .score({ values: sample, rowCount: rows.length, columnCount })
    .map((score) => -expected * Math.log2(score))
    .sort();
  const quantile = (share: number): number =>
    lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))];
  const ordinary = quantile(ORDINARY);
  const [from, to] = [quantile(TAIL.from), quantile(TAIL.to)];
  const slope = Math.max((from - to) / Math.log(TAIL.from / TAIL.to), SMALLEST_SLOPE * ordinary);
  const lengthOf = (probability: number): number =>
    Math.max(SHORTEST_LENGTH * ordinary, Math.min(from, from - slope * Math.log(TAIL.from / probability)));
  return (probability) =>
    Math.max(0, ordinary / lengthOf(Math.min(probability, TAIL.from)) - 1) * saidBy(probability);
}
