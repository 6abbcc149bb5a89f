/** Ends of the variable parts of a message: quoted texts, values, lists, addresses and stack traces. */

import { BREAK, CLASS_OF, LETTER, LONGEST_QUOTED, SPACE, classOf } from './token_shapes';

/** A line that continues a stack trace. */
const TRACE_LINE =
  /^(?:\s+\S|at |Caused by:|Suppressed:|\.{3} \d|Traceback \(|#\d+ |goroutine \d|During handling )/;

/** @returns where the lines of a stack trace end that begins at `from`, which is the start of a line; `from` where none does */
export function traceEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length) {
    const next = text.indexOf('\n', end);
    const to = next < 0 ? text.length : next;
    const head = text.slice(end, Math.min(to, end + 40));
    const isTrace =
      TRACE_LINE.test(head) ||
      (end > from &&
        (head.trim() === '' || (to + 1 < text.length && classOf(text.charCodeAt(to + 1)) === SPACE)));
    if (!isTrace) break;
    end = to + 1;
  }
  return Math.min(end, text.length);
}

/** White space, quotes, angle brackets and a closing one. */
const endsAddress = (code: number): boolean =>
  classOf(code) === SPACE || code === 34 || code === 39 || code === 60 || code === 62 || code === 41;

/** @returns place of the quote that closes the one at `at`, -1 without one near enough */
export function closingQuote(text: string, at: number, quote: number): number {
  const limit = Math.min(text.length, at + 1 + LONGEST_QUOTED);
  for (let place = at + 1; place < limit; place++) {
    const code = text.charCodeAt(place);
    if (code === 92) place++;
    else if (code === quote) return place;
  }
  return -1;
}

/** @returns backslashes from `at` on where a quote follows them, 0 where none does or where they began before */
export function escapesAt(text: string, at: number): number {
  if (text.charCodeAt(at - 1) === 92) return 0;
  let place = at;
  while (text.charCodeAt(place) === 92) place++;
  return text.charCodeAt(place) === 34 ? place - at : 0;
}

/** @returns place of the quote that closes the one at `at`, by as many backslashes before it; -1 where a quote with fewer comes first */
export function escapedQuoteEnd(text: string, at: number, escapes: number): number {
  const limit = Math.min(text.length, at + 1 + LONGEST_QUOTED);
  let before = 0;
  for (let place = at + 1; place < limit; place++) {
    const code = text.charCodeAt(place);
    if (code === 34 && before <= escapes) return before === escapes ? place : -1;
    before = code === 92 ? before + 1 : 0;
  }
  return -1;
}

/** The end of a text, or `key=`. */
const VALUES = /\s*(?:$|[\w./-]{1,64}=)/y;

/** Says that nothing but values with their keys stands from `at` on, judged by the first. */
export function isBeforeValues(text: string, at: number): boolean {
  VALUES.lastIndex = at;
  return VALUES.test(text);
}

/** @returns where the value without quotes ends that begins at `from`: before white space, a separator or a bracket that it did not open */
export function valueEnd(text: string, from: number): number {
  let depth = 0;
  let place = from;
  for (; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code >= 128) {
      if (classOf(code) === SPACE) break;
      continue;
    }
    const kind = CLASS_OF[code];
    if (kind === SPACE) break;
    if (kind !== BREAK) continue;
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) {
      if (depth === 0) break;
      depth--;
    } else if (depth === 0 && (code === 44 || code === 59 || code === 124 || code === 34)) break;
  }
  if (text.charCodeAt(place - 1) === 46 && place > from + 1) place--;
  return place;
}

/** @returns the place after the bracket that closes the list at `at`, or the end of the text */
export function listEnd(text: string, at: number): number {
  let depth = 0;
  let quoted = false;
  for (let place = at; place < text.length; place++) {
    const code = text.charCodeAt(place);
    if (code === 92) place++;
    else if (code === 34) quoted = !quoted;
    else if (quoted) continue;
    else if (code === 91) depth++;
    else if (code === 93 && --depth === 0) return place + 1;
  }
  return text.length;
}

/** Says that the word that ends at `place` is a path with the first key of its query, as `/search?q` before `=lamp`. */
export function endsQueryKey(text: string, from: number, place: number): boolean {
  const code = text.charCodeAt(place);
  if (code !== 61 && code !== 91) return false;
  const mark = text.lastIndexOf('?', place - 1);
  return mark > from && mark < place - 1 && text.lastIndexOf('/', mark) >= from;
}

/** @returns where an address ends, as tokenisers before 4 read it */
export function urlEnd(text: string, from: number): number {
  let end = from;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (endsAddress(code) || code === 93) break;
    if ((code === 44 || code === 59 || code === 124) && classOf(text.charCodeAt(end + 1)) !== LETTER) break;
  }
  return end;
}

/**
 * Returns where an address ends. What follows a path by a comma, a semicolon or a bar is the next part of a record; commas and
 * semicolons belong to the address of a server where a letter follows.
 */
export function addressEnd(text: string, from: number, mask: '<url>' | '<path>'): number {
  let end = from;
  let open = 0;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 91 || code === 123) open++;
    else if ((code === 93 || code === 125) && --open < 0) break;
    if (endsAddress(code) || code === 124) break;
    if ((code === 44 || code === 59) && (mask === '<path>' || classOf(text.charCodeAt(end + 1)) !== LETTER))
      break;
  }
  // a->b
  return text.charCodeAt(end) === 62 && text.charCodeAt(end - 1) === 45 ? end - 1 : end;
}
