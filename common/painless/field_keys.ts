/** Paths with more parts are looked up only as one dotted key and as purely nested objects. */
const MAX_MIXED_PARTS = 12;

/**
 * The keys under which a field can lie in a document, as `log_features/field_access.ts` tries them: `keys[start][length - 1]` is
 * the parts [start, start + length) of the path as one dotted key.
 */
export function fieldKeys(path: string): string[][] {
  const parts = path.split('.');
  const mixed = parts.length <= MAX_MIXED_PARTS;
  return parts.map((part, start) =>
    mixed || start === 0
      ? parts.slice(start).map((_, last) => parts.slice(start, start + last + 1).join('.'))
      : [part],
  );
}
