import type { LogDocument } from '../../log_document';
import { momentInZone, type TimeContext } from './leading_time';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** The calendar of four-digit years, epoch milliseconds. */
const EARLIEST = -62_167_219_200_000;
const LATEST = 253_402_300_799_999;
const ACCESS_LOG_TIME =
  /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})? ([+-])(\d{2})(\d{2})$/;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?$/;
/** Epoch numbers below this are seconds: as milliseconds they would lie before 1973. */
const SECONDS_BELOW = 1e11;

/** @returns epoch milliseconds of `17/May/2015:10:05:03 +0200`, undefined for anything else */
export function parseAccessLogTime(text: string): number | undefined {
  const match = ACCESS_LOG_TIME.exec(text);
  if (!match) return undefined;
  const [, day, monthName, year, hour, minute, second, sign, offsetHours, offsetMinutes] = match;
  const month = MONTHS.indexOf(monthName);
  // 60 is a leap second.
  if (month < 0 || +hour > 23 || +minute > 59 || +second > 60 || +offsetHours > 23 || +offsetMinutes > 59)
    return undefined;
  const midnight = new Date(Date.UTC(2000, month, +day)).setUTCFullYear(+year, month, +day);
  if (new Date(midnight).getUTCDate() !== +day) return undefined;
  const offset = (sign === '-' ? -1 : 1) * (+offsetHours * 60 + +offsetMinutes);
  return midnight + ((+hour * 60 + +minute - offset) * 60 + +second) * 1_000;
}

const inCalendar = (time: number): number | undefined =>
  time >= EARLIEST && time <= LATEST ? time : undefined;

/**
 * Time in ISO 8601, with a space for the T and a comma for the point as well.
 *
 * @param context its zone is that of times without an offset; default UTC
 * @returns epoch milliseconds, undefined when it is no such time
 */
export function parseIsoTime(text: string, context: TimeContext = {}): number | undefined {
  if (text.length > 64 || !ISO_TIME.test(text)) return undefined;
  const [, clock = ''] = /^.{10}[T ](.*)$/.exec(text) ?? [];
  const hasOffset = /(Z|[+-]\d{2}(:?\d{2})?)$/.test(clock);
  const iso = text
    .replace(',', '.')
    .replace(/^(.{10}) /, '$1T')
    .replace(/ ?([+-]\d{2}):?(\d{2})?$/, (whole, hours: string, minutes: string | undefined, at: number) =>
      at < 13 ? whole : `${hours}:${minutes ?? '00'}`,
    )
    .replace(/ Z$/, 'Z');
  const time = Date.parse(clock && !hasOffset ? `${iso}Z` : iso);
  if (Number.isNaN(time)) return undefined;
  return inCalendar(hasOffset ? time : momentInZone(time, context));
}

/**
 * Time as programs write it: ISO 8601, the time of an access log, or an epoch time as number or text, in seconds, milliseconds,
 * microseconds (16 digits) or nanoseconds (19 digits).
 *
 * @param context its zone is that of times without an offset; default UTC
 * @returns epoch milliseconds, undefined when it is no time, or one beyond the year 9999
 */
export function parseTime(value: unknown, context: TimeContext = {}): number | undefined {
  if (typeof value === 'number') return epochTime(value);
  if (typeof value !== 'string' || value.length > 64) return undefined;
  if (/^\d{1,19}(\.\d{1,9})?$/.test(value)) return epochTime(Number(value));
  return parseIsoTime(value, context) ?? parseAccessLogTime(value);
}

function epochTime(value: number): number | undefined {
  if (!(value >= 0)) return undefined;
  if (value < SECONDS_BELOW) return Math.round(value * 1_000);
  if (value <= LATEST) return Math.round(value);
  if (value >= 1e15 && value < 1e16) return Math.floor(value / 1e3);
  if (value >= 1e18 && value < 1e19) return Math.floor(value / 1e6);
  return undefined;
}

/**
 * Moves a log in time, e.g. to make old logs look recent.
 *
 * @param milliseconds added to `@timestamp`
 * @returns a copy; the same document when it has no readable `@timestamp` or would leave the range of dates
 */
export function shiftTimestamp(document: LogDocument, milliseconds: number): LogDocument {
  const time = parseTime(document['@timestamp']);
  const shifted = (time ?? NaN) + milliseconds;
  if (inCalendar(shifted) === undefined) return document;
  return { ...document, '@timestamp': new Date(shifted).toISOString() };
}
