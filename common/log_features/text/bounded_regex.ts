import { DetectionError } from '../../detection_error';
import { compileRegex, ProgramTooLarge, UnsupportedSyntax, type RegexMatch } from '../../linear_regex';
import { lookaroundCounter, type MatchCounter } from './lookaround_regex';

/** Code units of a text that patterns of users are matched against. */
export const PATTERN_TEXT_LENGTH = 2_048;
/**
 * Steps that the patterns of one log may take together, some 30 nanoseconds each at worst, so that no log takes longer
 * than some ten milliseconds. What finds its matches without going back and forth needs about five steps a code unit:
 * sixteen such patterns read each text to its end.
 */
const MAX_STEPS = 2e5;
/** Matches of one pattern in one text that are counted. */
export const MAX_MATCHES = 100;

/** Places of a match in a text, half-open, in code units. */
export type MatchPlace = RegexMatch;

export interface SafePattern {
  readonly name: string;
  /** As it was written. */
  readonly regex: string;
  readonly count: MatchCounter;
  readonly places: (text: string, most: number) => MatchPlace[];
}

export interface PatternOptions {
  /** Patterns of how many features share the steps of one log. */
  readonly sharedBy?: number;
  /** Takes what looks around, as 0.1.0 did: for models that exist. */
  readonly isStored?: boolean;
}

/**
 * Prepares regular expressions of users, those of one feature. Each is matched in time linear in the text, by an engine
 * that does not track back (see `common/linear_regex`); what needs more than that, a look around or a reference to a
 * group, is refused.
 *
 * @throws DetectionError `invalid_input`, naming the pattern and why
 */
export function safePatterns(
  patterns: readonly { readonly name: string; readonly regex: string }[],
  { sharedBy = 1, isStored = false }: PatternOptions = {},
): SafePattern[] {
  const compiled = patterns.map(({ name, regex }) => ({ name, regex, ...compile(name, regex, isStored) }));
  const allowance = Math.floor(MAX_STEPS / sharedBy / Math.max(1, patterns.length));
  return compiled.map(({ linear, lookaround, ...pattern }) => ({
    ...pattern,
    count: lookaround ?? ((text, most) => linear.count(text.slice(0, PATTERN_TEXT_LENGTH), most, allowance)),
    places: (text, most) => linear?.matches(text.slice(0, PATTERN_TEXT_LENGTH), most, allowance) ?? [],
  }));
}

/** One of {@link safePatterns} that has the steps of a log for itself. */
export const safePattern = (pattern: { name: string; regex: string }): SafePattern =>
  safePatterns([pattern])[0];

function compile(name: string, regex: string, isStored: boolean) {
  const refuse = (why: string, cause?: unknown): never => {
    throw new DetectionError(
      'invalid_input',
      `patterns: regex ${JSON.stringify(regex)} of pattern ${JSON.stringify(name)} ${why}`,
      { cause },
    );
  };
  try {
    return { linear: compileRegex(regex, PATTERN_TEXT_LENGTH) };
  } catch (cause) {
    if (cause instanceof UnsupportedSyntax) {
      if (isStored && !/refers back/.test(cause.message)) {
        return { lookaround: lookaroundCounter(regex, PATTERN_TEXT_LENGTH) };
      }
      return refuse(`${cause.message}, which takes more than one pass over a text and is not allowed`, cause);
    }
    if (cause instanceof ProgramTooLarge) {
      return refuse('repeats what is repeated too often; lower the bounds of its repetitions', cause);
    }
    return refuse('is not a regular expression', cause);
  }
}

/** Matches, letters of either case, in the first PATTERN_TEXT_LENGTH code units, up to MAX_MATCHES. */
export const countMatches = (pattern: SafePattern, text: string): number => pattern.count(text, MAX_MATCHES);

/** Places of the matches that {@link countMatches} counts, in their order. */
export const matchPlaces = (pattern: SafePattern, text: string): MatchPlace[] =>
  pattern.places(text, MAX_MATCHES);
