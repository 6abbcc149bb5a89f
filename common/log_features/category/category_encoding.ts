import { printable } from '../../printable';
import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import { USUAL_CHARACTERS, VALUE_CHARACTERS } from '../../anomaly/comparison';
import type { ColumnEncoding } from '../columns/column_encoding';
import { DirtCounter, readableShare, textOf } from '../columns/field_value';
import { learnNovelty, noveltySchema, type Novelty, type TimeParts } from '../columns/novelty';

/** Most frequent values that are remembered; all others count as unseen. */
export const MAX_VOCABULARY = 1_000;
/** UTF-16 code units of a value that tell it from others. */
const MAX_VALUE_LENGTH = 256;
/** A value gets a column of its own from this share of the training values on; rarer ones share one column. */
const ONE_HOT_SHARE = 0.001;

/** Ending of the name of the column that is 1 for what training did not hold. */
export const UNSEEN = '.unseen';

export const categoryStateSchema = z
  .strictObject({
    kind: z.literal('category'),
    one_hot: z.boolean(),
    /** Value and count in training, most frequent first. */
    values: z
      .array(z.tuple([z.string().max(MAX_VALUE_LENGTH), z.number().int().min(1).max(1e15)]))
      .max(MAX_VOCABULARY),
    /** The first so many values have columns of their own; only for one-hot. */
    columns: z.number().int().min(0).max(64),
    /** Training values, including those that are not remembered. */
    total: z.number().int().min(0).max(1e15),
    /** Absent in models of version 0.1.0, which have no column `.unseen`. */
    novelty: noveltySchema.optional(),
  })
  .refine((state) => state.columns <= state.values.length, 'more columns than values')
  .refine(
    (state) => state.values.reduce((sum, [, count]) => sum + count, 0) <= state.total,
    'counts exceed the total',
  );
type CategoryState = z.infer<typeof categoryStateSchema>;

/** From this chance of a new value on, one is nothing rare, if values that occur once do not account for it. */
const BURSTS = { from: 0.02, timesRare: 4 };

/**
 * The rarity of a value that training did not hold: rarer than all it held; where new values come all the time, each of them
 * often, that of what half of the logs are rarer than.
 */
export function rarityOfUnseen({
  values,
  total,
  novelty,
}: {
  readonly values: readonly (readonly [string, number])[];
  readonly total: number;
  readonly novelty?: Novelty;
}): number {
  const once = values.filter(([, count]) => count === 1).length;
  const remembered = values.reduce((sum, [, count]) => sum + count, 0);
  const rare = (once + total - remembered) / Math.max(1, total);
  const comesInBursts =
    novelty !== undefined &&
    novelty.probability > BURSTS.from &&
    novelty.probability > BURSTS.timesRare * rare;
  if (!comesInBursts) return rarity(0, total, values.length);
  let logs = 0;
  const middle = values.find(([, count]) => (logs += count) >= remembered / 2);
  return rarity(middle?.[1] ?? 0, total, values.length);
}

/**
 * -log of a value's share with one added to every count (Laplace smoothing) and one place left for the unseen, which
 * is thereby rarer than the rarest seen: count 0 against count 1 or more.
 */
export const rarity = (count: number, total: number, distinct: number): number =>
  -Math.log((count + 1) / (total + distinct + 1));

/** Returns the number of training logs whose values are not remembered: of none of these can be said that it was never seen. */
export const forgottenOf = (total: number, counts: readonly number[]): number =>
  Math.max(0, total - counts.reduce((sum, count) => sum + count, 0));

/** Returns the number of training logs with a value, where only the most frequent values are remembered. */
export function countOf(
  known: number | undefined,
  counts: readonly number[],
  total: number,
): { count: number; at_most?: true; logs: number } {
  if (known !== undefined) return { count: known, logs: total };
  const forgotten = forgottenOf(total, counts);
  return forgotten === 0
    ? { count: 0, logs: total }
    : { count: Math.min(forgotten, ...counts.slice(-1)), at_most: true, logs: total };
}

/** Descending by count; equal counts by code units, so that the order does not depend on that of the rows. */
export const byCount = (one: readonly [string, number], other: readonly [string, number]): number =>
  other[1] - one[1] || (one[0] < other[0] ? -1 : 1);

export function learnCategory(
  definition: FeatureDefinition,
  values: readonly unknown[],
  inTime?: TimeParts,
): ColumnEncoding {
  const dirt = new DirtCounter();
  const counts = new Map<string, number>();
  let total = 0;
  const texts = values.map((value) => textOf(value, MAX_VALUE_LENGTH, dirt));
  for (const text of texts) {
    if (text === undefined) continue;
    total++;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const kept = [...counts].sort(byCount).slice(0, MAX_VOCABULARY);
  const oneHot =
    definition.encoding === 'one_hot' ||
    (definition.encoding === 'auto' && counts.size <= definition.one_hot_limit);
  const columns = oneHot
    ? kept.slice(0, definition.one_hot_limit).filter(([, count]) => count >= ONE_HOT_SHARE * total).length
    : 0;
  const remembered = new Set(kept.map(([value]) => value));
  const novelty = learnNovelty(texts, inTime, (text) => remembered.has(text as string));
  return decodeCategory({ kind: 'category', one_hot: oneHot, values: kept, columns, total, novelty });
}

export function decodeCategory(state: CategoryState): ColumnEncoding {
  const { one_hot: oneHot, values, columns, total, novelty } = state;
  const rank = new Map(values.map(([value], index) => [value, index]));
  const rarities = Float64Array.from(values, ([, count]) => rarity(count, total, values.length));
  const unseenRarity = rarityOfUnseen(state);
  const counts = values.map(([, count]) => count);
  const areAllKnown = forgottenOf(total, counts) === 0;
  const unread = new DirtCounter();
  const typical = values
    .slice(0, 3)
    .map(([value, count]) => `${printable(value, 60)} (${readableShare(count / total)})`);
  const own = oneHot
    ? [...values.slice(0, columns).map(([value]) => `=${printable(value, 60)}`), '=(other)']
    : ['.rarity'];
  return {
    columns: novelty === undefined ? own : [...own, UNSEEN],
    watched: novelty && [...own.map(() => (oneHot ? undefined : ('rarity' as const))), { unseen: novelty }],
    missing: oneHot ? 0 : NaN,
    encode(value, out, offset, dirt) {
      const text = textOf(value, MAX_VALUE_LENGTH, dirt);
      if (text === undefined) return false;
      const index = rank.get(text);
      if (index === undefined) dirt.add('unseen');
      if (oneHot) {
        const hot = index === undefined || index > columns ? columns : index;
        for (let column = 0; column <= columns; column++) out[offset + column] = column === hot ? 1 : 0;
      } else {
        out[offset] = index === undefined ? unseenRarity : rarities[index];
      }
      if (novelty !== undefined) out[offset + own.length] = index === undefined ? 1 : 0;
      return true;
    },
    unseenAmong(value) {
      const text = textOf(value, MAX_VALUE_LENGTH, unread);
      return text === undefined || rank.has(text) || !areAllKnown ? undefined : total;
    },
    actual(value) {
      const text = textOf(value, MAX_VALUE_LENGTH, unread);
      if (text === undefined) return undefined;
      const index = rank.get(text);
      const share = index === undefined ? 'not seen in training' : readableShare(values[index][1] / total);
      return `${printable(text, 120)} (${share})`;
    },
    compare(value) {
      const text = textOf(value, MAX_VALUE_LENGTH, unread);
      const index = text === undefined ? undefined : rank.get(text);
      return {
        kind: 'value',
        ...(text !== undefined && {
          value: printable(text, VALUE_CHARACTERS),
          ...countOf(index === undefined ? undefined : values[index][1], counts, total),
        }),
        ...(values.length > 0 && {
          usual: printable(values[0][0], USUAL_CHARACTERS),
          usual_share: values[0][1] / total,
        }),
      };
    },
    typical:
      values.length === 0
        ? 'no value'
        : typical.join(', ') + (values.length > 3 ? `, ${values.length - 3} more` : ''),
    toJSON: () => state,
  };
}
