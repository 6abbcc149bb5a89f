import { unquotedKql } from '../kql';
import { kindOf, MASK } from '../log_features/template/token_list';

/** Ways in which the field of a message is searched: by words, or by its whole text. */
export type MessageSearch = 'words' | 'whole';

const HAS_LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;
/** `<=eth0>` is a mask that was eth0 in all messages of the training, and may be something else now. */
const isVariable = (token: string): boolean => kindOf(token) === MASK;

/** Runs of tokens without a variable part between them, as they stand in messages. */
function fixedRuns(tokens: readonly string[]): string[] {
  const runs: string[] = [''];
  for (const token of tokens) {
    if (isVariable(token.trimStart())) runs.push('');
    else runs[runs.length - 1] += token;
  }
  return runs.map((run) => run.trim()).filter((run) => HAS_LETTER_OR_NUMBER.test(run));
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/**
 * Logs of a pattern in Kibana's query language: all runs of its fixed words. Words in another order between the variable
 * parts are found as well where the field is searched by words.
 *
 * @returns `field : *` for a pattern without a fixed word
 * @example kqlOf(['Timeout', ' of', ' <*>'], 'message', 'words') // message : "Timeout of"
 */
export function kqlOf(tokens: readonly string[], field: string, search: MessageSearch): string {
  const runs = fixedRuns(tokens);
  const name = unquotedKql(field);
  if (runs.length === 0) return `${name} : *`;
  if (search === 'whole') {
    // A token tells that white space stands before it, not which: two spaces, a tab and a line break are others.
    const parts = runs.flatMap((run) => run.split(/\s+/));
    return `${name} : *${parts.map(unquotedKql).join('*')}*`;
  }
  return runs.map((run) => `${name} : ${quoted(run)}`).join(' and ');
}

/** Logs of a pattern and of all that a person has merged into it, see {@link kqlOf}. */
export function kqlOfForms(
  {
    tokens,
    forms = [],
  }: { readonly tokens: readonly string[]; readonly forms?: readonly (readonly string[])[] },
  field: string,
  search: MessageSearch,
): string {
  const each = [tokens, ...forms].map((of) => kqlOf(of, field, search));
  return each.length === 1 ? each[0] : `(${each.map((kql) => `(${kql})`).join(' or ')})`;
}
