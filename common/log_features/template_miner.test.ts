import { featureSchema } from '../detector';
import { DirtCounter } from './field_value';
import { learnTemplate } from './template_encoding';
import { MAX_TEMPLATES, MAX_TOKENS, TemplateMiner, tokenise } from './template_miner';

describe('tokenise', () => {
  it.each([
    ['took 35 ms', 'took <num> ms'],
    ['took 35ms', 'took <num>ms'],
    ['from 10.0.0.1:8080 to 10.0.0.2', 'from <ip> to <ip>'],
    ['id 123e4567-e89b-12d3-a456-426614174000', 'id <uuid>'],
    ['at 0xDEADBEEF', 'at <hex>'],
    ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8', 'commit <hex>'],
    ['user "Ada Lovelace" in', 'user <str> in'],
    ["file='a b' ok", 'file=<str> ok'],
    ["don't touch that's fine", "don't touch that's fine"],
    ['utf8 v2 ok', 'utf8 v2 ok'],
  ])('masks %s as %s', (message, masked) => expect(tokenise(message).join(' ')).toBe(masked));

  it('bounds the number and length of tokens', () => {
    expect(tokenise('a '.repeat(500))).toHaveLength(MAX_TOKENS + 1);
    expect(tokenise(`x ${'y'.repeat(5_000)}`)).toEqual(['x', '<*>']);
  });
});

describe('TemplateMiner', () => {
  it('merges messages that differ in a few words, keeps others apart', () => {
    const miner = new TemplateMiner();
    const learn = (message: string) => miner.learn(tokenise(message))?.id;
    expect(learn('user alice logged in from web')).toBe(0);
    expect(learn('user bob logged in from app')).toBe(1);
    expect(learn('session opened for alice by root')).toBe(2);
    expect(learn('session opened for bob by root')).toBe(2);
    expect(miner.templates[2].tokens.join(' ')).toBe('session opened for <*> by root');
    expect(miner.match(tokenise('session opened for carol by root'))?.id).toBe(2);
    expect(miner.match(tokenise('session opened for carol'))).toBeUndefined();
    expect(miner.match(tokenise('disk is full'))).toBeUndefined();
  });

  it('keeps a bounded number of templates', () => {
    const miner = new TemplateMiner();
    const word = (index: number): string =>
      String.fromCharCode(
        97 + (index % 26),
        97 + (Math.floor(index / 26) % 26),
        97 + Math.floor(index / 676),
      );
    for (let index = 0; index < 3_000; index++) miner.learn([word(index), word(index + 1), word(index + 7)]);
    expect(miner.templates).toHaveLength(MAX_TEMPLATES);
  });
});

describe('template feature', () => {
  const messages = [
    ...Array.from({ length: 60 }, (_, index) => `connection from 10.0.0.${index} closed`),
    ...Array.from({ length: 39 }, (_, index) => `query took ${index} ms`),
    'configuration reloaded',
  ];
  const encoding = learnTemplate(featureSchema.parse({ type: 'template', field: 'message' }), messages);
  const encode = (message: string): number[] => {
    const out = new Float64Array(4);
    encoding.encode(message, out, 0, new DirtCounter());
    return [...out];
  };

  it('gives rarity, newness, parameters and length', () => {
    expect(encode('query took 12345 ms')).toEqual([
      -Math.log(40 / 104),
      1 / 40,
      Math.log1p(1),
      Math.log1p('query took 12345 ms'.length),
    ]);
    expect(encode('kernel panic now').slice(0, 2)).toEqual([-Math.log(1 / 104), 1]);
    expect(encode('configuration reloaded')[1]).toBe(1 / 2);
  });

  it('tells the template of a message', () => {
    expect(encoding.templateOf('query took 7 ms')?.text).toBe('query took <num> ms');
    expect(encoding.templateOf('kernel panic now')).toBeUndefined();
    expect(encoding.actual('kernel panic now')).toBe('new template: kernel panic now');
    expect(encoding.typical).toContain('connection from <ip> closed (60%)');
  });

  it('does not depend on the order of the messages', () => {
    const reversed = learnTemplate(
      featureSchema.parse({ type: 'template', field: 'message' }),
      [...messages].reverse(),
    );
    expect(reversed.toJSON()).toEqual(encoding.toJSON());
  });
});
