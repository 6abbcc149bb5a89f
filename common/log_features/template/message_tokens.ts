/**
 * Tokens of a log message with its variable parts masked by their shape: numbers, quantities, times, addresses, ids,
 * paths, values of keys, lists and stack traces. One pass over the message, in time linear in its length.
 */

/** Tokens of a message that count; the rest is one more variable part. */
export const MAX_MESSAGE_TOKENS = 256;
/** UTF-16 code units of a token that is kept; a longer one is a variable part. */
export const MAX_MESSAGE_TOKEN_LENGTH = 128;

export type TokenKind = typeof WORD | typeof MASK | typeof STRUCTURE;
/** A word, which may turn out to vary. */
export const WORD = 0;
/** A variable part, recognised by its shape: `<num>`. */
export const MASK = 1;
/** Punctuation, or the name of a value with its sign, `user=` or `"user":`. */
export const STRUCTURE = 2;

export interface MessageTokens {
  readonly words: string[];
  readonly kinds: TokenKind[];
  /** 1 where white space stands before the token. */
  readonly spaced: (0 | 1)[];
  /** Letters with numbers, such as `eth0`, as they are written; undefined for other tokens. */
  readonly written: (string | undefined)[];
  /** Code units, roughly, of list items, trace lines and repetitions that stand for no token of their own. */
  readonly folded: number;
}

/** A match of a mask of the user's own: replaces the code units from `start` to before `end`. */
export interface MaskedSpan {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

export const isMask = (word: string): boolean => word.length > 1 && word.charCodeAt(0) === 60;
/** Tokens after which the value of a key stands. */
export function isKey(word: string): boolean {
  const last = word.charCodeAt(word.length - 1);
  return word.length > 1 && (last === 61 || last === 58);
}
const HAS_LETTER_OR_NUMBER = /[\p{L}\p{N}]/u;
/** The kind of a token by its text, as `tokeniseMessage` gives it. */
export function kindOf(word: string): TokenKind {
  if (isMask(word)) return MASK;
  const last = word.charCodeAt(word.length - 1);
  if (last === 61 || last === 58) return STRUCTURE;
  return HAS_LETTER_OR_NUMBER.test(word) ? WORD : STRUCTURE;
}

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
const METHODS = new Set('GET POST PUT DELETE HEAD OPTIONS PATCH TRACE CONNECT'.split(' '));

const LETTER = 1;
const DIGIT = 2;
const SPACE = 4;
const BREAK = 8;
const CLASS_OF = new Uint8Array(128);
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
function classOf(code: number): number {
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
const ADDRESS = /^\/?\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?:\/\d{1,2})?$/;
const HEXADECIMAL = /^(?:0x[0-9a-f]+|[0-9a-f]{8,})$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DATE = /^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:T\d{1,2})?$/;

/** Bytes or groups in hexadecimal with colons: an address of hardware or of IPv6. */
const COLON_ADDRESS = /(?=[0-9a-f:]{0,80}\d)[0-9a-f]{0,4}(?::{1,2}[0-9a-f]{1,4}){3,16}(?![\w:])/iy;
/** A date with the name of its month: Fri Jul 08 05:47:01 PDT 2005. */
const NAMED_DATE =
  /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? {1,2})?(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}\d{1,2}(?:st|nd|rd|th)?|\d{1,2}[ -/](?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6})\b,?(?:[-/ ]\d{4}\b)?(?:[ :T]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?\b)?(?: (?:[AP]M\b|[A-Z]{3,4}\b|[+-]\d{4}\b))?(?: \d{4}\b)?/y;
const NAME_IN_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/;

/** The mask of a word that holds a digit. */
function maskOfNumbered(word: string): string {
  if (NUMBER.test(word)) return ADDRESS.test(word) ? '<ip>' : '<num>';
  const unit = NUMBER_WITH_UNIT.exec(word)?.[1].toLowerCase();
  if (unit !== undefined) {
    if (TIME_UNITS.has(unit)) return '<duration>';
    if (SIZE_UNITS.has(unit)) return '<size>';
  }
  if (ADDRESS.test(word)) return '<ip>';
  if (HEXADECIMAL.test(word)) return '<hex>';
  if (UUID.test(word)) return '<uuid>';
  if (DATE.test(word)) return '<time>';
  return '<id>';
}

/** Characters in which the end of a quoted text or of a list is looked for. */
const LONGEST_QUOTED = 512;
/** A quoted text of several words that is longer, or that holds a number, is a variable part. */
const LONGEST_PHRASE = 64;
const LONGEST_KEY = 64;
/** A value that holds one of these is a variable part. */
const NOT_PLAIN_VALUE = /[\d/\\@(){}[\]<>="]/;
/** Values that say yes, no or nothing. */
const NO_VALUES = new Set([
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

/** Tokens and white space that are read, also where they become one list. */
const MAX_STEPS = 8_192;

/** A line that continues a stack trace. */
const TRACE_LINE =
  /^(?:\s+\S|at |Caused by:|Suppressed:|\.{3} \d|Traceback \(|#\d+ |goroutine \d|During handling )/;

/** Initials of days and months. */
const DATE_INITIALS = new Set([...'MTWFSJAOND'].map((initial) => initial.charCodeAt(0)));
/** Signs that end a sentence. */
const isFinal = (code: number): boolean => code === 46 || code === 33 || code === 63;
/** The initials of months. */
const MONTH_INITIALS = new Set([...'ADFJMNOS'].map((initial) => initial.charCodeAt(0)));
/** One or two digits, a sign and the initial of a month: 08 Jul, 8-Jul-2005, 08/Jul. */
function beginsDay(text: string, from: number): boolean {
  if (CLASS_OF[text.charCodeAt(from)] !== DIGIT) return false;
  const sign = CLASS_OF[text.charCodeAt(from + 1)] === DIGIT ? from + 2 : from + 1;
  return MONTH_INITIALS.has(text.charCodeAt(sign + 1)) && CLASS_OF[text.charCodeAt(sign + 2)] === LETTER;
}

class Tokeniser {
  readonly words: string[] = [];
  readonly kinds: TokenKind[] = [];
  readonly spaced: (0 | 1)[] = [];
  readonly written: (string | undefined)[] = [];
  folded = 0;
  private at = 0;
  private space: 0 | 1 = 0;
  /** Places of closing quotes of texts that are read as if they had none. */
  private closing = -1;
  private readonly isSpaceless: boolean;
  private readonly isRecord: boolean;
  private span = 0;

  constructor(
    private readonly text: string,
    private readonly spans: readonly MaskedSpan[],
  ) {
    this.isSpaceless = !/\s/.test(text);
    this.isRecord = /^[^\s,]*(?:,[^\s,]*){2}/.test(text);
  }

  read(): MessageTokens {
    const { text } = this;
    for (let steps = 0; this.at < text.length; steps++) {
      if (steps > MAX_STEPS && this.words[this.words.length - 1] === '<list>') break;
      if (steps > MAX_STEPS || this.words.length >= MAX_MESSAGE_TOKENS) {
        this.cut(Math.min(this.words.length, MAX_MESSAGE_TOKENS));
        this.words.push('<rest>');
        this.kinds.push(MASK);
        this.spaced.push(1);
        this.written.push(undefined);
        break;
      }
      const { at, words } = this;
      const { length } = words;
      this.step();
      if (words.length <= length && this.at > at && words[words.length - 1] === '<list>')
        this.folded += this.at - at;
    }
    this.closeLists();
    return this;
  }

  private step(): void {
    const { text, at } = this;
    if (this.span < this.spans.length && at >= this.spans[this.span].start) {
      const { end, name } = this.spans[this.span++];
      if (end > at) {
        this.push(`<${name}>`, MASK);
        this.at = end;
      }
      return;
    }
    const code = text.charCodeAt(at);
    const kind = classOf(code);
    if (kind === SPACE) {
      this.space = 1;
      this.at++;
      if (code === 10) this.readNewLine();
      return;
    }
    if (code === 34) return this.readQuote(34);
    if (code === 39 && (this.space === 1 || at === 0 || this.kinds[this.kinds.length - 1] === STRUCTURE)) {
      return this.readQuote(39);
    }
    if (kind === BREAK) {
      this.at++;
      return this.pushBreak(text[at]);
    }
    this.readWord();
  }

  /** Takes the lines of a stack trace, however many, for one variable part. */
  private readNewLine(): void {
    const { text } = this;
    const first = text.charCodeAt(0);
    if (first === 123 || first === 91) return;
    let inTrace = false;
    let from = this.at;
    while (from < text.length) {
      const end = text.indexOf('\n', from);
      const to = end < 0 ? text.length : end;
      const head = text.slice(from, Math.min(to, from + 40));
      const isTrace =
        TRACE_LINE.test(head) ||
        (inTrace &&
          (head.trim() === '' || (to + 1 < text.length && classOf(text.charCodeAt(to + 1)) === SPACE)));
      if (!isTrace) break;
      inTrace = true;
      from = to + 1;
    }
    if (!inTrace) return;
    this.folded += Math.min(from, text.length) - this.at;
    this.at = Math.min(from, text.length);
    while (this.span < this.spans.length && this.spans[this.span].start < this.at) this.span++;
    this.pushTrace();
    this.space = 1;
  }

  private pushTrace(): void {
    if (this.words[this.words.length - 1] !== '<trace>') this.push('<trace>', MASK);
  }

  private readQuote(quote: 34 | 39): void {
    const { text, at } = this;
    if (at === this.closing) {
      this.at++;
      return;
    }
    const sign = quote === 34 ? '"' : "'";
    const end = this.closingQuote(quote);
    const next = end < 0 ? -1 : text.charCodeAt(end + 1);
    if (end < 0 || (quote === 39 && next === next && (classOf(next) & (LETTER | DIGIT)) !== 0)) {
      this.at++;
      return this.push(sign, STRUCTURE);
    }
    const content = text.slice(at + 1, end);
    let colon = end + 1;
    while (text.charCodeAt(colon) === 32 && colon - end < 4) colon++;
    if (
      content.length > 0 &&
      content.length <= LONGEST_KEY &&
      text.charCodeAt(colon) === 58 &&
      !/\s/.test(content)
    ) {
      this.push(`"${content}":`, STRUCTURE);
      this.at = colon + 1;
      return this.readValue(isTextKey(content));
    }
    if (/[\s=,;|:()[\]{}<>"]/.test(content) || content === '') {
      const method = /^[A-Z]{3,7}(?= )/.exec(content)?.[0];
      this.push(sign, STRUCTURE);
      this.space = 0;
      if (method !== undefined && METHODS.has(method)) {
        this.push(method, WORD);
        this.space = 1;
        this.push('<path>', MASK);
      } else if (content === '' || content.length > LONGEST_PHRASE || /\d/.test(content)) {
        this.push('<str>', MASK);
      } else this.push(content, WORD);
      this.space = 0;
      this.push(sign, STRUCTURE);
      this.at = end + 1;
      return;
    }
    this.push(sign, STRUCTURE);
    this.space = 0;
    this.at++;
    this.pushWord(content, false);
    this.space = 0;
    this.push(sign, STRUCTURE);
    this.at = end + 1;
  }

  /** @returns place of the quote that closes the one at the reader's place, -1 without one near enough */
  private closingQuote(quote: number): number {
    const { text } = this;
    const limit = Math.min(text.length, this.at + 1 + LONGEST_QUOTED);
    for (let place = this.at + 1; place < limit; place++) {
      const code = text.charCodeAt(place);
      if (code === 92) place++;
      else if (code === quote) return place;
    }
    return -1;
  }

  /** Reads the value after `key=` or `"key":`: that of a text key as words, any other as one variable part. */
  private readValue(isText: boolean): void {
    const { text } = this;
    while (text.charCodeAt(this.at) === 32 && text.charCodeAt(this.at - 1) === 58) this.at++;
    this.space = 0;
    const code = text.charCodeAt(this.at);
    if (code === 34 || code === 39) {
      const end = this.closingQuote(code);
      if (isText && end >= 0) {
        this.closing = end;
        this.at++;
        return;
      }
      const content = end < 0 ? '' : text.slice(this.at + 1, end);
      this.at = end < 0 ? this.valueEnd(this.at + 1) : end + 1;
      return this.pushValue(content);
    }
    if (code === 123) return;
    if (code === 91) {
      this.push('<list>', MASK);
      const end = this.listEnd();
      this.folded += end - this.at;
      this.at = end;
      return;
    }
    if (isText && code === code && classOf(code) !== SPACE) return;
    const end = this.valueEnd(this.at);
    const content = text.slice(this.at, end);
    this.at = end;
    this.pushValue(content);
  }

  private pushValue(content: string): void {
    while (this.span < this.spans.length && this.spans[this.span].start < this.at) this.span++;
    const isPlain = content !== '' && content.length <= LONGEST_PHRASE && !NOT_PLAIN_VALUE.test(content);
    if (isPlain && !NO_VALUES.has(content.toLowerCase())) this.push(content, WORD);
    else this.push('<value>', MASK);
  }

  private valueEnd(from: number): number {
    const { text } = this;
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

  /** @returns the place after the bracket that closes the list at the reader's place, or the end of the text */
  private listEnd(): number {
    const { text } = this;
    let depth = 0;
    let quoted = false;
    for (let place = this.at; place < text.length; place++) {
      const code = text.charCodeAt(place);
      if (code === 92) place++;
      else if (code === 34) quoted = !quoted;
      else if (quoted) continue;
      else if (code === 91) depth++;
      else if (code === 93 && --depth === 0) return place + 1;
    }
    return text.length;
  }

  private pushBreak(sign: string): void {
    if (sign === '=' && this.space === 0) {
      const last = this.words.length - 1;
      if (last >= 0 && this.kinds[last] !== STRUCTURE && this.text[this.at] !== '=') {
        const key = this.written[last] ?? this.words[last];
        if (this.kinds[last] === WORD || this.written[last] !== undefined) {
          const space = this.spaced[last];
          this.cut(last);
          this.space = space;
          this.push(`${key}=`, STRUCTURE);
          return this.readValue(isTextKey(key));
        }
      }
    }
    if (sign === ')') {
      const last = this.words.length;
      if (last > 0 && this.words[last - 1] === '(' && this.spaced[last - 1] === 1) {
        // nothing stands where others have a value
        this.space = 0;
        this.push('<value>', MASK);
        this.space = 0;
      }
      if (
        last >= 3 &&
        isQuantity(this.words[last - 1]) &&
        this.words[last - 2] === '(' &&
        isQuantity(this.words[last - 3])
      ) {
        // the same quantity in another unit: 4608 bytes (4.5 KB)
        this.cut(last - 2);
        this.space = 0;
        return;
      }
      for (let open = last - 1; open >= Math.max(2, last - 4); open--) {
        if (this.words[open] !== '(') continue;
        if (this.words[open - 2] !== 'at' || this.kinds[open - 1] === STRUCTURE) break;
        if (this.kinds[open - 1] === WORD && !/[.<]/.test(this.words[open - 1])) break;
        this.space = this.spaced[open - 2];
        this.fold(open - 2);
        this.cut(open - 2);
        return this.pushTrace();
      }
    }
    if (sign === ']') this.closeBracket();
    this.push(sign, STRUCTURE);
  }

  /** Makes one variable part of the items of a list in brackets, or of none. */
  private closeBracket(): void {
    const last = this.words.length;
    if (last > 0 && this.words[last - 1] === '[') {
      this.space = 0;
      this.push('<list>', MASK);
      this.space = 0;
      return;
    }
    let open = last - 1;
    let commas = 0;
    for (; open >= 0; open--) {
      const isBetween = (last - open) % 2 === 0;
      if (isBetween ? this.words[open] !== ',' : this.kinds[open] === STRUCTURE) break;
      if (isBetween) commas++;
    }
    if (commas === 0 || open < 0 || this.words[open] !== '[' || (last - open) % 2 !== 0) return;
    this.fold(open + 1);
    this.cut(open + 1);
    this.space = 0;
    this.push('<list>', MASK);
    this.space = 0;
  }

  private readWord(): void {
    const { text } = this;
    const from = this.at;
    const limit = this.span < this.spans.length ? this.spans[this.span].start : text.length;
    let place = from;
    let seen = 0;
    let signs = 0;
    for (; place < limit; place++) {
      const code = text.charCodeAt(place);
      if (code < 128) {
        const kind = CLASS_OF[code];
        if (kind > DIGIT) break;
        if (code === 46 && text.charCodeAt(place + 1) === 46) break;
        seen |= kind;
        if (kind === 0) signs++;
      } else {
        if (classOf(code) > DIGIT) break;
        if (isIdeograph(code)) {
          if (place === from) place += code >= 0xd800 && code <= 0xdbff ? 2 : 1;
          break;
        }
        seen |= LETTER;
      }
    }
    if (place === from) {
      // a run of dots, or a sign before one
      while (place < limit && text.charCodeAt(place) === 46) place++;
      if (place === from) place++;
      this.at = place;
      return this.push('...', STRUCTURE);
    }
    const length = place - from;
    if (
      length <= 4 &&
      text.charCodeAt(place) === 58 &&
      text.charCodeAt(from - 1) !== 58 &&
      this.readPattern(COLON_ADDRESS, '<ip>')
    )
      return;
    const mayBeDate =
      seen === LETTER
        ? length <= 11 &&
          DATE_INITIALS.has(text.charCodeAt(from)) &&
          NAME_IN_DATE.test(text.slice(from, place))
        : (seen & DIGIT) !== 0 && beginsDay(text, from);
    if (mayBeDate && this.readPattern(NAMED_DATE, '<time>')) return;
    if (place < limit && text.charCodeAt(place) === 58) {
      if (text.startsWith('://', place)) return this.readUrl(place);
      const next = text.charCodeAt(place + 1);
      if (seen === LETTER && signs > 0 && next >= 48 && next <= 57 && text.slice(from, place).includes('.')) {
        const port = /^:\d{1,5}(?![\w.])/.exec(text.slice(place, place + 7))?.[0];
        if (port !== undefined) {
          this.at = place + port.length;
          return this.push('<host>', MASK);
        }
      }
      // C:\Windows
      if (place === from + 1 && next === 92) {
        place += 2;
        while (place < limit && classOf(text.charCodeAt(place)) <= DIGIT) place++;
        this.at = place;
        return this.push('<path>', MASK);
      }
    }
    this.at = place;
    if (signs === 0 && length <= MAX_MESSAGE_TOKEN_LENGTH) {
      if (seen === LETTER) return this.pushLetters(text.slice(from, place));
      if (seen === DIGIT && length < 8) return this.push('<num>', MASK);
    }
    this.pushWord(text.slice(from, place), true);
  }

  /** Takes what matches at the reader's place for a variable part. */
  private readPattern(pattern: RegExp, mask: string): boolean {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return false;
    this.at += found[0].length;
    this.push(mask, MASK);
    return true;
  }

  private readUrl(place: number): void {
    const { text } = this;
    let end = place + 3;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (
        classOf(code) === SPACE ||
        code === 34 ||
        code === 39 ||
        code === 60 ||
        code === 62 ||
        code === 41 ||
        code === 93
      )
        break;
      if ((code === 44 || code === 59 || code === 124) && classOf(text.charCodeAt(end + 1)) !== LETTER) break;
      end++;
    }
    const last = text.charCodeAt(end - 1);
    if (last === 46 || last === 44 || last === 58) end--;
    this.at = end;
    this.push('<url>', MASK);
  }

  private pushWord(given: string, mayEnd: boolean): void {
    let word = given;
    let end = '';
    if (mayEnd) {
      let length = word.length;
      while (length > 0 && isFinal(word.charCodeAt(length - 1))) length--;
      if (length > 0 && length < word.length) {
        end = word.slice(length);
        word = word.slice(0, length);
      }
    }
    if (/^\d+$/.test(word) && word.length < 8) this.push('<num>', MASK);
    else if (word.length > MAX_MESSAGE_TOKEN_LENGTH) this.push('<long>', MASK);
    else if (/[0-9]/.test(word)) this.pushNumbered(word);
    else this.pushPlain(word);
    if (end !== '') {
      this.space = 0;
      this.push(end.length > 1 ? '...' : end, STRUCTURE);
    }
  }

  private pushNumbered(word: string): void {
    if (word.includes('\\') || (word.startsWith('/') && word.length > 1 && !ADDRESS.test(word))) {
      return this.push('<path>', MASK);
    }
    const mask = maskOfNumbered(word);
    if (mask !== '<id>') return this.push(mask, MASK);
    if (this.isSpaceless && this.splits(word)) return;
    if (/\/.*\//.test(word)) return this.push('<path>', MASK);
    this.push(mask, MASK, word);
  }

  private pushPlain(word: string): void {
    const slash = word.indexOf('/');
    const isPath =
      word.includes('\\') ||
      (slash === 0 && word !== '//') ||
      (slash > 0 && (word.indexOf('/', slash + 1) > 0 || word.includes('.')));
    if (isPath) return this.push('<path>', MASK);
    const at = word.indexOf('@');
    if (at > 0 && at < word.length - 1) return this.push('<email>', MASK);
    if (this.isSpaceless && this.splits(word)) return;
    if (HAS_LETTER_OR_NUMBER.test(word)) this.pushLetters(word);
    else if (!this.standsForNothing(word)) this.push(word, STRUCTURE);
  }

  /** Pushes a word, a unit of the number before it, or a value that says yes, no or nothing. */
  private pushLetters(word: string): void {
    const last = this.words.length - 1;
    if (last >= 0 && this.kinds[last] !== WORD) {
      if (this.words[last] === '<num>') {
        const unit = word.toLowerCase();
        const mask = TIME_UNITS.has(unit) ? '<duration>' : SIZE_UNITS.has(unit) ? '<size>' : undefined;
        if (mask !== undefined) {
          this.words[last] = mask;
          this.space = 0;
          return;
        }
      }
      if (this.standsForNothing(word)) return;
    }
    this.push(word, WORD);
  }

  /** Takes yes, no or nothing as the value of the key or the sign of equality before it. */
  private standsForNothing(word: string): boolean {
    const last = this.words.length - 1;
    const previous = last < 0 ? '' : this.words[last];
    if ((previous !== '=' && previous !== '<value>') || !NO_VALUES.has(word.toLowerCase())) return false;
    if (previous === '=') {
      this.push('<value>', MASK);
      return true;
    }
    // the value of "drawn= false", where the key has been given none
    if (this.space !== 1 || last === 0 || !isKey(this.words[last - 1])) return false;
    this.space = 0;
    return true;
  }

  /** Splits a word of a message without white space at the signs that stand for it. */
  private splits(word: string): boolean {
    const parts = word.split(/([-_./]+)/);
    if (parts.length < 5) return false;
    for (const part of parts) {
      if (part === '') continue;
      if (/^[-_./]/.test(part)) this.push(part[0], STRUCTURE);
      else if (/[0-9]/.test(part)) {
        const mask = maskOfNumbered(part);
        this.push(mask, MASK, mask === '<id>' ? part : undefined);
      } else this.push(part, WORD);
    }
    return true;
  }

  private push(word: string, kind: TokenKind, written?: string): void {
    const { words, kinds, space } = this;
    const last = words.length - 1;
    this.space = 0;
    if (kind === MASK && last >= 0) {
      const previous = words[last];
      const isBound = previous === '<' || previous === '>' || previous === '~';
      if (isBound && space === 0 && word === '<num>' && (last === 0 || this.spaced[last] === 1)) {
        // a bound of a quantity: <1 sec
        words[last] = word;
        kinds[last] = MASK;
        return;
      }
      if (kinds[last] === MASK && space === 0) return this.mergeLast(mergedMask(previous, word, ''));
      if (last > 0 && kinds[last - 1] === MASK && kinds[last] === STRUCTURE) {
        const isGlued = space === 0 && this.spaced[last] === 0 && GLUE.has(previous);
        if (isGlued || previous === ',') {
          this.cut(last);
          return this.mergeLast(mergedMask(words[last - 1], word, isGlued ? previous : ', '));
        }
      }
    }
    words.push(word);
    kinds.push(kind);
    this.spaced.push(words.length === 1 ? 0 : space);
    this.written.push(written);
    if (kind === MASK) this.foldRow();
  }

  private mergeLast(mask: string): void {
    const last = this.words.length - 1;
    this.words[last] = mask;
    this.written[last] = undefined;
    this.foldRow();
  }

  /** Makes one variable part of values in a row, two of one kind or three of any, however many. */
  private foldRow(): void {
    const { words, kinds } = this;
    for (let last = words.length - 1; last > 0; last--) {
      if (kinds[last - 1] !== MASK || (last > 1 && isKey(words[last - 2]))) return;
      const [one, other] = [words[last - 1], words[last]];
      const isRow =
        one === other || one === '<list>' || other === '<list>' || (last > 1 && kinds[last - 2] === MASK);
      if (!isRow) return;
      this.cut(last);
      words[last - 1] = one === other && one === '<time>' ? one : '<list>';
      this.written[last - 1] = undefined;
    }
  }

  /** Counts the tokens from a place on as folded. */
  private fold(from: number): void {
    for (let index = from; index < this.words.length; index++) {
      this.folded += this.words[index].length + this.spaced[index];
    }
  }

  private cut(length: number): void {
    this.words.length = length;
    this.kinds.length = length;
    this.spaced.length = length;
    this.written.length = length;
  }

  /** Makes one variable part of words that are listed with commas, and of what repeats three times and more. */
  private closeLists(): void {
    if (!this.isRecord) this.closeWordLists();
    if (this.words.length >= 6) this.closeRepeats();
  }

  private closeWordLists(): void {
    const { words, kinds } = this;
    let comma = words.indexOf(',');
    if (comma < 1 || words.indexOf(',', comma + 1) < 0) return;
    const keep: boolean[] = new Array<boolean>(words.length).fill(true);
    let changed = false;
    while (comma > 0 && comma < words.length) {
      let end = comma;
      let commas = 0;
      while (
        end + 1 < words.length &&
        words[end] === ',' &&
        kinds[end + 1] !== STRUCTURE &&
        kinds[end - 1] !== STRUCTURE
      ) {
        commas++;
        end += 2;
      }
      if (commas >= 2) {
        words[comma - 1] = '<list>';
        kinds[comma - 1] = MASK;
        this.written[comma - 1] = undefined;
        for (let index = comma; index < end; index++) keep[index] = false;
        changed = true;
      }
      comma = words.indexOf(',', Math.max(end, comma + 1));
    }
    if (changed) this.retain(keep);
  }

  private closeRepeats(): void {
    const { words } = this;
    for (let period = 2; period <= 8 && words.length >= 3 * period; period++) {
      if (!this.mayRepeat(period)) continue;
      let keep: boolean[] | undefined;
      let run = 0;
      for (let index = period; index <= words.length; index++) {
        if (index < words.length && this.isAlike(index, index - period)) {
          run++;
          continue;
        }
        const repeats = Math.floor(run / period);
        if (repeats >= 2) {
          const first = index - run;
          keep ??= new Array<boolean>(words.length).fill(true);
          keep.fill(false, first, first + repeats * period);
        }
        run = 0;
      }
      if (keep !== undefined) this.retain(keep);
    }
  }

  /** False where nothing repeats three times: what does has places that are alike from 2 x period on, one of them a multiple of it. */
  private mayRepeat(period: number): boolean {
    for (let index = 2 * period; index < this.words.length; index += 2 * period) {
      if (this.isAlike(index, index - period)) return true;
    }
    return false;
  }

  private isAlike(one: number, other: number): boolean {
    const { words, kinds } = this;
    if (kinds[one] !== kinds[other]) return false;
    if (kinds[one] === MASK || words[one] === words[other]) return true;
    return kinds[one] === WORD && words[one].includes('.') && words[other].includes('.');
  }

  private retain(keep: readonly boolean[]): void {
    let length = 0;
    for (let index = 0; index < keep.length; index++) {
      if (!keep[index]) {
        this.folded += this.words[index].length + this.spaced[index];
        continue;
      }
      this.words[length] = this.words[index];
      this.kinds[length] = this.kinds[index];
      this.spaced[length] = this.spaced[index];
      this.written[length] = this.written[index];
      length++;
    }
    this.cut(length);
  }
}

const isQuantity = (word: string): boolean => word === '<size>' || word === '<duration>';

/** Signs between values without white space that make one value of them. */
const GLUE = new Set([':', ',', ';', '|', '.', '/', '-', '_']);

function mergedMask(one: string, other: string, sign: string): string {
  if (one === '<time>' && other === '<num>' && sign !== ', ') return one;
  if (sign === ',' && one === '<num>' && other === '<num>') return one;
  if (sign === ',' || sign === ', ') return '<list>';
  if (sign === ':' && one === '<num>' && other === '<num>') return '<time>';
  if (sign === ':' && (one === '<ip>' || one === '<host>')) return one;
  return '<id>';
}

/**
 * Tokens of a message with its variable parts masked.
 *
 * @param spans what the user's own masks replace, ascending and apart from each other
 */
export const tokeniseMessage = (message: string, spans: readonly MaskedSpan[] = []): MessageTokens =>
  new Tokeniser(message, spans).read();
