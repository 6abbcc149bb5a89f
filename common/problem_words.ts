import { z } from 'zod';
import { printable } from './printable';

/** Phrases for what is wrong with a setting; `{limit}` and the like stand for values. Subject is the setting. */
const PROBLEM_PHRASES = {
  missing: 'must be given',
  text: 'must be a text',
  number: 'must be a number',
  whole_number: 'must be a whole number',
  truth: 'must be true or false',
  list: 'must be a list',
  object: 'must be an object of settings',
  time: 'must be a time',
  nothing: 'must not be given',
  type: 'must be of the type {allowed}',
  empty: 'must not be empty',
  characters_at_least: 'must have at least {limit} characters',
  characters_at_most: 'must have at most {limit} characters',
  entries_at_least: 'must have at least {limit} entries',
  entries_at_most: 'must have at most {limit} entries',
  at_least: 'must be at least {limit}',
  more_than: 'must be more than {limit}',
  at_most: 'must be at most {limit}',
  less_than: 'must be less than {limit}',
  multiple_of: 'must be a multiple of {limit}',
  one_value: 'must be {allowed}',
  one_of: 'must be one of {allowed}',
  unknown_settings: 'has no setting {unknown}',
  pattern: 'must match the pattern {allowed}',
  format: 'must be written as {allowed}',
  invalid: 'is not valid',
} as const;
export type ProblemPhrase = keyof typeof PROBLEM_PHRASES;

/** Problem of a setting, in a form that pages can say in the language of their reader. */
export interface Problem {
  readonly phrase: ProblemPhrase;
  readonly values: Readonly<Record<string, string>>;
  /** Place of the problem below the setting that it is told of. */
  readonly path?: string;
}

/** An issue as zod makes it, and as it hands it out. */
type Issue = z.core.$ZodRawIssue | z.core.$ZodIssue;

const LISTED_VALUES = 40;
const LONGEST_NAME = 60;

const TYPES: Readonly<Record<string, ProblemPhrase>> = {
  string: 'text',
  number: 'number',
  int: 'whole_number',
  boolean: 'truth',
  array: 'list',
  tuple: 'list',
  object: 'object',
  record: 'object',
  map: 'object',
  date: 'time',
  undefined: 'nothing',
  never: 'nothing',
};

const listed = (values: readonly unknown[]): string =>
  values
    .slice(0, LISTED_VALUES)
    .map((value) => printable(String(value), LONGEST_NAME))
    .join(', ');

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, LISTED_VALUES)
    .map((name) => `"${printable(name, LONGEST_NAME)}"`)
    .join(', ');

/** @returns the phrases of a bound, by what it bounds */
function boundOf(
  origin: string | undefined,
  limit: string,
  phrases: { characters: ProblemPhrase; entries: ProblemPhrase; number: ProblemPhrase },
): Problem {
  if (origin === 'string') return { phrase: phrases.characters, values: { limit } };
  const isCounted = origin === 'array' || origin === 'set' || origin === 'map' || origin === 'object';
  return { phrase: isCounted ? phrases.entries : phrases.number, values: { limit } };
}

/** Problems of the ways in which a value may be given; the one that fits best, or one for each. */
function problemsOfUnion(errors: readonly (readonly z.core.$ZodIssue[])[], input: unknown): Problem[] {
  const isOther = ({ path, code }: z.core.$ZodIssue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const near = errors.filter((issues) => issues.length > 0 && !issues.some(isOther));
  const told = near.length === 1 ? near : errors;
  const problems = told.flatMap((issues) =>
    issues.slice(0, 1).flatMap((issue) => {
      const path = issue.path.map(String).join('.');
      return problemsOf(issue, valueAt(input, issue.path)).map((problem) =>
        path === '' ? problem : { ...problem, path: [path, problem.path].filter(Boolean).join('.') },
      );
    }),
  );
  const texts = problems.map(writeProblem);
  return problems.filter((_problem, i) => texts.indexOf(texts[i]) === i);
}

/** Returns the value at a path of what was checked. */
export const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (node, key) =>
      node !== null && typeof node === 'object' ? (node as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );

/**
 * @param input the value that has the problem
 * @returns one problem, or one for each way in which the value may be given
 */
export function problemsOf(issue: Issue, input: unknown): Problem[] {
  const one = (phrase: ProblemPhrase, values: Problem['values'] = {}): Problem[] => [{ phrase, values }];
  switch (issue.code) {
    case 'invalid_type': {
      if (input === undefined && issue.expected !== 'undefined' && issue.expected !== 'never') {
        return one('missing');
      }
      const phrase = TYPES[issue.expected];
      return phrase === undefined ? one('type', { allowed: issue.expected }) : one(phrase);
    }
    case 'too_small': {
      const limit = String(issue.minimum);
      if (input === '' && issue.origin === 'string') return one('empty');
      return [
        boundOf(issue.origin, limit, {
          characters: 'characters_at_least',
          entries: 'entries_at_least',
          number: issue.inclusive === false ? 'more_than' : 'at_least',
        }),
      ];
    }
    case 'too_big':
      return [
        boundOf(issue.origin, String(issue.maximum), {
          characters: 'characters_at_most',
          entries: 'entries_at_most',
          number: issue.inclusive === false ? 'less_than' : 'at_most',
        }),
      ];
    case 'not_multiple_of':
      return one('multiple_of', { limit: String(issue.divisor) });
    case 'invalid_value':
      return input === undefined
        ? one('missing')
        : one(issue.values.length === 1 ? 'one_value' : 'one_of', { allowed: listed(issue.values) });
    case 'unrecognized_keys':
      return one('unknown_settings', { unknown: quoted(issue.keys) });
    case 'invalid_format':
      return issue.format === 'regex'
        ? one('pattern', { allowed: String(issue.pattern) })
        : one('format', { allowed: issue.format });
    case 'invalid_union': {
      const { options, errors = [] } = issue as { options?: unknown[]; errors?: z.core.$ZodIssue[][] };
      if (options !== undefined && options.length > 0) return one('one_of', { allowed: listed(options) });
      const problems = input === undefined ? one('missing') : problemsOfUnion(errors, input);
      return problems.length > 0 ? problems : one('invalid');
    }
    default:
      return one('invalid');
  }
}

/** Writes a problem in English, without the setting itself. */
export function writeProblem({ phrase, values, path }: Problem): string {
  const text = PROBLEM_PHRASES[phrase].replace(/\{(\w+)\}/g, (_whole, name: string) => values[name] ?? '');
  return path === undefined ? text : `${path} ${text}`;
}

/** Says what is wrong with a value, as "must be at least 1". */
const issueInWords = (issue: z.core.$ZodRawIssue): string =>
  problemsOf(issue, issue.input).map(writeProblem).join(', or ');

// Whoever tells an issue imports this file, so none is told in the library's own words.
z.config({ localeError: issueInWords });
