import tokenizer, { types, type Token, type Tokens } from 'ret';
import { DetectionError } from '../detection_error';

/** Code units of a text that patterns of users are matched against. */
export const PATTERN_TEXT_LENGTH = 2_048;
/** Steps that matching one pattern against one text may take at worst. */
const MAX_STEPS = 1e7;
/** Matches of one pattern in one text that are counted. */
export const MAX_MATCHES = 100;

export interface SafePattern {
  readonly name: string;
  readonly regex: RegExp;
}

/** Natural logarithm of the number of ways in which a backtracking matcher can try one token or list of tokens. */
function logWays(token: Token | Tokens): number {
  switch (token.type) {
    case types.ROOT:
    case types.GROUP:
      if (token.options !== undefined) {
        return Math.log(
          token.options.reduce((sum, option) => sum + Math.exp(Math.min(sequence(option), 100)), 0),
        );
      }
      return sequence(token.stack ?? []);
    case types.REPETITION: {
      const most = Math.min(token.max, PATTERN_TEXT_LENGTH);
      const ways = logWays(token.value);
      // one way to match it each time, times the choices of how often
      return most * ways + Math.log(Math.max(1, most - token.min + 1));
    }
    default:
      return 0;
  }
}

const sequence = (tokens: readonly Token[]): number => tokens.reduce((sum, token) => sum + logWays(token), 0);

function hasReference(token: Token | Tokens): boolean {
  if (token.type === types.REFERENCE) return true;
  if (token.type === types.REPETITION) return hasReference(token.value);
  if (token.type !== types.GROUP && token.type !== types.ROOT) return false;
  return (token.options ?? [token.stack ?? []]).some((option) => option.some(hasReference));
}

/**
 * Accepts a regular expression only when its worst case is bounded: the ways to match it (the product over all
 * repetitions of how often they may match, to the power of an enclosing repetition) times the start positions stay
 * below ten million steps. One unbounded repetition fits, `(a+)+` and `.*a.*b` do not.
 *
 * @throws DetectionError `invalid_input`, naming the pattern and why
 */
export function safePattern({ name, regex }: { name: string; regex: string }): SafePattern {
  const refuse = (why: string, cause?: unknown): never => {
    throw new DetectionError(
      'invalid_input',
      `patterns: regex ${JSON.stringify(regex)} of pattern ${JSON.stringify(name)} ${why}`,
      { cause },
    );
  };
  let compiled: RegExp;
  try {
    compiled = new RegExp(regex, 'gi');
  } catch (cause) {
    return refuse('is not a regular expression', cause);
  }
  let ways: number;
  try {
    const root = tokenizer(regex);
    if (hasReference(root)) return refuse('refers back to a group, which is not allowed');
    ways = logWays(root);
  } catch (cause) {
    if (cause instanceof DetectionError) throw cause;
    return refuse('uses syntax that cannot be checked for its worst case', cause);
  }
  if (!(ways + Math.log(PATTERN_TEXT_LENGTH) <= Math.log(MAX_STEPS))) {
    refuse('could take too long; bound its repetitions, for example .{0,40} instead of .*');
  }
  return { name, regex: compiled };
}

/** Matches, letters of either case, in the first PATTERN_TEXT_LENGTH code units, up to MAX_MATCHES. */
export function countMatches(pattern: SafePattern, text: string): number {
  const { regex } = pattern;
  const head = text.slice(0, PATTERN_TEXT_LENGTH);
  let matches = 0;
  regex.lastIndex = 0;
  for (let match = regex.exec(head); match !== null && matches < MAX_MATCHES; match = regex.exec(head)) {
    matches++;
    if (match[0] === '') regex.lastIndex++;
  }
  return matches;
}

/** Places of a match in a text, half-open, in code units. */
export interface MatchPlace {
  readonly start: number;
  readonly end: number;
}

/** Places of the matches that {@link countMatches} counts, in their order. */
export function matchPlaces(pattern: SafePattern, text: string): MatchPlace[] {
  const { regex } = pattern;
  const head = text.slice(0, PATTERN_TEXT_LENGTH);
  const places: MatchPlace[] = [];
  regex.lastIndex = 0;
  for (
    let match = regex.exec(head);
    match !== null && places.length < MAX_MATCHES;
    match = regex.exec(head)
  ) {
    places.push({ start: match.index, end: match.index + match[0].length });
    if (match[0] === '') regex.lastIndex++;
  }
  return places;
}
