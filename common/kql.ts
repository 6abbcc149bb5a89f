/** Characters that mean something to the language outside of quotes. Source: packages/kbn-es-query/grammar/grammar.peggy `SpecialCharacter`. */
const SPECIAL = /[\\():<>"*{}]/g;
/** Line breaks and tabs, and white space that would end one of the words and, or, not. */
const TELLING_SPACE = /[\t\r\n]|(?<=not|\s(?:and|or))\s/gi;

/**
 * Returns a text as it stands outside of quotes in Kibana's query language. A backslash before the word not would read as a line
 * break, so that the white space after it is escaped instead.
 *
 * @example unquotedKql('a:b or c') // "a\\:b or\\u0020c"
 */
export const unquotedKql = (text: string): string =>
  text
    .replace(SPECIAL, '\\$&')
    .replace(TELLING_SPACE, (space) => `\\u${space.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Returns the value of a condition that values with this beginning fulfil.
 *
 * @param beginning white space at its start, which the language drops, stands for anything
 * @example beginsWithKql('check "out"') // 'check \\"out\\"*'
 */
export const beginsWithKql = (beginning: string): string => {
  const rest = beginning.trimStart();
  return `${rest === beginning ? '' : '*'}${unquotedKql(rest)}*`;
};

/** Selects no document. */
export const MATCH_NONE_KQL = 'not * : *';
