/** Texts whose outcome is remembered; beyond, all are forgotten at once, which costs less than to know which was used last. */
const CACHE_SIZE = 4_096;
/** Code units of the longest text that is remembered. */
const LONGEST_TEXT = 512;

/**
 * Remembers the outcome for recent texts.
 *
 * @param read the same outcome each time, for the same text
 */
export function cached<Outcome>(
  read: (text: string) => Outcome,
  { size = CACHE_SIZE, longest = LONGEST_TEXT }: { readonly size?: number; readonly longest?: number } = {},
): (text: string) => Outcome {
  let cache = new Map<string, Outcome>();
  return (text) => {
    const known = cache.get(text);
    if (known !== undefined || cache.has(text)) return known as Outcome;
    const outcome = read(text);
    if (text.length <= longest) {
      if (cache.size >= size) cache = new Map();
      cache.set(text, outcome);
    }
    return outcome;
  };
}
