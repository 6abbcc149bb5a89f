import { dependenceWithin, follows, informationOf } from './dependence';
import { LEAST_DEPENDENCE, textsOf, type FieldValues } from './seldom_fields';

/** Different values of a field that pairs are made of. */
const MOST_VALUES = 200;
/** Share of the logs whose value or pair occurs once, which is the chance that the next is new (Good 1953), up to which a new pair is news. */
const MOST_NEW = 0.15;
/** Part of what one field says of another from which a new pair is news. */
const STRONG = 0.5;
/** Share of the logs with the one field that have to have its partner. */
const TOGETHER = 0.5;
/** Logs with both fields that say something of their pairs: of fewer, the odd pair makes two fields look as if one told the other. */
const FEWEST_LOGS = 100;

/**
 * Returns how much two fields tell of each other, in the logs that have both: what only one of them has tells that the other is missing, and
 * nothing of their values. Undefined for fields whose pairs are no news: those that know little of each other, that say the same, that go together only because
 * both follow from a third, or whose pairs are new all the time.
 */
function worthOf(
  [one, other]: readonly [FieldValues, FieldValues],
  others: readonly FieldValues[],
  isPreferred = false,
): number | undefined {
  if (one.distinct > MOST_VALUES || other.distinct > MOST_VALUES) return undefined;
  const [first, second] = [textsOf(one), textsOf(other)];
  const own = first.flatMap((text, row) => (text === '' ? [] : [row]));
  const both = own.filter((row) => second[row] !== '');
  if (both.length < FEWEST_LOGS || !areTogether([one, other])) return undefined;
  const rows = isPreferred ? own : both;
  const there = (texts: readonly string[]): string[] => rows.map((row) => texts[row]);
  const [texts, partners] = [there(first), there(second)];
  const { nats, share } = informationOf(texts, partners);
  // A pod whose name begins with that of its service is of no other.
  const isPart = texts.every((text, row) => text.includes(partners[row]));
  if (isPart || share < LEAST_DEPENDENCE) return undefined;
  if (!isPreferred) {
    const isTwin = follows(texts, partners) && follows(partners, texts);
    const pairs = texts.map((text, row) => JSON.stringify([text, partners[row]]));
    const isNewOften = Math.max(newShare(first.filter((text) => text !== '')), newShare(pairs)) > MOST_NEW;
    if (isTwin || share < STRONG || isNewOften) return undefined;
  }
  const fewest = Math.min(one.distinct, other.distinct);
  const areBound = others
    .filter(({ distinct }) => distinct < fewest)
    .map((third) => there(textsOf(third)))
    .filter((third) => follows(third, texts) && follows(third, partners))
    .every((third) => dependenceWithin(texts, partners, third) >= LEAST_DEPENDENCE);
  return areBound ? nats * rows.length : undefined;
}

/** Returns true where most logs with the first field have the second one. */
function areTogether([one, other]: readonly [FieldValues, FieldValues]): boolean {
  const own = one.values.flatMap((value, row) => (value === undefined ? [] : [row]));
  return own.filter((row) => other.values[row] !== undefined).length >= TOGETHER * own.length;
}

function newShare(texts: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts.values()].filter((count) => count === 1).length / texts.length;
}

/** A field, and those that it may go together with. */
export interface Paired {
  readonly own: FieldValues;
  readonly candidates: readonly FieldValues[];
  /** One of them that stands before the others, and may be another name of the same. */
  readonly preferred: FieldValues | undefined;
  /** Names who acts, whose pair with the preferred one is looked at in any case. */
  readonly isActor: boolean;
}

/**
 * Returns for each field the one of its candidates that tells the most of it, if a new pair of them is news; no pair of two fields twice.
 *
 * @param others fields that may be what two of them go together by
 */
export function* partnersOf(
  fields: readonly Paired[],
  others: readonly FieldValues[],
): Generator<undefined, ReadonlyMap<string, string>> {
  const partners = new Map<string, string>();
  for (const { own, candidates, preferred, isActor } of fields) {
    if (preferred !== undefined) {
      const pair = [own, preferred] as const;
      if (isActor ? areTogether(pair) : worthOf(pair, others, true) !== undefined) {
        partners.set(own.field, preferred.field);
        continue;
      }
    }
    let [most, best]: [number, FieldValues | undefined] = [0, undefined];
    for (const candidate of candidates) {
      if (candidate.field === own.field || partners.get(candidate.field) === own.field) continue;
      yield undefined;
      const worth = worthOf([own, candidate], others) ?? 0;
      const isCoarser = best !== undefined && worth === most && candidate.distinct < best.distinct;
      if (worth > most || isCoarser) [most, best] = [worth, candidate];
    }
    if (best !== undefined) partners.set(own.field, best.field);
  }
  return partners;
}
