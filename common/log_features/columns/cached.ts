/** Texts that are remembered at least: those of a page of logs, which are looked at more than once. Twice as many at most. */
const CACHE_SIZE = 2_560;
/** Code units of the longest text that is remembered. */
const LONGEST_TEXT = 512;

/**
 * Remembers the outcome for recent texts. Once there are `size` of them they become those of before, which are forgotten when the next
 * ones are as many: that costs less than to know which was used last.
 *
 * @param read the same outcome each time, for the same text
 */
export function cached<Outcome>(
  read: (text: string) => Outcome,
  { size = CACHE_SIZE, longest = LONGEST_TEXT }: { readonly size?: number; readonly longest?: number } = {},
): (text: string) => Outcome {
  let recent = new Map<string, Outcome>();
  let before = new Map<string, Outcome>();
  const remember = (text: string, outcome: Outcome): void => {
    if (recent.size >= size) {
      before = recent;
      recent = new Map();
    }
    recent.set(text, outcome);
  };
  return (text) => {
    const known = recent.get(text);
    if (known !== undefined || recent.has(text)) return known as Outcome;
    if (before.has(text)) {
      const outcome = before.get(text) as Outcome;
      remember(text, outcome);
      return outcome;
    }
    const outcome = read(text);
    if (text.length <= longest) remember(text, outcome);
    return outcome;
  };
}
