import { z } from 'zod';
import type { FeatureDefinition } from '../detector';
import type { ColumnEncoding } from './column_encoding';
import { DirtCounter, numberOf, quantile, readableNumber } from './field_value';
import { learnNovelty, noveltySchema, type TimeParts } from './novelty';
import { UNSEEN } from './category_encoding';

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
});
type NumberState = z.infer<typeof numberStateSchema>;

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
  return decodeNumber({ kind: 'number', log, percentiles, ...(few && { few }) });
}

export function decodeNumber(state: NumberState): ColumnEncoding {
  const { log, percentiles, few } = state;
  const unseen = new DirtCounter();
  const known = few && new Set(few.values);
  return {
    columns: few === undefined ? [''] : ['', UNSEEN],
    watched: ['both', ...(few === undefined ? [] : [{ unseen: few.novelty }])],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const number = numberOf(value, dirt);
      if (number === undefined) return false;
      out[offset] = log ? signedLog1p(number) : number;
      if (known !== undefined) out[offset + 1] = known.has(number) ? 0 : 1;
      return true;
    },
    unseenAmong(value) {
      const number = numberOf(value, unseen);
      return few === undefined || number === undefined || known?.has(number)
        ? undefined
        : few.novelty.trained_on;
    },
    actual(value) {
      const number = numberOf(value, unseen);
      return number === undefined ? undefined : readableNumber(number);
    },
    typical:
      percentiles === null
        ? 'no value'
        : percentiles[0] === percentiles[2]
          ? readableNumber(percentiles[1])
          : `${readableNumber(percentiles[0])} to ${readableNumber(percentiles[2])} (median ${readableNumber(percentiles[1])})`,
    toJSON: () => state,
  };
}
