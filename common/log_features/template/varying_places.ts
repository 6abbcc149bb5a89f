/** Places of messages that vary from one to the next, by the values that they have. */
import { isKey, MASK } from './token_list';
import { isTextKey } from './token_shapes';
import { MASKED, type Variant } from './message_counter';

/** Values of a place below which they are words of templates, whatever their counts. */
export const FEW_VALUES = 4;
/** Values of a place from which it varies, whatever their counts. */
const MANY_VALUES = 12;
/** Share of values seen once from which a place with some values varies, and how many there are at least: one line is no evidence. */
const SINGLE_SHARE = 0.25;
const FEWEST_SINGLES = 2;
/**
 * Share of messages with a value seen once, the chance that the next has a new one (Good 1953), from which such a place varies: below one in
 * fifty a new value says something.
 */
const NEW_VALUE_CHANCE = 0.02;
/** Values of a place that names something ("for user …") from which it varies. */
const NAME_VALUES = 2;
const PREPOSITIONS = new Set('for by of to from on at with as'.split(' '));
const NAMED = new Set(
  'class package module user users username account host hostname server node client device interface process thread container pod namespace job task queue topic table database file directory group role member customer tenant'.split(
    ' ',
  ),
);

/** Places after "for user", "by node" and the like hold names. */
function holdsName(words: readonly string[], place: number): boolean {
  return (
    place >= 2 &&
    NAMED.has(words[place - 1].toLowerCase()) &&
    PREPOSITIONS.has(words[place - 2].toLowerCase())
  );
}

/** Places after `user=` and `"user":` hold values of that key; those of texts are read as words. */
export function holdsValue(words: readonly string[], place: number): boolean {
  const key = place > 0 ? words[place - 1] : '';
  return isKey(key) && !isTextKey(key.replace(/^"|"?[=:]$/g, ''));
}

/** Masks whose values are names that a word without a number can be, too. */
const NAME_MASKS = new Set(['<id>', '<path>', '<host>', '<url>', '<email>']);
/** Messages in which a mask of that kind is seen before words at its place are taken for more of its values. */
export const MASK_MESSAGES = 3;

/** Share of such messages from which the place varies. */
export const MASKED_SHARE = 0.2;

/** Returns true for names of states, such as flags of TCP, which messages of different meaning have. */
export const areStates = (words: Iterable<string>): boolean =>
  [...words].every((word) => /^[A-Z][A-Z_]+$/.test(word));

/** Returns true when a place varies from message to message, by its values in the variants of a group. */
export function varies(variants: readonly Variant[], place: number): boolean {
  const values = valuesAt(variants, place);
  let named = 0;
  let lists = 0;
  let total = 0;
  const spellings = new Set<string | null | undefined>();
  for (const { words, kinds, written, count } of variants) {
    total += count;
    if (words[place] === '<list>') lists += count;
    if (kinds[place] !== MASK || !NAME_MASKS.has(words[place])) continue;
    named += count;
    spellings.add(words[place] === '<id>' ? written[place] : null);
  }
  const areNamesVaried = spellings.size > 1 || spellings.has(null);
  if (areNamesVaried && named >= MASK_MESSAGES && named >= MASKED_SHARE * total) return true;
  const distinct = values.size;
  // one item of a list has no comma
  const items = values.has(MASKED) ? distinct - 1 : distinct;
  if (lists >= MASK_MESSAGES && lists >= MASKED_SHARE * total && items >= FEW_VALUES) return true;
  if (distinct >= MANY_VALUES) return true;
  const { words } = variants[0];
  if (holdsValue(words, place)) {
    return distinct >= FEW_VALUES || (values.get(MASKED) ?? 0) >= MASKED_SHARE * total;
  }
  if (holdsName(words, place) && distinct >= NAME_VALUES) return true;
  if (distinct < FEW_VALUES) return false;
  const isState = areStates(values.keys());
  if (place >= 1 && PREPOSITIONS.has(words[place - 1].toLowerCase()) && !isState) return true;
  if (isState) return false;
  let singles = 0;
  for (const count of values.values()) if (count === 1) singles++;
  return singles >= Math.max(FEWEST_SINGLES, SINGLE_SHARE * distinct, NEW_VALUE_CHANCE * total);
}

/** Values of a place: words, each different spelling of letters with numbers, masks as one that varies. */
function valuesAt(variants: readonly Variant[], place: number): Map<string, number> {
  const values = new Map<string, number>();
  for (const { words, kinds, written, count } of variants) {
    const value = kinds[place] === MASK ? (written[place] ?? MASKED) : words[place];
    values.set(value, (values.get(value) ?? 0) + count);
  }
  return values;
}
