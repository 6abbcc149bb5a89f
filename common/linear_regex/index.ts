import { Automaton } from './automaton';
import { compileProgram } from './program';
import { boundedBy, parseRegex } from './syntax_tree';

export { UnsupportedSyntax } from './syntax_tree';
export { ProgramTooLarge } from './program';

/** Instructions of one regular expression. */
const LARGEST_PROGRAM = 5_000;

/** Half-open, in code units. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
}

/**
 * A regular expression whose search looks at each code unit once, and takes at worst as many steps for it as the
 * expression has instructions. Letters match in either case.
 */
export interface LinearRegex {
  readonly source: string;
  /**
   * Counts matches that do not overlap, as `exec` of a RegExp with the flags g and i finds them.
   *
   * @param most where counting stops
   * @param allowance steps that may be taken, an instruction looked at for a code unit each: matches may lie so that
   *   each search goes to the end of the text in vain; what cannot be found within it is not counted
   */
  count(text: string, most: number, allowance: number): number;
  /** The matches that {@link count} counts, in their order. */
  matches(text: string, most: number, allowance: number): RegexMatch[];
}

/**
 * Compiles a regular expression of JavaScript for the flag i. Matches are those of RegExp, save for a repetition of
 * what may take nothing and would rather, as `(a*?)*`: such a match may end elsewhere.
 *
 * @param length code units of the texts that it is for; no match is found beyond
 * @throws SyntaxError for what is no regular expression
 * @throws UnsupportedSyntax for what looks around or refers back
 * @throws ProgramTooLarge where its repetitions multiply to too much
 */
export function compileRegex(source: string, length: number): LinearRegex {
  const tree = boundedBy(parseRegex(source), length);
  const automaton = new Automaton(compileProgram(tree, LARGEST_PROGRAM));
  let reader: Automaton | undefined;
  const startOf = (text: string, end: number, from: number): number => {
    reader ??= new Automaton(compileProgram(tree, LARGEST_PROGRAM, true), true);
    return reader.findStart(text, end, from);
  };
  const each = (
    text: string,
    most: number,
    allowance: number,
    take: (from: number, end: number) => void,
  ): void => {
    let left = allowance;
    let from = 0;
    for (let found = 0; found < most && from <= text.length && left > 0; found++) {
      const end = automaton.findEnd(text, from, left);
      left -= automaton.steps;
      if (end < 0) return;
      take(from, end);
      from = automaton.wasEmpty ? end + 1 : end;
    }
  };
  return {
    source,
    count(text, most, allowance) {
      let count = 0;
      each(text, most, allowance, () => count++);
      return count;
    },
    matches(text, most, allowance) {
      const found: RegexMatch[] = [];
      each(text, most, allowance, (from, end) =>
        found.push({ start: automaton.wasEmpty ? end : startOf(text, end, from), end }),
      );
      return found;
    },
  };
}
