import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import type { ColumnEncoding } from '../columns/column_encoding';
import { UNSEEN } from '../category/category_encoding';
import { directionOf } from '../columns/directions';
import { DirtCounter, numberOf, quantile } from '../columns/field_value';
import { learnNovelty, noveltySchema, type TimeParts } from '../columns/novelty';
import type { ValueUnit } from '../../detector/feature_schema';
import { readableRange, readableValue, unitOf } from '../../detector/value_units';

/** A number with more different values is not one that stands for a name. */
const MOST_FEW_VALUES = 64;
/** Numbers that bring a new value more often than this are measurements. */
const MOST_NEWS = 0.02;

export const numberStateSchema = z.strictObject({
  kind: z.literal('number'),
  log: z.boolean(),
  /** 5th percentile, median and 95th percentile of the training values; absent when there were none. */
  percentiles: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  /**
   * The different training values, ascending, where they are few and a new one is news, as for a status code; a column
   * `.unseen` then tells what none of them is. Absent otherwise and in models of version 0.1.0.
   */
  few: z
    .strictObject({ values: z.array(z.number()).max(MOST_FEW_VALUES), novelty: noveltySchema })
    .optional(),
  /** Absent in models of 0.1.0, where both sides count. */
  direction: z.enum(['high', 'low', 'both']).optional(),
  /** In the unit of the field: what is less is taken for the median. */
  ignore_below: z.number().optional(),
  /** Distance from the median, as a share of it, within which a number is taken for the median. */
  ignore_within: z.number().min(0).optional(),
});
export type NumberState = z.infer<typeof numberStateSchema>;

/** From here on a distribution counts as highly skewed (Bulmer 1979, Principles of Statistics, ch. 4). */
export const HIGH_SKEWNESS = 1;

/** Sample skewness g1 = m3 / m2^1.5; 0 for constant or too few values. */
export function skewness(values: ArrayLike<number>): number {
  const count = values.length;
  if (count < 3) return 0;
  let mean = 0;
  for (let index = 0; index < count; index++) mean += values[index] / count;
  let second = 0;
  let third = 0;
  for (let index = 0; index < count; index++) {
    const deviation = values[index] - mean;
    second += (deviation * deviation) / count;
    third += (deviation * deviation * deviation) / count;
  }
  const skew = third / Math.pow(second, 1.5);
  return second > 0 && Number.isFinite(skew) ? skew : 0;
}

/** log(1 + |x|) with the sign of x: defined for all numbers, symmetrical, 0 at 0. */
export const signedLog1p = (value: number): number => (value < 0 ? -Math.log1p(-value) : Math.log1p(value));

/** Numbers that differ by less than this factor have no tail that a logarithmic scale would be for. */
const LEAST_FACTOR = 3;

/**
 * Returns true for numbers that differ, and by little relative to their size, such as voltages: on a logarithmic scale, where a half more or
 * less is nothing odd, any of them would be ordinary.
 *
 * @param sorted ascending
 */
export function isNarrow(sorted: Float64Array): boolean {
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
  const differs = quantile(sorted, 0.25) !== quantile(sorted, 0.75);
  return differs && low * high > 0 && Math.max(low / high, high / low) < LEAST_FACTOR;
}

export function learnNumber(
  definition: FeatureDefinition,
  values: readonly unknown[],
  inTime?: TimeParts,
): ColumnEncoding {
  const dirt = new DirtCounter();
  const read = values.map((value) => numberOf(value, dirt));
  const numbers = Float64Array.from(read.filter((value) => value !== undefined)).sort();
  let log = definition.scale === 'log1p';
  if (definition.scale === 'auto' && numbers.length > 0) {
    const skew = Math.abs(skewness(numbers));
    log = skew > HIGH_SKEWNESS && Math.abs(skewness(numbers.map(signedLog1p))) < skew;
  }
  const percentiles: NumberState['percentiles'] =
    numbers.length === 0 ? null : [quantile(numbers, 0.05), quantile(numbers, 0.5), quantile(numbers, 0.95)];
  const distinct = [...new Set(numbers)];
  const novelty =
    numbers.length > 0 && distinct.length <= MOST_FEW_VALUES ? learnNovelty(read, inTime) : undefined;
  const few =
    novelty !== undefined && novelty.probability <= MOST_NEWS ? { values: distinct, novelty } : undefined;
  const direction = directionOf(definition);
  const { ignore_below: ignoreBelow, ignore_within_percent: percent } = definition;
  return decodeNumber(
    {
      kind: 'number',
      log,
      percentiles,
      ...(few && { few }),
      ...(direction === 'both' ? {} : { direction }),
      ...(ignoreBelow === undefined ? {} : { ignore_below: ignoreBelow }),
      ...(percent === undefined ? {} : { ignore_within: percent / 100 }),
    },
    unitOf(definition),
  );
}

/** Ordinary numbers that replace a given one; see {@link ordinaryNumber}. */
export interface OrdinaryNumbers {
  /** Smaller ones are taken for it. */
  readonly from?: number;
  /** Larger ones, and those below `below`, are taken for it. */
  readonly to?: number;
  readonly below: number;
  /** Those below `below`, and those at most `within` away, are taken for it. */
  readonly median?: number;
  readonly within?: number;
}

/** With a direction the nearest end of what is ordinary, otherwise the median where something is to be ignored. */
export function ordinaryNumbers(state: NumberState): OrdinaryNumbers {
  const { percentiles, direction = 'both', ignore_below: below = -LARGEST, ignore_within: within } = state;
  if (percentiles === null) return { below };
  const median = percentiles[1];
  const tolerated = (within ?? 0) * Math.abs(median);
  if (direction === 'high') return { from: Math.max(median + tolerated, below), below };
  if (direction === 'low') return { to: median - tolerated, below };
  if (within === undefined && below === -LARGEST) return { below };
  return { median, within: tolerated, below };
}

/** Finite, so that it can be a parameter of a pipeline. */
const LARGEST = Number.MAX_VALUE;

/** @returns the number itself, or what stands in for it where it cannot be anomalous or is to be ignored */
function ordinaryNumber({ from, to, below, median, within = 0 }: OrdinaryNumbers, number: number): number {
  if (from !== undefined) return number < from ? from : number;
  if (to !== undefined) return number > to || number < below ? to : number;
  if (median === undefined) return number;
  return number < below || Math.abs(number - median) <= within ? median : number;
}

/** @param unit for what people read */
export function decodeNumber(state: NumberState, unit: ValueUnit = 'none'): ColumnEncoding {
  const { log, percentiles, few, direction = 'both' } = state;
  const unseen = new DirtCounter();
  const ordinary = ordinaryNumbers(state);
  const known = few && new Set(few.values);
  // a new number on the side that cannot be anomalous, or one that is to be ignored, is no news
  const isNews = (number: number): boolean =>
    known !== undefined && !known.has(number) && ordinaryNumber(ordinary, number) === number;
  return {
    columns: few === undefined ? [''] : ['', UNSEEN],
    watched: [
      direction === 'both' ? direction : { tail: direction },
      ...(few === undefined ? [] : [{ unseen: few.novelty }]),
    ],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const number = numberOf(value, dirt);
      if (number === undefined) return false;
      const taken = ordinaryNumber(ordinary, number);
      out[offset] = log ? signedLog1p(taken) : taken;
      if (known !== undefined) out[offset + 1] = isNews(number) ? 1 : 0;
      return true;
    },
    unseenAmong(value) {
      const number = numberOf(value, unseen);
      return few !== undefined && number !== undefined && isNews(number) ? few.novelty.trained_on : undefined;
    },
    actual(value) {
      const number = numberOf(value, unseen);
      return number === undefined ? undefined : readableValue(number, unit);
    },
    compare(value) {
      const number = numberOf(value, unseen);
      return {
        kind: 'number',
        ...(number !== undefined && { value: number }),
        ...(unit !== 'none' && { unit }),
        ...(percentiles !== null && { low: percentiles[0], high: percentiles[2] }),
        ...(number !== undefined &&
          few !== undefined &&
          isNews(number) && { count: 0, logs: few.novelty.trained_on }),
      };
    },
    typical: percentiles === null ? 'no value' : readableRange(percentiles[0], percentiles[2], unit),
    toJSON: () => state,
  };
}
