/** Counts of distinct messages. */
import { kindOf, MASK, type MessageTokens, type TokenKind } from './token_list';

export const MASKED = '\u0001';
export const SEPARATOR = '\u0000';

/** Distinct message: tokens with masks alike, and how many messages have it. */
export interface Variant {
  readonly key: string;
  readonly words: string[];
  readonly kinds: readonly TokenKind[];
  readonly spaced: (0 | 1)[];
  readonly written: (string | undefined | null)[];
  count: number;
}

function keyOf({ words, kinds }: MessageTokens): string {
  let key = '';
  for (let index = 0; index < words.length; index++)
    key += (kinds[index] === MASK ? MASKED : words[index]) + SEPARATOR;
  return key;
}

/** Distinct messages that templates are mined from, the most frequent ones; the others are only counted. */
const MAX_VARIANTS = 50_000;
/** Tokens of all of these. */
const MAX_VARIANT_TOKENS = 2_000_000;
export const byFrequency = (one: readonly [string, number], other: readonly [string, number]): number =>
  other[1] - one[1] || (one[0] < other[0] ? -1 : 1);

/** The tokens that a key was made of, with one kind of mask. */
export function tokensOfKey(key: string): MessageTokens {
  const words = key.split(SEPARATOR);
  words.pop();
  const kinds = words.map((word) => (word === MASKED ? MASK : kindOf(word)));
  return { words, kinds, spaced: words.map(() => 0), written: words.map(() => undefined), folded: 0 };
}

/** @returns the keys of the most frequent messages, as many as are kept */
export function keptKeys(counts: ReadonlyMap<string, number>): Set<string> {
  const kept = new Set<string>();
  let tokens = 0;
  for (const [key] of [...counts].sort(byFrequency)) {
    tokens += tokenCount(key);
    if (kept.size === MAX_VARIANTS || tokens > MAX_VARIANT_TOKENS) break;
    kept.add(key);
  }
  return kept;
}

function tokenCount(key: string): number {
  let count = 0;
  for (let at = key.indexOf(SEPARATOR); at >= 0; at = key.indexOf(SEPARATOR, at + 1)) count++;
  return count;
}

/** Counts messages that differ in nothing but masked parts. */
export class MessageCounter {
  readonly counts = new Map<string, number>();
  /** Undefined once there are more than MAX_VARIANTS, or more tokens in them than MAX_VARIANT_TOKENS. */
  private variants: Map<string, Variant> | undefined = new Map();
  private tokens = 0;

  /** @param wanted keys whose variants are kept; all up to MAX_VARIANTS by default */
  constructor(private readonly wanted?: ReadonlySet<string>) {}

  /** @returns the key of the message, alike for those that differ in nothing but masked parts; empty without a token */
  add(tokens: MessageTokens): string {
    if (tokens.words.length === 0) return '';
    const key = keyOf(tokens);
    const known = this.variants?.get(key);
    const count = (known?.count ?? this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (known === undefined) this.tokens += tokens.words.length;
    const isFull = this.counts.size > MAX_VARIANTS || this.tokens > MAX_VARIANT_TOKENS;
    if (this.wanted === undefined && isFull) this.variants = undefined;
    if (this.variants === undefined || this.wanted?.has(key) === false) return key;
    if (known === undefined) {
      const { words, kinds, spaced, written } = tokens;
      this.variants.set(key, { key, words, kinds, spaced, written, count });
      return key;
    }
    known.count = count;
    for (let index = 0; index < known.words.length; index++) {
      known.spaced[index] &= tokens.spaced[index];
      if (known.kinds[index] !== MASK) continue;
      if (known.words[index] !== tokens.words[index]) known.words[index] = '<id>';
      if (known.written[index] !== tokens.written[index]) known.written[index] = null;
    }
    return key;
  }

  /** @returns the most frequent first, equally frequent ones by their text; undefined when there are too many to keep */
  ordered(): Variant[] | undefined {
    if (this.variants === undefined) return undefined;
    return [...this.variants.values()].sort((one, other) =>
      byFrequency([one.key, one.count], [other.key, other.count]),
    );
  }
}
