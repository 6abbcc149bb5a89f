import { parseTimestamp } from '../time/time_encoding';
import { DAY } from '../../duration';

/** Values of a field as numbers, one a document; undefined where it has none. */
export type Numbers = readonly (number | undefined)[];

/** Units of times since 1970, in milliseconds. */
const EPOCH_UNITS = [1_000, 1, 1e-3, 1e-6];
/** Times that lie so far from the logs are those of what the logs are about, such as an end of validity. */
const MARGIN = 366 * DAY;
/** Years that times lie in where the logs have none of their own. */
const KNOWN_YEARS = [Date.UTC(2000, 0, 1), Date.UTC(2100, 0, 1)] as const;
/** Share of the numbers that have to be times, so that a few odd ones (0, -1) change nothing. */
const TIME_SHARE = 0.95;
/** From one log to the next a number that rises with time rises so many times as often as it falls. */
const RISES_A_FALL = 10;

/** Ends of names of times, before their unit. A `response_time` is a duration. */
const TIME =
  /(^|_)(timestamp|date|datetime|ts|epoch|clock|created|modified|updated|at)$|(^|(^|_)(start|end|begin|finish|event|log|system|kernel|boot|monotonic|creation|update|access|write)_)time$/;
const UNIT = /_(s|secs?|seconds|ms|msec|millis|us|usec|micros|ns|nsec|nanos|unix|utc)$/;
/** Parts of names of amounts: some are as large as a time is. */
const SIZE = /(^|_)(bytes|size|used|free|total|count|memory|mem|heap|rss|capacity|quota|disk|amount)(_|$)/;
/** Last parts of names of numbers that say where a line was written. */
const ORIGIN = /(^|_)(line|line_?(no|number)|thread|version|build)$/;

/** Returns the name in lower case with `_` between its parts: `client.srcPort` is `client_src_port`. */
export const nameParts = (field: string): string =>
  field
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();

/** Returns the times of documents in milliseconds since 1970, from the values of their timestamp. */
export const timesFrom = (values: readonly unknown[]): Numbers =>
  values.map((value) => {
    const time = typeof value === 'string' ? parseTimestamp(value) : value;
    return typeof time === 'number' && Number.isFinite(time) ? time : undefined;
  });

const isNamedTime = (field: string): boolean =>
  TIME.test(nameParts(field.slice(field.lastIndexOf('.') + 1)).replace(UNIT, ''));

/**
 * Returns true for a number that says when something was: one near the times of the logs in seconds, ms, us or ns since 1970, whatever its
 * name, or one that is named as a time and rises with them, such as a clock that starts with the machine.
 *
 * @param times of the logs, in milliseconds; where none has one, the order of the documents stands for them
 */
export function isTime(field: string, numbers: Numbers, times: Numbers): boolean {
  // A time in seconds is of 1970 in milliseconds, and says nothing of what is near.
  const known = times
    .filter((time) => time !== undefined)
    .filter((time) => time >= KNOWN_YEARS[0] && time <= KNOWN_YEARS[1]);
  const hasTimes = known.length > 0;
  const isNamed = isNamedTime(field);
  const own = numbers.filter((number) => number !== undefined);
  const [from, to] = hasTimes
    ? [leastOf(known) - MARGIN, -leastOf(known.map((time) => -time)) + MARGIN]
    : KNOWN_YEARS;
  const isEpoch = EPOCH_UNITS.some((unit) => {
    const within = own.filter((number) => number * unit >= from && number * unit <= to);
    return own.length > 0 && within.length >= TIME_SHARE * own.length;
  });
  // A hundred years in seconds hold many sizes: without times of the logs the name has to tell.
  if (isEpoch && (isNamed || (hasTimes && !SIZE.test(nameParts(field))))) return true;
  return isNamed && isRising(numbers, hasTimes ? times : undefined);
}

function isRising(numbers: Numbers, times: Numbers | undefined): boolean {
  const rows = numbers.flatMap((number, row) =>
    number === undefined || (times !== undefined && times[row] === undefined) ? [] : [row],
  );
  if (times !== undefined) rows.sort((one, other) => times[one]! - times[other]!);
  let [rises, falls] = [0, 0];
  for (let place = 1; place < rows.length; place++) {
    const step = numbers[rows[place]]! - numbers[rows[place - 1]]!;
    if (step > 0) rises++;
    if (step < 0) falls++;
  }
  return rises > 0 && rises >= RISES_A_FALL * falls;
}

const leastOf = (numbers: readonly number[]): number =>
  numbers.reduce((least, number) => Math.min(least, number));

/** Returns true for a number that says where a line was written. */
export const isOrigin = (field: string): boolean => ORIGIN.test(nameParts(field));

const PORT =
  /(^|_)((s|d|src|dst|source|dest|destination|client|server|remote|local|peer|nat|host)_?)?port$|(^|_)(spt|dpt|(orig|resp)_p)$/;
const CODE =
  /(^|_)([a-z]*type|[a-z]*(?<!de|en)code|status|state|level|version|class|kind|category|mode|flags?|proto|protocol|facility|reason|outcome|severity|priority)$|(^|_)iana_number$/;
/** Different values of numbers that are codes, at most. */
const MOST_CODES = 100;
/** Of so few values those of a code need not be whole numbers, such as versions. */
const FEW_CODES = 12;

/** Returns true for a number that is a port by its name. Ports of clients are drawn anew for each connection, and tell nothing. */
export const isPort = (field: string): boolean => PORT.test(nameParts(field));

/** Returns true for numbers of few values that are codes, by the last part of their name; amounts such as `status_count` are none. */
export const areCodes = (field: string, distinct: ReadonlySet<number>): boolean =>
  (CODE.test(nameParts(field)) || isPort(field)) &&
  distinct.size <= MOST_CODES &&
  (distinct.size <= FEW_CODES || [...distinct].every((number) => Number.isInteger(number)));
