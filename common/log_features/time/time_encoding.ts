import { z } from 'zod';
import { DetectionError } from '../../detection_error';
import type { FeatureDefinition } from '../../detector';
import type { ColumnEncoding } from '../columns/column_encoding';
import { UNSEEN } from '../category/category_encoding';
import { DirtCounter, numberOf, scalarOf } from '../columns/field_value';
import { noveltySchema } from '../columns/novelty';
import { HOUR } from '../../duration';

const DAY = 24 * HOUR;
/** Offsets from UTC change only on quarter hours, so one look-up serves a quarter of an hour. */
const QUARTER = HOUR / 4;
/**
 * Years 100 to 9999, in milliseconds from the epoch: for these runtimes and Elasticsearch agree on the local time. Outside
 * of them a formatted year is of another era or has its century left out.
 */
const EARLIEST_TIME = Date.UTC(100, 0, 2);
const LATEST_TIME = Date.UTC(9999, 11, 31);
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export const timeStateSchema = z.strictObject({
  kind: z.enum(['hour_of_day', 'day_of_week']),
  time_zone: z.string().min(1).max(64),
  /** Training values in each hour (24) or weekday from Sunday (7). */
  counts: z.array(z.number().int().min(0).max(1e15)).min(7).max(24),
  /** Absent in models of version 0.1.0, which have no column `.unseen`. */
  novelty: noveltySchema.optional(),
});
type TimeState = z.infer<typeof timeStateSchema>;

const ISO_8601 =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(?:Z|([+-])(\d\d):?(\d\d))?$/;

const ZERO = 48;

/** @returns the number of the decimal digits in [from, to); NaN where one is none */
function digitsAt(text: string, from: number, to: number): number {
  let number = 0;
  for (let place = from; place < to; place++) {
    const digit = text.charCodeAt(place) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    number = 10 * number + digit;
  }
  return number;
}

/** The form in which Elasticsearch writes times, `2026-11-03T04:05:06.789Z`, read four times as fast. @returns undefined for all others */
function parseUsualTimestamp(text: string): number | undefined {
  const isUsual =
    text.length === 24 &&
    text[4] === '-' &&
    text[7] === '-' &&
    text[10] === 'T' &&
    text[13] === ':' &&
    text[16] === ':' &&
    text[19] === '.' &&
    text[23] === 'Z';
  if (!isUsual) return undefined;
  const month = digitsAt(text, 5, 7);
  const day = digitsAt(text, 8, 10);
  const hour = digitsAt(text, 11, 13);
  const minute = digitsAt(text, 14, 16);
  const second = digitsAt(text, 17, 19);
  const isInRange =
    month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
  if (!isInRange) return undefined;
  const time = Date.UTC(digitsAt(text, 0, 4), month - 1, day, hour, minute, second, digitsAt(text, 20, 23));
  return Number.isNaN(time) ? undefined : time;
}

/** ISO 8601 date or date and time; without an offset it is UTC, as in Elasticsearch. @returns epoch milliseconds */
export function parseTimestamp(text: string): number | undefined {
  const usual = parseUsualTimestamp(text);
  if (usual !== undefined) return usual;
  const match = text.length <= 40 ? ISO_8601.exec(text) : null;
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] = match;
  if (+month < 1 || +month > 12 || +day < 1 || +day > 31) return undefined;
  if (+(hour ?? 0) > 23 || +(minute ?? 0) > 59 || +(second ?? 0) > 60) return undefined;
  const milliseconds = fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = Date.UTC(+year, +month - 1, +day, +(hour ?? 0), +(minute ?? 0), +(second ?? 0), milliseconds);
  if (sign === undefined) return time;
  const offset = (+offsetHours * 60 + +offsetMinutes) * 60_000;
  return sign === '+' ? time - offset : time + offset;
}

/**
 * Offset of local time from UTC in milliseconds, daylight saving included.
 *
 * @throws DetectionError `invalid_input` for a time zone that the runtime does not know
 */
export function offsetsOf(timeZone: string): (time: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch (cause) {
    throw new DetectionError(
      'invalid_input',
      `time_zone ${JSON.stringify(timeZone)} is not known; give an IANA name such as Europe/Berlin or UTC`,
      { cause },
    );
  }
  const zone = format.resolvedOptions().timeZone;
  if (zone === 'UTC' || zone === 'Etc/UTC' || zone === 'GMT') return () => 0;
  const offsets = new Map<number, number>();
  let lastQuarter = NaN;
  let lastOffset = 0;
  return (time) => {
    const quarter = Math.floor(time / QUARTER);
    if (quarter === lastQuarter) return lastOffset;
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      const part: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(quarter * QUARTER)) part[type] = Number(value);
      const local = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
      offset = local - quarter * QUARTER;
      if (offsets.size >= 20_000) offsets.clear();
      offsets.set(quarter, offset);
    }
    lastQuarter = quarter;
    lastOffset = offset;
    return offset;
  };
}

/**
 * Reads a field as position in its cycle: hours [0, 24) with fractions, or weekday 0 (Sunday) to 6.
 * A number in [0, 24) is the hour itself and an integer from 0 to 7 the weekday (7 is Sunday too); any other number,
 * also as a string, is epoch milliseconds.
 */
function positionReader(
  kind: TimeState['kind'],
  timeZone: string,
): (value: unknown, dirt: DirtCounter) => number | undefined {
  const offsetOf = offsetsOf(timeZone);
  return (value, dirt) => {
    const scalar = scalarOf(value, dirt);
    if (scalar === undefined) return undefined;
    let time = typeof scalar === 'string' ? parseTimestamp(scalar) : undefined;
    if (time === undefined) {
      time = numberOf(scalar, dirt);
      if (time === undefined) return undefined;
      if (kind === 'hour_of_day' && time >= 0 && time < 24) return time;
      if (kind === 'day_of_week' && time >= 0 && time <= 7 && Number.isInteger(time)) return time % 7;
    }
    if (time < EARLIEST_TIME || time > LATEST_TIME) {
      dirt.add('out_of_range');
      return undefined;
    }
    const local = time + offsetOf(time);
    const day = Math.floor(local / DAY);
    // 1 January 1970 was a Thursday
    return kind === 'hour_of_day' ? (local - day * DAY) / HOUR : (((day + 4) % 7) + 7) % 7;
  };
}

/** @returns reads a time as the hour of the day, 0 to 23, in local time; undefined where it is none */
export function localHourReader(timeZone: string): (value: unknown) => number | undefined {
  const read = positionReader('hour_of_day', timeZone);
  const unread = new DirtCounter();
  return (value) => {
    const hour = value === undefined ? undefined : read(value, unread);
    return hour === undefined ? undefined : Math.floor(hour);
  };
}

/**
 * Logs of one day come together: a day is one observation of which hours hold logs, and a week one of the weekdays. What no
 * day held comes with one log in (days + 1) x 24, or in (weeks + 1) x 7.
 *
 * @param days from the first log to the last
 */
function noveltyOfTime(cycle: 24 | 7, days: number, total: number) {
  const rounds = Math.max(1, Math.floor(cycle === 24 ? days : days / 7));
  return { probability: 1 / ((rounds + 1) * cycle), trained_on: total };
}

/** @param days from the first training log to the last */
export function learnTime(
  definition: FeatureDefinition,
  values: readonly unknown[],
  days = 1,
): ColumnEncoding {
  const kind = definition.type === 'day_of_week' ? 'day_of_week' : 'hour_of_day';
  const read = positionReader(kind, definition.time_zone);
  const dirt = new DirtCounter();
  const counts = new Array<number>(kind === 'hour_of_day' ? 24 : 7).fill(0);
  for (const value of values) {
    const position = read(value, dirt);
    if (position !== undefined) counts[Math.floor(position)]++;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const novelty = noveltyOfTime(kind === 'hour_of_day' ? 24 : 7, days, total);
  return decodeTime({ kind, time_zone: definition.time_zone, counts, novelty });
}

const clock = (hour: number): string => `${String(hour % 24).padStart(2, '0')}:00`;

/**
 * The shortest stretch of hours, around midnight if need be, that holds 90% of the training values.
 *
 * @returns undefined where nearly all hours are usual, or nothing is known
 */
function usualHours(counts: readonly number[]): { low: number; high: number } | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  for (let length = 1; length <= 20; length++) {
    let best = -1;
    let most = 0;
    for (let start = 0; start < 24; start++) {
      let held = 0;
      for (let step = 0; step < length; step++) held += counts[(start + step) % 24];
      if (held > most) [best, most] = [start, held];
    }
    if (most >= 0.9 * total) return { low: best, high: (best + length) % 24 };
  }
  return undefined;
}

function typicalHours(counts: readonly number[]): string {
  const hours = usualHours(counts);
  if (hours !== undefined) return `${clock(hours.low)}-${clock(hours.high)}`;
  return counts.some((count) => count > 0) ? 'any hour' : 'no value';
}

/** Days, from 0 (Sunday), that hold 5% of the training values and more, Monday first. */
function usualWeekdays(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return [1, 2, 3, 4, 5, 6, 0].filter((day) => total > 0 && counts[day] >= 0.05 * total);
}

function typicalWeekdays(counts: readonly number[]): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'no value';
  const usual = usualWeekdays(counts);
  return usual.length === 7 ? 'any day' : usual.map((day) => WEEKDAYS[day]).join(', ');
}

/** Sine and cosine of the position in the day or week: 23:59 lies beside 00:00. */
export function decodeTime(state: TimeState): ColumnEncoding {
  const cycle = state.kind === 'hour_of_day' ? 24 : 7;
  if (state.counts.length !== cycle) {
    throw new DetectionError('refused', `${state.kind} needs ${cycle} counts, got ${state.counts.length}`);
  }
  const read = positionReader(state.kind, state.time_zone);
  const unread = new DirtCounter();
  const { novelty, counts } = state;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    columns: novelty === undefined ? ['.sin', '.cos'] : ['.sin', '.cos', UNSEEN],
    watched: novelty && [undefined, undefined, { unseen: novelty }],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const position = read(value, dirt);
      if (position === undefined) return false;
      const angle = (2 * Math.PI * position) / cycle;
      out[offset] = Math.sin(angle);
      out[offset + 1] = Math.cos(angle);
      if (novelty !== undefined) out[offset + 2] = counts[Math.floor(position)] === 0 ? 1 : 0;
      return true;
    },
    unseenAmong(value) {
      const position = read(value, unread);
      return position === undefined || counts[Math.floor(position)] > 0 ? undefined : total;
    },
    actual(value) {
      const position = read(value, unread);
      if (position === undefined) return undefined;
      if (cycle === 7) return WEEKDAYS[position];
      const minutes = Math.floor(position * 60 + 1e-9);
      return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    },
    compare(value) {
      const position = read(value, unread);
      const isNew = position !== undefined && total > 0 && counts[Math.floor(position)] === 0;
      const days = usualWeekdays(counts);
      return {
        kind: cycle === 24 ? 'hour' : 'weekday',
        ...(position !== undefined && {
          value: cycle === 24 ? Math.floor(position * 60 + 1e-9) : position,
        }),
        logs: total,
        ...(isNew && { count: 0 }),
        ...(cycle === 24 ? usualHours(counts) : days.length < 7 && { days }),
      };
    },
    typical: cycle === 24 ? typicalHours(state.counts) : typicalWeekdays(state.counts),
    toJSON: () => state,
  };
}
