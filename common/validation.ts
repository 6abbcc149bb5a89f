import type { z } from 'zod';
import { DetectionError } from './detection_error';
import { DEEPEST_JSON, isNestedTooDeeply } from './json_values';
import { printable } from './printable';
import { valueAt } from './problem_words';

/** Settings whose values are never shown. */
const SECRET_SETTING = /password|passwd|secret|token|webhook|api_?key|smtp_server/i;

/** Problems that are told one by one; more are counted. */
const SHOWN_ISSUES = 50;
const SHOWN_CHARACTERS = 120;
const SHOWN_ITEMS = 30;
const SHOWN_LEVELS = 8;
const LONGEST_PATH = 1_000;

/** The first of a value that may be of any size. */
function beginningOf(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, SHOWN_CHARACTERS);
  if (value === null || typeof value !== 'object') return value;
  if (levels === 0) return Array.isArray(value) ? [] : {};
  if (Array.isArray(value)) return value.slice(0, SHOWN_ITEMS).map((item) => beginningOf(item, levels - 1));
  const names = Object.keys(value).slice(0, SHOWN_ITEMS);
  return Object.fromEntries(
    names.map((name) => [name, beginningOf((value as Record<string, unknown>)[name], levels - 1)]),
  );
}

/** Returns a given value as JSON on one line, without invisible characters. */
const shownValue = (value: unknown): string | undefined =>
  value === undefined
    ? undefined
    : printable(JSON.stringify(beginningOf(value, SHOWN_LEVELS)) ?? String(value), SHOWN_CHARACTERS);

/**
 * @param input what was checked; where it may hold the values of secrets under other names it is left out, and no value is shown
 * @returns one line for each problem: the path of the setting, what was given and what is allowed
 */
export function describeZodIssues(error: z.ZodError, input?: unknown): string[] {
  const more = error.issues.length - SHOWN_ISSUES;
  const told = error.issues.slice(0, SHOWN_ISSUES).map((issue) => {
    const path = printable(issue.path.map(String).join('.'), LONGEST_PATH) || '(root)';
    const value = valueAt(input, issue.path);
    const text = shownValue(value);
    const isSecret =
      SECRET_SETTING.test(path) || (typeof value === 'object' && SECRET_SETTING.test(text ?? ''));
    const shown = text === undefined || isSecret ? '' : ` (got ${text})`;
    return `${path}: ${printable(issue.message, LONGEST_PATH)}${shown}`;
  });
  return more > 0 ? [...told, `and ${more} problems more`] : told;
}

/**
 * Checks untrusted input and fills in the defaults.
 *
 * @throws DetectionError `invalid_input`, with `details.issues` holding one line for each problem
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  if (isNestedTooDeeply(input)) {
    throw new DetectionError('invalid_input', `${what} is nested more than ${DEEPEST_JSON} levels deep`);
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = describeZodIssues(parsed.error, input);
  throw new DetectionError('invalid_input', `${what} is not valid: ${issues.join('; ')}`, {
    details: { issues },
  });
}

/**
 * Checks settings of a file in which a value may stand for a secret, such as `"${PASSWORD}"`: no value is repeated.
 *
 * @throws DetectionError `invalid_input` naming the setting and what is allowed
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = describeZodIssues(parsed.error);
  throw new DetectionError('invalid_input', `${what} is not valid: ${issues.join('; ')}`, {
    details: { issues },
  });
}
