import { printable } from '../../../common/printable';

/** A log as nested or dotted fields. */
export type LogFields = Readonly<Record<string, unknown>>;

/** @returns the value of a dotted field, wherever its dots are keys or levels */
export function fieldOf(log: LogFields, field: string): unknown {
  if (field in log) return log[field];
  for (let dot = field.indexOf('.'); dot > 0; dot = field.indexOf('.', dot + 1)) {
    const inner = log[field.slice(0, dot)];
    if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) {
      const found = fieldOf(inner as LogFields, field.slice(dot + 1));
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

const text = (log: LogFields, ...fields: string[]): string | undefined => {
  for (const field of fields) {
    const value = fieldOf(log, field);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return undefined;
};

const LONGEST_LINE = 4_000;

/** One line that tells people which log it is: its message, else the request that it tells of; printable. */
export function logLine(log: LogFields): string | undefined {
  const line = lineOf(log);
  return line && printable(line.replace(/[\r\n\t]+/g, ' '), LONGEST_LINE);
}

function lineOf(log: LogFields): string | undefined {
  const message = text(log, 'message', 'event.original');
  if (message !== undefined) return message;
  const request = [
    text(log, 'http.request.method', 'method'),
    text(log, 'url.original', 'url.path', 'request', 'path', 'url'),
    text(log, 'http.response.status_code', 'status_code', 'response', 'status'),
  ].filter((part) => part !== undefined);
  if (request.length > 0) return request.join(' ');
  const rest = JSON.stringify(log);
  return rest === '{}' ? undefined : rest.slice(0, 300);
}

export const timeOf = (log: LogFields): string | undefined => text(log, '@timestamp', 'timestamp');
