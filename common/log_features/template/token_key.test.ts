import * as fc from 'fast-check';
import { tokeniseMessage } from './message_tokens';
import { keyOfTokens } from './token_key';
import { MASK, STRUCTURE, WORD, type MessageTokens } from './token_list';

/** Words with the very signs that keys are made with. */
const word = fc.string({
  unit: fc.constantFrom('a', 'b', '<', '\u0000', '\u0001', '\u0002', '\u0003'),
  maxLength: 3,
});
const token = fc.record({
  word,
  kind: fc.constantFrom(WORD, MASK, STRUCTURE),
  space: fc.constantFrom(0 as const, 1 as const),
});
const tokens = fc.array(token, { maxLength: 4 }).map((each): MessageTokens => ({
  words: each.map(({ word: of }) => of),
  kinds: each.map(({ kind }) => kind),
  spaced: each.map(({ space }) => space),
  written: each.map(() => undefined),
  folded: 0,
}));

test('two lists of tokens have the same key just where their words, kinds and spaces are the same', () => {
  const told = ({ words, kinds, spaced }: MessageTokens): string => JSON.stringify([words, kinds, spaced]);
  const isTold = (one: MessageTokens, other: MessageTokens): void =>
    expect(keyOfTokens(one) === keyOfTokens(other)).toBe(told(one) === told(other));
  fc.assert(fc.property(tokens, tokens, isTold), { numRuns: 20_000 });
  const split = (words: string[]): MessageTokens => ({
    ...{ words, kinds: words.map(() => WORD), spaced: words.map(() => 0 as const) },
    ...{ written: words.map(() => undefined), folded: 0 },
  });
  isTold(split(['a', 'b']), split(['a\u0000\u0001b']));
  isTold(split(['a', 'b']), split(['ab']));
});

test('messages that differ in values have one key, those that differ in a word or a space do not', () => {
  const keyOf = (message: string): string | undefined => keyOfTokens(tokeniseMessage(message));
  expect(keyOf('took 3 ms')).toBe(keyOf('took 41 ms'));
  expect(keyOf('took 3 ms')).not.toBe(keyOf('takes 3 ms'));
  expect(keyOf('a (b)')).not.toBe(keyOf('a(b)'));
});

test('a token beyond all that a message has makes no key', () => {
  const long: MessageTokens = {
    words: ['x'.repeat(256)],
    kinds: [WORD],
    spaced: [0],
    written: [undefined],
    folded: 0,
  };
  expect(keyOfTokens(long)).toBeUndefined();
});
