/** Deeper than anything that we read or write, and far less deep than the call stack. */
export const DEEPEST_JSON = 64;

/**
 * Says whether a value is nested too deeply to be walked, checked or written as text: parsers take any depth, and what comes after
 * them runs out of stack. Takes no stack itself and follows at most so many levels.
 *
 * @param value as a parser of JSON or YAML gives it, shared parts and all
 */
export function isNestedTooDeeply(value: unknown, deepest = DEEPEST_JSON): boolean {
  let level: object[] = isObject(value) ? [value] : [];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > deepest) return true;
    const seen = new Set<object>();
    for (const node of level) {
      for (const item of Array.isArray(node) ? node : Object.values(node)) if (isObject(item)) seen.add(item);
    }
    level = [...seen];
  }
  return false;
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object';

/**
 * Any JSON value as text. `String` throws for an object of a log that has a `toString` of its own, and runs out of stack for
 * lists in lists.
 *
 * @returns a text as it is, an object as JSON
 */
export function textOfJson(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return String(value ?? '');
  return isNestedTooDeeply(value) ? '(nested too deeply)' : JSON.stringify(value);
}
