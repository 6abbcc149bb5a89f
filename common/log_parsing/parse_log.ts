import { DetectionError } from '../detection_error';
import type { LogDocument } from '../log_document';
import { beginsApplicationRecord, readApplicationLine } from './application_log';
import { createTableReader, isWithinQuotes } from './delimited';
import {
  beginsApacheError,
  beginsKlog,
  beginsLogcat,
  beginsNginxError,
  beginsWindowsCbs,
  isPartOfCriLine,
  readApacheError,
  readCri,
  readKlog,
  readLogcat,
  readNginxError,
  readWindowsCbs,
} from './fixed_layouts';
import { readJsonLine } from './json_lines';
import type { TimeContext } from './leading_time';
import { readLogfmt } from './logfmt';
import { compilePattern } from './pattern';
import { beginsSyslog, readSyslog3164, readSyslog5424 } from './syslog';
import { excerptOf } from './text_values';
import type { LogFormat, NamedFormat, ParseOutcome } from './types';
import { LONGEST_LINE, NAMED_FORMATS } from './types';

const COMMON = '$remote_addr $ignore $remote_user [$time_local] "$request" $status $body_bytes_sent';

type AccessFormat = 'common' | 'combined' | 'vhost_combined';

/** The named formats that are patterns (Apache HTTP Server 2.4, "Log Files"; nginx ngx_http_log_module). */
const PATTERNS: Readonly<Record<AccessFormat, string>> = {
  common: COMMON,
  combined: `${COMMON} "$http_referer" "$http_user_agent"`,
  vhost_combined: `$host:$server_port ${COMMON} "$http_referer" "$http_user_agent"`,
};

/** The way a format reads its records. */
interface Reader {
  /** @returns the document, what is wrong with the record, or undefined for one that is no log, such as a header */
  readonly read: (record: string) => LogDocument | string | undefined;
  /** Tells lines that begin a record from those that go on with one; absent where each line is a record. */
  readonly begins?: (line: string, recordSoFar: string) => boolean;
  /** Text between the lines of one record; default a line break. */
  readonly join?: (record: string, line: string) => string;
}

function readerOf(format: LogFormat, context: TimeContext): Reader {
  if (typeof format !== 'string') return { read: compilePattern(format.pattern) };
  const within = (
    read: (line: string, context: TimeContext) => LogDocument | string,
    begins?: (line: string) => boolean,
  ): Reader => ({ read: (line) => read(line, context), ...(begins && { begins }) });
  switch (format) {
    case 'json':
      return { read: readJsonLine };
    case 'common':
    case 'combined':
    case 'vhost_combined':
      return { read: compilePattern(PATTERNS[format]) };
    case 'syslog_5424':
      return within(readSyslog5424);
    case 'syslog':
      return within(readSyslog3164, beginsSyslog);
    case 'apache_error':
      return within(readApacheError, beginsApacheError);
    case 'nginx_error':
      return within(readNginxError, beginsNginxError);
    case 'logcat':
      return within(readLogcat, beginsLogcat);
    case 'klog':
      return within(readKlog, beginsKlog);
    case 'windows_cbs':
      return within(readWindowsCbs, beginsWindowsCbs);
    case 'logfmt':
      return within(readLogfmt);
    case 'cri':
      return {
        ...within(readCri),
        begins: (_line, record) => !isPartOfCriLine(record),
        // The parts of a long line are one text; that of the last says that it is whole.
        join: (record, line) => {
          const [, stream, , ...text] = line.split(' ');
          const isLast = line.includes(` ${stream} F`);
          return (isLast ? record.replace(/^(\S+ \S+) P /, '$1 F ') : record) + text.join(' ');
        },
      };
    case 'csv':
    case 'tsv':
      return {
        read: createTableReader(format === 'csv' ? ',' : '\t', context),
        begins: (_line, record) => !isWithinQuotes(record),
      };
    case 'application':
      return {
        ...within(readApplicationLine),
        begins: (line) => beginsApplicationRecord(line, context),
      };
  }
}

/** Reads one line, given its number from 1. Never throws for any content. Undefined for a blank line. */
export type LineParser = (line: string, lineNumber: number) => ParseOutcome | undefined;

/**
 * Reads the lines of a file one after another. A record may have several lines, such as one with a stack trace, so it is
 * known only when the next begins: `end` gives the last one.
 */
export interface RecordParser {
  /** Never throws for any content. */
  read(line: string, lineNumber: number): ParseOutcome | undefined;
  end(): ParseOutcome | undefined;
}

/** @throws DetectionError `invalid_input` for a pattern that cannot be used */
export function createRecordParser(format: LogFormat, context: TimeContext = {}): RecordParser {
  const { read, begins, join = (record, line) => `${record}\n${line}` } = readerOf(format, context);
  let record: { text: string; line: number } | undefined;
  const finish = (text: string, lineNumber: number): ParseOutcome | undefined => {
    const result = read(text);
    if (result === undefined) return undefined;
    return typeof result === 'string'
      ? { failure: { line: lineNumber, error: result, excerpt: excerptOf(text) } }
      : { document: result };
  };
  const end = (): ParseOutcome | undefined => {
    if (record === undefined) return undefined;
    const { text, line } = record;
    record = undefined;
    return finish(text.trimEnd(), line);
  };
  return {
    read(rawLine, lineNumber) {
      if (rawLine.length > LONGEST_LINE) {
        const error = `is ${rawLine.length} characters long; at most ${LONGEST_LINE} are read`;
        return { failure: { line: lineNumber, error, excerpt: excerptOf(rawLine) } };
      }
      let line = rawLine.endsWith('\r') ? rawLine.slice(0, -1) : rawLine;
      if (lineNumber === 1 && line.charCodeAt(0) === 0xfeff) line = line.slice(1);
      if (begins === undefined) return line.trim() === '' ? undefined : finish(line, lineNumber);
      if (record !== undefined && !begins(line, record.text)) {
        // The message is cut long before: nothing that would be kept is left out.
        if (record.text.length < LONGEST_LINE) record.text = join(record.text, line);
        return undefined;
      }
      if (record === undefined && line.trim() === '') return undefined;
      const before = end();
      record = { text: line, line: lineNumber };
      return before;
    },
    end,
  };
}

/** Reads lines of which each is a log of its own. */
export function createLineParser(format: LogFormat, context: TimeContext = {}): LineParser {
  const parser = createRecordParser(format, context);
  return (line, lineNumber) => parser.read(line, lineNumber) ?? parser.end();
}

/** Parses lines one by one, in order; blank lines are left out. Memory does not grow with the number of lines. */
export function* parseLines(
  lines: Iterable<string>,
  format: LogFormat,
  context: TimeContext = {},
): Generator<ParseOutcome> {
  const parser = createRecordParser(format, context);
  let lineNumber = 0;
  for (const line of lines) {
    const outcome = parser.read(line, ++lineNumber);
    if (outcome) yield outcome;
  }
  const last = parser.end();
  if (last) yield last;
}

/** Of the lines of a file at least so many begin a record; otherwise a single time would make a log of any text. */
const LEAST_RECORDS = 0.05;
/** Formats that the message about an unknown one names. */
const NEAREST = 3;

/**
 * Finds the named format that reads most of the first lines.
 *
 * @param firstLines a hundred are plenty
 * @throws DetectionError `invalid_input` when none reads at least half of the records, with the first line, and what the
 *   nearest formats have to say of it
 */
export function detectFormat(firstLines: readonly string[], context: TimeContext = {}): NamedFormat {
  const lines = firstLines.filter((line) => line.trim() !== '' && line.length <= LONGEST_LINE);
  const counts = NAMED_FORMATS.map((format) => {
    const outcomes = [...parseLines(lines, format, context)];
    const read = outcomes.filter(({ document }) => document !== undefined).length;
    return {
      format,
      read,
      isRead: read > 0 && read * 2 >= outcomes.length && read >= LEAST_RECORDS * lines.length,
      complaint: outcomes.find(({ failure }) => failure !== undefined)?.failure?.error,
    };
  });
  // A format that knows the line goes before the one that knows its time alone.
  const known = counts.filter(({ format, isRead }) => isRead && format !== 'application');
  const fitting = known.length > 0 ? known : counts.filter(({ isRead }) => isRead);
  if (fitting.length > 0) {
    return fitting.reduce((first, second) => (second.read > first.read ? second : first)).format;
  }
  const nearest = [...counts].sort((one, other) => other.read - one.read).slice(0, NEAREST);
  const complaints = nearest
    .map(({ format, complaint }) => `${format}: ${complaint ?? 'no lines'}`)
    .join('; ');
  throw new DetectionError(
    'invalid_input',
    `The log format was not recognised from ${lines.length} lines. The first is ${JSON.stringify(excerptOf(lines[0] ?? ''))}; ` +
      `the nearest formats say: ${complaints}. ` +
      `Name it (${NAMED_FORMATS.join(', ')}) or give a pattern such as ${PATTERNS.common}`,
  );
}
