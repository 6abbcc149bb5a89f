import { quantile } from './field_value';
import type { FeatureDirection } from './types';

/** Groups with fewer values are not known: what is usual is that of the wider one. */
const MIN_GROUP_VALUES = 3;
/** From so many values on a group says how much groups of its depth, or hours of the day, differ. */
const MIN_TELLING_VALUES = 12;
/** Hours with fewer values say nothing of their own. */
const MIN_HOUR_VALUES = 8;
/** Groups with fewer values have no hours of their own. */
const MIN_HOURLY_VALUES = 96;
/** Values that the common spread counts for when that of a group is estimated. */
const PRIOR_VALUES = 12;
/** The quartiles of a normal distribution lie so many standard deviations apart, its 90th percentile so many from the median. */
const QUARTILES_APART = 1.349;
const OUTER_SHARE = 0.9;
const OUTER_DEVIATIONS = 1.2816;
/** Standard deviation of the median of n values is that of the values times this, over the root of n. */
const MEDIAN_DEVIATION = 1.2533;
/** No group counts as steadier than this share of the usual spread, nor than this share of the standard deviation of all. */
const SMALLEST_SPREAD = { ofUsual: 0.25, ofDeviation: 0.05 };
const SMALLEST_POSITIVE = 1e-9;
const HOURS = 24;

/** A number on the scale of comparison, its hour of the day, and the groups that it belongs to, the widest first. */
export interface GroupedValue {
  readonly value: number;
  readonly hour: number;
  readonly groups: readonly string[];
}

/** What is usual in a group: its level, one for all hours or one for each, and its spread. */
export interface UsualOfGroup {
  readonly name: string;
  readonly levels: readonly number[];
  readonly spread: number;
  readonly count: number;
}

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
const medianOf = (values: readonly number[]): number => quantile(sorted(values), 0.5);

/** Standard deviation of a normal distribution with the same quartiles, or with the same end on the side that counts. */
function spreadOf(residuals: readonly number[], direction: FeatureDirection): number {
  const ascending = sorted(residuals);
  const middle = (quantile(ascending, 0.75) - quantile(ascending, 0.25)) / QUARTILES_APART;
  const median = quantile(ascending, 0.5);
  if (direction === 'high') {
    return Math.max(middle, (quantile(ascending, OUTER_SHARE) - median) / OUTER_DEVIATIONS);
  }
  if (direction === 'low') {
    return Math.max(middle, (median - quantile(ascending, 1 - OUTER_SHARE)) / OUTER_DEVIATIONS);
  }
  return middle;
}

const varianceOfMedian = (spread: number, count: number): number =>
  (MEDIAN_DEVIATION * spread) ** 2 / Math.max(1, count);

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

function standardDeviation(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

/**
 * What the hours of the day add to the level of a group: the median of what the level leaves over in each hour, drawn towards
 * 0 as far as the hours differ by chance (empirical Bayes). Empty where they do not differ.
 */
function hourlyShifts(residuals: readonly { hour: number; value: number }[], spread: number): number[] {
  if (residuals.length < MIN_HOURLY_VALUES) return [];
  const byHour = Array.from({ length: HOURS }, (): number[] => []);
  for (const { hour, value } of residuals) byHour[hour].push(value);
  const shifts = byHour.map((own) => ({
    shift: own.length < MIN_HOUR_VALUES ? 0 : medianOf(own),
    noise: varianceOfMedian(spread, own.length),
    tells: own.length >= MIN_HOUR_VALUES,
  }));
  const telling = shifts.filter(({ tells }) => tells);
  const between = meanOf(telling.map(({ shift, noise }) => shift ** 2 - noise));
  if (telling.length < 2 || between <= 0) return [];
  return shifts.map(({ shift, noise, tells }) => (tells ? (shift * between) / (between + noise) : 0));
}

interface Node {
  readonly name: string;
  /** What the wider group leaves over. */
  readonly residuals: { hour: number; value: number }[];
  readonly parent: UsualOfGroup;
}

const levelAt = ({ levels }: UsualOfGroup, hour: number): number => levels[levels.length === 1 ? 0 : hour];

/**
 * Learns what is usual in groups within groups. Level and spread of a group are estimated from its own values and from those
 * of the wider group, by the variances of both (empirical Bayes, Morris 1983, "Parametric empirical Bayes inference"): the
 * fewer values and the more alike the groups of its depth, the nearer to the wider one. Medians and quantiles bear anomalies
 * among the values.
 *
 * @param hasTolerance says that a number which never differs may have no spread of its own
 * @returns the groups, the most frequent first, and what is usual for all others
 */
export function learnHierarchy(
  values: readonly GroupedValue[],
  direction: FeatureDirection,
  hasTolerance: boolean,
): { groups: UsualOfGroup[]; others: UsualOfGroup } {
  const flat = values.map(({ value }) => value);
  const level = flat.length === 0 ? 0 : medianOf(flat);
  const ownSpread =
    flat.length === 0
      ? 1
      : spreadOf(
          flat.map((value) => value - level),
          direction,
        );
  const rootResiduals = values.map(({ hour, value }) => ({ hour, value: value - level }));
  const rootShifts = hourlyShifts(rootResiduals, ownSpread);
  const root: UsualOfGroup = {
    name: '',
    levels: rootShifts.length === 0 ? [level] : rootShifts.map((shift) => level + shift),
    spread: ownSpread,
    count: values.length,
  };
  const depths = values.reduce((most, { groups }) => Math.max(most, groups.length), 0);
  let usual = new Map<string, UsualOfGroup>();
  const all: UsualOfGroup[] = [];
  let innermost: number[] = rootResiduals.map(({ value }) => value);
  let innermostUsual = ownSpread;
  for (let depth = 0; depth < depths; depth++) {
    const nodes = new Map<string, Node>();
    for (const { value, hour, groups } of values) {
      if (groups.length <= depth || groups[depth] === '') continue;
      let node = nodes.get(groups[depth]);
      if (node === undefined) {
        const parent = depth === 0 ? root : (usual.get(groups[depth - 1]) ?? root);
        nodes.set(groups[depth], (node = { name: groups[depth], residuals: [], parent }));
      }
      node.residuals.push({ hour, value: value - levelAt(node.parent, hour) });
    }
    const known = [...nodes.values()].filter(({ residuals }) => residuals.length >= MIN_GROUP_VALUES);
    if (known.length === 0) break;
    const learned = learnDepth(known, direction, hasTolerance);
    innermost = learned.left;
    innermostUsual = learned.usual;
    usual = new Map(learned.groups.map((group) => [group.name, group]));
    all.push(...learned.groups);
  }
  const floor = floorOf(innermostUsual, standardDeviation(innermost), hasTolerance);
  return {
    groups: all.sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1)),
    others: { ...root, spread: Math.max(root.spread, floor) },
  };
}

function floorOf(usual: number, deviation: number, hasTolerance: boolean): number {
  return (
    Math.max(SMALLEST_SPREAD.ofUsual * usual, SMALLEST_SPREAD.ofDeviation * deviation) ||
    (hasTolerance ? SMALLEST_POSITIVE : 1)
  );
}

function learnDepth(
  nodes: readonly Node[],
  direction: FeatureDirection,
  hasTolerance: boolean,
): { groups: UsualOfGroup[]; left: number[]; usual: number } {
  const measured = nodes.map((node) => {
    const numbers = node.residuals.map(({ value }) => value);
    const shift = medianOf(numbers);
    return { node, shift, left: numbers.map((value) => value - shift) };
  });
  const telling = measured.filter(({ left }) => left.length >= MIN_TELLING_VALUES);
  const left = (telling.length > 0 ? telling : measured).flatMap((each) => each.left);
  const usual = spreadOf(left, direction);
  const floor = floorOf(usual, standardDeviation(left), hasTolerance);
  const shapes = measured.map(({ node, shift, left: own }) => {
    const variance =
      (own.length * spreadOf(own, direction) ** 2 + PRIOR_VALUES * usual ** 2) / (own.length + PRIOR_VALUES);
    return { node, shift, own, spread: Math.max(Math.sqrt(variance), floor) };
  });
  const between =
    telling.length < 2
      ? Infinity
      : Math.max(
          0,
          meanOf(
            shapes
              .filter(({ own }) => own.length >= MIN_TELLING_VALUES)
              .map(({ shift, spread, own }) => shift ** 2 - varianceOfMedian(spread, own.length)),
          ),
        );
  const groups = shapes.map(({ node, shift, own, spread }): UsualOfGroup => {
    const noise = varianceOfMedian(spread, own.length);
    const trust = between === Infinity ? 1 : between / (between + noise || 1);
    const moved = trust * shift;
    const residuals = node.residuals.map(({ hour, value }) => ({ hour, value: value - moved }));
    const shifts = hourlyShifts(residuals, spread);
    const hourly = shifts.length > 0 || node.parent.levels.length > 1;
    return {
      name: node.name,
      levels: Array.from(
        { length: hourly ? HOURS : 1 },
        (_, hour) => levelAt(node.parent, hour) + moved + (shifts[hour] ?? 0),
      ),
      // the level is an estimate itself
      spread: Math.sqrt(spread ** 2 + trust * noise),
      count: own.length,
    };
  });
  return { groups, left, usual };
}
