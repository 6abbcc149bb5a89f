import { HAS_LETTER_OR_NUMBER } from './token_shapes';

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

export const isMask = (word: string): boolean => word.length > 1 && word.charCodeAt(0) === 60;
/** Tokens after which the value of a key stands. */
export function isKey(word: string): boolean {
  const last = word.charCodeAt(word.length - 1);
  return word.length > 1 && (last === 61 || last === 58);
}
/** The kind of a token by its text, as `tokeniseMessage` gives it. */
export function kindOf(word: string): TokenKind {
  if (isMask(word)) return MASK;
  const last = word.charCodeAt(word.length - 1);
  if (last === 61 || last === 58) return STRUCTURE;
  return HAS_LETTER_OR_NUMBER.test(word) ? WORD : STRUCTURE;
}

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
 * A list of tokens that keeps itself short: values in a row, lists of words and what repeats become one variable part,
 * however many they are.
 */
export class TokenList implements MessageTokens {
  readonly words: string[] = [];
  readonly kinds: TokenKind[] = [];
  readonly spaced: (0 | 1)[] = [];
  readonly written: (string | undefined)[] = [];
  folded = 0;
  /** 1 when white space stands before the token that is pushed next. */
  protected space: 0 | 1 = 0;

  protected pushTrace(): void {
    if (this.words[this.words.length - 1] !== '<trace>') this.push('<trace>', MASK);
  }

  protected push(word: string, kind: TokenKind, written?: string): void {
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

  /** Pushes a token that nothing is made of with those before it. */
  protected append(word: string, kind: TokenKind, spaced: 0 | 1 = 0): void {
    this.words.push(word);
    this.kinds.push(kind);
    this.spaced.push(spaced);
    this.written.push(undefined);
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
  protected fold(from: number): void {
    for (let index = from; index < this.words.length; index++) {
      this.folded += this.words[index].length + this.spaced[index];
    }
  }

  protected cut(length: number): void {
    this.words.length = length;
    this.kinds.length = length;
    this.spaced.length = length;
    this.written.length = length;
  }

  protected closeWordLists(): void {
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

  protected closeRepeats(): void {
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
