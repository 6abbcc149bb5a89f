/**
 * Text of logs for people: control, invisible, bidirectional-override and lone-surrogate characters become a replacement
 * character, so that what is shown is what is there, and at most `maxLength` characters are kept.
 */
export function printable(text: string, maxLength: number): string {
  const head = text.length > maxLength ? text.slice(0, maxLength) : text;
  // \p{Cs} with the u flag is a surrogate without its partner
  const clean = head.replace(/[\p{Cc}\p{Cs}\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, '\ufffd');
  return text.length > maxLength ? `${clean}…` : clean;
}
