import { z } from 'zod';
import { printable } from '../../printable';
import type { FeatureDefinition } from '../../detector';
import { GROUP_CHARACTERS } from '../../anomaly/comparison';
import type { FeatureDirection } from '../../detector/feature_schema';
import { readableRange, readableValue } from '../../detector/value_units';
import { cached } from '../columns/cached';
import type { ColumnEncoding } from '../columns/column_encoding';
import { directionOfName } from '../columns/directions';
import { DirtCounter, quantile, textOf } from '../columns/field_value';
import type { FieldReader } from '../fields/field_access';
import { MAX_GROUP_NAME, PART_SEPARATOR, type GroupReader } from '../fields/group_fields';
import { maskedText, readableRoute } from '../fields/routes';
import { parseTimestamp } from '../time/time_encoding';
import { compressed, LEAST_DECAY, leastTail, oneOf, ownTail, TYPICAL_DEVIATIONS } from './deviation_encoding';
import { learnHierarchy, type UsualOfGroup } from './deviation_hierarchy';
import { HIGH_SKEWNESS, isNarrow, signedLog1p, skewness } from './number_encoding';
import { numbersIn, type NumberInText } from './numbers_in_text';

/** Places and groups within them with the most numbers are remembered. */
const MAX_PLACES = 500;
const MAX_GROUPS = 2_000;
/** With fewer numbers a place says nothing. */
const MIN_PLACE_VALUES = 20;
/** On the logarithmic scale, and of a number that never differs: what is less than half as much again is nothing odd. */
const SMALLEST_LOG_SPREAD = 0.5;
/** No number counts as steadier than this share of its level. */
const SMALLEST_SHARE = 0.05;
/** Share of the later half of the numbers that lies beyond all of the earlier half where a number grows or falls as time goes on. */
const DRIFTING_SHARE = 0.2;
/** Whole numbers of so much and more of which so many are different, within one order, are ids. */
const IDS = { from: 10_000, differentShare: 0.9, order: 10 };
/** Share of zeros up to which one is odd among counts, however small those are. */
const SELDOM_ZERO = 0.01;
const SIGNIFICANT_DIGITS = 6;
/** Percent of all. */
const WHOLE = 100;

/** No word tells what the number is. */
const NAMELESS = /^ \{n\} (?: \d+)?$/;
const LONGEST_PLACE = 128;

const levelSchema = z.number().min(-1e39).max(1e39);
const usualSchema = z.strictObject({
  level: levelSchema,
  spread: z.number().gt(0).max(1e39),
  count: z.number().int().min(0).max(1e15),
});
const placeSchema = z.strictObject({
  name: z.string().max(LONGEST_PLACE),
  log: z.boolean(),
  /** Number that counts as 1 on the logarithmic scale; absent for 1. */
  one: z.number().gt(0).max(1e39).optional(),
  direction: z.enum(['high', 'low', 'both']),
  /** Share of the counts that are 0, where hardly one is. */
  zero_share: z.number().gt(0).max(1).optional(),
  /** For groups that are not known. */
  others: usualSchema,
  groups: z.array(z.tuple([z.string().max(MAX_GROUP_NAME), usualSchema])).max(MAX_GROUPS),
});
export const messageNumbersStateSchema = z.strictObject({
  kind: z.literal('message_numbers'),
  max_length: z.number().int().min(16).max(65_536),
  places: z.array(placeSchema).max(MAX_PLACES),
});
export type MessageNumbersState = z.infer<typeof messageNumbersStateSchema>;
type Place = z.infer<typeof placeSchema>;
type Usual = z.infer<typeof usualSchema>;

/** Message to read, the groups that its numbers are compared within, the widest first, and its time. */
interface Reading {
  readonly message: unknown;
  readonly groups: readonly string[];
  readonly time: unknown;
}

/** Reads the fields of numbers in messages at once. */
export function messageNumbersReader(
  message: FieldReader,
  groups: GroupReader,
  time: FieldReader,
): (document: unknown) => Reading {
  return (document) => ({ message: message(document), groups: groups(document), time: time(document) });
}

/** Names of the groups of a message: its statement, and that within each of its groups. */
const groupsOf = (statement: string, groups: readonly string[]): string[] => [
  statement,
  ...groups.map((group) => (statement + PART_SEPARATOR + group).slice(0, MAX_GROUP_NAME)),
];

/** Returns the place of a number; one that no word names is like those of the same statement alone. */
const placeOf = ({ place }: NumberInText, statement: string): string =>
  NAMELESS.test(place) ? (place + PART_SEPARATOR + statement).slice(0, LONGEST_PLACE) : place;

/** A number of training at a place. */
interface TrainingNumber {
  readonly number: NumberInText;
  readonly groups: readonly string[];
  readonly time: number | undefined;
}

/** Says that numbers grow or fall as time goes on, as counters, offsets and numbers of orders do. */
function drifts(numbers: readonly TrainingNumber[]): boolean {
  const timed = numbers.filter((each) => each.time !== undefined);
  const times = Float64Array.from(timed, ({ time }) => time!).sort();
  if (times.length < MIN_PLACE_VALUES) return false;
  const half = quantile(times, 0.5);
  let [low, high] = [Infinity, -Infinity];
  for (const { time, number } of timed) {
    if (time! > half) continue;
    low = Math.min(low, number.value);
    high = Math.max(high, number.value);
  }
  const later = timed.filter(({ time }) => time! > half);
  const share = (isBeyond: (value: number) => boolean): number =>
    later.filter(({ number }) => isBeyond(number.value)).length / Math.max(1, later.length);
  return share((value) => value > high) >= DRIFTING_SHARE || share((value) => value < low) >= DRIFTING_SHARE;
}

/** Says that numbers stand for something: whole, without a unit, large, nearly all different and of one length. */
function areIds(numbers: readonly TrainingNumber[], values: Float64Array): boolean {
  if (numbers.some(({ number }) => !number.isPlain)) return false;
  const [low, high] = [quantile(values, 0.05), quantile(values, 0.95)];
  const different = new Set(values).size;
  return low >= IDS.from && high < IDS.order * low && different >= IDS.differentShare * values.length;
}

const sideOf = ({ name, unit, isRate }: NumberInText): FeatureDirection => {
  const direction = directionOfName(name);
  // Of a rate too little is a stall.
  if (isRate) return 'both';
  return direction === 'both' && (unit === 'ms' || unit === 'bytes') ? 'high' : direction;
};

const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));

/** Returns what is usual at a place; undefined where its numbers tell nothing. */
function learnPlace(
  name: string,
  numbers: readonly TrainingNumber[],
  wanted: FeatureDirection | undefined,
): Place | undefined {
  const values = Float64Array.from(numbers, ({ number }) => number.value).sort();
  if (values.length < MIN_PLACE_VALUES || areIds(numbers, values) || drifts(numbers)) return undefined;
  const isSteady = quantile(values, 0.25) === quantile(values, 0.75);
  // A percentage has an upper end.
  const isShare = numbers[0].number.unit === 'percent';
  const log = isSteady || (!isShare && skewness(values) > HIGH_SKEWNESS && !isNarrow(values));
  const zeroShare = (values.filter((value) => value === 0).length + 1) / (values.length + 1);
  const isSeldomZero =
    zeroShare <= SELDOM_ZERO && values[0] >= 0 && numbers.every(({ number }) => number.isPlain);
  const one = log ? oneOf(values) : 1;
  const direction = wanted ?? sideOf(numbers[0].number);
  const grouped = numbers.map(({ number, groups }) => ({
    value: log ? signedLog1p(number.value / one) : number.value,
    hour: 0,
    groups,
  }));
  const { groups, others } = learnHierarchy(grouped, direction, log ? SMALLEST_LOG_SPREAD : 0);
  const usualOf = ({ levels: [level], spread, count }: UsualOfGroup): Usual => ({
    level: rounded(level),
    spread: rounded(Math.max(spread, log ? 0 : SMALLEST_SHARE * Math.abs(level))),
    count,
  });
  return {
    name,
    log,
    ...(one !== 1 && { one }),
    direction,
    ...(isSeldomZero && { zero_share: rounded(zeroShare) }),
    others: usualOf(others),
    groups: groups.map((group) => [group.name, usualOf(group)]),
  };
}

const byCount = <Item>(items: readonly Item[], countOf: (item: Item) => number): Item[] =>
  [...items].sort((one, other) => countOf(other) - countOf(one));

/** Leaves the groups with the most numbers, and the places with the most, in an order that does not depend on that of the logs. */
function bounded(places: readonly Place[]): Place[] {
  const named = [...places].sort((one, other) => (one.name < other.name ? -1 : 1));
  const kept = byCount(named, ({ others }) => others.count).slice(0, MAX_PLACES);
  const all = kept.flatMap((place) => place.groups.map((group) => ({ place, group })));
  const most = new Set(byCount(all, ({ group }) => group[1].count).slice(0, MAX_GROUPS));
  const left = new Set([...most].map(({ group }) => group));
  return kept.map((place) => ({ ...place, groups: place.groups.filter((group) => left.has(group)) }));
}

const timeOf = (time: unknown): number | undefined =>
  typeof time === 'number' ? time : typeof time === 'string' ? parseTimestamp(time) : undefined;

export function learnMessageNumbers(
  definition: FeatureDefinition,
  readings: readonly unknown[],
): ColumnEncoding {
  const dirt = new DirtCounter();
  const { direction = 'auto', max_length: longest } = definition;
  const read = readerOfNumbers();
  const byPlace = new Map<string, TrainingNumber[]>();
  for (const { message, groups, time } of readings as readonly Reading[]) {
    const text = textOf(message, longest, dirt);
    if (text === undefined) continue;
    const { statement, numbers } = read(text);
    if (numbers.length === 0) continue;
    const own = groupsOf(statement, groups);
    const at = timeOf(time);
    for (const number of numbers) {
      const place = placeOf(number, statement);
      const known = byPlace.get(place);
      const each = { number, groups: own, time: at };
      if (known === undefined) byPlace.set(place, [each]);
      else known.push(each);
    }
  }
  const wanted = direction === 'auto' ? undefined : direction;
  const places = [...byPlace].flatMap(([name, numbers]) => learnPlace(name, numbers, wanted) ?? []);
  return decodeMessageNumbers({ kind: 'message_numbers', max_length: longest, places: bounded(places) });
}

/** @returns true where numbers of messages, in the order of their times, count or measure something and are not always the same */
export function holdNumbers(messages: readonly unknown[]): boolean {
  const read = readerOfNumbers();
  const byPlace = new Map<string, TrainingNumber[]>();
  messages.forEach((message, time) => {
    if (typeof message !== 'string') return;
    const { statement, numbers } = read(message);
    for (const number of numbers) {
      const place = placeOf(number, statement);
      const known = byPlace.get(place);
      const each = { number, groups: [], time };
      if (known === undefined) byPlace.set(place, [each]);
      else known.push(each);
    }
  });
  return [...byPlace].some(
    ([name, numbers]) =>
      numbers.some(({ number }) => number.value !== numbers[0].number.value) &&
      learnPlace(name, numbers, undefined) !== undefined,
  );
}

interface NumbersOfMessage {
  readonly statement: string;
  readonly numbers: readonly NumberInText[];
}

const readerOfNumbers = (): ((text: string) => NumbersOfMessage) =>
  cached((text) => {
    const numbers = numbersIn(text);
    return { statement: numbers.length === 0 ? '' : maskedText(text), numbers };
  });

/** Code units of the message around a number that people are shown. */
const SHOWN_BEFORE = 24;
const SHOWN_BEHIND = 16;

/** The words around a number, with what varies in them left out. @example 'records in … ms' */
function aroundOf(text: string, { start, end }: NumberInText): string {
  const from = Math.max(0, start - SHOWN_BEFORE);
  const before = text.slice(from, start).replace(from > 0 ? /^\S*\s*/ : /^\s*/, '');
  const behind = text.slice(end, end + SHOWN_BEHIND);
  const shown = `${before}0${end + SHOWN_BEHIND < text.length ? behind.replace(/\s+\S*$/, '') : behind}`;
  return printable(readableRoute(maskedText(shown)).trim(), GROUP_CHARACTERS);
}

/** A number beside what is usual at its place. */
interface Judged {
  readonly number: NumberInText;
  readonly place: Place;
  readonly usual: Usual;
  /** As the forest sees it. */
  readonly deviation: number;
}

/**
 * Encodes how far the numbers in a message are from what is usual at their places, in one column: the largest deviation,
 * (x - level) / spread, compressed as that of type deviation. A place is told by the words beside the number; level and spread are those of
 * the statement, the message with its numbers masked, drawn towards those of all messages that name such a number alike. 0 without numbers.
 */
export function decodeMessageNumbers(state: MessageNumbersState): ColumnEncoding {
  const places = new Map(state.places.map((place) => [place.name, { place, groups: new Map(place.groups) }]));
  const read = readerOfNumbers();
  const unread = new DirtCounter();
  const judge = (text: string, groups: readonly string[]): Judged[] => {
    const { statement, numbers } = read(text);
    // the narrowest first
    const names = numbers.length === 0 ? [] : groupsOf(statement, groups).reverse();
    return numbers.flatMap((number): Judged[] => {
      // Models of before compare numbers without a name with those of all messages.
      const known = places.get(number.place) ?? places.get(placeOf(number, statement));
      if (known === undefined) return [];
      const { place } = known;
      const group = names.find((name) => known.groups.has(name));
      const usual = group === undefined ? place.others : known.groups.get(group)!;
      const { log, one = 1, direction } = place;
      const scaled = log ? signedLog1p(number.value / one) : number.value;
      // That nothing is there is as odd as it is seldom.
      const isSeldom = place.zero_share !== undefined && number.value === 0;
      const atMost = isSeldom ? -leastTail(place.zero_share!) : Infinity;
      const deviation = Math.min(atMost, compressed((scaled - usual.level) / usual.spread));
      const isOrdinary = (direction === 'high' && deviation < 0) || (direction === 'low' && deviation > 0);
      return [{ number, place, usual, deviation: isOrdinary ? 0 : deviation }];
    });
  };
  const farthest = (text: string, groups: readonly string[]): Judged | undefined => {
    let found: Judged | undefined;
    for (const each of judge(text, groups)) {
      if (found === undefined || Math.abs(each.deviation) > Math.abs(found.deviation)) found = each;
    }
    return found;
  };
  const rangeOf = ({ number, place, usual: { level, spread } }: Judged): [number, number] => {
    const { log, one = 1 } = place;
    const original = (value: number): number =>
      log ? Math.sign(value) * Math.expm1(Math.abs(value)) * one : value;
    const isPositive = level >= 0;
    const endOf = (end: number): number => (isPositive ? Math.max(0, original(end)) : original(end));
    const [low, high] = [
      endOf(level - TYPICAL_DEVIATIONS * spread),
      endOf(level + TYPICAL_DEVIATIONS * spread),
    ];
    // Where hardly one count is 0, the least of the usual ones is 1.
    const least = place.zero_share === undefined ? low : Math.max(1, low);
    const isShare = number.unit === 'percent' && original(level) <= WHOLE;
    return [least, Math.max(least, isShare ? Math.min(WHOLE, high) : high)];
  };
  const judgedOf = (reading: unknown): { text: string | undefined; far: Judged | undefined } => {
    const { message, groups } = reading as Reading;
    const text = textOf(message, state.max_length, unread);
    return { text, far: text === undefined ? undefined : farthest(text, groups) };
  };
  return {
    columns: [''],
    watched: [{ tail: 'both', leastDecay: LEAST_DECAY, leastTail, ownTail }],
    missing: NaN,
    encode(reading, out, offset, dirt) {
      const { message, groups } = reading as Reading;
      const text = textOf(message, state.max_length, dirt);
      if (text === undefined) return false;
      out[offset] = farthest(text, groups)?.deviation ?? 0;
      return true;
    },
    actual(reading) {
      const { text, far } = judgedOf(reading);
      if (text === undefined) return undefined;
      if (far === undefined) return 'no number to compare';
      return `${readableValue(far.number.value, far.number.unit)} in “${aroundOf(text, far.number)}”`;
    },
    compare(reading) {
      const { text, far } = judgedOf(reading);
      if (text === undefined) return { kind: 'number' };
      if (far === undefined) return { kind: 'number', in_text: true };
      const [low, high] = rangeOf(far);
      const { unit, value } = far.number;
      return {
        kind: 'number',
        in_text: true,
        value,
        ...(unit !== 'none' && { unit }),
        low,
        high,
        group: `“${aroundOf(text, far.number)}”`,
        group_logs: far.usual.count,
      };
    },
    typical: 'numbers as usual in such messages',
    typicalOf(reading) {
      const { far } = judgedOf(reading);
      if (far === undefined) return 'numbers as usual in such messages';
      return readableRange(...rangeOf(far), far.number.unit);
    },
    toJSON: () => state,
  };
}
