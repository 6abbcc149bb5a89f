/** A short text for the tokens of a message: what is found for one message holds for all with the same key. */
import type { MessageTokens } from './token_list';

/** Tokens of this length and more have no key: no mask, word or sign is as long. */
const LONGEST = 256;
const KINDS = 3;

/** Prefixes of tokens in a key: the kind and the space before, then the length, a character each. */
const BEFORE: readonly (readonly string[])[] = Array.from({ length: 2 * KINDS }, (_kind, sign) =>
  Array.from({ length: LONGEST }, (_length, length) => String.fromCharCode(sign, length)),
);

/**
 * Makes the key of a message's tokens. It can be read in one way only, so messages have the same one just where their words, kinds and
 * spaces are the same.
 *
 * @returns undefined where a token is too long for it
 */
export function keyOfTokens({ words, kinds, spaced }: MessageTokens): string | undefined {
  let key = '';
  for (let place = 0; place < words.length; place++) {
    const word = words[place];
    if (word.length >= LONGEST) return undefined;
    key += BEFORE[2 * kinds[place] + spaced[place]][word.length] + word;
  }
  return key;
}

/** Returns the key of the tokens of a message; undefined where none is at hand. */
export type MessageKeys = (message: string) => string | undefined;
