import type { LogDocument } from '../log_document';
import { parseExactJson } from './exact_json';
import { DEEPEST_JSON, isNestedTooDeeply, textOfJson } from '../json_values';
import { withMessage } from './application_log';
import type { TimeContext } from './leading_time';
import { SYSLOG_LEVELS } from './levels';
import { cutText } from './text_values';
import { parseTime } from './timestamps';
import { LONGEST_TEXT } from './types';

/** Keys under which programs write the time, in the order of trust. */
const TIME_KEYS = ['@timestamp', 'timestamp', 'time', 'ts', 'date'] as const;
const MESSAGE_KEYS = ['msg', 'log'] as const;

/** Fields of systemd's journal (systemd.journal-fields) under their ECS names; the others keep their own. */
function readJournal(source: Record<string, unknown>): LogDocument | string {
  const microseconds = numberIn(source.__REALTIME_TIMESTAMP);
  if (!(microseconds > 0 && microseconds < 8.64e18)) return '__REALTIME_TIMESTAMP cannot be read as a time';
  const { MESSAGE: message, PRIORITY: priority, _HOSTNAME: host, _PID: pid } = source;
  const name = source.SYSLOG_IDENTIFIER ?? source._COMM;
  const unit = source._SYSTEMD_UNIT;
  const level = SYSLOG_LEVELS[numberIn(priority)];
  const process = {
    ...(typeof name === 'string' && { name }),
    ...(Number.isInteger(numberIn(pid)) && { pid: numberIn(pid) }),
  };
  return withMessage(
    {
      '@timestamp': new Date(Math.floor(microseconds / 1_000)).toISOString(),
      ...(typeof host === 'string' && { host: { name: host } }),
      ...(Object.keys(process).length > 0 && { process }),
      ...(typeof unit === 'string' && { systemd: { unit } }),
    },
    level === undefined ? {} : { level },
    // A message that is not UTF-8 comes as a list of bytes.
    Array.isArray(message) ? utf8.decode(Uint8Array.from(message as number[])) : textOfJson(message),
  );
}

/** The journal writes numbers as texts. */
const numberIn = (value: unknown): number =>
  typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : NaN;

const utf8 = new TextDecoder();

/**
 * One JSON object a line: ECS, nested or dotted, is taken as it stands; other JSON gets `@timestamp` and `message`
 * from the usual names. `@timestamp` becomes ISO 8601.
 *
 * @returns the document, or what is wrong with the line
 */
export function readJsonLine(line: string, context: TimeContext): LogDocument | string {
  let value: unknown;
  try {
    value = parseExactJson(line);
  } catch {
    return 'is not JSON';
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return 'is JSON, but not an object';
  if (isNestedTooDeeply(value)) return `is nested more than ${DEEPEST_JSON} levels deep`;
  const source = value as Record<string, unknown>;
  if (Object.hasOwn(source, '__REALTIME_TIMESTAMP')) return readJournal(source);
  const timeKey = TIME_KEYS.find((key) => Object.hasOwn(source, key));
  if (timeKey === undefined) return `has no time; it needs one of ${TIME_KEYS.join(', ')}`;
  const time = parseTime(source[timeKey], context);
  if (time === undefined) return `${timeKey} cannot be read as a time`;
  const document: Record<string, unknown> = { ...source, '@timestamp': new Date(time).toISOString() };
  if (timeKey !== '@timestamp') delete document[timeKey];
  if (!Object.hasOwn(document, 'message')) {
    const messageKey = MESSAGE_KEYS.find((key) => typeof source[key] === 'string');
    if (messageKey !== undefined) {
      // The runtimes of containers end each with the line break that was written.
      document.message = String(source[messageKey]).replace(/\r?\n$/, '');
      delete document[messageKey];
    }
  }
  if (typeof document.message === 'string' && document.message.length > LONGEST_TEXT)
    document.message = cutText(document.message);
  return document;
}
