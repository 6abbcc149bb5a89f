import { clampToFloat32 } from '../growing/choose_split';
import { LARGEST_FLOAT32 } from '../forest/missing_values';
import { createScorer } from '../scoring/scorer';
import { dampedSum, surpriseOfRow } from '../scoring/surprise';
import { drawRows, randomStreams } from '../forest/subsample';
import type { IsolationForest, Matrix, PathDamping, SurpriseTable } from '../forest/types';
import { averagePathLength } from '../forest/average_path_length';

/** A column in which training says how likely what it never held is. */
export interface ColumnWatch {
  readonly column: number;
  /** Columns of one feature are views of one value: only the largest surprise among them counts. */
  readonly feature: number;
  /**
   * `unseen`: 1 where the value is one that training never held. `beyond`: a number; what lies beyond training is a surprise.
   * `tail`: a number that means something, as how far from its usual a value is; the last few of training are a surprise as well, by
   * how far out they are. `rarity`: likewise by how few of all rows there are, and nothing more beyond the end.
   */
  readonly kind: 'unseen' | 'beyond' | 'tail' | 'rarity';
  /** For `beyond` and `tail`. Which end is watched. */
  readonly direction?: 'high' | 'low' | 'both';
  /** For `tail`. Least distance on which a tail thins out by a factor e. Default: by its rows alone. */
  readonly leastDecay?: number;
  /** For `tail`. Least distance from 0 at which a row may be as surprising as this share of all rows, however few lie there. */
  readonly leastTail?: (share: number) => number;
  /**
   * For `tail`. Distance from 0 at which a row is at least as surprising as this share of all rows, though training holds more: what
   * training holds of anomalies thickens the tail. Given the number of features that have tails as well.
   */
  readonly ownTail?: (share: number, tails: number) => number;
  /** For `tail`. The column is a rarity, with so much for a factor e: it says by itself how rare it is. */
  readonly decay?: number;
  /** For `unseen`. Share of the rows whose value hardly occurs in training; not known where absent. */
  readonly seldom?: number;
  /** The column tells where the feature's value is missing, and nothing of the value. */
  readonly isOfMissing?: true;
  /** Chance that the next row is such, or lies beyond all of training; for `both` that of either end. */
  readonly probability: number;
}

/** Rows that say how path lengths lie. */
const MOST_ROWS = 25_600;
/** The path length that nine in ten rows stay below is that of a quite ordinary row. */
const ORDINARY = 0.9;
/** The end of the path lengths is fitted between these shares of the rows. */
const TAIL = { from: 0.05, to: 0.005 };
/** Surprise where few rows are anomalous, of every twentieth row and for a factor e of rarity: medians of several kinds of traffic. */
const USUAL = { from: 0.2, slope: 0.15 };
/** Share of the rows, and number of them, beyond which rarity is extrapolated: the last rows may be anomalies of any size. */
const LAST_RANKED = { share: 0.000_5, rows: 5 };
/** Surprise for a factor e of rarity: where all rows look alike there is no end to fit. */
const SMALLEST_SLOPE = 0.03;
/**
 * Range of frequencies: from the first up a value adds no surprise, below the second all of its own; in between in
 * proportion to the logarithm. A forest sees by itself what every fiftieth row has.
 */
const SAID = { from: 0.02, to: 0.002 };
/**
 * Share of the training rows whose paths are short, and what does not count of how much shorter than all others a path is, at the most.
 * Features that say how rare a value is are split on as well, so that the forest says the same again, and the more so the more
 * columns one cause shows in: an everyday failure in its status, size and message, a slow request in its duration alone.
 */
const DAMPED = { below: 0.01, most: 0.85 };
/** Growth of the surprise beyond training: a number as far again as the end surprises as much as an unseen value of a stable feature. */
const GROWTH = 2;
/**
 * The last rows of a column may be anomalies themselves: what lies beyond a share of the rows is extrapolated from what lies between it
 * and ten times that share. With few rows the share is that of the fewest that say something.
 */
const EXTRAPOLATED = { share: 0.002, rows: 5, from: 10 };
/** The surprise of what is extrapolated approaches that of a factor e to the power of this. */
const MOST_NATS = 24;
/** Shares, of what any column may bring, between which the surprise of a column rises in a straight line, by and large. */
const KNOTS = [SAID.from, 0.01, 0.005, SAID.to, 0.000_5];

/**
 * Learns what rows have in them that is rare by itself, or that no row of training had: a forest only splits between the values it
 * was grown on, and among many columns seldom by the one that matters. It ranks by the mean over all columns; one
 * column that is far out shows here.
 *
 * A value never seen comes with some probability p (`ColumnWatch`). Its surprise is the factor t by which the path length
 * of a quite ordinary row has to be divided by 1 + t to be as short as that of the share p of the training rows, with what surprises in
 * them; so an otherwise ordinary row with something new in it ranks as high as it is rare, also among rows that are far out in a column.
 * The chance of a new value is an estimate from single ones, and too low where logs of one cause come together. So where many rows
 * hold values that hardly occur, a new one is no more than one of these, and ranks among rows without what surprises in them.
 *
 * For a number that means something p is the share of rows as far out (as in ECOD, Li et al. 2022), and beyond the last of training an
 * exponential tail fitted before them (peaks over threshold, Pickands 1975), times the number of such features (Bonferroni).
 * Anomalies that training holds thicken that tail and would hide their like. So a number whose own scale says how rare it is, as a
 * distance from the usual in spreads, is at least as surprising as that, where no more than {@link SAID} of all rows lie as far out.
 *
 * Any other number beyond the end of training starts at no surprise and approaches {@link GROWTH} times that of a value
 * never seen in a stable feature, half of it where it lies as far beyond the end as the end is from the median.
 *
 * The more features say how rare their values are, the less short paths count, see {@link DAMPED}.
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
  const columns = watches.map((watch) => sortedColumn(matrix, watch.column));
  const isStep = watches.map(({ kind }, i) => kind === 'unseen' || isConstant(columns[i]));
  const surpriseOf = surpriseByRarity(forest, matrix, { seed, rarity: shareOfRarity(watches, columns) });
  const byFeature = new Map<number, Chances>();
  watches.forEach(({ feature, probability, seldom }, i) => {
    if (!isStep[i]) return;
    const own = byFeature.get(feature);
    byFeature.set(feature, {
      probability: Math.max(probability, own?.probability ?? 0),
      seldom: seldom === undefined ? own?.seldom : Math.max(seldom, own?.seldom ?? 0),
    });
  });
  const stable = surpriseOf.news(Math.min(1, 0.5 / (rowCount + 1)));
  const tails = new Set(
    watches.flatMap(({ kind, feature }) => (kind === 'tail' || kind === 'rarity' ? [feature] : [])),
  ).size;
  const tailEntries = watches.flatMap(
    ({ column, feature, kind, direction, probability, ...tail }, i): Entry[] => {
      const sorted = columns[i];
      if (isStep[i] || sorted.length === 0) return [];
      const own = { column, feature, ...UNBOUNDED };
      if (kind === 'rarity') {
        // Among all rows: few of many where the column is seldom filled as well. What is usual in the column is usual.
        const filled = sorted.length / rowCount;
        const ofShare = (share: number): number =>
          share < SAID.from ? surpriseOf.tail(tails * filled * share) : 0;
        return rarityParts(sorted, ofShare).map(onSide(own, 1));
      }
      if (kind !== 'tail') return [];
      return sidesOf(direction).flatMap((side) =>
        tailParts(sorted, side, {
          ...tail,
          tails,
          growth: GROWTH * stable * saidBy(probability),
          surpriseOf: (share) => surpriseOf.tail(Math.max(share, probability)),
        }).map(onSide(own, side)),
      );
    },
  );
  const news = surpriseOf.newsAmong(
    tailEntries.length === 0 ? undefined : tableOf(oncePerCause(tailEntries, matrix)),
  );
  const newsEntries = watches.flatMap(({ column, feature, kind, direction, probability }, i): Entry[] => {
    const sorted = columns[i];
    const jump = isStep[i] ? news(byFeature.get(feature) ?? { probability }) : 0;
    const own = { column, feature, ...UNBOUNDED };
    if (kind === 'unseen') return jump > 0 ? [{ ...own, high: 0.5, jump, growth: 0 }] : [];
    if (sorted.length === 0 || kind === 'rarity' || (kind === 'tail' && !isStep[i])) return [];
    const growth = GROWTH * stable * saidBy(probability) * (isStep[i] ? 0.5 : 1);
    if (!(growth > 0 || jump > 0)) return [];
    return [
      sidesOf(direction).reduce<Entry>(
        (entry, side) => onSide(entry, side)(endPart(sorted, side, jump, growth)),
        { ...own, jump, growth },
      ),
    ];
  });
  const entries = [...tailEntries, ...newsEntries];
  if (entries.length === 0) return forest;
  const surprise = tableOf(oncePerCause(entries, matrix));
  const { damping } = surpriseOf;
  return columnCount === forest.columnCount ? { ...forest, surprise, ...(damping && { damping }) } : forest;
}

function tableOf(unordered: readonly Entry[]): SurpriseTable {
  const entries = [...unordered].sort(
    (one, other) => one.feature - other.feature || one.column - other.column,
  );
  return {
    columns: Uint16Array.from(entries, ({ column }) => column),
    features: Uint16Array.from(entries, ({ feature }) => feature),
    low: Float32Array.from(entries, ({ low }) => clampToFloat32(low)),
    lowScale: Float32Array.from(entries, ({ lowScale }) => clampToFloat32(lowScale)),
    high: Float32Array.from(entries, ({ high }) => clampToFloat32(high)),
    highScale: Float32Array.from(entries, ({ highScale }) => clampToFloat32(highScale)),
    jump: Float32Array.from(entries, ({ jump }) => jump),
    growth: Float32Array.from(entries, ({ growth }) => growth),
  };
}

/** Two features tell of the same where of the surprise that the weaker of them has brought in training the other brings so much as well. */
const SAME_CAUSE = { share: 0.5, rows: 8 };

/**
 * Joins features that are surprising in the same rows of training, so that only the largest surprise among them counts: a code and the
 * message that says it in words, a route and its pair with the method. The surprises of different features are added up, as is
 * right where they are independent; what goes together there would otherwise count twice.
 */
function oncePerCause(entries: readonly Entry[], { values, rowCount, columnCount }: Matrix): Entry[] {
  const table = tableOf(entries);
  const features = [...new Set(table.features)];
  const placeOfColumn = new Map(
    Array.from(table.columns, (column, i) => [column, features.indexOf(table.features[i])]),
  );
  const own = new Float64Array(features.length);
  const shared = Array.from(features, () => new Float64Array(features.length));
  const rows = Array.from(features, () => new Uint32Array(features.length));
  const found: { place: number; surprise: number }[] = [];
  const tell = (column: number, surprise: number): void => {
    found.push({ place: placeOfColumn.get(column) as number, surprise });
  };
  for (let row = 0; row < rowCount; row++) {
    found.length = 0;
    surpriseOfRow(table, values, row * columnCount, tell);
    for (const one of found) {
      own[one.place] += one.surprise;
      for (const other of found) {
        if (other.place <= one.place) continue;
        shared[one.place][other.place] += Math.min(one.surprise, other.surprise);
        rows[one.place][other.place]++;
      }
    }
  }
  const groups = features.map((_, place) => place);
  const groupOf = (place: number): number => (groups[place] === place ? place : groupOf(groups[place]));
  features.forEach((_, one) => {
    for (let other = one + 1; other < features.length; other++) {
      const isSame =
        rows[one][other] >= SAME_CAUSE.rows &&
        shared[one][other] >= SAME_CAUSE.share * Math.min(own[one], own[other]);
      if (isSame) groups[groupOf(other)] = groupOf(one);
    }
  });
  const nameOf = new Map(features.map((feature, place) => [feature, features[groupOf(place)]]));
  return entries.map((entry) => ({ ...entry, feature: nameOf.get(entry.feature) as number }));
}

const sidesOf = (direction: ColumnWatch['direction']): (1 | -1)[] =>
  ([1, -1] as const).filter((side) => direction !== (side === 1 ? 'low' : 'high'));

/** Ends that nothing lies beyond. */
const UNBOUNDED = { low: -LARGEST_FLOAT32, lowScale: 1, high: LARGEST_FLOAT32, highScale: 1 };

/** One entry of a `SurpriseTable`. */
interface Entry {
  readonly column: number;
  readonly feature: number;
  readonly low: number;
  readonly lowScale: number;
  readonly high: number;
  readonly highScale: number;
  readonly jump: number;
  readonly growth: number;
}

/** From there on, outwards, the surprise is jump + growth z / (z + 1), z being the distance in scales. */
interface Part {
  readonly from: number;
  readonly scale: number;
  readonly jump: number;
  readonly growth: number;
}

const onSide =
  (own: Omit<Entry, 'jump' | 'growth'>, side: 1 | -1) =>
  ({ from, scale, jump, growth }: Part): Entry => ({
    ...own,
    ...(side === 1 ? { high: from, highScale: scale } : { low: from, lowScale: scale }),
    jump,
    growth,
  });

const isConstant = (sorted: Float32Array): boolean =>
  sorted.length > 0 && sorted[0] === sorted[sorted.length - 1];

const endOf = (sorted: Float32Array, side: 1 | -1): number => sorted[side === 1 ? sorted.length - 1 : 0];

const distanceToMedian = (sorted: Float32Array, side: 1 | -1): number => {
  const distance = Math.abs(endOf(sorted, side) - sorted[(sorted.length - 1) >> 1]);
  const spread = sorted[sorted.length - 1] - sorted[0];
  return distance > 0 ? distance : spread > 0 ? spread : Math.max(Math.abs(endOf(sorted, 1)), 1);
};

/** Returns the part of the range beyond all training values. */
const endPart = (sorted: Float32Array, side: 1 | -1, jump: number, growth: number): Part => ({
  from: endOf(sorted, side),
  scale: distanceToMedian(sorted, side),
  jump,
  growth,
});

interface Knot {
  readonly value: number;
  readonly surprise: number;
}

/** The parts of a curve through knots, the innermost of which comes first. */
function partsThrough(knots: readonly Knot[]): Part[] {
  const parts: Part[] = [];
  for (let i = 1; i < knots.length; i++) {
    const before = knots[i - 1];
    const growth = 2 * (knots[i].surprise - before.surprise);
    if (growth <= 0) continue;
    const scale = Math.abs(knots[i].value - before.value);
    parts.push({ from: before.value, scale, jump: before.surprise, growth });
  }
  return parts;
}

/** Different values at an end of a column with the share of rows at least as far out, the outermost first, while `goesOn`. */
function tailShares(
  sorted: Float32Array,
  side: 1 | -1,
  goesOn: (share: number) => boolean,
): { value: number; share: number }[] {
  const count = sorted.length;
  const at = (rank: number): number => sorted[side === 1 ? count - 1 - rank : rank];
  const shares: { value: number; share: number }[] = [];
  for (let rank = 0; rank < count;) {
    const value = at(rank);
    let end = rank + 1;
    while (end < count && at(end) === value) end++;
    const share = end / (count + 1);
    shares.push({ value, share });
    if (!goesOn(share)) break;
    rank = end;
  }
  return shares;
}

/** By the share of rows as far out, doubling from knot to knot; nothing more beyond the end. */
function rarityParts(sorted: Float32Array, surpriseOf: (share: number) => number, side: 1 | -1 = 1): Part[] {
  const all = tailShares(sorted, side, (share) => surpriseOf(share) > 0);
  let last = 0;
  const knots = all
    .filter(({ share }, i) => {
      const isKnot = i === 0 || i === all.length - 1 || share >= 2 * last;
      if (isKnot) last = share;
      return isKnot;
    })
    .map(({ value, share }): Knot => ({ value, surprise: surpriseOf(share) }))
    .reverse();
  const end = knots[knots.length - 1];
  return [
    ...partsThrough(knots),
    ...(end.surprise > 0 ? [{ from: end.value, scale: 1, jump: end.surprise, growth: 0 }] : []),
  ];
}

interface Tail extends Pick<ColumnWatch, 'leastDecay' | 'leastTail' | 'ownTail' | 'decay'> {
  /** Columns that have tails: so many times as likely is it that any of them is as far out. */
  readonly tails: number;
  /** Of what any of them brings. */
  readonly surpriseOf: (share: number) => number;
  /** Beyond the end, where there is no tail to extrapolate. */
  readonly growth: number;
}

function tailParts(
  sorted: Float32Array,
  side: 1 | -1,
  { tails, surpriseOf, growth, leastDecay = 0, leastTail, ownTail, decay }: Tail,
): Part[] {
  const count = sorted.length;
  const share = Math.max(EXTRAPOLATED.share, EXTRAPOLATED.rows / count);
  const inner = Math.min(0.5, EXTRAPOLATED.from * share);
  const valueAt = (of: number): number => {
    const rank = Math.min(count - 1, Math.floor(of * count));
    return sorted[side === 1 ? count - 1 - rank : rank];
  };
  // For a factor e of rarity.
  const step = surpriseOf(SAID.to / Math.E) - surpriseOf(SAID.to);
  const extrapolated = (last: Knot, nat: number): Part => ({
    ...{ from: last.value, scale: MOST_NATS * nat, jump: last.surprise, growth: MOST_NATS * step },
  });
  if (decay !== undefined) {
    const least = side * valueAt(SAID.from);
    // Up to the last rows that are ranked: what the column says of itself is told by them, and extrapolated from there on.
    const knots = [...KNOTS, Math.min(KNOTS[KNOTS.length - 1], EXTRAPOLATED.rows / count)]
      .map((of): Knot => {
        const value = Math.max(least, -decay * Math.log(of), leastTail?.(of) ?? -Infinity);
        return { value: side * value, surprise: surpriseOf(of) };
      })
      .filter(({ value }, i, all) => i + 1 === all.length || value !== all[i + 1].value);
    return [...partsThrough(knots), extrapolated(knots[knots.length - 1], decay)];
  }
  const nat = Math.max(Math.abs(valueAt(share) - valueAt(inner)) / Math.log(inner / share), leastDecay);
  if (nat === 0) {
    const parts = rarityParts(sorted, (of) => surpriseOf(tails * of), side);
    const jump = parts.length === 0 ? 0 : surpriseOf(tails / (count + 1));
    return [...parts, endPart(sorted, side, jump, growth)].filter((part) => part.jump > 0 || part.growth > 0);
  }
  const quantile = (of: number): number =>
    of >= share ? valueAt(of) : valueAt(share) + side * nat * Math.log(share / of);
  const knots = KNOTS.map((any): Knot => {
    const of = Math.min(0.5, any / tails);
    const measured = Math.max(side * quantile(of), leastTail?.(any) ?? -Infinity);
    // However far out they lie by their own scale, rows are the less surprising the more there are, up to those a forest sees by itself.
    const most = Math.sqrt(SAID.from * any);
    const own = Math.max(side * valueAt(most), ownTail?.(any, tails) ?? Infinity);
    return { value: side * Math.min(measured, own), surprise: surpriseOf(tails * of) };
  });
  return [
    ...partsThrough(knots.filter(({ value }, i) => i === 0 || value !== knots[i - 1].value)),
    extrapolated(knots[knots.length - 1], nat),
  ];
}

function sortedColumn({ values, rowCount, columnCount }: Matrix, column: number): Float32Array {
  return Float32Array.from({ length: rowCount }, (_none, row) => values[row * columnCount + column])
    .filter((value) => value - value === 0)
    .sort();
}

/**
 * Returns the share of the features that say of each of their values how rare it is. A number that is compared with all logs does not:
 * how its values thin out is not known.
 */
function shareOfRarity(watches: readonly ColumnWatch[], columns: readonly Float32Array[]): number {
  // No tree splits on a column that never differs. What tells of values never seen never differs in training.
  const telling = watches.filter(({ kind }, i) => kind === 'unseen' || !isConstant(columns[i]));
  const says = ({ kind, isOfMissing, leastDecay, decay }: ColumnWatch): boolean =>
    kind === 'tail' ? (leastDecay ?? decay) !== undefined : kind === 'rarity' && isOfMissing === undefined;
  const count = (among: readonly ColumnWatch[]): number => new Set(among.map(({ feature }) => feature)).size;
  return telling.length === 0 ? 0 : count(telling.filter(says)) / count(telling);
}

/** @returns undefined where no feature says how rare it is, or rows end so soon that nothing is left to damp */
function dampingBelow(length: number, rarity: number): PathDamping | undefined {
  const below = clampToFloat32(length);
  const share = clampToFloat32(1 - DAMPED.most * rarity);
  return below > 0 && rarity > 0 ? { below, share } : undefined;
}

/** Returns the share of its surprise that a value of this probability adds: 1 for the rarest. */
function saidBy(probability: number): number {
  const way = Math.log(SAID.from / probability) / Math.log(SAID.from / SAID.to);
  return Math.max(0, Math.min(1, way));
}

/** Chance of a value never seen, and of one that training hardly held. */
type Chances = Pick<ColumnWatch, 'probability' | 'seldom'>;

/** The surprise of what comes with a probability. */
interface SurpriseOf {
  /** For forests whose columns say how rare they are. */
  readonly damping: PathDamping | undefined;
  /** Of values never seen: as rare among all rows. */
  news(probability: number): number;
  /** The same among rows that have these surprises. */
  newsAmong(tails: SurpriseTable | undefined): (chances: Chances) => number;
  /** Of the last rows of training in a column, which may be anomalies themselves: no more than among ordinary rows. */
  tail(probability: number): number;
}

/**
 * @param rarity see {@link shareOfRarity}
 * @returns surprise by how the path lengths of training rows lie, as they count
 */
function surpriseByRarity(
  forest: IsolationForest,
  matrix: Matrix,
  { seed, rarity }: { readonly seed: number; readonly rarity: number },
): SurpriseOf {
  const { columnCount } = matrix;
  const rows = drawRows(
    matrix.rowCount,
    Math.min(MOST_ROWS, matrix.rowCount),
    randomStreams(~seed).next().value,
  );
  const sample = new Float32Array(rows.length * columnCount);
  rows.forEach((row, i) => {
    sample.set(matrix.values.subarray(row * columnCount, (row + 1) * columnCount), i * columnCount);
  });
  const expected = averagePathLength(forest.subsampleSize);
  const plain = createScorer({ ...forest, surprise: undefined, lengthAdjustment: undefined })
    .score({ values: sample, rowCount: rows.length, columnCount })
    .map((score) => -expected * Math.log2(score));
  const quantilesOf = (lengths: Float64Array): ((share: number) => number) => {
    const sorted = Float64Array.from(lengths).sort();
    return (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  };
  const undamped = quantilesOf(plain);
  const damping = dampingBelow(undamped(DAMPED.below), rarity);
  const counted = plain.map((length) => dampedSum({ damping, treeCount: 1 }, length));
  const quantile = quantilesOf(counted);
  const ordinary = quantile(ORDINARY);
  const [from, to] = [TAIL.from, TAIL.to].map((share) => ordinary / quantile(share) - 1);
  const slope = Math.max((to - from) / Math.log(TAIL.from / TAIL.to), SMALLEST_SLOPE);
  const line = (start: number, step: number) => (probability: number) =>
    Math.max(0, start + step * Math.log(TAIL.from / Math.min(probability, TAIL.from))) * saidBy(probability);
  const news = line(from, slope);
  return {
    news,
    damping,
    tail: line(Math.min(from, USUAL.from), Math.min(slope, USUAL.slope)),
    newsAmong(tails) {
      if (tails === undefined) return ({ probability }) => news(probability);
      const whole = quantilesOf(
        counted.map((length, i) => length / (1 + surpriseOfRow(tails, sample, i * columnCount))),
      );
      const last = Math.max(LAST_RANKED.share, LAST_RANKED.rows / rows.length);
      const step = Math.min(slope, USUAL.slope);
      return ({ probability, seldom = 1 }) => {
        const least = news(probability);
        const ranked = ordinary / whole(Math.max(probability, last)) - 1;
        const beyond = step * Math.max(0, Math.log(last / probability));
        return least + Math.max(0, (ranked + beyond) * saidBy(probability) - least) * saidBy(seldom);
      };
    },
  };
}
