/**
 * Tokens of a log message with its variable parts masked by their shape: numbers, quantities, times, addresses, ids,
 * paths, values of keys, lists and stack traces. One pass over the message, in time linear in its length.
 */

import { MASK, type MessageTokens, STRUCTURE, TokenList, WORD, isKey, isMask } from './token_list';
import {
  addressEnd,
  closingQuote,
  endsQueryKey,
  escapedQuoteEnd,
  escapesAt,
  isBeforeValues,
  listEnd,
  traceEnd,
  urlEnd,
  valueEnd,
} from './message_parts';
import { isStructuredText } from './structured_text';
import {
  HAS_LETTER_OR_NUMBER,
  ADDRESS,
  BREAK,
  CLASS_OF,
  COLON_ADDRESS,
  DATE_INITIALS,
  DIGIT,
  LETTER,
  LONGEST_KEY,
  LONGEST_PHRASE,
  METHODS,
  NAMED_DATE,
  NAME_IN_DATE,
  NOT_PLAIN_VALUE,
  NO_VALUES,
  SPACE,
  PER_SECOND,
  beginsDay,
  classOf,
  isFinal,
  isIdeograph,
  isTextKey,
  maskOfNumbered,
  maskOfUnit,
} from './token_shapes';

/** Tokens of a message that count; the rest is one more variable part. */
export const MAX_MESSAGE_TOKENS = 256;
/** Stands for the tokens beyond those. */
export const REST = '<rest>';
/** UTF-16 code units of a token that is kept; a longer one is a variable part. */
export const MAX_MESSAGE_TOKEN_LENGTH = 128;

/** A match of a mask of the user's own: replaces the code units from `start` to before `end`. */
export interface MaskedSpan {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/**
 * Ways in which messages become tokens. 2 does not see masks of the user's own in values and quoted texts, and reads each line of a stack
 * trace in a message that begins with a bracket. 2 and 3 read the values in the query of a path, such as `/search?q=lamp`, as words. Up to
 * 4 a quoted word before a colon is a key wherever it stands, the quoted text of `"Pod 3 started" pod="web"` is one variable part, and so
 * is what stands in escaped quotes; the request in `…, request: "GET /a"` shows its method; `GiB/s` and `GiB/2.5 MiB` hold words.
 */
export type TokeniserVersion = 2 | 3 | 4 | 5;
export const TOKENISER: TokeniserVersion = 5;

/** Tokens and white space that are read, also where they become one list. */
const MAX_STEPS = 8_192;

/** An address of a server, or a path with a query. */
const QUOTED_ADDRESS = /^(?:[a-z][a-z\d+.-]*:\/\/|[^\s?]*\/[^\s?]*\?[^\s=]+=)\S*$/i;

const isQuantity = (word: string): boolean => word === '<size>' || word === '<duration>';

class Tokeniser extends TokenList {
  private at = 0;
  /** Places of closing quotes of texts that are read as if they had none, with the open braces around each. */
  private closings: Map<number, number> | undefined = undefined;
  /** End of the quoted texts that are read word by word, whose own quotes are escaped. */
  private textEnd = -1;
  private braces = 0;
  private hasQuotes = false;
  /** Place of the closing quote of a text that is read word by word, for a mask of the user's own in it; -1 without one. */
  private quoteEnd = -1;
  private readonly isSpaceless: boolean;
  private readonly isRecord: boolean;
  private span = 0;
  private structured: boolean | undefined = undefined;

  constructor(
    private readonly text: string,
    private readonly spans: readonly MaskedSpan[],
    private readonly version: TokeniserVersion,
  ) {
    super();
    this.isSpaceless = !/\s/.test(text);
    this.isRecord = /^[^\s,]*(?:,[^\s,]*){2}/.test(text);
  }

  read(): MessageTokens {
    const { text } = this;
    for (let steps = 0; this.at < text.length; steps++) {
      if (steps > MAX_STEPS && this.words[this.words.length - 1] === '<list>') break;
      if (steps > MAX_STEPS || this.words.length >= MAX_MESSAGE_TOKENS) {
        this.cutRest();
        break;
      }
      const { at, words } = this;
      const { length } = words;
      this.step();
      if (words.length <= length && this.at > at && words[words.length - 1] === '<list>')
        this.folded += this.at - at;
    }
    this.closeLists();
    // The last step may push many: a quoted text, a word that is split.
    if (this.words.length > MAX_MESSAGE_TOKENS + 1) this.cutRest();
    return this;
  }

  /** Makes one variable part of what follows the tokens that count. */
  private cutRest(): void {
    this.cut(Math.min(this.words.length, MAX_MESSAGE_TOKENS));
    this.append(REST, MASK, 1);
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
    if (at === this.quoteEnd) {
      this.space = 0;
      this.at++;
      return this.push(text[at], STRUCTURE);
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
    if (code === 92 && at < this.textEnd) {
      const escapes = escapesAt(text, at);
      if (escapes > 0) {
        this.at += escapes;
        return this.readQuote(34, escapes);
      }
    }
    if (code === 39 && (this.space === 1 || at === 0 || this.kinds[this.kinds.length - 1] === STRUCTURE)) {
      return this.readQuote(39);
    }
    if (kind === BREAK) {
      this.at++;
      return this.pushBreak(text[at]);
    }
    this.readWord();
  }

  /** @returns true where lines that are indented are those of a value */
  private isStructured(): boolean {
    if (this.version >= 3) return (this.structured ??= isStructuredText(this.text));
    const first = this.text.charCodeAt(0);
    return first === 123 || first === 91;
  }

  /** @returns the first match of a mask of the user's own among the code units from `from` to before `to` */
  private spanIn(from: number, to: number): MaskedSpan | undefined {
    if (this.version === 2) return undefined;
    while (this.span < this.spans.length && this.spans[this.span].end <= from) this.span++;
    const span = this.spans[this.span] as MaskedSpan | undefined;
    return span !== undefined && span.start < to ? span : undefined;
  }

  /** Takes the lines of a stack trace, however many, for one variable part. */
  private readNewLine(): void {
    const { text } = this;
    if (this.isStructured()) return;
    const end = traceEnd(text, this.at);
    if (end === this.at) return;
    this.folded += end - this.at;
    this.at = end;
    while (this.span < this.spans.length && this.spans[this.span].start < this.at) this.span++;
    this.pushTrace();
    this.space = 1;
  }

  /** Says that a quoted word that a colon follows is a key: one of JSON, where it begins or goes on. */
  private mayBeKey(): boolean {
    if (this.version < 5) return true;
    const previous = this.words[this.words.length - 1];
    return previous === '{' || (previous === ',' && this.braces > 0) || this.isStructured();
  }

  /** Says that the quoted text that ends at `end` is what the message says: no word stands before it, and nothing but `key=` behind it. */
  private isMessage(end: number): boolean {
    if (this.version < 5 || this.hasQuotes || !isBeforeValues(this.text, end + 1)) return false;
    return this.words.every((word, place) => this.kinds[place] !== WORD && !isKey(word));
  }

  /** Says that what follows is one of the named parts of a message: `…, request: "GET /a HTTP/1.1"`. */
  private followsName(): boolean {
    const { words, kinds } = this;
    const last = words.length - 1;
    return last > 2 && words[last] === ':' && kinds[last - 1] === WORD && words[last - 2] === ',';
  }

  /** @param escapes backslashes before the quote, of one in a quoted text */
  private readQuote(quote: 34 | 39, escapes = 0): void {
    const { text, at } = this;
    const bracesAround = this.closings?.get(at);
    if (bracesAround !== undefined) {
      // Those of the text itself may be without their other half.
      this.braces = bracesAround;
      this.at++;
      return;
    }
    const sign = quote === 34 ? '"' : "'";
    const end = escapes > 0 ? escapedQuoteEnd(text, at, escapes) : closingQuote(text, at, quote);
    const isMessage = quote === 34 && this.isMessage(end);
    this.hasQuotes = true;
    const next = end < 0 ? -1 : text.charCodeAt(end + 1);
    if (end < 0 || (quote === 39 && next === next && (classOf(next) & (LETTER | DIGIT)) !== 0)) {
      this.at++;
      return this.push(sign, STRUCTURE);
    }
    if (at < this.quoteEnd && end >= this.quoteEnd) {
      this.at++;
      return this.push(sign, STRUCTURE);
    }
    const content = text.slice(at + 1, end - escapes);
    const span = this.spanIn(at + 1, end);
    const isMasked = span !== undefined && span.start <= at + 1 && span.end >= end;
    let colon = end + 1;
    while (text.charCodeAt(colon) === 32 && colon - end < 4) colon++;
    if (
      !isMasked &&
      content.length > 0 &&
      content.length <= LONGEST_KEY &&
      text.charCodeAt(colon) === 58 &&
      !/\s/.test(content) &&
      this.mayBeKey()
    ) {
      this.push(`"${content}":`, STRUCTURE);
      this.at = colon + 1;
      return this.readValue(isTextKey(content));
    }
    const method = /^[A-Z]{3,7}(?= )/.exec(content)?.[0];
    const isRequest = method !== undefined && METHODS.has(method);
    if (span !== undefined || (isMessage && !isRequest)) {
      this.push(sign, STRUCTURE);
      this.space = 0;
      this.at++;
      if (at > this.quoteEnd) this.quoteEnd = end;
      this.markText(end);
      return;
    }
    if (/[\s=,;|:()[\]{}<>"]/.test(content) || content === '') {
      const isNamedPart = this.version >= 5 && this.followsName();
      this.push(sign, STRUCTURE);
      this.space = 0;
      if (isRequest && isNamedPart) this.push('<str>', MASK);
      else if (isRequest) {
        this.push(method, WORD);
        this.space = 1;
        this.push('<path>', MASK);
      } else this.pushPhrase(content);
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

  private markText(end: number): void {
    if (this.version >= 5) this.textEnd = Math.max(this.textEnd, end);
  }

  /** Pushes a quoted text of several words. One that begins as a mask does would be read as one, see {@link kindOf}. */
  private pushPhrase(content: string): void {
    const phrase = content.trimStart();
    const isVariable =
      phrase === '' || content.length > LONGEST_PHRASE || /\d/.test(phrase) || isMask(phrase);
    if (isVariable) this.push('<str>', MASK);
    else if (this.version >= 4 && QUOTED_ADDRESS.test(phrase)) this.push('<url>', MASK);
    else this.push(phrase, WORD);
  }

  /** Reads the value after `key=` or `"key":`: that of a text key as words, any other as one variable part. */
  private readValue(isText: boolean): void {
    const { text } = this;
    while (text.charCodeAt(this.at) === 32 && text.charCodeAt(this.at - 1) === 58) this.at++;
    this.space = 0;
    const from = this.at;
    const escapes = from < this.textEnd ? escapesAt(text, from) : 0;
    const code = text.charCodeAt(from + escapes);
    if (code === 34 || code === 39) {
      this.at += escapes;
      const end = escapes > 0 ? escapedQuoteEnd(text, this.at, escapes) : closingQuote(text, this.at, code);
      if (isText && end >= 0) {
        if (this.version < 5) this.closings = undefined;
        (this.closings ??= new Map()).set(end, this.braces);
        this.markText(end);
        this.at++;
        return;
      }
      const content = end < 0 ? '' : text.slice(this.at + 1, end - escapes);
      const start = this.at + 1;
      this.at = end < 0 ? valueEnd(text, start) : end + 1;
      return this.pushValue(content, start);
    }
    if (code === 123 || (code === 91 && this.spanIn(from, from + 1) !== undefined)) return;
    if (code === 91) {
      this.push('<list>', MASK);
      const end = listEnd(text, from);
      this.folded += end - this.at;
      this.at = end;
      return;
    }
    if (isText && code === code && classOf(code) !== SPACE) return;
    const end = valueEnd(text, from);
    const content = text.slice(this.at, end);
    this.at = end;
    this.pushValue(content, from);
  }

  /** Pushes the value that begins at `from` and ends before the reader's place. */
  private pushValue(content: string, from: number): void {
    const span = this.spanIn(from, from + content.length);
    if (span !== undefined) {
      const isWhole = span.start <= from && span.end >= from + content.length;
      this.at = Math.max(this.at, span.end);
      this.span++;
      return this.push(isWhole ? `<${span.name}>` : '<value>', MASK);
    }
    while (this.span < this.spans.length && this.spans[this.span].start < this.at) this.span++;
    const isPlain = content !== '' && content.length <= LONGEST_PHRASE && !NOT_PLAIN_VALUE.test(content);
    if (isPlain && !NO_VALUES.has(content.toLowerCase())) this.push(content, WORD);
    else this.push('<value>', MASK);
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
    if (sign === '{') this.braces++;
    if (sign === '}' && this.braces > 0) this.braces--;
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
    let limit = this.span < this.spans.length ? this.spans[this.span].start : text.length;
    if (from < this.quoteEnd) limit = Math.min(limit, this.quoteEnd);
    let place = from;
    let seen = 0;
    let signs = 0;
    for (; place < limit; place++) {
      const code = text.charCodeAt(place);
      if (code < 128) {
        const kind = CLASS_OF[code];
        if (kind > DIGIT) break;
        if (code === 46 && text.charCodeAt(place + 1) === 46) break;
        if (code === 92 && place < this.textEnd && escapesAt(text, place) > 0) break;
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
      if (text.startsWith('://', place)) return this.readUrl(place + 3, '<url>');
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
    if (this.version >= 4 && signs > 1 && endsQueryKey(text, from, place))
      return this.readUrl(place, '<path>');
    this.at = place;
    if (signs === 0 && length <= MAX_MESSAGE_TOKEN_LENGTH) {
      if (seen === LETTER) return this.pushLetters(text.slice(from, place));
      if (seen === DIGIT && length < 8)
        return this.push(this.isOfTime(from, length) ? '<num>' : '<id>', MASK);
    }
    this.pushWord(text.slice(from, place), true);
  }

  /** Says that a number may follow the one before it and a colon in a time: both have two digits at most. */
  private isOfTime(from: number, length: number): boolean {
    const { text, words } = this;
    if (this.version < 5 || text.charCodeAt(from - 1) !== 58) return true;
    if (words[words.length - 1] !== ':' || words[words.length - 2] !== '<num>') return true;
    return length <= 2 && !/\d{3}$/.test(text.slice(Math.max(0, from - 4), from - 1));
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

  /** Takes the address that goes on at `from`, with masks of the user's own that begin in it, for one variable part. */
  private readUrl(from: number, mask: '<url>' | '<path>'): void {
    const { text } = this;
    let end = this.version >= 4 ? addressEnd(text, from, mask) : urlEnd(text, from);
    const last = text.charCodeAt(end - 1);
    if (last === 46 || last === 44 || last === 58) end--;
    if (this.version >= 4) {
      for (; this.span < this.spans.length && this.spans[this.span].start < end; this.span++) {
        end = Math.max(end, this.spans[this.span].end);
      }
    }
    this.at = end;
    this.push(mask, MASK);
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
    if (this.version >= 5 && this.endsQuantity(word)) return;
    if (this.isSpaceless && this.splits(word)) return;
    if (/\/.*\//.test(word)) return this.push('<path>', MASK);
    this.push(mask, MASK, word);
  }

  /** Takes `GiB/2.5` for the unit of the number before it and another number. */
  private endsQuantity(word: string): boolean {
    const last = this.words.length - 1;
    const slash = word.indexOf('/');
    if (slash < 0 || this.words[last] !== '<num>') return false;
    const unit = maskOfUnit(word.slice(0, slash));
    const other = maskOfNumbered(word.slice(slash + 1));
    if (unit === undefined || (other !== '<num>' && !isQuantity(other))) return false;
    this.words[last] = unit;
    this.append('/', STRUCTURE);
    this.append(other, MASK);
    this.space = 0;
    return true;
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
        const mask = maskOfUnit(this.version >= 5 ? word.replace(PER_SECOND, '') : word);
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

  /** Makes one variable part of words that are listed with commas, and of what repeats three times and more. */
  private closeLists(): void {
    if (!this.isRecord) this.closeWordLists();
    if (this.words.length >= 6) this.closeRepeats();
  }
}

/**
 * Tokens of a message with its variable parts masked.
 *
 * @param spans what the user's own masks replace, ascending and apart from each other
 * @param version of the model that reads it
 */
export const tokeniseMessage = (
  message: string,
  spans: readonly MaskedSpan[] = [],
  version: TokeniserVersion = TOKENISER,
): MessageTokens => new Tokeniser(message, spans, version).read();
