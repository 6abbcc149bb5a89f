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

/**
 * Says whether a value is at most so many characters of JSON, and looks at no more of it than that: a few lines of YAML with
 * shared parts can stand for gigabytes.
 *
 * @param value nested no deeper than {@link DEEPEST_JSON}
 */
export function isWrittenWithin(value: unknown, characters: number): boolean {
  let left = characters;
  const take = (node: unknown): void => {
    if (left < 0) return;
    if (!isObject(node)) {
      const text = typeof node === 'string' && node.length > left ? node : JSON.stringify(node);
      left -= text?.length ?? 0;
    } else if (Array.isArray(node)) {
      left -= node.length + 1;
      for (let i = 0; i < node.length && left >= 0; i++) take(node[i]);
    } else {
      left -= 1;
      for (const [name, item] of Object.entries(node)) {
        if (left < 0) return;
        left -= name.length + '"":,'.length;
        take(item);
      }
    }
  };
  take(value);
  return left >= 0;
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

/** A half of a surrogate pair without its other half. */
const LONE_SURROGATE = /\p{Cs}/gu;

/**
 * Text that Elasticsearch finds again by itself: half a surrogate pair, which a log may hold and a cut may leave, is indexed as one
 * character and searched for as another.
 */
export const wellFormed = (text: string): string => text.replace(LONE_SURROGATE, '\ufffd');

/**
 * Returns a JSON value whose texts are all {@link wellFormed}: the same value where they are so already, otherwise a copy.
 *
 * @param value nested no deeper than {@link DEEPEST_JSON}
 */
export function wellFormedJson<Value>(value: Value): Value {
  if (typeof value === 'string') return wellFormed(value) as Value;
  if (!isObject(value)) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item: unknown) => wellFormedJson(item));
    return items.every((item, place) => item === value[place]) ? value : (items as Value);
  }
  const given = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(given);
  const items = names.map((name) => wellFormedJson(given[name]));
  return items.every((item, place) => item === given[names[place]])
    ? value
    : (Object.fromEntries(names.map((name, place) => [name, items[place]])) as Value);
}

/** Says whether a value is an object with names, no list. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  isObject(value) && !Array.isArray(value);
