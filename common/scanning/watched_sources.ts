/** Names and patterns that one detector reads, without those that it leaves out (`-name`). */
interface Reader {
  readonly name: string;
  readonly patterns: readonly ((index: string) => boolean)[];
  readonly excluded: readonly ((index: string) => boolean)[];
}

/**
 * Returns which detectors read a source already.
 *
 * @param detectors name and `source.index`, names and patterns separated by commas
 * @returns takes the name of a source and those of its indices; gives names of detectors, each once
 */
export function createWatchers(
  detectors: readonly { readonly name: string; readonly index: string }[],
): (source: string, indices: readonly string[]) => string[] {
  const matchers = new Map<string, (index: string) => boolean>();
  const matcherOf = (pattern: string): ((index: string) => boolean) => {
    const known = matchers.get(pattern);
    if (known !== undefined) return known;
    const matcher = matcherFor(pattern);
    matchers.set(pattern, matcher);
    return matcher;
  };
  const readers = detectors.map(({ name, index }): Reader => {
    const parts = [...new Set(index.split(',').map((part) => part.trim()))];
    return {
      name,
      patterns: parts.filter((part) => !part.startsWith('-')).map(matcherOf),
      excluded: parts.filter((part) => part.startsWith('-')).map((part) => matcherOf(part.slice(1))),
    };
  });
  return (source, indices) => {
    // Of indices that rotate a few stand for all.
    const names = [source, ...indices.slice(0, LOOKED_AT_INDICES)];
    const isRead = ({ patterns, excluded }: Reader): boolean =>
      names.some((name) => patterns.some((fits) => fits(name)) && !excluded.some((fits) => fits(name)));
    return [...new Set(readers.filter(isRead).map(({ name }) => name))];
  };
}

const LOOKED_AT_INDICES = 20;

/** @param pattern an asterisk stands for any characters */
function matcherFor(pattern: string): (name: string) => boolean {
  const [first, ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (name) => name === first;
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let place = first.length;
    for (const part of rest) {
      const found = name.indexOf(part, place);
      if (found < 0) return false;
      place = found + part.length;
    }
    return place <= name.length - last.length;
  };
}
