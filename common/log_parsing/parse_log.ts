import { DetectionError } from '../detection_error';
import type { LogDocument } from '../log_document';
import { readJsonLine } from './json_lines';
import { compilePattern } from './pattern';
import { excerptOf } from './text_values';
import type { LogFormat, NamedFormat, ParseOutcome } from './types';
import { LONGEST_LINE, NAMED_FORMATS } from './types';

const COMMON = '$remote_addr $ignore $remote_user [$time_local] "$request" $status $body_bytes_sent';

/** The named formats that are patterns (Apache HTTP Server 2.4, "Log Files"; nginx ngx_http_log_module). */
export const PATTERNS: Readonly<Record<Exclude<NamedFormat, 'json'>, string>> = {
  common: COMMON,
  combined: `${COMMON} "$http_referer" "$http_user_agent"`,
  vhost_combined: `$host:$server_port ${COMMON} "$http_referer" "$http_user_agent"`,
};

/** Reads one line, given its number from 1. Never throws for any content. Undefined for a blank line. */
export type LineParser = (line: string, lineNumber: number) => ParseOutcome | undefined;

/** @throws DetectionError `invalid_input` for a pattern that cannot be used */
export function createLineParser(format: LogFormat): LineParser {
  const read: (line: string) => LogDocument | string =
    format === 'json'
      ? readJsonLine
      : compilePattern(typeof format === 'string' ? PATTERNS[format] : format.pattern);
  return (rawLine, lineNumber) => {
    const fail = (error: string): ParseOutcome => ({
      failure: { line: lineNumber, error, excerpt: excerptOf(rawLine) },
    });
    if (rawLine.length > LONGEST_LINE)
      return fail(`is ${rawLine.length} characters long; at most ${LONGEST_LINE} are read`);
    let line = rawLine.endsWith('\r') ? rawLine.slice(0, -1) : rawLine;
    if (lineNumber === 1 && line.charCodeAt(0) === 0xfeff) line = line.slice(1);
    if (line.trim() === '') return undefined;
    const result = read(line);
    return typeof result === 'string' ? fail(result) : { document: result };
  };
}

/** Parses lines one by one, in order; blank lines are left out. Memory does not grow with the number of lines. */
export function* parseLines(lines: Iterable<string>, format: LogFormat): Generator<ParseOutcome> {
  const parse = createLineParser(format);
  let lineNumber = 0;
  for (const line of lines) {
    const outcome = parse(line, ++lineNumber);
    if (outcome) yield outcome;
  }
}

/**
 * Finds the named format that reads most of the first lines.
 *
 * @param firstLines a hundred are plenty
 * @throws DetectionError `invalid_input` when none reads at least half of them, with the first complaint of each
 */
export function detectFormat(firstLines: readonly string[]): NamedFormat {
  const lines = firstLines.filter((line) => line.trim() !== '' && line.length <= LONGEST_LINE);
  const counts = NAMED_FORMATS.map((format) => {
    const outcomes = [...parseLines(lines, format)];
    return {
      format,
      read: outcomes.filter(({ document }) => document !== undefined).length,
      complaint: outcomes.find(({ failure }) => failure !== undefined)?.failure?.error,
    };
  });
  const best = counts.reduce((first, second) => (second.read > first.read ? second : first));
  if (best.read > 0 && best.read * 2 >= lines.length) return best.format;
  const complaints = counts
    .map(({ format, complaint }) => `${format}: ${complaint ?? 'no lines'}`)
    .join('; ');
  throw new DetectionError(
    'invalid_input',
    `The log format was not recognised from ${lines.length} lines (${complaints}). ` +
      `Name it (${NAMED_FORMATS.join(', ')}) or give a pattern such as ${PATTERNS.common}`,
  );
}
