import type { LogDocument } from '../../log_document';
import { LONGEST_LINE, type ParseOutcome } from '../parts/types';
import { NO_OUTCOMES, outcomesOf, tooLongOutcome, type Records } from '../parts/records';
import { createRowScanner, type Delimiter } from './row_scanner';

/** Reads one row. `text` is the row as it stands in the file. */
export type ReadRow = (cells: readonly string[], text: string) => LogDocument | string | undefined;

/**
 * Rows whose separator is that of their header: a comma, or a semicolon where programs of most of Europe write tables.
 *
 * @param rowsOf makes the rows of a separator
 */
export function separatedRows(rowsOf: (delimiter: Delimiter) => Records): Records {
  let rows: Records | undefined;
  const rowsFor = (line: string): Records =>
    (rows ??= rowsOf(count(line, ';') > count(line, ',') ? ';' : ','));
  return {
    add: (line, lineNumber) =>
      rows === undefined && line.trim() === '' ? NO_OUTCOMES : rowsFor(line).add(line, lineNumber),
    addTooLong: (line, lineNumber) => rowsFor('').addTooLong(line, lineNumber),
    end: () => rows?.end() ?? NO_OUTCOMES,
  };
}

const count = (text: string, character: string): number => text.split(character).length - 1;

const OPEN_QUOTE = 'a cell begins with a quote that does not end';

/**
 * Rows of a table. A row goes on over lines while a quoted cell is open. Where that cell turns out to be none, since its quote
 * never ends or ends within a word, its line is told as one that cannot be read and those behind are read as rows of
 * their own: a stray quote costs one row.
 */
export function tableRows(delimiter: Delimiter, readRow: ReadRow): Records {
  const scanner = createRowScanner(delimiter);
  let lines: string[] = [];
  let first = 0;
  let length = 0;
  const leave = (): { readonly open: readonly string[]; readonly from: number } => {
    const left = { open: lines, from: first };
    lines = [];
    length = 0;
    scanner.reset();
    return left;
  };
  const readAlone = (line: string, lineNumber: number): readonly ParseOutcome[] => {
    if (line.trim() === '') return NO_OUTCOMES;
    const row = scanner.add(line);
    if (row !== undefined) return outcomesOf(readRow(row.cells, line), line, lineNumber);
    scanner.reset();
    return outcomesOf(OPEN_QUOTE, line, lineNumber);
  };
  const giveUp = (): readonly ParseOutcome[] => {
    if (lines.length === 0) return NO_OUTCOMES;
    const { open, from } = leave();
    return [
      ...outcomesOf(OPEN_QUOTE, open[0], from),
      ...open.slice(1).flatMap((line, place) => readAlone(line, from + 1 + place)),
    ];
  };
  const add = (line: string, lineNumber: number): readonly ParseOutcome[] => {
    if (lines.length === 0) {
      if (line.trim() === '') return NO_OUTCOMES;
      first = lineNumber;
    }
    const row = scanner.add(line);
    if (row?.isBroken) {
      // The line may begin a cell of several lines itself.
      const before = giveUp();
      return [...before, ...add(line, lineNumber)];
    }
    lines.push(line);
    length += line.length + 1;
    if (row === undefined) return length > LONGEST_LINE ? giveUp() : NO_OUTCOMES;
    const text = lines.length === 1 ? line : lines.join('\n');
    const outcomes = outcomesOf(readRow(row.cells, text), text, first);
    leave();
    return outcomes;
  };
  return {
    add,
    addTooLong: (line, lineNumber) => [...giveUp(), tooLongOutcome(line, lineNumber)],
    end: giveUp,
  };
}
