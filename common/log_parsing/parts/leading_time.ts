import { momentOf, offsetIn } from '../../suppressions/local_time';
import { offsetAt, type ClockOffset } from './clock_offset';

/** Parts that complete an incomplete time. */
export interface TimeContext {
  /** Epoch milliseconds. A time without a year is in the latest year in which it is not later than this. */
  readonly latest?: number;
  /** Year of times without one; goes before `latest`. */
  readonly year?: number;
  /** IANA name of the zone of times without an offset; default UTC. */
  readonly timeZone?: string;
  /** Word, from 0, at which the lines of an application log have their time as a number; see `withEpochWord`. */
  readonly epochWord?: number;
}

/** A time found in a line. */
export interface FoundTime {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Index of the first UTF-16 code unit behind it. */
  readonly end: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** A clock that runs ahead may write tomorrow's date. */
const AHEAD = 86_400_000;
const FRACTION = String.raw`(?:[.,:](?<fraction>\d{1,9}))?`;
const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{1,2}):(?<second>\d{1,2})${FRACTION}`;
const MONTH = '(?<monthName>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const WEEKDAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?';

/** Each form is anchored where the time may begin; none can match in more than one way, so that reading is linear. */
const FORMS: readonly RegExp[] = [
  // 2015-07-29T17:41:44.747Z, 2015-07-29 17:41:44,747 +0200, 2005-06-03-15.42.50.675872, 2015/07/29 17:41:44
  String.raw`(?<year>\d{4})[-/.](?<month>\d{2})[-/.](?<day>\d{2})[T _-]${CLOCK}(?!\d)`,
  String.raw`(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})-(?<hour>\d{2})\.(?<minute>\d{2})\.(?<second>\d{2})(?:\.(?<fraction>\d{1,9}))?(?!\d)`,
  // Sun Dec 04 04:47:44.123456 2005
  String.raw`(?:${WEEKDAY} )?${MONTH} {1,2}(?<day>\d{1,2}) ${CLOCK}(?: [A-Z]{3,4})? (?<year>\d{4})(?![\d:.])`,
  // Jun 14 15:16:01
  String.raw`(?:${WEEKDAY} )?${MONTH} {1,2}(?<day>\d{1,2}) ${CLOCK}(?!\d)`,
  // Thu, 17 Jun 2021 10:05:03 +0200; 17/Jun/2021:10:05:03 +0200; 17-Jun-2021 10:05:03.123
  String.raw`(?:${WEEKDAY} )?(?<day>\d{1,2})[ /-]${MONTH}[ /-](?<year>\d{4})[ :]${CLOCK}(?!\d)`,
  // 17/06/09 20:10:40: year, month, day, as Spark's log4j writes it
  String.raw`(?<shortYear>\d{2})/(?<month>\d{2})/(?<day>\d{2}) ${CLOCK}(?!\d)`,
  // 3/4/2026, 10:00:00 AM: the month first, as all who write AM and PM have it
  String.raw`(?<month>\d{1,2})/(?<day>\d{1,2})/(?<year>\d{4}),? ${CLOCK} (?<half>[AP]M)(?![A-Za-z\d])`,
  // 03/04/2026-10:00:00.000000, 03/04-10:00:00.000000, as Suricata and Snort write it
  String.raw`(?<month>\d{2})/(?<day>\d{2})(?:/(?<year>\d{4}))?-${CLOCK}(?!\d)`,
  // 17.06.2021 20:10:40
  String.raw`(?<day>\d{2})\.(?<month>\d{2})\.(?<year>\d{4}) ${CLOCK}(?!\d)`,
  // 081109 203615
  String.raw`(?<shortYear>\d{2})(?<month>\d{2})(?<day>\d{2}) (?<hour>\d{2})(?<minute>\d{2})(?<second>\d{2})(?!\d)`,
  // 20171223-22:15:29:606
  String.raw`(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})[- T]${CLOCK}(?!\d)`,
  // 03-17 16:13:38.811, 10.30 16:49:06
  String.raw`(?<month>\d{2})[-.](?<day>\d{2}) ${CLOCK}(?!\d)`,
].map((form) => new RegExp(form, 'yi'));

/** Seconds or milliseconds since 1970. The date that supercomputers write behind says that it is a time, wherever it stands. */
const EPOCH = /(\d{10}(?:\.\d{1,9})?|\d{13})(?![\d.])(?=( \d{4}\.\d{2}\.\d{2} )?)/y;

/**
 * Reads the time that begins at `from`, in any of the forms that programs put at the head of a line. A number is a time only
 * where the line begins, or in brackets.
 *
 * @returns undefined when none begins there; a reason in words when one does that cannot be completed or never was
 */
export function readTimeAt(line: string, from: number, context: TimeContext): FoundTime | string | undefined {
  for (const form of FORMS) {
    form.lastIndex = from;
    const match = form.exec(line);
    if (match === null) continue;
    const parts = match.groups as Parts;
    const end = form.lastIndex;
    // Behind a month and a day alone stands none.
    const zone = parts.year === undefined ? undefined : offsetAt(line, end);
    const time = momentOfParts(parts, zone, context);
    if (time === undefined) continue;
    return typeof time === 'string' ? time : { time, end: zone?.end ?? end };
  }
  return epochAt(line, from);
}

function epochAt(line: string, from: number): FoundTime | undefined {
  const found = numberAt(line, from);
  const isBehindWord = from > 0 && !'[(<'.includes(line[from - 1]);
  return isBehindWord && found?.hasDate === false ? undefined : found;
}

/** Bounds of what is a time by its place or name alone, epoch milliseconds: September 2001 and January 2038. */
const EARLIEST_EPOCH = 1e12;
const LATEST_EPOCH = 2 ** 31 * 1_000;

/** Returns true for epoch milliseconds from 2001 to 2037. */
export const isPlausibleTime = (time: number): boolean => time >= EARLIEST_EPOCH && time < LATEST_EPOCH;

/**
 * Reads the number that begins at `from`, behind words, where the other lines of its file have one as well.
 *
 * @returns undefined for one that is no time from 2001 to 2037, or later than the latest of the context
 */
export function epochWordAt(line: string, from: number, context: TimeContext): FoundTime | undefined {
  const found = numberAt(line, from);
  if (found === undefined || /[\w%]/.test(line[found.end] ?? '')) return undefined;
  const { latest = LATEST_EPOCH } = context;
  return isPlausibleTime(found.time) && found.time < latest + AHEAD ? found : undefined;
}

function numberAt(line: string, from: number): (FoundTime & { readonly hasDate: boolean }) | undefined {
  EPOCH.lastIndex = from;
  const match = EPOCH.exec(line);
  if (match === null) return undefined;
  const [, epoch, date] = match;
  const isMilliseconds = epoch.length === 13 && !epoch.includes('.');
  return {
    time: Math.round(Number(epoch) * (isMilliseconds ? 1 : 1_000)),
    end: EPOCH.lastIndex,
    hasDate: date !== undefined,
  };
}

/** The moment of a local time, given as if it were UTC, in the zone of times without an offset. */
export const momentInZone = (local: number, { timeZone = 'UTC' }: TimeContext): number =>
  timeZone === 'UTC' ? local : momentOf(local, offsetIn(timeZone));

/** Hours of a clock of twelve begin with 12. NaN for one that it does not have. */
function hourOf({ hour, half }: Parts): number {
  const written = Number(hour);
  if (half === undefined) return written;
  if (written < 1 || written > 12) return NaN;
  return (written % 12) + (half.toUpperCase() === 'PM' ? 12 : 0);
}

type Parts = Readonly<Record<string, string | undefined>>;

function momentOfParts(
  parts: Parts,
  zone: ClockOffset | undefined,
  context: TimeContext,
): number | string | undefined {
  const { monthName, fraction } = parts;
  const month = monthName === undefined ? Number(parts.month) - 1 : MONTHS.indexOf(monthName.toLowerCase());
  const day = Number(parts.day);
  const hour = hourOf(parts);
  const minute = Number(parts.minute);
  const second = Number(parts.second);
  // 60 is a leap second.
  if (month < 0 || month > 11 || day < 1 || day > 31 || !(hour <= 23) || minute > 59 || second > 60)
    return undefined;
  const milliseconds = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1_000);
  const inYear = (year: number): number | undefined => {
    const midnight = Date.UTC(year, month, day);
    if (new Date(midnight).getUTCDate() !== day) return undefined;
    const local = midnight + ((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds;
    return zone === undefined ? momentInZone(local, context) : local - zone.offset;
  };
  if (parts.year !== undefined) return inYear(Number(parts.year));
  if (parts.shortYear !== undefined) return inYear(2_000 + Number(parts.shortYear));
  if (context.year !== undefined) return inYear(context.year);
  if (context.latest === undefined) return 'the time has no year; say which it is';
  const thisYear = new Date(context.latest).getUTCFullYear();
  // 29 February is in one of the last eight years.
  for (let year = thisYear + 1; year >= thisYear - 8; year--) {
    const time = inYear(year);
    if (time !== undefined && time <= context.latest + AHEAD) return time;
  }
  return undefined;
}
