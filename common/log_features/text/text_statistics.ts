const hexDigit = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
};

/** Percent-decodes once, byte by byte: `%27` becomes the code unit 0x27; what is no valid escape stays. */
function decodePercent(text: string): string {
  let percent = text.indexOf('%');
  if (percent < 0) return text;
  let decoded = '';
  let start = 0;
  while (percent >= 0 && percent + 2 < text.length) {
    const high = hexDigit(text.charCodeAt(percent + 1));
    const low = hexDigit(text.charCodeAt(percent + 2));
    if (high >= 0 && low >= 0) {
      decoded += text.slice(start, percent) + String.fromCharCode(high * 16 + low);
      start = percent + 3;
      percent = text.indexOf('%', start);
    } else {
      percent = text.indexOf('%', percent + 1);
    }
  }
  return decoded + text.slice(start);
}

/** Times that percent-encoding is undone: attacks encode twice to get past filters that decode once. */
const DECODING_ROUNDS = 2;

/** Decodes a text for statistics and patterns: percent-encoding undone twice, `+` read as a space. */
export function decodeText(text: string): string {
  let decoded = text;
  if (decoded.indexOf('+') >= 0) decoded = decoded.replaceAll('+', ' ');
  for (let round = 0; round < DECODING_ROUNDS; round++) decoded = decodePercent(decoded);
  return decoded;
}

/** Names of characters in HTML that attacks are made of. */
export const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  lpar: '(',
  rpar: ')',
  colon: ':',
  semi: ';',
  sol: '/',
  grave: '`',
  tab: '\t',
  newline: '\n',
};
/** Code units behind `&` within which an entity ends. */
const ENTITY_LENGTH = 10;
const REVEALABLE = /&(?:#|[A-Za-z]{2,7};)|\\[uxUX]|%[uU]|[\u0080-\uffff]/;

/** The number that `count` hexadecimal digits at `at` make, -1 where they are not there. */
function hexAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let place = at; place < at + count; place++) {
    const digit = place < text.length ? hexDigit(text.charCodeAt(place)) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The character that an entity at `at` (of its `&`) stands for, and its length; undefined where there is none. */
function entityAt(text: string, at: number): { code: number; length: number } | undefined {
  const end = Math.min(text.length, at + ENTITY_LENGTH);
  let place = at + 1;
  if (place < end && text.charCodeAt(place) === 35) {
    place++;
    const isHex = place < end && (text.charCodeAt(place) | 32) === 120;
    if (isHex) place++;
    const first = place;
    let code = 0;
    for (; place < end; place++) {
      const digit = hexDigit(text.charCodeAt(place));
      if (digit < 0 || (!isHex && digit > 9)) break;
      code = code * (isHex ? 16 : 10) + digit;
    }
    if (place === first || code > 0xffff) return undefined;
    if (place < text.length && text.charCodeAt(place) === 59) place++;
    return { code, length: place - at };
  }
  const semicolon = text.slice(at, end).indexOf(';');
  const name = semicolon < 0 ? '' : text.slice(at + 1, at + semicolon);
  const character = Object.hasOwn(ENTITIES, name.toLowerCase()) ? ENTITIES[name.toLowerCase()] : undefined;
  return character === undefined ? undefined : { code: character.charCodeAt(0), length: semicolon + 1 };
}

/** Code units that some servers read as a slash or backslash. */
const SLASHES: ReadonlyMap<number, number> = new Map([
  [0x2215, 47],
  [0xf025, 47],
  [0x2216, 92],
  [0xefc8, 92],
]);
/** Further rounds in which a thorough reading undoes percent-encoding. */
const FURTHER_ROUNDS = 2;

/** The ASCII character that an overlong form of UTF-8 in three or four bytes at `at` stands for, and its length; undefined where there is none. */
function overlongAt(text: string, at: number): { code: number; length: number } | undefined {
  const first = text.charCodeAt(at);
  if (first !== 0xe0 && (first !== 0xf0 || text.charCodeAt(at + 1) !== 0x80)) return undefined;
  const place = first === 0xe0 ? at + 1 : at + 2;
  const high = text.charCodeAt(place);
  const low = text.charCodeAt(place + 1);
  if ((high !== 0x80 && high !== 0x81) || !(low >= 0x80 && low <= 0xbf)) return undefined;
  return { code: ((high & 1) << 6) | (low & 63), length: place + 2 - at };
}

/**
 * Undoes what hides the characters of an attack beyond percent-encoding, once, from left to right: entities of HTML (`&lt;`, `&#60;`,
 * `&#x3c`), escapes of scripts (`\x3c`, `\u003c`, `%u003c`), full-width forms of ASCII (U+FF01 to U+FF5E, as one code unit or as the
 * three bytes that {@link decodeText} makes of them) and overlong UTF-8 (`%c0%af` for a slash).
 *
 * @param isThorough percent-encoding is undone in two further rounds before, and overlong UTF-8 in three and four bytes and what
 * looks like a slash as well
 */
export function revealText(text: string, isThorough = false): string {
  let decoded = text;
  for (let round = 0; isThorough && round < FURTHER_ROUNDS; round++) decoded = decodePercent(decoded);
  if (!REVEALABLE.test(decoded)) return decoded;
  let revealed = '';
  for (let index = 0; index < decoded.length;) {
    const code = decoded.charCodeAt(index);
    const next = index + 1 < decoded.length ? decoded.charCodeAt(index + 1) : 0;
    const third = index + 2 < decoded.length ? decoded.charCodeAt(index + 2) : 0;
    let seen = code;
    let length = 1;
    if (code === 38) {
      const entity = entityAt(decoded, index);
      if (entity !== undefined) ({ code: seen, length } = entity);
    } else if ((code === 92 || code === 37) && (next | 32) === 117) {
      const unit = hexAt(decoded, index + 2, 4);
      if (unit >= 0) [seen, length] = [unit, 6];
    } else if (code === 92 && (next | 32) === 120) {
      const unit = hexAt(decoded, index + 2, 2);
      if (unit >= 0) [seen, length] = [unit, 4];
    } else if ((code === 0xc0 || code === 0xc1) && next >= 0x80 && next <= 0xbf) {
      [seen, length] = [((code & 1) << 6) | (next & 63), 2];
    } else if (code === 0xef && (next === 0xbc || next === 0xbd) && third >= 0x80 && third <= 0xbf) {
      [seen, length] = [0xf000 | ((next & 63) << 6) | (third & 63), 3];
    } else if (isThorough && (code === 0xe0 || code === 0xf0)) {
      const overlong = overlongAt(decoded, index);
      if (overlong !== undefined) ({ code: seen, length } = overlong);
    }
    if (seen >= 0xff01 && seen <= 0xff5e) seen -= 0xfee0;
    else if (isThorough && seen > 0x2000) seen = SLASHES.get(seen) ?? seen;
    revealed += String.fromCharCode(seen);
    index += length;
  }
  return revealed;
}

const NORMALISABLE = /[A-Z\t\n\v\f\r\u00a0]|\/\*\*\/| {2}/;

const SPACES = /[\t\n\v\f\r\u00a0]|\/\*\*\//g;
/** White space, but for the end of a line that the name of a header follows, or the version of HTTP. */
const SPACES_BUT_HEADERS = /[\t\v\f\u00a0]|[\n\r](?!(?:[a-z-]{2,30}:|http\/))|\/\*\*\//g;

/**
 * For pattern matching: decoded text with ASCII letters in lower case and one space for white space and `/**\/`.
 *
 * @param keepsHeaders a line break before the name of a header stays
 */
export function normaliseText(decoded: string, keepsHeaders = false): string {
  if (!NORMALISABLE.test(decoded)) return decoded;
  const text = decoded
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .replace(keepsHeaders ? SPACES_BUT_HEADERS : SPACES, ' ')
    .replace(/ {2,}/g, ' ');
  return keepsHeaders ? text.replace(/\r/g, '\n') : text;
}

/** Symbols that bigrams are made of: 26 letters, one digit, 33 ASCII marks with the space, control, beyond ASCII. */
export const SYMBOL_COUNT = 62;

/** The symbol of a code unit: letters without case, all digits alike, so that counts of few texts carry far. */
export function symbolOf(code: number): number {
  if (code >= 97 && code <= 122) return code - 97;
  if (code >= 65 && code <= 90) return code - 65;
  if (code >= 48 && code <= 57) return 26;
  if (code >= 128) return 61;
  if (code < 32 || code === 127) return 60;
  if (code < 48) return code - 32 + 27; // space to /
  if (code < 65) return code - 58 + 43; // : to @
  if (code < 97) return code - 91 + 50; // [ to `
  return code - 123 + 56; // { to ~
}

const enum CharacterClass {
  Lower,
  Upper,
  Digit,
  Special,
  NonAscii,
}

const CLASSES = Uint8Array.from({ length: 129 }, (_, code) => {
  if (code >= 97 && code <= 122) return CharacterClass.Lower;
  if (code >= 65 && code <= 90) return CharacterClass.Upper;
  if (code >= 48 && code <= 57) return CharacterClass.Digit;
  return code === 128 ? CharacterClass.NonAscii : CharacterClass.Special;
});
/** Characters that structure code and commands and are rare in names, paths and values; control characters too. */
const MARKS = '\'"<>();|`$\\{}*#!';
const IS_MARK = Uint8Array.from({ length: 129 }, (_, code) =>
  code < 32 || code === 127 || MARKS.includes(String.fromCharCode(code)) ? 1 : 0,
);
const SYMBOLS = Uint8Array.from({ length: 129 }, (_, code) => symbolOf(code));

/** Texts of up to this length look c ln c up instead of computing it. */
const X_LOG_X = Float64Array.from({ length: 4_097 }, (_, count) => (count < 2 ? 0 : count * Math.log(count)));
const xLogX = (count: number): number => (count <= 4_096 ? X_LOG_X[count] : count * Math.log(count));

/** Bigrams in the window over which surprise is averaged for its peak; a power of two. */
export const SURPRISE_WINDOW = 16;

/** Statistics of one decoded text. Shares are of its code units and 0 for the empty text. */
export interface TextStatistics {
  /** Shannon entropy of its characters (all beyond ASCII alike), in nats. */
  entropy: number;
  digitShare: number;
  upperShare: number;
  /** ASCII that is neither letter nor digit, white space and control characters included. */
  specialShare: number;
  nonAsciiShare: number;
  /** The longest run of letters, digits and non-ASCII, in code units. */
  longestToken: number;
  /** Largest sum of the surprises of SURPRISE_WINDOW bigrams in a row, over SURPRISE_WINDOW, in nats. */
  peakSurprise: number;
  /** Quotes, brackets and other marks of code, and control characters: how many. */
  marks: number;
}

const counts = new Int32Array(129);
const distinct = new Uint8Array(129);
const recent = new Float64Array(SURPRISE_WINDOW);

/**
 * All statistics in one pass over the text and one over its different characters.
 *
 * @param surprises -log p of the second symbol after the first, at `first * SYMBOL_COUNT + second`
 */
export function textStatistics(text: string, surprises: Float64Array): TextStatistics {
  const length = text.length;
  let distinctCount = 0;
  let token = 0;
  let longestToken = 0;
  let windowSum = 0;
  let peak = 0;
  let row = -1;
  recent.fill(0);
  for (let index = 0; index < length; index++) {
    let code = text.charCodeAt(index);
    if (code > 128) code = 128;
    if (counts[code]++ === 0) distinct[distinctCount++] = code;
    if (CLASSES[code] === CharacterClass.Special) token = 0;
    else if (++token > longestToken) longestToken = token;
    const symbol = SYMBOLS[code];
    if (row >= 0) {
      const surprise = surprises[row + symbol];
      const slot = index & (SURPRISE_WINDOW - 1);
      windowSum += surprise - recent[slot];
      recent[slot] = surprise;
      if (windowSum > peak) peak = windowSum;
    }
    row = symbol * SYMBOL_COUNT;
  }
  let upper = 0;
  let digit = 0;
  let special = 0;
  let nonAscii = 0;
  let marks = 0;
  let sumXLogX = 0;
  for (let place = 0; place < distinctCount; place++) {
    const code = distinct[place];
    const count = counts[code];
    counts[code] = 0;
    sumXLogX += xLogX(count);
    if (IS_MARK[code] === 1) marks += count;
    const characterClass = CLASSES[code];
    if (characterClass === CharacterClass.Digit) digit += count;
    else if (characterClass === CharacterClass.Upper) upper += count;
    else if (characterClass === CharacterClass.Special) special += count;
    else if (characterClass === CharacterClass.NonAscii) nonAscii += count;
  }
  const divisor = Math.max(length, 1);
  return {
    entropy: length === 0 ? 0 : Math.max(0, Math.log(length) - sumXLogX / length),
    digitShare: digit / divisor,
    upperShare: upper / divisor,
    specialShare: special / divisor,
    nonAsciiShare: nonAscii / divisor,
    longestToken,
    peakSurprise: peak / SURPRISE_WINDOW,
    marks,
  };
}

/** Share of a raw text that is percent-escapes, three code units each. */
export function encodedShare(text: string): number {
  let escapes = 0;
  let percent = text.indexOf('%');
  while (percent >= 0 && percent + 2 < text.length) {
    if (hexDigit(text.charCodeAt(percent + 1)) >= 0 && hexDigit(text.charCodeAt(percent + 2)) >= 0) {
      escapes++;
      percent += 2;
    }
    percent = text.indexOf('%', percent + 1);
  }
  return text.length === 0 ? 0 : (escapes * 3) / text.length;
}
