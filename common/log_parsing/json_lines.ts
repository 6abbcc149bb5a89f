import type { LogDocument } from '../log_document';
import { parseExactJson } from './exact_json';
import { DEEPEST_JSON, isNestedTooDeeply, textOfJson } from '../json_values';
import { withMessage } from './application_log';
import type { TimeContext } from './leading_time';
import { SYSLOG_LEVELS } from './levels';
import { cutText } from './text_values';
import { parseTime } from './timestamps';
import { LONGEST_TEXT } from './types';

/** Microseconds; the year 10000. */
const END_OF_JOURNAL = 253_402_300_800_000_000;
/** Keys under which programs write the time, in the order of trust. */
const TIME_KEYS = ['@timestamp', 'timestamp', 'time', 'ts', 'date'] as const;
/** Keys of the message where there is no `message`; an `event` that is a text is that of structlog. */
const MESSAGE_KEYS = ['msg', 'log', 'event'] as const;

/**
 * Fields of systemd's journal (systemd.journal-fields) under their ECS names; the others keep their own, but for those of the
 * journal itself, which begin with two underscores.
 */
function readJournal(source: Record<string, unknown>): LogDocument | string {
  const microseconds = numberIn(source.__REALTIME_TIMESTAMP);
  if (!(microseconds > 0 && microseconds < END_OF_JOURNAL))
    return '__REALTIME_TIMESTAMP cannot be read as a time';
  const { MESSAGE: message, PRIORITY: priority, _HOSTNAME: host, _PID: pid } = source;
  const name = source.SYSLOG_IDENTIFIER ?? source._COMM;
  const unit = source._SYSTEMD_UNIT;
  const level = SYSLOG_LEVELS[numberIn(priority)];
  const process = {
    ...(typeof name === 'string' && { name }),
    ...(Number.isInteger(numberIn(pid)) && { pid: numberIn(pid) }),
  };
  const taken = new Set(['MESSAGE', '_HOSTNAME', '_PID', '_SYSTEMD_UNIT']);
  taken.add(source.SYSLOG_IDENTIFIER === undefined ? '_COMM' : 'SYSLOG_IDENTIFIER');
  if (level !== undefined) taken.add('PRIORITY');
  const others = Object.entries(source).filter(
    ([field, value]) => !taken.has(field) && !field.startsWith('__') && value !== null,
  );
  return withMessage(
    {
      ...Object.fromEntries(others.map(([field, value]) => [field, journalValue(value)])),
      '@timestamp': new Date(Math.floor(microseconds / 1_000)).toISOString(),
      ...(typeof host === 'string' && { host: { name: host } }),
      ...(Object.keys(process).length > 0 && { process }),
      ...(typeof unit === 'string' && { systemd: { unit } }),
    },
    level === undefined ? {} : { level },
    journalTexts(message).join('\n'),
  );
}

const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;

/** Texts of a field: one that is not UTF-8 comes as a list of bytes, one that is there several times as a list of either. */
function journalTexts(value: unknown): string[] {
  if (!Array.isArray(value)) return [textOfJson(value)];
  if (value.length > 0 && value.every(isByte)) return [utf8.decode(Uint8Array.from(value as number[]))];
  return value.flatMap(journalTexts);
}

function journalValue(value: unknown): unknown {
  if (typeof value === 'string') return cutText(value);
  if (!Array.isArray(value)) return value;
  const texts = journalTexts(value).map((text) => cutText(text));
  return texts.length === 1 ? texts[0] : texts;
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
