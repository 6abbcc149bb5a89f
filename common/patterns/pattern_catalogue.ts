import { cached } from '../log_features/columns/cached';
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import { MessageShapes } from '../log_features/template/message_shapes';
import { REST, tokeniseMessage } from '../log_features/template/message_tokens';
import { keyOfTokens, type MessageKeys } from '../log_features/template/token_key';
import { kindOf, type MessageTokens } from '../log_features/template/token_list';
import type { Variant } from '../log_features/template/message_counter';
import { ANY, TemplateMatcher, templateTextOf } from '../log_features/template/template_matcher';
import { groupMessages, NO_MASKS, type MessageMasks } from '../log_features/template/template_miner';
import { printable } from '../printable';
import { PATTERN_LIMITS } from './pattern';

const ID_CHARACTERS = 24;
/** Keys of messages whose patterns are remembered; then all are forgotten; characters of the longest. */
const KEYS_KEPT = 4_096;
const LONGEST_KEY = 1_024;

/** A pattern as messages are matched with it. */
export interface CataloguedPattern {
  readonly id: string;
  readonly tokens: readonly string[];
  /** False for a template of a model that no pattern is stored of yet. */
  readonly isKnown?: boolean;
}

/** A pattern that a message follows; with its tokens where it is not in the catalogue yet. */
export interface MatchedPattern {
  readonly id: string;
  readonly tokens?: readonly string[];
}

/** @returns an id that depends on the tokens alone: the first 96 bits of their SHA-256 digest */
export const patternIdOf = (tokens: readonly string[]): string =>
  bytesToHex(sha256(utf8ToBytes(tokens.map(plain).join('\u0000')))).slice(0, ID_CHARACTERS);

const plain = (token: string): string => (token.startsWith(' ') ? token.slice(1) : token);

/** Text of a pattern for people, such as `Timeout after <duration>`. */
export const patternText = (tokens: readonly string[]): string =>
  printable(templateTextOf(tokens).trim(), PATTERN_LIMITS.text);

const tokensOf = ({ words, spaced }: MessageTokens): string[] =>
  words.map((word, place) => (spaced[place] === 1 && place > 0 ? ` ${word}` : word));

/** Says that messages with other digits in the same places may have other tokens: names such as `eth0=`, or tokens that are cut off. */
const dependsOnDigits = ({ words }: MessageTokens): boolean =>
  words[words.length - 1] === REST || words.some((word) => /[0-9]/.test(word));

/** Finds the pattern of a message. Patterns never change while a bucket is counted, so the order of logs does not matter. */
export class PatternCatalogue {
  private readonly matcher: TemplateMatcher;
  private readonly patternOf = cached((text) => this.read(text).pattern);
  /** Patterns of messages by their shape: `byText` where digits of theirs are a part of the pattern. */
  private readonly shapes = new MessageShapes<MatchedPattern | 'byText' | 'none'>();
  /** By the key of their tokens: messages are many, and those that differ in nothing but values have one. */
  private readonly patterns = new Map<string, MatchedPattern | undefined>();

  constructor(
    private readonly known: readonly CataloguedPattern[],
    private readonly masks: MessageMasks,
    private readonly maxLength: number,
  ) {
    this.matcher = new TemplateMatcher(known.map(({ tokens }) => tokens));
  }

  /**
   * @param keys of messages that others have read in the same way: it takes less to look their patterns up
   * @returns undefined for a message without a token
   */
  public find(message: string, keys?: MessageKeys): MatchedPattern | undefined {
    const isCut = message.length > this.maxLength;
    const text = isCut ? message.slice(0, this.maxLength) : message;
    const key = keys?.(text);
    // A part of a message that is remembered holds all of it.
    if (key === undefined)
      return isCut || this.masks !== NO_MASKS ? this.patternOf(text) : this.findByShape(text);
    if (!this.patterns.has(key)) return this.read(text).pattern;
    return this.patterns.get(key);
  }

  /** @returns the tokens of a pattern that is stored */
  public tokensOf(id: string): readonly string[] | undefined {
    return this.known.find((pattern) => pattern.id === id)?.tokens;
  }

  /** Masks of the user's own may ask for single digits: without them those of a message make no difference unless a token holds one. */
  private findByShape(text: string): MatchedPattern | undefined {
    const known = this.shapes.get(text);
    if (known === 'byText') return this.patternOf(text);
    if (known !== undefined) return known === 'none' ? undefined : known;
    const { tokens, pattern } = this.read(text);
    this.shapes.set(text, dependsOnDigits(tokens) ? 'byText' : (pattern ?? 'none'));
    return pattern;
  }

  private read(text: string): {
    readonly tokens: MessageTokens;
    readonly pattern: MatchedPattern | undefined;
  } {
    const tokens = tokeniseMessage(text, this.masks(text));
    const key = keyOfTokens(tokens);
    if (key === undefined || key.length > LONGEST_KEY) return { tokens, pattern: this.match(tokens) };
    const known = this.patterns.get(key);
    if (known !== undefined) return { tokens, pattern: known };
    const pattern = this.match(tokens);
    if (this.patterns.size >= KEYS_KEPT) this.patterns.clear();
    this.patterns.set(key, pattern);
    return { tokens, pattern };
  }

  private match(read: MessageTokens): MatchedPattern | undefined {
    if (read.words.length === 0) return undefined;
    const place = this.matcher.match(read);
    if (place >= 0) {
      const { id, tokens, isKnown = true } = this.known[place];
      return isKnown ? { id } : { id, tokens };
    }
    const tokens = tokensOf(read);
    return { id: patternIdOf(tokens), tokens };
  }
}

/** Patterns that turn out to be one. */
export interface Generalisation {
  readonly tokens: readonly string[];
  /** Ids of patterns that stood as messages were read. */
  readonly members: readonly string[];
}

/** Tokens of patterns that are compared at once: about half a second of a thread that has other things to do. */
export const MOST_COMPARED_TOKENS = 100_000;

/** @returns patterns with as many tokens as are compared, the shortest first */
function comparedAmong(variants: readonly Variant[]): Variant[] {
  let left = MOST_COMPARED_TOKENS;
  return [...variants]
    .sort((one, other) => one.words.length - other.words.length || (one.key < other.key ? -1 : 1))
    .filter(({ words }) => (left -= words.length) >= 0);
}

/**
 * Finds patterns that differ in nothing but values, as the miner of templates does it with messages.
 *
 * @param patterns with their numbers of logs; those with a variable place, and the longest beyond {@link MOST_COMPARED_TOKENS}, are left as
 *   they are
 */
export function generalise(
  patterns: readonly (CataloguedPattern & { readonly logs: number })[],
): Generalisation[] {
  const variants = patterns.flatMap(({ id, tokens, logs }): Variant[] => {
    if (tokens.some((token) => plain(token) === ANY)) return [];
    const words = tokens.map(plain);
    return [
      {
        key: id,
        words,
        kinds: words.map(kindOf),
        spaced: tokens.map((token) => (token.startsWith(' ') ? 1 : 0)),
        written: words.map(() => undefined),
        count: logs,
      },
    ];
  });
  return groupMessages(comparedAmong(variants)).flatMap(({ tokens, members }) =>
    members.length < 2 ? [] : [{ tokens, members: members.map(({ key }) => key).sort() }],
  );
}
