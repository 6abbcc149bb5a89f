/**
 * Characters that people do not see as what they are: control and private characters, line partings, marks of direction,
 * and letters, signs and tags without a picture; with the flag u `\p{Cs}` is a surrogate without its partner. Joiners (U+200C,
 * U+200D) are part of the writing of some languages and of emoji, and nothing but hidden behind a Latin letter or a digit.
 * Source: Unicode 15, Default_Ignorable_Code_Point without variation selectors.
 */
export const UNPRINTABLE =
  /[\u034f\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u17b4-\u17b5\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e007f}]|(?<![\u0590-\u{10ffff}])[\u200c\u200d]/gu;

/** Returns at most `length` UTF-16 code units of the beginning of a text; a character of two halves is not cut apart. */
export const beginningOf = (text: string, length: number): string =>
  text.slice(0, length).replace(/[\ud800-\udbff]$/, '');

/**
 * Text of logs for people: control, invisible, bidirectional-override and lone-surrogate characters become a replacement
 * character, so that what is shown is what is there, and at most `maxLength` characters are kept.
 */
export function printable(text: string, maxLength: number): string {
  const head = text.length > maxLength ? text.slice(0, maxLength) : text;
  const clean = head.replace(UNPRINTABLE, '\ufffd');
  return text.length > maxLength ? `${clean}…` : clean;
}
