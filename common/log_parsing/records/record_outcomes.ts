import type { LogDocument } from '../../log_document';
import { excerptOf } from '../text_values';
import { LONGEST_LINE, type ParseOutcome } from '../types';

/** Puts the lines of a file together to records. Nothing throws for any content. */
export interface Records {
  /** Takes one line of at most LONGEST_LINE characters. @returns what is known by it, in the order of the file */
  add(line: string, lineNumber: number): readonly ParseOutcome[];
  /** Takes a line that is longer; its text is not looked at beyond its beginning. */
  addTooLong(line: string, lineNumber: number): readonly ParseOutcome[];
  /** Finishes the records that are still open. */
  end(): readonly ParseOutcome[];
}

/** @returns the document, what is wrong with the record, or undefined for one that is no log, such as a header */
export type ReadRecord = (record: string) => LogDocument | string | undefined;

export const NO_OUTCOMES: readonly ParseOutcome[] = [];

export function outcomesOf(
  result: LogDocument | string | undefined,
  text: string,
  line: number,
): readonly ParseOutcome[] {
  if (result === undefined) return NO_OUTCOMES;
  return typeof result === 'string'
    ? [{ failure: { line, error: result, excerpt: excerptOf(text) } }]
    : [{ document: result }];
}

/** @param length of all of it, in UTF-16 code units; `text` may be its beginning alone */
export const tooLongOutcome = (text: string, line: number, length = text.length): ParseOutcome => ({
  failure: {
    line,
    error: `is ${length} characters long; at most ${LONGEST_LINE} are read`,
    excerpt: excerptOf(text),
  },
  isTooLong: true,
});
