import { defangLinks } from '../../../common/defang_links';
import { textOfJson } from '../../../common/json_values';
import { printable } from '../../../common/printable';

const LONGEST_TEXT = 1_000;

/** Text of a log or of a person for actions: on one line, with nothing in it that is not seen. */
export const clean = (text: unknown, longest = LONGEST_TEXT): string =>
  printable(textOfJson(text).replace(/[\r\n\t]+/g, ' '), longest);

/** Text of a log in a sentence, where programs that receive it make links of whatever looks like one. */
export const told = (text: unknown, known: ReadonlySet<string> = new Set()): string =>
  defangLinks(clean(text), known);
