import { quantile } from '../columns/field_value';
import type { FeatureDirection } from '../../detector/feature_schema';

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
/** The quartiles of a normal distribution lie so many standard deviations apart. */
const QUARTILES_APART = 1.349;
/** Shares of a normal distribution that lie farther out than so many standard deviations from the median. */
const OUTER = [
  { share: 0.02, deviations: 2.0537 },
  { share: 0.05, deviations: 1.6449 },
  { share: 0.1, deviations: 1.2816 },
];
/** Values that have to lie out there: one alone may be an anomaly. */
const OUTER_VALUES = 3;
/** Standard deviation of the median of n values is that of the values times this, over the root of n. */
const MEDIAN_DEVIATION = 1.2533;
/** No group counts as steadier than this share of the usual spread, nor than this share of the standard deviation of all. */
const SMALLEST_SPREAD = { ofUsual: 0.25, ofDeviation: 0.05 };
const HOURS = 24;

/** A number on the scale of comparison, its hour of the day, and the groups that it belongs to, the widest first. */
export interface GroupedValue {
  readonly value: number;
  readonly hour: number;
  readonly groups: readonly string[];
}

/** Usual values of a group: its level, one for all hours or one for each, and its spread. */
export interface UsualOfGroup {
  readonly name: string;
  readonly levels: readonly number[];
  readonly spread: number;
  readonly count: number;
}

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();
const medianOf = (values: readonly number[]): number => quantile(sorted(values), 0.5);

/**
 * Standard deviation of a normal distribution with the same quartiles or, where that is wider, with the same ends on the sides that
 * count: what a group's own values reach in two of a hundred is usual for it, though there may be two kinds of them.
 */
function spreadOf(residuals: readonly number[], direction: FeatureDirection): number {
  const ascending = sorted(residuals);
  const median = quantile(ascending, 0.5);
  let spread = (quantile(ascending, 0.75) - quantile(ascending, 0.25)) / QUARTILES_APART;
  for (const { share, deviations } of OUTER) {
    if (share * ascending.length < OUTER_VALUES) continue;
    if (direction !== 'low')
      spread = Math.max(spread, (quantile(ascending, 1 - share) - median) / deviations);
    if (direction !== 'high') spread = Math.max(spread, (median - quantile(ascending, share)) / deviations);
  }
  return spread;
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
 * Returns the shift of a group's level in each hour of the day: the median of the residuals of that hour, drawn towards
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
  /** Residuals of the wider group. */
  readonly residuals: number[];
  readonly parent: UsualOfGroup;
}

/**
 * Learns what is usual in groups within groups. Level and spread of a group are estimated from its own values and from those
 * of the wider group, by the variances of both (empirical Bayes, Morris 1983, "Parametric empirical Bayes inference"): the
 * fewer values and the more alike the groups of its depth, the nearer to the wider one. Medians and quantiles bear anomalies
 * among the values. What an hour of the day adds is learned within the narrowest groups, all of them together and then each that
 * has values enough: in a wide one the hours differ by what is asked for in them.
 *
 * @param smallest spread of any group; 0 for 1 where nothing differs
 * @returns the groups, the most frequent first, and what is usual for all others
 */
export function learnHierarchy(
  values: readonly GroupedValue[],
  direction: FeatureDirection,
  smallest: number,
): { groups: UsualOfGroup[]; others: UsualOfGroup } {
  const flat = values.map(({ value }) => value);
  const level = flat.length === 0 ? 0 : medianOf(flat);
  const rootResiduals = flat.map((value) => value - level);
  const ownSpread = flat.length === 0 ? 1 : spreadOf(rootResiduals, direction);
  const root: UsualOfGroup = { name: '', levels: [level], spread: ownSpread, count: values.length };
  const depths = values.reduce((most, { groups }) => Math.max(most, groups.length), 0);
  const all = new Map<string, UsualOfGroup>();
  let innermost: readonly number[] = rootResiduals;
  let innermostUsual = ownSpread;
  for (let depth = 0; depth < depths; depth++) {
    const nodes = new Map<string, Node>();
    for (const { value, groups } of values) {
      if (groups.length <= depth || groups[depth] === '') continue;
      let node = nodes.get(groups[depth]);
      if (node === undefined) {
        const parent = depth === 0 ? root : (all.get(groups[depth - 1]) ?? root);
        nodes.set(groups[depth], (node = { name: groups[depth], residuals: [], parent }));
      }
      node.residuals.push(value - node.parent.levels[0]);
    }
    const known = [...nodes.values()].filter(({ residuals }) => residuals.length >= MIN_GROUP_VALUES);
    if (known.length === 0) break;
    const learned = learnDepth(known, direction, smallest);
    innermost = learned.left;
    innermostUsual = learned.usual;
    for (const group of learned.groups) all.set(group.name, group);
  }
  const floor = floorOf(innermostUsual, standardDeviation(innermost), smallest);
  const hourly = withHours(values, all, { ...root, spread: Math.max(root.spread, floor) }, innermostUsual);
  return {
    groups: hourly.groups.sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1)),
    others: hourly.others,
  };
}

/** Adds to the levels of all groups what the hours of the day add. */
function withHours(
  values: readonly GroupedValue[],
  groups: ReadonlyMap<string, UsualOfGroup>,
  others: UsualOfGroup,
  usualSpread: number,
): { groups: UsualOfGroup[]; others: UsualOfGroup } {
  const narrowest = values.map(({ groups: names }) => {
    for (let index = names.length - 1; index >= 0; index--) {
      const group = groups.get(names[index]);
      if (group !== undefined) return group;
    }
    return others;
  });
  const residuals = values.map(({ value, hour }, index) => ({
    hour,
    value: value - narrowest[index].levels[0],
  }));
  const common = hourlyShifts(residuals, usualSpread);
  const own = new Map<UsualOfGroup, { hour: number; value: number }[]>();
  residuals.forEach(({ hour, value }, index) => {
    const left = { hour, value: value - (common[hour] ?? 0) };
    const found = own.get(narrowest[index]);
    if (found === undefined) own.set(narrowest[index], [left]);
    else found.push(left);
  });
  const hourly = (group: UsualOfGroup): UsualOfGroup => {
    const shifts = hourlyShifts(own.get(group) ?? [], group.spread);
    if (shifts.length === 0 && common.length === 0) return group;
    const levels = Array.from(
      { length: HOURS },
      (_, hour) => group.levels[0] + (common[hour] ?? 0) + (shifts[hour] ?? 0),
    );
    return { ...group, levels };
  };
  return { groups: [...groups.values()].map(hourly), others: hourly(others) };
}

function floorOf(usual: number, deviation: number, smallest: number): number {
  const own = Math.max(SMALLEST_SPREAD.ofUsual * usual, SMALLEST_SPREAD.ofDeviation * deviation);
  return Math.max(own, smallest) || 1;
}

/** Level and spread of the groups of one depth, all hours alike. */
function learnDepth(
  nodes: readonly Node[],
  direction: FeatureDirection,
  smallest: number,
): { groups: UsualOfGroup[]; left: number[]; usual: number } {
  const measured = nodes.map((node) => {
    const shift = medianOf(node.residuals);
    return { node, shift, left: node.residuals.map((value) => value - shift) };
  });
  const telling = measured.filter(({ left }) => left.length >= MIN_TELLING_VALUES);
  const left = (telling.length > 0 ? telling : measured).flatMap((each) => each.left);
  const usual = spreadOf(left, direction);
  const floor = floorOf(usual, standardDeviation(left), smallest);
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
    return {
      name: node.name,
      levels: [node.parent.levels[0] + trust * shift],
      // the level is an estimate itself
      spread: Math.sqrt(spread ** 2 + trust * noise),
      count: own.length,
    };
  });
  return { groups, left, usual };
}
