/** Shapes by which the variable parts of a log message are known: numbers, quantities, times, addresses, ids. */

export const HAS_LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;

const TEXT_KEYS = new Set(
  (
    'msg message text event event_name eventname log error err exception reason level severity lvl loglevel detail ' +
    'details description title summary action operation cause'
  ).split(' '),
);
/** The last part of a dotted or nested name decides: `error.message`. */
export const isTextKey = (key: string): boolean =>
  TEXT_KEYS.has(key.slice(key.lastIndexOf('.') + 1).toLowerCase());

const TIME_UNITS = new Set(
  'ns us µs μs ms msec msecs millis millisecond milliseconds microsecond microseconds nanosecond nanoseconds s sec secs second seconds m min mins minute minutes h hr hrs hour hours d day days'.split(
    ' ',
  ),
);
const SIZE_UNITS = new Set(
  'b byte bytes kb mb gb tb pb kib mib gib tib pib kbyte kbytes mbyte mbytes gbyte gbytes'.split(' '),
);
/** The end of the unit of a rate: GiB/s. */
export const PER_SECOND = /\/s(?:ec|econd)?$/;

/** @returns the mask of a quantity with that unit; undefined for a word that is none */
export function maskOfUnit(word: string): '<duration>' | '<size>' | undefined {
  const unit = word.toLowerCase();
  return TIME_UNITS.has(unit) ? '<duration>' : SIZE_UNITS.has(unit) ? '<size>' : undefined;
}

export const METHODS = new Set('GET POST PUT DELETE HEAD OPTIONS PATCH TRACE CONNECT'.split(' '));

export const LETTER = 1;
export const DIGIT = 2;
export const SPACE = 4;
export const BREAK = 8;
export const CLASS_OF = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[a-z]/i.test(character)) CLASS_OF[code] = LETTER;
  else if (/[0-9]/.test(character)) CLASS_OF[code] = DIGIT;
  else if (code <= 32 || code === 127) CLASS_OF[code] = SPACE;
  else if ('=,;|:()[]{}<>"'.includes(character)) CLASS_OF[code] = BREAK;
}
export const isIdeograph = (code: number): boolean =>
  (code >= 0x3400 && code <= 0x9fff) ||
  (code >= 0xf900 && code <= 0xfaff) ||
  (code >= 0xd840 && code <= 0xd87f);
export function classOf(code: number): number {
  if (code < 128) return CLASS_OF[code];
  if (code === 0xa0 || code === 0x3000 || code === 0x2028 || code === 0x2029 || code === 0xfeff) return SPACE;
  if ((code > 0x3000 && code <= 0x303f && code !== 0x3005) || (code >= 0xff01 && code <= 0xff0f))
    return BREAK;
  if ((code >= 0xff1a && code <= 0xff20) || (code >= 0xff3b && code <= 0xff40)) return BREAK;
  if (code >= 0xff5b && code <= 0xff65) return BREAK;
  return LETTER;
}

const NUMBER = /^[+-]?\d[\d_]*(?:\.\d+)*%?$/;
const NUMBER_WITH_UNIT = /^[+-]?\d+(?:\.\d+)?([a-zµμ]{1,5})$/i;
export const ADDRESS = /^\/?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d{1,2})?$/;
const HEXADECIMAL = /^(?:0x[0-9a-f]+|[0-9a-f]{8,})$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:T\d{1,2})?$/;

/** Bytes or groups in hexadecimal with colons: an address of hardware or of IPv6. */
export const COLON_ADDRESS = /(?=[0-9a-f:]{0,80}\d)[0-9a-f]{0,4}(?::{1,2}[0-9a-f]{1,4}){3,16}(?![\w:])/iy;
/** A date with the name of its month: Fri Jul 08 05:47:01 PDT 2005. */
export const NAMED_DATE =
  /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? {1,2})?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}\d{1,2}(?:st|nd|rd|th)?|\d{1,2}[ -/](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6})\b,?(?:[-/ ]\d{4}\b)?(?:[ :T]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?\b)?(?: (?:[AP]M\b|[A-Z]{3,4}\b|[+-]\d{4}\b))?(?: \d{4}\b)?/y;
export const NAME_IN_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** The mask of a word that holds a digit. */
export function maskOfNumbered(word: string): string {
  if (NUMBER.test(word)) return ADDRESS.test(word) ? '<ip>' : '<num>';
  const unit = NUMBER_WITH_UNIT.exec(word)?.[1];
  const quantity = unit === undefined ? undefined : maskOfUnit(unit);
  if (quantity !== undefined) return quantity;
  if (ADDRESS.test(word)) return '<ip>';
  if (HEXADECIMAL.test(word)) return '<hex>';
  if (UUID.test(word)) return '<uuid>';
  if (DATE.test(word)) return '<time>';
  return '<id>';
}

/** Characters in which the end of a quoted text or of a list is looked for. */
export const LONGEST_QUOTED = 512;
/** A quoted text of several words that is longer, or that holds a number, is a variable part. */
export const LONGEST_PHRASE = 64;
export const LONGEST_KEY = 64;
/** A value that holds one of these is a variable part. */
export const NOT_PLAIN_VALUE = /[\d/\\@(){}[\]<>="]/;
/** Values that say yes, no or nothing. */
export const NO_VALUES = new Set([
  'true',
  'false',
  'yes',
  'no',
  'on',
  'off',
  'null',
  'nil',
  'none',
  'undefined',
  '-',
  '*',
]);

/** Initials of days and months. */
export const DATE_INITIALS = new Set([...'MTWFSJAOND'].map((initial) => initial.charCodeAt(0)));
/** Signs that end a sentence. */
export const isFinal = (code: number): boolean => code === 46 || code === 33 || code === 63;
/** The initials of months. */
const MONTH_INITIALS = new Set([...'ADFJMNOS'].map((initial) => initial.charCodeAt(0)));
/** One or two digits, a sign and the initial of a month: 08 Jul, 8-Jul-2005, 08/Jul. */
export function beginsDay(text: string, from: number): boolean {
  if (CLASS_OF[text.charCodeAt(from)] !== DIGIT) return false;
  const sign = CLASS_OF[text.charCodeAt(from + 1)] === DIGIT ? from + 2 : from + 1;
  return MONTH_INITIALS.has(text.charCodeAt(sign + 1)) && CLASS_OF[text.charCodeAt(sign + 2)] === LETTER;
}
