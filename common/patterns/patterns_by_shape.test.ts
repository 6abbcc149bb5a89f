import * as fc from 'fast-check';
import * as reading from '../log_features/template/message_tokens';
import { masksOf } from '../log_features/template/template_encoding';
import { PatternCatalogue, patternIdOf, type MatchedPattern } from './pattern_catalogue';
import { PatternCounts } from './pattern_counts';

jest.mock('../log_features/template/message_tokens', () => {
  const actual = jest.requireActual<typeof reading>('../log_features/template/message_tokens');
  return { ...actual, tokeniseMessage: jest.fn(actual.tokeniseMessage) };
});
const tokenise = jest.mocked(reading.tokeniseMessage);

const known = [
  ['User', ' <*>', ' logged', ' in'],
  ['after', ' <duration>'],
].map((tokens) => ({ id: patternIdOf(tokens), tokens }));
const make = (): PatternCatalogue => new PatternCatalogue(known, masksOf(undefined), 2_048);
const found = (catalogue: PatternCatalogue, message: string): MatchedPattern | undefined =>
  catalogue.find(message);

const digits = fc.constantFrom(...'0123456789');
/** `#` stands for a digit. */
const parts = fc.constantFrom(
  ...(
    'User u# logged in after ## ms #xff ##xab #.#.#.# ####-##-##T##:##:##.###Z eth#=up k#=v# "key#":#' +
    ' {"k#":"v#","k#":[#,#]} [a#=#,b#=#] ##:##:## :## ##:### Jul ## #Jul #-Jul-#### fe##::##:#:#:# ###### ########' +
    ' a#f#e#d#-####-####-####-############ host-#:#### /a/b#?q#=# http://h#:## GiB/#.# #GiB #GiB/s at f#.g#(A.java:##)' +
    ' "said # things" \'#\' ()= = : , (# ) <# ~# #% -# +#.# 訂單#號 ٣ \n\tat x.y#(#) 0 #x #X# a=b'
  ).split(' '),
);
const template = fc
  .array(fc.tuple(parts, fc.constantFrom(' ', ' ', '', ', ')), { maxLength: 10 })
  .map((all) => all.flat().join(''));
const message = (of: string): fc.Arbitrary<string> =>
  fc
    .array(digits, { minLength: of.length, maxLength: of.length })
    .map((each) => of.replace(/#/g, (_sign, at: number) => each[at]));
const alike = template.chain((of) => fc.array(message(of), { minLength: 2, maxLength: 6 }));

test('messages have the same pattern, and are counted in the same way, whatever was read before', () => {
  const remembering = make();
  fc.assert(
    fc.property(alike, (messages) => {
      const [wanted, got] = [new PatternCounts(), new PatternCounts()];
      for (const each of [...messages, ...messages]) {
        const log = { message: each, time: 1, bucket: 0 };
        const [apart, together] = [found(make(), each), found(remembering, each)];
        expect(together).toEqual(apart);
        if (apart !== undefined) wanted.add(apart, log);
        if (together !== undefined) got.add(together, log);
      }
      expect(got.toJSON()).toEqual(wanted.toJSON());
    }),
    { numRuns: 400 },
  );
});

test('digits that are a part of the pattern make another one', () => {
  const catalogue = make();
  for (const [one, other] of [
    ['eth0=up', 'eth1=up'],
    ['{"key1": 5}', '{"key2": 5}'],
    ['at 0xab', 'at 1xab'],
  ]) {
    const first = found(catalogue, one);
    expect(found(catalogue, other)?.id).not.toBe(first?.id);
    expect(found(catalogue, one)).toEqual(first);
  }
});

test('messages that differ in numbers alone become tokens once', () => {
  const catalogue = make();
  tokenise.mockClear();
  for (let page = 0; page < 4; page++) {
    for (let row = 1_000; row < 3_500; row++) found(catalogue, `waited ${9_999 - row} ms on part ${page}`);
  }
  expect(tokenise).toHaveBeenCalledTimes(1);
});
