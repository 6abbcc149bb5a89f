import type { LogDocument } from '../log_document';
import { epochWordAt, readTimeAt, type TimeContext } from './parts/leading_time';
import { levelOf } from './parts/levels';
import { cutText } from './parts/text_values';
import { LONGEST_TEXT } from './parts/types';

/** Words before the time, such as the name of a file or a flag, at most. */
const WORDS_BEFORE = 4;
const CHARACTERS_BEFORE = 200;
/** Parts of a head, such as level, process, thread and logger, at most. */
const HEAD_PARTS = 6;
const SEPARATORS = new Set([' ', '\t', '|', ',', ';', ']', ')', '-', ':']);
const LONGEST_NAME = 256;
const DIGITS = /^\d{1,10}$/;
/** A name as programs have it: `org.apache.Foo$Bar`, `nova.osapi_compute.wsgi.server`, `app/worker-1`, `main.go:12`, `my_app::db`. */
const NAME = /^[A-Za-z_][\w.$/@*~-]*(?:::\w+)*(?::\d{1,6})?$/;
/** A name of parts: that of a class or module, hardly that of a thread. */
const DOTTED = /(?:[.$]|::)[A-Za-z_]/;
/** The letter of the severity that Ruby's Logger writes first. */
const RUBY_LETTER = /^[DIWEFA],$/;
/** A level and, behind a slash, the worker that wrote the line, as Celery has it. */
const LEVEL_OF_WORKER = /^([A-Z]{3,11})\/([\w.:@-]{1,100})$/;

interface Head {
  level?: string;
  logger?: string;
  thread?: string;
  process?: number;
}

/**
 * Reads a line that begins with a time, or with a few words and then a time: log4j and logback, python's logging, Hadoop,
 * HDFS, Spark, ZooKeeper, OpenStack, Windows CBS, HealthApp, supercomputers and many others. Level, process, thread and
 * logger between the time and the message are taken where they are clear; all else is the message, so that nothing is lost.
 *
 * @returns the document, or what is wrong with the line
 */
export function readApplicationLine(line: string, context: TimeContext): LogDocument | string {
  const start = startOf(line, context);
  if (typeof start === 'string') return start;
  const { before, time, after } = start;
  const head: Head = {};
  const at = readHead(line, after, head);
  const rest = line.slice(at);
  const message = before === '' || RUBY_LETTER.test(before) ? rest : `${before} ${rest}`;
  return documentOf(time, head, message);
}

/** @returns true when the line begins a record; others belong to the one before, such as the lines of a stack trace */
export const beginsApplicationRecord = (line: string, context: TimeContext): boolean =>
  typeof startOf(line, context) !== 'string';

/** Of the lines that begin a record at least so many have a time at a word for it to be the place of theirs. */
const EPOCH_SHARE = 0.9;
/** One line alone shows no place: `order 1714557600 is paid`. */
const LEAST_LINES = 2;

/**
 * Finds the place of a time that is a number behind words, such as `31 node-7 unix.hw state_change 1077804742 1 down`. Behind a
 * word, a number is a time only where nearly all lines have one at the same word: another, such as in
 * `Heap used 1714557600 of`, is a number.
 *
 * @param firstLines of the file; indented ones are passed over
 * @returns the context with `epochWord` where there is such a place
 */
export function withEpochWord(firstLines: readonly string[], context: TimeContext): TimeContext {
  const lines = firstLines.filter((line) => /^\S/.test(line));
  if (lines.length < LEAST_LINES || context.epochWord !== undefined) return context;
  const timeless = lines.filter((line) => typeof startOf(line, context) === 'string');
  for (let epochWord = 1; epochWord <= WORDS_BEFORE; epochWord++) {
    const withPlace = { ...context, epochWord };
    const found = timeless.filter((line) => typeof startOf(line, withPlace) !== 'string');
    if (found.length >= EPOCH_SHARE * lines.length) return withPlace;
  }
  return context;
}

function startOf(
  line: string,
  context: TimeContext,
): { readonly before: string; readonly time: number; readonly after: number } | string {
  let from = 0;
  let reason = 'does not begin with a time';
  for (let word = 0; word <= WORDS_BEFORE && from < Math.min(line.length, CHARACTERS_BEFORE); word++) {
    // A line that is indented goes on with what another began.
    if (word === 0 && (line[0] === ' ' || line[0] === '\t')) break;
    const isBracketed = line[from] === '[' || line[from] === '(' || line[from] === '<';
    const found =
      readTimeAt(line, isBracketed ? from + 1 : from, context) ??
      (word === context.epochWord ? epochWordAt(line, from, context) : undefined);
    if (typeof found === 'string') reason = found;
    else if (found !== undefined) {
      let after = found.end;
      if (isBracketed && '])>'.includes(line[after] ?? '')) after++;
      return { before: line.slice(0, from).trim(), time: found.time, after };
    }
    const space = line.indexOf(' ', from);
    if (space < 0) break;
    from = space + 1;
  }
  return reason;
}

/** @returns where the message begins */
function readHead(line: string, from: number, head: Head): number {
  let at = skipSeparators(line, from);
  for (let part = 0; part < HEAD_PARTS && at < line.length; part++) {
    const taken = takePart(line, at, head);
    if (taken === undefined) break;
    at = skipSeparators(line, taken);
  }
  return at;
}

function skipSeparators(line: string, from: number): number {
  let at = from;
  while (at < line.length && SEPARATORS.has(line[at])) {
    // A minus before a digit is a number's.
    if (line[at] === '-' && /\d/.test(line[at + 1] ?? '')) break;
    at++;
  }
  return at;
}

/** @returns the end of the part that begins at `at`, or undefined when the message begins there */
function takePart(line: string, at: number, head: Head): number | undefined {
  if (line[at] === '[' || line[at] === '(') {
    const close = closingBracket(line, at);
    if (close === undefined) return undefined;
    const inside = line.slice(at + 1, close).trim();
    const level = levelOf(inside);
    if (level !== undefined && head.level === undefined) head.level = level;
    else if (
      head.level !== undefined &&
      head.logger === undefined &&
      NAME.test(inside) &&
      DOTTED.test(inside)
    )
      head.logger = cutText(inside, LONGEST_NAME);
    else if (head.thread === undefined && /\w/.test(inside) && head.logger === undefined) {
      head.thread = cutText(inside, LONGEST_NAME);
    } else return undefined;
    return close + 1;
  }
  const end = endOfWord(line, at);
  const word = line.slice(at, end);
  const level = levelOf(word);
  if (level !== undefined && head.level === undefined) {
    head.level = level;
    return end;
  }
  const ofWorker = head.level === undefined ? LEVEL_OF_WORKER.exec(word) : null;
  if (ofWorker !== null && levelOf(ofWorker[1]) !== undefined) {
    head.level = levelOf(ofWorker[1]);
    head.thread ??= ofWorker[2];
    return end;
  }
  const number = word.startsWith('#') ? word.slice(1) : word;
  // Process numbers stand before the level.
  if (
    DIGITS.test(number) &&
    head.process === undefined &&
    head.level === undefined &&
    hasLevelBehind(line, end)
  ) {
    head.process = Number(number);
    return end;
  }
  const isNamed = head.logger === undefined && NAME.test(word) && word.length <= LONGEST_NAME;
  if (!isNamed) return undefined;
  const ended = line.slice(end, end + 3);
  const isLogger =
    (head.level !== undefined && (ended.startsWith(': ') || ended === ' - ' || /(?:[.$]|::)\w/.test(word))) ||
    (head.level !== undefined && ended.startsWith('] ') && isWithinTime(line, at)) ||
    ended.startsWith('|') ||
    (ended === ' - ' && hasLevelBehind(line, end));
  if (!isLogger) return undefined;
  head.logger = word;
  return end;
}

/** Returns true within the brackets that begin with the time: `[2026-03-04T10:00:00Z INFO my_app] message`. */
const isWithinTime = (line: string, at: number): boolean => {
  const close = line[0] === '[' ? line.indexOf(']') : -1;
  return close > at;
};

function endOfWord(line: string, from: number): number {
  let end = from;
  while (end < line.length && !' \t|,;]'.includes(line[end])) {
    if (line[end] === ':' && (line[end + 1] === ' ' || line[end + 1] === undefined)) break;
    end++;
  }
  return end;
}

/** Tells process numbers from the first word of a message. */
const HEAD_LOOK_AHEAD = 80;
function hasLevelBehind(line: string, from: number): boolean {
  return line
    .slice(from, from + HEAD_LOOK_AHEAD)
    .split(/[\s|,;\-\][():]+/)
    .slice(0, 5)
    .some((word) => levelOf(word) !== undefined);
}

const LONGEST_BRACKET = 300;
function closingBracket(line: string, open: number): number | undefined {
  const closing = line[open] === '[' ? ']' : ')';
  let depth = 0;
  const last = Math.min(line.length, open + LONGEST_BRACKET);
  for (let at = open; at < last; at++) {
    if (line[at] === line[open]) depth++;
    else if (line[at] === closing && --depth === 0) return at;
  }
  return undefined;
}

function documentOf(time: number, head: Head, message: string): LogDocument {
  const { level, logger, thread, process } = head;
  const log = { ...(level !== undefined && { level }), ...(logger !== undefined && { logger }) };
  return withMessage(
    {
      '@timestamp': new Date(time).toISOString(),
      ...((process !== undefined || thread !== undefined) && {
        process: {
          ...(process !== undefined && { pid: process }),
          ...(thread !== undefined && { thread: { name: thread } }),
        },
      }),
    },
    log,
    message,
  );
}

/** Adds the message, cut where it is too long, and what is known of the log itself. */
export function withMessage(
  document: LogDocument,
  log: Readonly<Record<string, unknown>>,
  message: string,
): LogDocument {
  const isCut = message.length > LONGEST_TEXT;
  const own = { ...log, ...(isCut && { flags: ['truncated'] }) };
  return {
    ...document,
    message: cutText(message),
    ...(Object.keys(own).length > 0 && { log: own }),
  };
}
