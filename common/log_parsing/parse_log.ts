import { DetectionError } from '../detection_error';
import type { LogDocument } from '../log_document';
import { beginsApplicationRecord, readApplicationLine, withEpochWord } from './application_log';
import { beginsPostgres, readAuditd, readPostgres } from './service_logs';
import { createTableReader } from './tables/column_table';
import { createW3cReader, createZeekReader } from './tables/directive_table';
import {
  beginsApacheError,
  beginsKlog,
  beginsLogcat,
  beginsNginxError,
  beginsWindowsCbs,
  readApacheError,
  readCri,
  readKlog,
  readLogcat,
  readNginxError,
  readWindowsCbs,
} from './fixed_layouts';
import { readJsonLine } from './json_lines';
import type { TimeContext } from './parts/leading_time';
import { readLogfmt } from './logfmt';
import { ACCESS_PATTERNS, accessReader, readElb, readEnvoy } from './access/layouts';
import { compilePattern } from './access/pattern';
import { containerLines, joinedLines, singleLines, type Records } from './parts/records';
import { beginsSyslog, readSyslog3164, readSyslog5424 } from './syslog';
import { separatedRows, tableRows } from './tables/table_records';
import { excerptOf } from './parts/text_values';
import type { LogFormat, NamedFormat, ParseOutcome } from './parts/types';
import { LONGEST_LINE, NAMED_FORMATS } from './parts/types';

function recordsOf(format: LogFormat, context: TimeContext): Records {
  if (typeof format !== 'string') return singleLines(compilePattern(format.pattern, context));
  type Read = (line: string, context: TimeContext) => LogDocument | string;
  const single = (read: Read): Records => singleLines((line) => read(line, context));
  const joined = (read: Read, begins: (line: string) => boolean): Records =>
    joinedLines((record) => read(record, context), begins);
  switch (format) {
    case 'json':
      return single(readJsonLine);
    case 'common':
    case 'combined':
    case 'vhost_combined':
      return singleLines(accessReader(format, context));
    case 'elb':
      return single(readElb);
    case 'envoy':
      return single(readEnvoy);
    case 'auditd':
      return single(readAuditd);
    case 'postgresql':
      return joined(readPostgres, beginsPostgres);
    case 'w3c':
      return singleLines(createW3cReader(context));
    case 'zeek':
      return singleLines(createZeekReader());
    case 'syslog_5424':
      return single(readSyslog5424);
    case 'syslog':
      return joined(readSyslog3164, beginsSyslog);
    case 'apache_error':
      return joined(readApacheError, beginsApacheError);
    case 'nginx_error':
      return joined(readNginxError, beginsNginxError);
    case 'logcat':
      return joined(readLogcat, beginsLogcat);
    case 'klog':
      return joined(readKlog, beginsKlog);
    case 'windows_cbs':
      return joined(readWindowsCbs, beginsWindowsCbs);
    case 'logfmt':
      return single(readLogfmt);
    case 'cri':
      return containerLines((record) => readCri(record, context));
    case 'csv':
      return separatedRows((delimiter) => tableRows(delimiter, createTableReader(delimiter, context)));
    case 'tsv':
      return tableRows('\t', createTableReader('\t', context));
    case 'application':
      return joined(readApplicationLine, (line) => beginsApplicationRecord(line, context));
  }
}

/** Reads one line, given its number from 1. Never throws for any content. Undefined for a blank line. */
export type LineParser = (line: string, lineNumber: number) => ParseOutcome | undefined;

/**
 * Reads the lines of a file one after another. A record may have several lines, such as one with a stack trace, so it is
 * known only when the next begins: `end` gives those that are open at the end of the file.
 */
export interface RecordParser {
  /** Never throws for any content. */
  read(line: string, lineNumber: number): readonly ParseOutcome[];
  end(): readonly ParseOutcome[];
}

/** @throws DetectionError `invalid_input` for a pattern that cannot be used */
export function createRecordParser(format: LogFormat, context: TimeContext = {}): RecordParser {
  const records = recordsOf(format, context);
  return {
    read(rawLine, lineNumber) {
      let line = rawLine.endsWith('\r') ? rawLine.slice(0, -1) : rawLine;
      if (lineNumber === 1 && line.charCodeAt(0) === 0xfeff) line = line.slice(1);
      return line.length > LONGEST_LINE
        ? records.addTooLong(line, lineNumber)
        : records.add(line, lineNumber);
    },
    end: () => records.end(),
  };
}

/** Reads lines of which each is a log of its own. */
export function createLineParser(format: LogFormat, context: TimeContext = {}): LineParser {
  const parser = createRecordParser(format, context);
  return (line, lineNumber) => [...parser.read(line, lineNumber), ...parser.end()][0];
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
    yield* parser.read(line, ++lineNumber);
  }
  yield* parser.end();
}

/**
 * Of the lines of a file at least so many begin a record; otherwise a single time would make a log of any text. Not so in
 * formats whose lines say themselves that they are part of one: by a tag, or by a quote that is open below the header.
 */
const LEAST_RECORDS = 0.05;
const TABLES: readonly NamedFormat[] = ['csv', 'tsv'];
const MARKED: readonly NamedFormat[] = [...TABLES, 'cri', 'w3c', 'zeek'];

/** Reads the first lines of a file. A row of a table that is open at their end may end behind them: it counts nowhere. */
function firstOutcomes(
  lines: readonly string[],
  format: NamedFormat,
  context: TimeContext,
): readonly ParseOutcome[] {
  const parser = createRecordParser(format, context);
  const outcomes = lines.flatMap((line, place) => parser.read(line, place + 1));
  const isTable = TABLES.includes(format) && outcomes.some(({ document }) => document !== undefined);
  return isTable ? outcomes : [...outcomes, ...parser.end()];
}
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
  const times = withEpochWord(lines, context);
  const leastRecords = LEAST_RECORDS * lines.length;
  const counts = NAMED_FORMATS.map((format) => {
    const outcomes = firstOutcomes(lines, format, times);
    const read = outcomes.filter(({ document }) => document !== undefined).length;
    return {
      format,
      read,
      isRead: read > 0 && read * 2 >= outcomes.length && (read >= leastRecords || MARKED.includes(format)),
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
      `Name it (${NAMED_FORMATS.join(', ')}) or give a pattern such as ${ACCESS_PATTERNS.common}`,
  );
}
