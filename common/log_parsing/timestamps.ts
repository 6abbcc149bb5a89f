import type { LogDocument } from '../log_document';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const LATEST = 8.64e15;
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

/**
 * Time as programs write it: ISO 8601 (UTC where no offset is given), or epoch seconds or milliseconds as number or text.
 *
 * @returns epoch milliseconds, undefined when it is no time
 */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === 'string') {
    if (value.length > 64) return undefined;
    if (ISO_TIME.test(value)) {
      const [, clock = ''] = /^.{10}[T ](.*)$/.exec(value) ?? [];
      const hasOffset = /(Z|[+-]\d{2}(:?\d{2})?)$/.test(clock);
      const iso = value
        .replace(',', '.')
        .replace(/^(.{10}) /, '$1T')
        .replace(
          / ?([+-]\d{2}):?(\d{2})?$/,
          (whole, hours: string, minutes: string | undefined, at: number) =>
            at < 13 ? whole : `${hours}:${minutes ?? '00'}`,
        )
        .replace(/ Z$/, 'Z');
      const time = Date.parse(clock && !hasOffset ? `${iso}Z` : iso);
      return Number.isNaN(time) ? undefined : time;
    }
    if (/^\d{1,16}(\.\d{1,9})?$/.test(value)) return parseTime(Number(value));
    return parseAccessLogTime(value);
  }
  if (typeof value !== 'number' || !(value >= 0 && value <= LATEST)) return undefined;
  return Math.round(value < SECONDS_BELOW ? value * 1_000 : value);
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
  if (!(Math.abs(shifted) <= LATEST)) return document;
  return { ...document, '@timestamp': new Date(shifted).toISOString() };
}
