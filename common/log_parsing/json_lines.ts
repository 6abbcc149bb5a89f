import type { LogDocument } from '../log_document';
import { cutText } from './text_values';
import { parseTime } from './timestamps';
import { LONGEST_TEXT } from './types';

/** Where programs put the time, in the order of trust. */
const TIME_KEYS = ['@timestamp', 'timestamp', 'time', 'ts', 'date'] as const;
const MESSAGE_KEYS = ['msg', 'log'] as const;

/**
 * One JSON object a line: ECS, nested or dotted, is taken as it stands; other JSON gets `@timestamp` and `message`
 * from the usual names. `@timestamp` becomes ISO 8601.
 *
 * @returns the document, or what is wrong with the line
 */
export function readJsonLine(line: string): LogDocument | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not JSON';
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return 'is JSON, but not an object';
  const source = value as Record<string, unknown>;
  const timeKey = TIME_KEYS.find((key) => Object.hasOwn(source, key));
  if (timeKey === undefined) return `has no time; it needs one of ${TIME_KEYS.join(', ')}`;
  const time = parseTime(source[timeKey]);
  if (time === undefined) return `${timeKey} cannot be read as a time`;
  const document: Record<string, unknown> = { ...source, '@timestamp': new Date(time).toISOString() };
  if (timeKey !== '@timestamp') delete document[timeKey];
  if (!Object.hasOwn(document, 'message')) {
    const messageKey = MESSAGE_KEYS.find((key) => typeof source[key] === 'string');
    if (messageKey !== undefined) {
      document.message = source[messageKey];
      delete document[messageKey];
    }
  }
  if (typeof document.message === 'string' && document.message.length > LONGEST_TEXT)
    document.message = cutText(document.message);
  return document;
}
