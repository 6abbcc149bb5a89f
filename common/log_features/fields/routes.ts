import { cached } from '../columns/cached';
/** Code units of a text that a route is made of. */
const MAX_TEXT = 2_048;
/** Segments of a path, and names of query parameters, that a route keeps; an ellipsis stands for the rest. */
const MAX_SEGMENTS = 12;
const MAX_KEYS = 8;
/** A longer segment is one mask. */
const MAX_SEGMENT = 64;
/** Code units of a route. */
export const MAX_ROUTE = 256;
/** Stands for what varies: ids, numbers, dates, hashes. */
export const MASK = '{id}';
const REST = '…';
/** A token of so many letters and digits is random, and one without digits from the second length on. */
const RANDOM_TOKEN = 16;
const LONG_TOKEN = 32;
/** A hexadecimal token with a digit is an id from this length on. */
const HEX_TOKEN = 6;
/** A segment of hexadecimal digits and hyphens, such as a UUID, from this length on. */
const HEX_SEGMENT = 16;
const MAX_SCHEME = 12;
const MAX_METHOD = 10;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLetter = (code: number): boolean => isUpper(code) || (code >= 97 && code <= 122) || code >= 128;
const isHex = (code: number): boolean =>
  isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);

/** A run of letters and digits: kept, masked, or letters with their number masked (`user755` is `user{id}`). */
function maskToken(token: string): string {
  const length = token.length;
  let digits = 0;
  let hex = 0;
  let letters = 0;
  while (letters < length && !isDigit(token.charCodeAt(letters))) letters++;
  for (let index = 0; index < length; index++) {
    const code = token.charCodeAt(index);
    if (isDigit(code)) digits++;
    if (isHex(code)) hex++;
  }
  if (digits === 0) return length >= LONG_TOKEN || (length >= RANDOM_TOKEN && hex === length) ? MASK : token;
  if (length >= RANDOM_TOKEN || (length >= HEX_TOKEN && hex === length)) return MASK;
  return letters + digits === length ? token.slice(0, letters) + MASK : MASK;
}

/** `v1`, `v2.1`: part of the name of an interface, not a number that varies. */
function isVersion(segment: string): boolean {
  const first = segment.charCodeAt(0);
  if (segment.length < 2 || segment.length > 5 || (first !== 118 && first !== 86)) return false;
  if (!isDigit(segment.charCodeAt(1))) return false;
  for (let index = 2; index < segment.length; index++) {
    const code = segment.charCodeAt(index);
    if (!isDigit(code) && code !== 46) return false;
  }
  return true;
}

/** The end of a UUID or another run of hexadecimal digits and hyphens that begins at `from`; `from` where none does. */
function endOfHexRun(segment: string, from: number): number {
  let digits = 0;
  let end = from;
  while (end < segment.length) {
    const code = segment.charCodeAt(end);
    if (!isHex(code) && code !== 45) break;
    if (isDigit(code)) digits++;
    end++;
  }
  const isWhole =
    end === segment.length || !(isLetter(segment.charCodeAt(end)) || isDigit(segment.charCodeAt(end)));
  return isWhole && digits > 0 && end - from >= HEX_SEGMENT ? end : from;
}

/** One segment of a path, or one name of a query parameter, with what varies in it masked. */
function maskSegment(whole: string): string {
  const semicolon = whole.indexOf(';');
  const segment = semicolon > 0 ? whole.slice(0, semicolon) : whole;
  const length = segment.length;
  if (length > MAX_SEGMENT) return MASK;
  if (isVersion(segment)) return segment;
  let digits = 0;
  for (let index = 0; index < length; index++) {
    const code = segment.charCodeAt(index);
    // an address or escaped text: both vary
    if (code === 37 || code === 64) return MASK;
    if (isDigit(code)) digits++;
  }
  if (digits === 0 && length < RANDOM_TOKEN) return segment;
  let masked = '';
  let kept = false;
  let index = 0;
  while (index < length) {
    const start = index;
    const end = endOfHexRun(segment, index);
    if (end > index) {
      masked += MASK;
      index = end;
      continue;
    }
    while (index < length && (isDigit(segment.charCodeAt(index)) || isLetter(segment.charCodeAt(index)))) {
      index++;
    }
    if (index > start) {
      const token = maskToken(segment.slice(start, index));
      if (token !== MASK) kept = true;
      masked += token;
    } else {
      masked += segment.charAt(index);
      index++;
    }
  }
  // Of a file with a random name its ending says what it is.
  return kept || /^\{id\}\.[a-z]\w{0,4}$/.test(masked) ? masked : MASK;
}

/** Returns the start of the URL in a request line (`GET /a HTTP/1.1`); 0 for anything else. */
function urlStart(text: string): number {
  let index = 0;
  while (index < text.length && index <= MAX_METHOD && isUpper(text.charCodeAt(index))) index++;
  return index > 0 && index < text.length - 1 && text.charCodeAt(index) === 32 ? index + 1 : 0;
}

/** Returns the start of the path behind scheme and host, which are not part of a route. */
function pathStart(text: string, from: number): number {
  const colon = text.indexOf('://', from);
  if (colon <= from || colon - from > MAX_SCHEME) return from;
  for (let index = from; index < colon; index++) if (!isLetter(text.charCodeAt(index))) return from;
  let index = colon + 3;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === 47 || code === 63 || code === 35) break;
    index++;
  }
  return index;
}

/** A named file of many, as `{id}.png`, or another name of many. */
const NAMED_FILE = /\.[a-z]\w{0,4}$/;
const ENDING = 6;

/** The mask of a segment that is one of many names; of a file its ending stays, which says what it is. */
export function parameterOf(segment: string): string {
  const ending = NAMED_FILE.exec(segment.slice(-ENDING));
  return ending === null ? MASK : MASK + ending[0];
}

/** The segments of a path, each masked by itself; an ellipsis stands for more than are kept. */
function segmentsBetween(text: string, from: number, to: number): string[] {
  const segments: string[] = [];
  let start = from;
  while (start < to) {
    const slash = text.indexOf('/', start);
    const end = slash < 0 || slash > to ? to : slash;
    if (end > start) {
      if (segments.length === MAX_SEGMENTS) {
        segments.push(REST);
        break;
      }
      segments.push(maskSegment(text.slice(start, end)));
    }
    start = end + 1;
  }
  return segments;
}

function pathOf(segments: readonly string[], parents: ReadonlySet<string> | undefined): string {
  let route = '';
  for (const segment of segments) {
    const isParameter = segment !== REST && parents?.has(route) === true;
    route += `/${isParameter ? parameterOf(segment) : segment}`;
  }
  return route === '' ? '/' : route;
}

/** Names of query parameters, each once, in the order of their code units. */
function keysOf(text: string, from: number, to: number): string[] {
  const keys = new Set<string>();
  let start = from;
  while (start < to && keys.size <= MAX_KEYS) {
    const ampersand = text.indexOf('&', start);
    const end = ampersand < 0 || ampersand > to ? to : ampersand;
    const equals = text.indexOf('=', start);
    const keyEnd = equals < 0 || equals > end ? end : equals;
    if (keyEnd > start) keys.add(maskSegment(text.slice(start, keyEnd)));
    start = end + 1;
  }
  const sorted = [...keys].sort();
  return sorted.length > MAX_KEYS ? [...sorted.slice(0, MAX_KEYS), REST] : sorted;
}

/** Places of the path within a URL, path or request line, and of the end of it all: scheme, host and fragment are left out. */
function placesOf(text: string): { from: number; pathEnd: number; to: number } {
  const url = urlStart(text);
  let to = text.length;
  if (url > 0) {
    const version = text.lastIndexOf(' HTTP/');
    if (version >= url) to = version;
  }
  const from = pathStart(text, url);
  const hash = text.indexOf('#', from);
  if (hash >= 0 && hash < to) to = hash;
  const question = text.indexOf('?', from);
  return { from, pathEnd: question >= 0 && question < to ? question : to, to };
}

const bounded = (text: string): string => (text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);

/** The segments of the path in a text, each masked by itself, see {@link routeOf}. */
export function segmentsOf(whole: string): string[] {
  const text = bounded(whole);
  const { from, pathEnd } = placesOf(text);
  return segmentsBetween(text, from, pathEnd);
}

/**
 * The template of a URL, path or request line: scheme, host and fragment are left out, and in each segment of the path
 * what varies from request to request is masked: numbers, dates, UUIDs, hexadecimal and random tokens, addresses,
 * escaped text. Takes time linear in the text.
 *
 * @param withKeys adds the names of the query parameters, without their values
 * @param parents beginnings of routes whose next segment is a parameter whatever it is, see `learnParents`
 * @returns at most MAX_ROUTE code units
 * @example routeOf('/cart/8812/items?page=2&sort=asc', true) // '/cart/{id}/items?page&sort'
 */
export function routeOf(whole: string, withKeys: boolean, parents?: ReadonlySet<string>): string {
  const text = bounded(whole);
  const { from, pathEnd, to } = placesOf(text);
  let route = pathOf(segmentsBetween(text, from, pathEnd), parents);
  if (withKeys && pathEnd < to) {
    const keys = keysOf(text, pathEnd + 1, to);
    if (keys.length > 0) route += `?${keys.join('&')}`;
  }
  return route.length > MAX_ROUTE ? route.slice(0, MAX_ROUTE) : route;
}

/** Between parts of a version, time, address or date: `1.2.3`, `10:31:07`, `2026-03-02`. */
const JOINS = '.:_-,/';

/**
 * A text with what varies in it masked: numbers, versions, times, addresses, UUIDs, hashes and other random tokens. Words stay
 * as they are, so that messages of one statement, and versions of one program, are one text. Takes time linear in the text.
 *
 * @returns at most MAX_ROUTE code units
 * @example maskedText('job import finished in 120 ms') // 'job import finished in {id} ms'
 * @example maskedText('curl/7.68.0') // 'curl/{id}'
 */
export function maskedText(whole: string): string {
  const text = bounded(whole);
  let masked = '';
  let index = 0;
  while (index < text.length && masked.length < MAX_ROUTE) {
    const start = index;
    let token: string;
    const end = endOfHexRun(text, index);
    if (end > index) {
      index = end;
      token = MASK;
    } else {
      while (index < text.length && (isDigit(text.charCodeAt(index)) || isLetter(text.charCodeAt(index)))) {
        index++;
      }
      token = index === start ? text.charAt(index++) : maskToken(text.slice(start, index));
    }
    // Of numbers that belong together one mask is left.
    const joined = masked.length - 1;
    const isJoined =
      token === MASK && JOINS.includes(masked.charAt(joined)) && masked.endsWith(MASK, joined) && joined > 0;
    masked = isJoined ? masked.slice(0, joined) : masked + token;
  }
  return masked.length > MAX_ROUTE ? masked.slice(0, MAX_ROUTE) : masked;
}

/** {@link routeOf} that remembers recent texts. */
export const routeReader = (withKeys: boolean, parents?: ReadonlySet<string>): ((text: string) => string) =>
  cached((text) => routeOf(text, withKeys, parents));

/** {@link maskedText} that remembers recent texts. */
export const maskedReader = (): ((text: string) => string) => cached(maskedText);

/** A route as people are shown it: an ellipsis for what varies. */
export const readableRoute = (route: string): string => route.replaceAll(MASK, REST);
