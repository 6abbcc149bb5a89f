import { z } from 'zod';
import type { Comparison } from '../../anomaly/comparison';
import { VALUE_CHARACTERS } from '../../anomaly/comparison';
import type { FeatureDirection } from '../../detector/feature_schema';
import { printable } from '../../printable';
import { DirtCounter, numberOf, scalarOf, textOf } from '../columns/field_value';

/** Of fewer numbers a text, or a number below 0, says little; of more texts than this share neither does one. */
const TELLING = { numbers: 100, texts: 0.01 };
/** Distance beyond all of training, on the logarithmic scale of deviations. */
const BEYOND = 1;
const SIGNIFICANT_DIGITS = 6;

/** Values that count as far out though they have no distance: those that are no numbers, and those of a sign that training never held. */
export const oddKindsSchema = z.strictObject({
  /** As the forest sees it. */
  distance: z.number().gt(0).max(1e3),
  /** Training logs with a value, and those of them whose value is no number. */
  logs: z.number().int().min(0).max(1e15),
  texts: z.number().int().min(0).max(1e15),
  /** No training log held a number below 0. */
  never_negative: z.literal(true).optional(),
});
type OddKinds = z.infer<typeof oddKindsSchema>;

const unread = new DirtCounter();

/** Returns true for a value that is there, be it a number or not. */
const isThere = (value: unknown): boolean => scalarOf(value, unread) !== undefined;

/**
 * Learns how far out values count that are no numbers, such as "ERR": beyond all of training and what any number reaches by chance. Below 0
 * no number was to be only where numbers have a long tail, as amounts and durations: others near 0 may fall below it one day.
 *
 * @param values what the logs hold in the field
 * @param known the scale, the largest deviation of training, and the distance beyond which a share of numbers lies
 * @returns undefined where training held too few numbers, or too many other values
 */
export function learnOddKinds(
  values: readonly unknown[],
  {
    log,
    farthest,
    leastTail,
  }: { readonly log: boolean; readonly farthest: number; readonly leastTail: (share: number) => number },
): OddKinds | undefined {
  const dirt = new DirtCounter();
  let [numbers, texts, negatives] = [0, 0, 0];
  for (const value of values) {
    const number = numberOf(value, dirt);
    if (number === undefined) texts += isThere(value) ? 1 : 0;
    else {
      numbers++;
      if (number < 0) negatives++;
    }
  }
  const logs = numbers + texts;
  if (numbers < TELLING.numbers || texts > TELLING.texts * logs) return undefined;
  const distance = Math.max(farthest, leastTail(1 / logs)) + BEYOND;
  return {
    distance: Number(distance.toPrecision(SIGNIFICANT_DIGITS)),
    logs,
    texts,
    ...(log && negatives === 0 && { never_negative: true }),
  };
}

/** Tells of a value whether it is odd by its kind, given the number that it is read as, if any. */
interface OddKindsReader {
  /** Returns the deviation that it counts as; undefined for any other value. */
  deviationOf(value: unknown, number: number | undefined): number | undefined;
  /** Returns the training logs where none of them held such a value. */
  unseenAmong(value: unknown, number: number | undefined): number | undefined;
  /** Returns a text in place of a number, for people. */
  textOf(value: unknown): string | undefined;
  comparisonOf(value: unknown, number: number | undefined): Partial<Comparison>;
}

/**
 * @param odd absent where nothing is odd by its kind
 * @param direction numbers below 0 are ordinary where only high ones are anomalous, a text is odd in any case
 * @param below what is less is ordinary
 */
export function readerOfOddKinds(
  odd: OddKinds | undefined,
  direction: FeatureDirection,
  below: number,
): OddKindsReader {
  const isText = (value: unknown, number: number | undefined): boolean =>
    odd !== undefined && number === undefined && isThere(value);
  const isNegative = (number: number | undefined): number is number =>
    odd?.never_negative === true &&
    number !== undefined &&
    number < 0 &&
    number >= below &&
    direction !== 'high';
  return {
    deviationOf(value, number) {
      if (odd === undefined) return undefined;
      if (isText(value, number)) return direction === 'low' ? -odd.distance : odd.distance;
      return isNegative(number) ? -odd.distance : undefined;
    },
    unseenAmong: (value, number) =>
      isNegative(number) || (isText(value, number) && odd?.texts === 0) ? odd?.logs : undefined,
    textOf: (value) =>
      isText(value, undefined) ? `${textOf(value, VALUE_CHARACTERS, unread)} (no number)` : undefined,
    comparisonOf(value, number) {
      if (isNegative(number)) return { count: 0, logs: odd!.logs };
      if (!isText(value, number)) return {};
      const text = textOf(value, VALUE_CHARACTERS, unread) ?? '';
      return { value: printable(text, VALUE_CHARACTERS), count: odd!.texts, logs: odd!.logs };
    },
  };
}
