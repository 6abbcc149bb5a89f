import { RegExpParser, type AST } from '@eslint-community/regexpp';

/** Steps that matching one pattern against one text may take at worst. */
const MAX_STEPS = 2e5;

/** Natural logarithm of the number of ways in which a backtracking matcher can try a part in a text of `length`. */
function logWays(node: AST.Element | AST.Alternative, length: number): number {
  switch (node.type) {
    case 'Alternative':
      return node.elements.reduce((sum, element) => sum + logWays(element, length), 0);
    case 'Group':
    case 'CapturingGroup':
      return logOptions(node.alternatives, length);
    case 'Assertion':
      return 'alternatives' in node ? logOptions(node.alternatives, length) : 0;
    case 'Quantifier': {
      const most = Math.min(node.max, length);
      // one way to match it each time, times the choices of how often
      return most * logWays(node.element, length) + Math.log(Math.max(1, most - node.min + 1));
    }
    default:
      return 0;
  }
}

const logOptions = (options: readonly AST.Alternative[], length: number): number =>
  Math.log(options.reduce((sum, option) => sum + Math.exp(Math.min(logWays(option, length), 100)), 0));

/** Counts the matches of a pattern in the head of a text. */
export type MatchCounter = (text: string, most: number) => number;

/**
 * Patterns that look around, which 0.1.0 took: models that have one are still read. They are matched by the engine of the
 * language, which tracks back, so the head of a text that they see is so short that its worst case stays small.
 *
 * @param longest code units that are looked at where the pattern is cheap
 */
export function lookaroundCounter(source: string, longest: number): MatchCounter {
  const { alternatives } = new RegExpParser({ ecmaVersion: 2024 }).parsePattern(source, 0, source.length, {
    unicode: false,
  });
  let length = longest;
  while (length > 1 && logOptions(alternatives, length) + Math.log(length) > Math.log(MAX_STEPS)) {
    length = Math.floor(length / 2);
  }
  const regex = new RegExp(source, 'gi');
  return (text, most) => {
    const head = text.slice(0, length);
    let matches = 0;
    regex.lastIndex = 0;
    for (let match = regex.exec(head); match !== null && matches < most; match = regex.exec(head)) {
      matches++;
      if (match[0] === '') regex.lastIndex++;
    }
    return matches;
  };
}
