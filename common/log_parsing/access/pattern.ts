import { DetectionError } from '../../detection_error';
import type { LogDocument } from '../../log_document';
import type { TimeContext } from '../parts/leading_time';
import { cutText, unescapeLogText } from '../parts/text_values';
import { LONGEST_TEXT } from '../parts/types';
import type { DraftDocument } from './variables';
import { VARIABLES } from './variables';

interface Step {
  readonly name: string;
  readonly read: (typeof VARIABLES)[string];
  /** Between double quotes: the value may hold escaped quotes, and a line cut off inside it is still read. */
  readonly quoted: boolean;
  /** The text that ends the value; empty at the end of the line. */
  readonly until: string;
}

/** A pattern made ready: reads a line into a document, or says what is wrong with it. */
export type PatternReader = (line: string) => LogDocument | string;

/** Reads what stands behind the last value of a pattern. @returns false where that is not part of such a line */
export type ReadRest = (draft: DraftDocument, rest: string) => boolean;

const LONGEST_PATTERN = 1_000;
/** The beginning of `2024-05-01 12:00:00`, whose space does not end the value. */
const DATE_SPACE_CLOCK = /^\d{4}-\d{2}-\d{2} \d{2}:/;

/**
 * Makes a pattern in the notation of nginx's `log_format` ready for reading. Values end where the text after their
 * variable begins, so reading takes time linear in the line, whatever the pattern: there is no backtracking.
 *
 * @example compilePattern('$remote_addr [$time_local] "$request" $status $body_bytes_sent $request_time')
 * @param readRest reads text behind the last value; without it, such a line is refused
 * @throws DetectionError `invalid_input` for unknown variables, two variables without text between them, no time
 */
export function compilePattern(
  pattern: string,
  context: TimeContext = {},
  readRest?: ReadRest,
): PatternReader {
  const refuse = (why: string): never => {
    throw new DetectionError(
      'invalid_input',
      `The log pattern ${JSON.stringify(cutText(pattern, 200))} ${why}`,
    );
  };
  if (pattern.length > LONGEST_PATTERN) refuse(`is longer than ${LONGEST_PATTERN} characters`);
  const parts = pattern.trim().split(/\$(?:\{([a-z0-9_]+)\}|([a-z0-9_]+))/);
  const start = parts[0];
  const steps: Step[] = [];
  for (let index = 1; index < parts.length; index += 3) {
    const name = parts[index] ?? parts[index + 1];
    const until = parts[index + 2];
    if (!Object.hasOwn(VARIABLES, name))
      refuse(
        `names $${name}; allowed are ${Object.keys(VARIABLES)
          .map((known) => `$${known}`)
          .join(', ')}`,
      );
    if (until === '' && index + 3 < parts.length)
      refuse(`has no text between $${name} and the next variable`);
    const before = steps.length === 0 ? start : steps[steps.length - 1].until;
    steps.push({ name, read: VARIABLES[name], quoted: before.endsWith('"') && until.startsWith('"'), until });
  }
  if (!steps.some(({ name }) => ['time_local', 'time_iso8601', 'msec'].includes(name)))
    refuse('has no time; it needs one of $time_local, $time_iso8601, $msec');

  return (line) => {
    if (!line.startsWith(start)) return `does not start with ${JSON.stringify(start)}`;
    const draft: DraftDocument = { truncated: false };
    let position = start.length;
    for (const step of steps) {
      const { name, read, quoted, until } = step;
      const hasSpace = name === 'time_iso8601' && DATE_SPACE_CLOCK.test(line.slice(position, position + 14));
      const searchFrom = hasSpace ? position + 11 : position;
      let end = until === '' ? line.length : line.indexOf(until, searchFrom);
      if (quoted) end = closingQuote(line, position, until);
      const isCutOff = end < 0 && quoted && step === steps[steps.length - 1] && draft.time !== undefined;
      if (end < 0 && !isCutOff) return `${JSON.stringify(until)} is missing after ${name}`;
      const raw = line.slice(position, isCutOff ? undefined : end);
      position = isCutOff ? line.length : end + until.length;
      if (raw === '-' || raw === '') continue;
      const problem = read(draft, quoted ? unescapeLogText(raw) : raw, context);
      if (problem !== undefined) return problem;
    }
    if (position < line.length && readRest?.(draft, line.slice(position)) !== true)
      return `text is left over after ${steps[steps.length - 1].name}`;
    if (draft.time === undefined) return 'there is no time';
    return documentOfDraft(draft, draft.time, line);
  };
}

/** @returns where `until`, which begins with a quote that is not escaped, starts; -1 when nowhere */
function closingQuote(line: string, from: number, until: string): number {
  for (let quote = line.indexOf('"', from); quote >= 0; quote = line.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (quote - backslashes > from && line.charCodeAt(quote - backslashes - 1) === 92) backslashes++;
    if (backslashes % 2 === 0 && line.startsWith(until, quote)) return quote;
  }
  return -1;
}

/**
 * Makes the document of what was read.
 *
 * @param time epoch milliseconds
 * @param line the message where none was read
 */
export function documentOfDraft(draft: DraftDocument, time: number, line: string): LogDocument {
  const request: Record<string, unknown> = {};
  if (draft.requestMethod !== undefined) request.method = draft.requestMethod;
  if (draft.requestReferrer !== undefined) request.referrer = draft.requestReferrer;
  if (draft.requestBytes !== undefined) request.bytes = draft.requestBytes;
  if (draft.requestId !== undefined) request.id = draft.requestId;
  const response: Record<string, unknown> = {};
  if (draft.responseStatus !== undefined) response.status_code = draft.responseStatus;
  if (draft.responseBytes !== undefined) response.bytes = draft.responseBytes;
  if (draft.responseBodyBytes !== undefined) response.body = { bytes: draft.responseBodyBytes };
  const http: Record<string, unknown> = {};
  if (draft.httpVersion !== undefined) http.version = draft.httpVersion;
  if (hasKeys(request)) http.request = request;
  if (hasKeys(response)) http.response = response;

  const document: Record<string, unknown> = { '@timestamp': new Date(time).toISOString() };
  if (draft.message !== undefined) document.message = draft.message;
  else document.message = cutText(line);
  if (hasKeys(http)) document.http = http;
  for (const key of [
    'client',
    'user',
    'url',
    'event',
    'service',
    'host',
    'trace',
    'upstream',
    'tls',
  ] as const)
    if (draft[key] !== undefined) document[key] = draft[key];
  if (draft.userAgent !== undefined) document.user_agent = { original: draft.userAgent };
  const isCut = draft.truncated || (draft.message === undefined && line.length > LONGEST_TEXT);
  if (draft.log !== undefined || isCut)
    document.log = { ...draft.log, ...(isCut ? { flags: ['truncated'] } : {}) };
  return document;
}

const hasKeys = (object: object): boolean => Object.keys(object).length > 0;
