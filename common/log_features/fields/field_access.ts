import { MAX_ELEMENTS } from '../columns/field_value';

type Node = Record<string, unknown>;

/** Paths with more parts are looked up only as one dotted key and as purely nested objects. */
const MAX_MIXED_PARTS = 12;

/** Reads one field of a document; undefined when the document does not have it. */
export type FieldReader = (document: unknown) => unknown;

/** @returns the value of an own property: nothing is ever read from a prototype */
function own(node: Node, key: string): unknown {
  const value = node[key];
  return value !== undefined && Object.hasOwn(node, key) ? value : undefined;
}

/**
 * Reads on in an object, or in all objects of an array, as Elasticsearch flattens arrays of objects.
 *
 * @returns one value, a list where several objects have some, undefined where none has any
 */
function readWithin(value: unknown, read: (node: Node) => unknown): unknown {
  if (value === null || typeof value !== 'object') return undefined;
  if (!Array.isArray(value)) return read(value as Node);
  const values: unknown[] = [];
  for (const element of value.slice(0, MAX_ELEMENTS) as unknown[]) {
    const found = readWithin(element, read);
    if (Array.isArray(found)) values.push(...(found as unknown[]).slice(0, MAX_ELEMENTS));
    else if (found !== undefined) values.push(found);
  }
  return values.length < 2 ? values[0] : values;
}

/**
 * Makes a reader for a field name such as `http.response.status_code`. It finds the field nested
 * (`{http: {response: {status_code}}}`), dotted (`{'http.response.status_code'}`) and mixed
 * (`{'http.response': {status_code}}`); of several spellings in one document the longest dotted key wins. Of an array of objects it
 * gives the values of all of them as one list.
 */
export function compileField(path: string): FieldReader {
  const parts = path.split('.');
  if (parts.length === 1) {
    const read = (node: Node): unknown => own(node, path);
    return (document) => readWithin(document, read);
  }
  // keys[start][length - 1] is parts[start .. start + length) as one dotted key
  const mixed = parts.length <= MAX_MIXED_PARTS;
  const keys = parts.map((_, start) =>
    mixed || start === 0
      ? parts.slice(start).map((_part, last) => parts.slice(start, start + last + 1).join('.'))
      : [parts[start]],
  );
  /** By the part of the path that they begin at. */
  const readFrom: ((node: Node) => unknown)[] = keys.map((candidates, start) => (node) => {
    const rest = parts.length - start;
    for (let length = candidates.length; length >= 1; length--) {
      const value = own(node, candidates[length - 1]);
      if (value === undefined) continue;
      if (length === rest) return value;
      const found = readWithin(value, readFrom[start + length]);
      if (found !== undefined) return found;
    }
    return undefined;
  });
  return (document) => readWithin(document, readFrom[0]);
}

const readers = new Map<string, FieldReader>();

/** {@link compileField} for a single look-up; readers of the most recent 1,000 paths are kept. */
export function getField(document: unknown, path: string): unknown {
  let reader = readers.get(path);
  if (reader === undefined) {
    if (readers.size >= 1_000) readers.clear();
    reader = compileField(path);
    readers.set(path, reader);
  }
  return reader(document);
}
