import type { LogDocument } from '../log_document';
import { withMessage } from './application_log';
import { readTimeAt, type TimeContext } from './leading_time';
import { levelOf } from './levels';
import { parseTime } from './timestamps';

const TIME_KEYS = ['time', 'ts', 'timestamp', 't', '@timestamp', 'date'] as const;
const MESSAGE_KEYS = ['msg', 'message', 'event'] as const;
const LEVEL_KEYS = ['level', 'lvl', 'severity'] as const;
const LONGEST_KEY = 128;
const MOST_PAIRS = 500;

/**
 * Reads `time=2024-05-01T12:00:00Z level=info msg="user logged in" user=ann`: pairs of a key and a value, in double quotes
 * where it holds a space. A key without a value is true, as in Go's logfmt.
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
  const messageKey = MESSAGE_KEYS.find((key) => typeof pairs.get(key) === 'string');
  const message = messageKey === undefined ? line : String(pairs.get(messageKey));
  if (messageKey !== undefined) pairs.delete(messageKey);
  const levelKey = LEVEL_KEYS.find((key) => levelOf(String(pairs.get(key) ?? '')) !== undefined);
  const log = levelKey === undefined ? {} : { level: levelOf(String(pairs.get(levelKey))) };
  if (levelKey !== undefined) pairs.delete(levelKey);
  return withMessage(
    { ...Object.fromEntries(pairs), '@timestamp': new Date(time).toISOString() },
    log,
    message,
  );
}

function pairsOf(line: string): Map<string, string | true> | string {
  const pairs = new Map<string, string | true>();
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
    if (line[at] === '"') {
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
    if (key !== '__proto__' && !pairs.has(key)) pairs.set(key, value);
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
