export { withEpochWord } from './application_log';
export { createLineParser, createRecordParser, detectFormat, parseLines } from './parse_log';
export type { RecordParser } from './parse_log';
export type { TimeContext } from './parts/leading_time';
export { parseTime, shiftTimestamp } from './parts/timestamps';
export { NAMED_FORMATS, LONGEST_LINE, LONGEST_TEXT } from './parts/types';
export type { LogFormat, NamedFormat, ParseFailure, ParseOutcome } from './parts/types';
