/** Control, invisible, bidirectional and line-parting characters; with the flag u `\p{Cs}` is a surrogate without its partner. */
export const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Text of logs for people: control, invisible, bidirectional-override and lone-surrogate characters become a replacement
 * character, so that what is shown is what is there, and at most `maxLength` characters are kept.
 */
export function printable(text: string, maxLength: number): string {
  const head = text.length > maxLength ? text.slice(0, maxLength) : text;
  const clean = head.replace(UNPRINTABLE, '\ufffd');
  return text.length > maxLength ? `${clean}…` : clean;
}
