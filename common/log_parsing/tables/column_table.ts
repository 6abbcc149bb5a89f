import { readTimeAt, type TimeContext } from '../parts/leading_time';
import { levelOf } from '../parts/levels';
import type { Delimiter } from './row_scanner';
import type { ReadRow } from './table_records';
import { cutText } from '../parts/text_values';
import { parseTime } from '../parts/timestamps';

const TIME_COLUMNS = ['@timestamp', 'timestamp', 'time', 'ts', 'datetime', 'date', 'date_time', 'time_stamp'];
/** In the order of trust. */
const MESSAGE_COLUMNS = ['message', 'msg', 'log', 'text', 'content', 'event'];
const LEVEL_COLUMNS = ['level', 'log_level', 'loglevel', 'severity'];
const MOST_COLUMNS = 500;
/** Without leading zeros, which numbers of a bank or a telephone have; more digits than a double holds stay text. */
export const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

/** Reads the rows of a table whose first row names the columns (RFC 4180; tab-separated likewise). */
export function createTableReader(delimiter: Delimiter, context: TimeContext): ReadRow {
  // Tables with semicolons have 2,5 for two and a half.
  const numberOf = (cell: string): number | undefined => {
    const written = delimiter === ';' ? cell.replace(',', '.') : cell;
    return NUMBER.test(written) ? Number(written) : undefined;
  };
  let columns: string[] | undefined;
  let timeColumn = -1;
  let messageColumns: readonly number[] = [];
  return (cells, text) => {
    if (columns === undefined) {
      const names = cells.map((cell) => cell.trim());
      if (names.length < 2) return `has no header with columns separated by ${JSON.stringify(delimiter)}`;
      if (names.length > MOST_COLUMNS) return `has ${names.length} columns; at most ${MOST_COLUMNS} are read`;
      const empty = names.findIndex((name) => name === '' || name === '__proto__' || name.length > 200);
      if (empty >= 0) return `its column ${empty + 1} has no name that a field may have`;
      timeColumn = names.findIndex((name) => TIME_COLUMNS.includes(name.toLowerCase().replace(/[ -]/g, '_')));
      if (timeColumn < 0) return `has no column with a time; it needs one of ${TIME_COLUMNS.join(', ')}`;
      const known = names.map((name) => name.toLowerCase());
      messageColumns = MESSAGE_COLUMNS.map((name) => known.indexOf(name)).filter((place) => place >= 0);
      columns = names;
      return undefined;
    }
    if (cells.length !== columns.length)
      return `has ${cells.length} cells where the header has ${columns.length}`;
    const written = cells[timeColumn].trim();
    const found = readTimeAt(written, 0, context);
    const time = parseTime(written, context) ?? (typeof found === 'object' ? found.time : undefined);
    if (time === undefined) return `${columns[timeColumn]} cannot be read as a time`;
    const document: Record<string, unknown> = { '@timestamp': new Date(time).toISOString() };
    const messageColumn = messageColumns.find((place) => !isEmpty(cells[place]));
    columns.forEach((column, place) => {
      const cell = cells[place].trim();
      if (place === timeColumn || isEmpty(cell)) return;
      const name = column.toLowerCase();
      if (LEVEL_COLUMNS.includes(name) && levelOf(cell) !== undefined) document['log.level'] = levelOf(cell);
      else if (place === messageColumn) document.message = cutText(cell);
      else document[column] = numberOf(cell) ?? cutText(cell);
    });
    document.message ??= cutText(text);
    return document;
  };
}

const isEmpty = (cell: string): boolean => cell.trim() === '' || cell.trim() === '-';
