/** Longest line that is taken in; what goes beyond is refused as one malformed line. */
export const LINE_CHARACTERS = 16 * 1024 * 1024;
/** A JSON array is read as a whole, so its file has a limit, below that of one text in V8; NDJSON has none. */
export const ARRAY_CHARACTERS = 500_000_000;
/** Text with carriage returns that is held back for a line feed that says what they are. */
const HELD_CHARACTERS = 1_048_576;

/** Splits a text that comes in pieces into lines. */
export interface LineSplitter {
  /** @returns the lines that end in the text so far */
  write(text: string): Generator<string>;
  /** The last line, unless the text ends with a line break. */
  end(): Generator<string>;
}

/**
 * Lines end with a line feed, or a carriage return and a line feed. A return alone is text, as progress bars write it, but in
 * a text whose first HELD_CHARACTERS have no line feed (Mac OS of before 2001): there it ends a line, too. Of a line longer
 * than LINE_CHARACTERS one character more is kept; one of a JSON array of objects may have ARRAY_CHARACTERS.
 */
export function createLineSplitter(): LineSplitter {
  let pieces: string[] = [];
  let length = 0;
  let isArray: boolean | undefined;
  let beginning = '';
  /** Undefined as long as nothing tells. */
  let endsAtReturn: boolean | undefined;
  let held: string[] = [];
  let heldLength = 0;
  let isBehindReturn = false;

  const add = (piece: string): void => {
    if (isArray === undefined) {
      beginning = (beginning + piece).replace(/\s+/g, '').slice(0, 2);
      if (beginning.length === 2) isArray = beginning === '[{' || beginning === '[]';
    }
    const left = (isArray === true ? ARRAY_CHARACTERS : LINE_CHARACTERS) + 1 - length;
    if (left <= 0 || piece === '') return;
    pieces.push(piece.slice(0, left));
    length += Math.min(left, piece.length);
  };
  const take = (): string => {
    const line = pieces.join('');
    pieces = [];
    length = 0;
    return endsAtReturn !== true && line.endsWith('\r') ? line.slice(0, -1) : line;
  };
  /** @returns the text that can be split by now, with what was held back */
  const release = (text: string): string => {
    const hasFeed = text.includes('\n');
    if (hasFeed) endsAtReturn = false;
    // A line without returns need not be held.
    else if (held.length === 0 && !text.includes('\r')) return text;
    held.push(text);
    heldLength += text.length;
    if (!hasFeed && heldLength <= HELD_CHARACTERS) return '';
    endsAtReturn ??= true;
    const all = held.join('');
    held = [];
    return all;
  };
  const split = function* (text: string): Generator<string> {
    let start = isBehindReturn && text.startsWith('\n') ? 1 : 0;
    if (text !== '') isBehindReturn = false;
    let feed = -1;
    let back = endsAtReturn === true ? -1 : Infinity;
    for (;;) {
      if (feed < start) feed = placeOf(text, '\n', start);
      if (back < start) back = placeOf(text, '\r', start);
      const end = Math.min(feed, back);
      if (end === Infinity) break;
      add(text.slice(start, end));
      yield take();
      const isReturn = end === back;
      if (isReturn && end + 1 === text.length) isBehindReturn = true;
      start = end + (isReturn && text[end + 1] === '\n' ? 2 : 1);
    }
    add(text.slice(start));
  };
  return {
    *write(text) {
      yield* split(endsAtReturn === undefined ? release(text) : text);
    },
    *end() {
      if (held.length > 0) {
        endsAtReturn = true;
        yield* split(held.join(''));
      }
      if (length > 0) yield take();
    },
  };
}

/** @returns Infinity where there is none, so that what was searched is not searched again */
function placeOf(text: string, character: string, from: number): number {
  const place = text.indexOf(character, from);
  return place < 0 ? Infinity : place;
}
