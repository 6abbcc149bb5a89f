import type { LogDocument } from '../../log_document';
import { compileField } from '../fields/field_access';

/** Share of the letters of a message that stand in no field of its log, at most, for it to be the row of a table. */
const MOST_OWN_LETTERS = 0.05;
const ROWS_LOOKED_AT = 50;
/** Fewer other fields are no table. */
const LEAST_FIELDS = 3;
const LONGEST_ROW = 8_192;

/**
 * Returns true for messages that say nothing but the values of the other fields, as the rows of Zeek do.
 *
 * @param fields all of the documents
 */
export function areTableRows(
  documents: readonly LogDocument[],
  fields: readonly string[],
  message: string,
): boolean {
  const rows = documents.slice(0, ROWS_LOOKED_AT);
  const read = compileField(message);
  const others = fields.filter((field) => field !== message).map(compileField);
  return (
    rows.length > 0 &&
    others.length >= LEAST_FIELDS &&
    rows.every((document) => {
      const text = read(document);
      if (typeof text !== 'string') return false;
      const words = text.slice(0, LONGEST_ROW).split(/[\s,;|]+/);
      const said = new Set(others.map((other) => textOfScalar(other(document))));
      const own = lettersOf(words.filter((word) => !said.has(word)));
      return own <= MOST_OWN_LETTERS * lettersOf(words);
    })
  );
}

const textOfScalar = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

const lettersOf = (words: readonly string[]): number =>
  words.reduce((sum, word) => sum + word.replace(/[^\p{L}]/gu, '').length, 0);
