import { z } from 'zod';
import { printable } from '../../printable';
import type { FeatureDefinition } from '../../detector';
import { GROUP_CHARACTERS } from '../../anomaly/comparison';
import type { ColumnEncoding } from '../columns/column_encoding';
import { learnHierarchy, type GroupedValue, type UsualOfGroup } from './deviation_hierarchy';
import { directionOf } from '../columns/directions';
import type { FieldReader } from '../fields/field_access';
import { DirtCounter, numberOf, quantile } from '../columns/field_value';
import { MAX_GROUP_NAME, PART_SEPARATOR, readableGroup, type GroupReader } from '../fields/group_fields';
import { learnOddKinds, oddKindsSchema, readerOfOddKinds } from './odd_kinds';
import { HIGH_SKEWNESS, isNarrow, signedLog1p, skewness } from './number_encoding';
import { COUNT_FIELD } from '../../detector/bucket_fields';
import { localHourReader } from '../time/time_encoding';
import type { ValueUnit } from '../../detector/feature_schema';
import { readableRange, readableValue, unitOf } from '../../detector/value_units';

/** Groups with the most values are remembered; the others share what is usual among all. */
const MAX_GROUPS = 2_000;
/** With fewer values a group is not known. */
const MIN_GROUP_VALUES = 12;
/** Of fewer values no median is taken for an hour of the day. */
const MIN_HOUR_VALUES = 8;
/** The quartiles of a normal distribution lie so many standard deviations apart. */
const QUARTILES_APART = 1.349;
/** No group counts as steadier than this share of the usual spread, nor than this share of the standard deviation of all. */
const SMALLEST_SPREAD = { ofUsual: 0.25, ofDeviation: 0.05 };
/** Deviations up to so many spreads are the everyday: 95 of 100 values of a normal distribution. */
const USUAL_SPREADS = 2;
const SMALLEST_POSITIVE = 1e-9;
/** On the logarithmic scale: what differs by half, as a page does that somebody has edited, is nothing odd. */
const SMALLEST_LOG_SPREAD = 0.5;
/** Of skewed numbers that differ by little: no group counts as steadier than this share of their size, as far as all of them differ by more. */
const SMALLEST_SHARE = 0.05;
/** Standard deviations from the median to the 5th and 95th percentile of a normal distribution. */
export const TYPICAL_DEVIATIONS = 1.645;
/**
 * No group of numbers is taken to thin out faster than Student's t with three degrees of freedom, by z^-3, which is by e^-3 a unit of
 * the logarithmic scale of {@link compressed}: the groups are many, and those of a few logs heavier than their spread tells.
 */
export const LEAST_DECAY = 1 / 3;
const SIGNIFICANT_DIGITS = 6;

const levelSchema = z.number().min(-1e39).max(1e39);
const groupSchema = z.strictObject({
  name: z.string().max(MAX_GROUP_NAME),
  spread: z.number().gt(0).max(1e39),
  /** Usual level in each hour of the day, on the scale of comparison; one number where the hours do not differ. */
  levels: z.array(levelSchema).refine(({ length }) => length === 1 || length === 24, 'must be 1 or 24'),
  /** Training values; absent in models of 0.1.0. */
  count: z.number().int().min(0).max(1e15).optional(),
});
export const deviationStateSchema = z.strictObject({
  kind: z.literal('deviation'),
  log: z.boolean(),
  /** Counts by their roots, in place of numbers as they are; absent in models of 0.1.0. */
  root: z.literal(true).optional(),
  /** Number that counts as 1 on the logarithmic scale, which is linear below it; absent for 1, and in models of 0.1.0. */
  one: z.number().gt(0).max(1e39).optional(),
  /** In the unit of the field. */
  tolerance: z.number().min(0).max(1e15),
  time_zone: z.string().min(1).max(64),
  groups: z.array(groupSchema).max(MAX_GROUPS),
  /** Groups that are not known, and logs without one. */
  others: groupSchema,
  /** Absent in models of 0.1.0, where both sides count. */
  direction: z.enum(['high', 'low', 'both']).optional(),
  /** In the unit of the field: what is less is ordinary. */
  ignore_below: z.number().optional(),
  /** Distance from what is usual, as a share of it, within which a number is ordinary. */
  ignore_within: z.number().min(0).optional(),
  /** Absent in models of before, where such values are missing. */
  odd_kinds: oddKindsSchema.optional(),
});
export type DeviationState = z.infer<typeof deviationStateSchema>;
type Group = z.infer<typeof groupSchema>;

/** Value to compare, the groups that it is compared within, the widest first, and its time. */
interface Reading {
  readonly value: unknown;
  readonly groups: readonly string[];
  readonly time: unknown;
}

/** Reads the fields of a deviation at once. */
export const deviationReader =
  (value: FieldReader, groups: GroupReader, time: FieldReader): FieldReader =>
  (document): Reading => ({ value: value(document), groups: groups(document), time: time(document) });

/**
 * Count on a scale on which Poisson's counts of any mean have a standard deviation of about 1 (Anscombe 1948): that none came where 24 are
 * usual is far out there, though it is no farther from them than the 48 that a busy quarter of an hour brings.
 */
const rootOf = (count: number): number => 2 * Math.sqrt(Math.max(0, count) + 3 / 8);
const countOf = (root: number): number => {
  const half = Math.max(0, root) / 2;
  return Math.max(0, half * half - 3 / 8);
};
/** A level is rounded: on the edge of what is to be ignored a number is within it. */
const ROUNDING = 1 + 1e-5;

const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));
const median = (values: Float64Array): number => quantile(values.sort(), 0.5);

/** Numbers of one group, each with its hour of the day. */
interface Values {
  readonly hours: number[];
  readonly values: number[];
}

/** The median of each hour of the day; with too few values, that of the hour and its neighbours, or of the whole day. */
function levelsOf({ hours, values }: Values): number[] {
  const byHour = Array.from({ length: 24 }, (): number[] => []);
  hours.forEach((hour, index) => byHour[hour].push(values[index]));
  return byHour.map((own, hour) => {
    const around = [...byHour[(hour + 23) % 24], ...own, ...byHour[(hour + 1) % 24]];
    const enough = [own, around].find((found) => found.length >= MIN_HOUR_VALUES) ?? values;
    return rounded(median(Float64Array.from(enough)));
  });
}

/** Distance of the quartiles of what the levels leave over, as standard deviations of a normal distribution. */
function spreadOf(residuals: Float64Array): number {
  residuals.sort();
  return (quantile(residuals, 0.75) - quantile(residuals, 0.25)) / QUARTILES_APART;
}

const residualsOf = ({ hours, values }: Values, levels: readonly number[]): Float64Array =>
  Float64Array.from(values, (value, index) => value - levels[hours[index]]);

function standardDeviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
}

/** Share of the numbers that may lie where the logarithmic scale is linear, and the distance of the others from there. */
const LINEAR = { share: 0.02, distance: 10 };

/**
 * The number that counts as 1 on the logarithmic scale: seconds below one differ as much from each other as the same durations in
 * milliseconds. A power of ten, at most 1, so that a sample more or less makes no difference.
 */
export function oneOf(numbers: Float64Array): number {
  const sizes = numbers
    .map(Math.abs)
    .filter((size) => size > 0)
    .sort();
  if (sizes.length === 0) return 1;
  const least = quantile(sizes, LINEAR.share) / LINEAR.distance;
  return least >= 1 ? 1 : Math.max(SMALLEST_POSITIVE, 10 ** Math.floor(Math.log10(least)));
}

export function learnDeviation(definition: FeatureDefinition, readings: readonly unknown[]): ColumnEncoding {
  const dirt = new DirtCounter();
  const hourOf = localHourReader(definition.time_zone);
  const usable = (readings as readonly Reading[]).flatMap(({ value, groups, time }) => {
    const number = numberOf(value, dirt);
    return number === undefined ? [] : [{ number, groups, hour: hourOf(time) ?? 0 }];
  });
  const numbers = Float64Array.from(usable, ({ number }) => number);
  let log = definition.scale === 'log1p';
  let smallest = 0;
  if (definition.scale === 'auto') {
    const skew = Math.abs(skewness(numbers));
    log = skew > HIGH_SKEWNESS && Math.abs(skewness(numbers.map(signedLog1p))) < skew;
    const sorted = numbers.slice().sort();
    if (log && isNarrow(sorted)) {
      log = false;
      smallest = Math.min(SMALLEST_SHARE * Math.abs(quantile(sorted, 0.5)), spreadOf(sorted));
    }
  }
  if (log) smallest = SMALLEST_LOG_SPREAD;
  const root = definition.scale === 'auto' && !log && definition.field === COUNT_FIELD;
  const direction = directionOf(definition);
  const one = log && Array.isArray(definition.by) ? oneOf(numbers) : 1;
  const values = usable.map(({ number, groups, hour }) => ({
    value: log ? signedLog1p(number / one) : root ? rootOf(number) : number,
    groups,
    hour,
  }));
  const hasTolerance = definition.tolerance !== undefined;
  const { groups, others }: LearnedGroups = Array.isArray(definition.by)
    ? learnHierarchy(values, direction, hasTolerance ? SMALLEST_POSITIVE : smallest)
    : learnGroups(values, hasTolerance);
  const { ignore_below: ignoreBelow, ignore_within_percent: percent } = definition;
  const stateOf = ({ name, levels, spread, count }: LearnedGroups['others']): Group => ({
    name,
    count,
    levels: levels.map(rounded),
    spread: rounded(spread),
  });
  const unit = unitOf(definition);
  const state: DeviationState = {
    kind: 'deviation',
    log,
    ...(root && { root }),
    ...(one !== 1 && { one }),
    tolerance: definition.tolerance ?? 0,
    time_zone: definition.time_zone,
    groups: groups.slice(0, MAX_GROUPS).map(stateOf),
    others: stateOf(others),
    ...(direction === 'both' ? {} : { direction }),
    ...(ignoreBelow === undefined ? {} : { ignore_below: ignoreBelow }),
    ...(percent === undefined ? {} : { ignore_within: percent / 100 }),
  };
  const decoded = decodeDeviation(state, unit);
  const read = (readings as readonly Reading[]).map(({ value }) => value);
  const oddKinds = Array.isArray(definition.by)
    ? learnOddKinds(read, { log, leastTail, farthest: farthestOf(decoded, readings) })
    : undefined;
  return oddKinds === undefined ? decoded : decodeDeviation({ ...state, odd_kinds: oddKinds }, unit);
}

/** Returns the largest deviation of training. */
function farthestOf(encoding: ColumnEncoding, readings: readonly unknown[]): number {
  const dirt = new DirtCounter();
  const out = new Float64Array(1);
  return readings.reduce<number>(
    (most, reading) => (encoding.encode(reading, out, 0, dirt) ? Math.max(most, Math.abs(out[0])) : most),
    0,
  );
}

/** Usual levels by group, and for logs of no known group. */
interface LearnedGroups {
  readonly groups: readonly UsualOfGroup[];
  readonly others: UsualOfGroup;
}

/** Learns the usual level of groups side by side, each from its own values alone. */
function learnGroups(values: readonly GroupedValue[], hasTolerance: boolean): LearnedGroups {
  const byGroup = new Map<string, Values>();
  const all: Values = { hours: [], values: [] };
  for (const { value, groups, hour } of values) {
    const name = groups[0] ?? '';
    let own = byGroup.get(name);
    if (own === undefined) byGroup.set(name, (own = { hours: [], values: [] }));
    for (const each of [own, all]) {
      each.hours.push(hour);
      each.values.push(value);
    }
  }
  const learned = [...byGroup]
    .filter(([name, own]) => name !== '' && own.values.length >= MIN_GROUP_VALUES)
    // the name decides among equals, so that the order of the logs does not matter
    .sort(([a, one], [b, other]) => other.values.length - one.values.length || (a < b ? -1 : 1))
    .slice(0, MAX_GROUPS)
    .map(([name, own]) => {
      const levels = levelsOf(own);
      const residuals = residualsOf(own, levels);
      return { name, levels, spread: spreadOf(residuals), residuals, count: own.values.length };
    });
  const levels = all.values.length === 0 ? new Array<number>(24).fill(0) : levelsOf(all);
  const othersSpread = all.values.length === 0 ? 1 : spreadOf(residualsOf(all, levels));
  const left = Float64Array.from(learned.flatMap(({ residuals }) => [...residuals])).sort();
  const usual = learned.length === 0 ? othersSpread : spreadOf(left);
  const deviation = standardDeviation(learned.length === 0 ? Float64Array.from(all.values) : left);
  // A number that never differed has no spread of its own: the tolerance says what counts then.
  const floor =
    Math.max(SMALLEST_SPREAD.ofUsual * usual, SMALLEST_SPREAD.ofDeviation * deviation) ||
    (hasTolerance ? SMALLEST_POSITIVE : 1);
  const groupOf = (name: string, own: number[], spread: number, count: number): UsualOfGroup => ({
    name,
    levels: own,
    spread: Math.max(spread, floor),
    count,
  });
  return {
    groups: learned.map((group) => groupOf(group.name, group.levels, group.spread, group.count)),
    others: groupOf('', levels, othersSpread, all.values.length),
  };
}

/**
 * A deviation as the forest sees it: nothing within the usual spreads, linear just beyond, logarithmic far out, so that many
 * small deviations do not add up to more than a large one, and a huge one does not make all others look alike.
 *
 * @param spreads distance from what is usual
 */
export function compressed(spreads: number): number {
  const beyond = Math.abs(spreads) - USUAL_SPREADS;
  return beyond > 0 ? Math.sign(spreads) * Math.asinh(beyond) : 0;
}

/**
 * Distance, on the scale of {@link compressed}, beyond which this share of values lies by Laplace's law, which has the standard deviation
 * of the group: nearer to what is usual nothing is as rare as that, though in logs as steady as these no other value was.
 */
export const leastTail = (share: number): number => compressed(-Math.log(2 * share) / Math.SQRT2);
/** The same for a share that any of so many numbers reaches: whatever training holds, so far out lies no ordinary one. */
export const ownTail = (share: number, tails: number): number => leastTail(share / tails);

/**
 * Encodes the deviation of a number from the usual one of its group at that hour of the day: (x - level) / spread, compressed, where x
 * is the number, its signed `log(1 + |x|)` or its root, level the median and spread the distance of the quartiles of the group's
 * training values, both robust against anomalies among them; the spread is at least the tolerance. 0 on the side that
 * cannot be anomalous, and for what is to be ignored.
 *
 * @param unit for what people read
 */
export function decodeDeviation(state: DeviationState, unit: ValueUnit = 'none'): ColumnEncoding {
  const {
    log,
    root = false,
    one = 1,
    others,
    tolerance,
    direction = 'both',
    ignore_below: below = -Infinity,
    ignore_within: within = 0,
  } = state;
  const odd = readerOfOddKinds(state.odd_kinds, direction, below);
  const known = new Map(state.groups.map((group) => [group.name, group]));
  const hourOf = localHourReader(state.time_zone);
  const unseen = new DirtCounter();
  const scaled = (value: number): number => (log ? signedLog1p(value / one) : root ? rootOf(value) : value);
  const original = (value: number): number =>
    log ? Math.sign(value) * Math.expm1(Math.abs(value)) * one : root ? countOf(value) : value;
  const groupOf = (names: readonly string[]): Group => {
    for (let index = names.length - 1; index >= 0; index--) {
      const group = known.get(names[index]);
      if (group !== undefined) return group;
    }
    return others;
  };
  const usualOf = ({ groups, time }: Reading): { level: number; spread: number; group: Group } => {
    const group = groupOf(groups);
    const { levels, spread } = group;
    const level = levels[levels.length === 1 ? 0 : (hourOf(time) ?? 0)];
    if (tolerance === 0) return { level, spread, group };
    const tolerated = original(level) + Math.sign(level || 1) * tolerance;
    const above = Math.abs(scaled(tolerated) - level);
    // Roots lie farther apart below than above.
    const tolerable = root ? Math.max(above, level - scaled(original(level) - tolerance)) : above;
    return { level, spread: Math.max(spread, tolerable), group };
  };
  const rangeOf = ({ level, spread }: { level: number; spread: number }): [low: number, high: number] => {
    const isPositive = original(level) >= 0;
    const endOf = (end: number): number => (isPositive ? Math.max(0, original(end)) : original(end));
    return [endOf(level - TYPICAL_DEVIATIONS * spread), endOf(level + TYPICAL_DEVIATIONS * spread)];
  };
  const numberIn = (reading: unknown): number | undefined => numberOf((reading as Reading).value, unseen);
  const shownGroup = ({ name }: Group): string => printable(readableGroup(name), GROUP_CHARACTERS);
  return {
    columns: [''],
    watched: [{ tail: direction, leastDecay: LEAST_DECAY, leastTail, ownTail }],
    missing: NaN,
    encode(reading, out, offset, dirt) {
      const number = numberOf((reading as Reading).value, dirt);
      const ofKind = odd.deviationOf((reading as Reading).value, number);
      if (ofKind !== undefined) out[offset] = ofKind;
      if (number === undefined || ofKind !== undefined) return ofKind !== undefined;
      const { level, spread } = usualOf(reading as Reading);
      const deviation = compressed((scaled(number) - level) / spread);
      const isOrdinary =
        (direction === 'high' && deviation < 0) ||
        (direction === 'low' && deviation > 0) ||
        number < below ||
        (within > 0 && Math.abs(number - original(level)) <= within * Math.abs(original(level)) * ROUNDING);
      out[offset] = isOrdinary ? 0 : deviation;
      return true;
    },
    unseenAmong: (reading) => odd.unseenAmong((reading as Reading).value, numberIn(reading)),
    actual(reading) {
      const number = numberIn(reading);
      return number === undefined ? odd.textOf((reading as Reading).value) : readableValue(number, unit);
    },
    compare(reading) {
      const number = numberIn(reading);
      const usual = usualOf(reading as Reading);
      const [low, high] = rangeOf(usual);
      const { group } = usual;
      return {
        kind: 'number',
        ...(number !== undefined && { value: number }),
        ...odd.comparisonOf((reading as Reading).value, number),
        ...(unit !== 'none' && { unit }),
        low,
        high,
        ...(group.name !== '' && { group: shownGroup(group) }),
        ...(group.count !== undefined && { group_logs: group.count }),
        ...(group.levels.some((level) => level !== group.levels[0]) && { hourly: true }),
      };
    },
    typical: readableRange(
      ...rangeOf({ level: others.levels[Math.min(12, others.levels.length - 1)], spread: others.spread }),
      unit,
    ),
    typicalOf(reading) {
      const usual = usualOf(reading as Reading);
      // A group of a single field, such as the entity of a row, is named beside it anyway.
      const { name } = usual.group;
      const isNamed = name.includes(PART_SEPARATOR) || name.startsWith('/');
      const of = isNamed ? ` for ${shownGroup(usual.group)}` : '';
      return `${readableRange(...rangeOf(usual), unit)}${of}`;
    },
    toJSON: () => state,
  };
}
