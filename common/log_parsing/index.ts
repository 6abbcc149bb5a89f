export { createLineParser, detectFormat, parseLines, PATTERNS } from './parse_log';
export type { LineParser } from './parse_log';
export { parseTime, shiftTimestamp } from './timestamps';
export { NAMED_FORMATS, LONGEST_LINE, LONGEST_TEXT } from './types';
export type { LogFormat, NamedFormat, ParseFailure, ParseOutcome } from './types';
