import type { LogDocument } from '../log_document';
import { withMessage } from './application_log';
import { readTimeAt, type TimeContext } from './parts/leading_time';
import { levelOf } from './parts/levels';
import { NUMBER } from './tables/column_table';
import { parseTime } from './parts/timestamps';

const TIME_KEYS = ['time', 'ts', 'timestamp', 't', '@timestamp', 'date'] as const;
const MESSAGE_KEYS = ['msg', 'message', 'event'] as const;
const LEVEL_KEYS = ['level', 'lvl', 'severity'] as const;
/** Keys of a duration with its unit, such as 12.3ms. */
const DURATION_KEYS = ['duration', 'took', 'elapsed', 'latency', 'dur', 'response_time'] as const;
const LONGEST_KEY = 128;
const MOST_PAIRS = 500;

/**
 * Reads `time=2024-05-01T12:00:00Z level=info msg="user logged in" user=ann`: pairs of a key and a value, in double quotes
 * where it holds a space. A key without a value is true, as in Go's logfmt, and a number without quotes is a number. A duration
 * with its unit, such as `took=12.3ms`, becomes `event.duration` as well.
 *
 * @returns the document, or what is wrong with the line
 */
export function readLogfmt(line: string, context: TimeContext): LogDocument | string {
  const pairs = pairsOf(line);
  if (typeof pairs === 'string') return pairs;
  const timeKey = TIME_KEYS.find((key) => pairs.has(key));
  if (timeKey === undefined) return `has no time; it needs one of ${TIME_KEYS.join(', ')}`;
  const text = String(pairs.get(timeKey));
  const found = readTimeAt(text, 0, context);
  const time = parseTime(text, context) ?? (typeof found === 'object' ? found.time : undefined);
  if (time === undefined) return `${timeKey} cannot be read as a time`;
  pairs.delete(timeKey);
  const messageKey = MESSAGE_KEYS.find((key) => pairs.has(key) && pairs.get(key) !== true);
  const message = messageKey === undefined ? line : String(pairs.get(messageKey));
  if (messageKey !== undefined) pairs.delete(messageKey);
  const levelKey = LEVEL_KEYS.find((key) => levelOf(String(pairs.get(key) ?? '')) !== undefined);
  const log = levelKey === undefined ? {} : { level: levelOf(String(pairs.get(levelKey))) };
  if (levelKey !== undefined) pairs.delete(levelKey);
  const durationKey = DURATION_KEYS.find((key) => nanosecondsOf(pairs.get(key)) !== undefined);
  if (durationKey !== undefined && !pairs.has('event.duration') && !pairs.has('event'))
    pairs.set('event.duration', nanosecondsOf(pairs.get(durationKey)) as number);
  return withMessage(
    { ...Object.fromEntries(pairs), '@timestamp': new Date(time).toISOString() },
    log,
    message,
  );
}

type Pairs = Map<string, string | number | true>;

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
};
/** Durations as Go writes them: `12.3ms`, `1m2.5s`. */
const DURATION = /^(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|μs|ms|s|m|h)){1,6}$/;

function nanosecondsOf(value: string | number | true | undefined): number | undefined {
  if (typeof value !== 'string' || value.length > 64 || !DURATION.test(value)) return undefined;
  const parts = value.matchAll(/([\d.]+)([a-zµμ]+)/g);
  return Math.round(
    [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * NANOSECONDS[unit], 0),
  );
}

function pairsOf(line: string): Pairs | string {
  const pairs: Pairs = new Map();
  let at = 0;
  let withValue = 0;
  while (at < line.length) {
    while (line[at] === ' ') at++;
    if (at >= line.length) break;
    let end = at;
    while (end < line.length && line[end] !== '=' && line[end] !== ' ') end++;
    const key = line.slice(at, end);
    if (key === '' || key.length > LONGEST_KEY || /["{}[\]]/.test(key))
      return 'is not made of pairs such as key=value';
    if (pairs.size >= MOST_PAIRS) return `has more than ${MOST_PAIRS} pairs`;
    at = end;
    if (line[at] !== '=') {
      if (key !== '__proto__') pairs.set(key, true);
      continue;
    }
    at++;
    withValue++;
    let value: string;
    const isQuoted = line[at] === '"';
    if (isQuoted) {
      const quoted = quotedAt(line, at);
      if (quoted === undefined) return `the quotes of ${key} do not end`;
      ({ value, end: at } = quoted);
    } else {
      end = line.indexOf(' ', at);
      if (end < 0) end = line.length;
      value = line.slice(at, end);
      at = end;
    }
    // A dotted key is one field; that of an object's prototype is none.
    if (key !== '__proto__' && !pairs.has(key))
      pairs.set(key, isQuoted || !NUMBER.test(value) ? value : Number(value));
  }
  // Words of a sentence are keys without values.
  return withValue >= 2 && withValue * 2 >= pairs.size ? pairs : 'is not made of pairs such as key=value';
}

function quotedAt(line: string, from: number): { value: string; end: number } | undefined {
  for (let at = from + 1; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === '"') {
      const raw = line.slice(from, at + 1);
      try {
        return { value: JSON.parse(raw) as string, end: at + 1 };
      } catch {
        return { value: raw.slice(1, -1), end: at + 1 };
      }
    }
  }
  return undefined;
}
