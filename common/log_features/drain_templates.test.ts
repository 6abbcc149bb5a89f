import { DrainTree, MAX_TOKENS, maskWords } from './drain_templates';
import stored from '../../test/unit/template_encoding_0.1.0.json';
import { DirtCounter } from './field_value';
import { decodeTemplate, templateStateSchema } from './template_encoding';

describe('maskWords', () => {
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
  ])('masks %s as %s', (message, masked) => expect(maskWords(message).join(' ')).toBe(masked));

  it('bounds the number and length of tokens', () => {
    expect(maskWords('a '.repeat(500))).toHaveLength(MAX_TOKENS + 1);
    expect(maskWords(`x ${'y'.repeat(5_000)}`)).toEqual(['x', '<*>']);
  });
});

it('leads a message to the most similar template', () => {
  const tree = new DrainTree(
    ['session opened for <*> by root', 'disk full on sda'].map((text) => text.split(' ')),
  );
  const match = (message: string): number | undefined => tree.match(maskWords(message))?.id;
  expect(match('session opened for carol by root')).toBe(0);
  expect(match('disk full on sdb')).toBe(1);
  expect(match('session opened for carol')).toBeUndefined();
});

describe('a template feature that version 0.1.0 stored', () => {
  const encoding = decodeTemplate(templateStateSchema.parse(stored.state));

  it.each(stored.rows)('reads $message as it did', ({ message, row, actual, template }) => {
    const out = new Float64Array(4).fill(NaN);
    expect(encoding.encode(message, out, 0, new DirtCounter()) ? [...out] : null).toEqual(row);
    expect(encoding.actual(message) ?? null).toBe(actual);
    expect(encoding.templateOf(message) ?? null).toEqual(template);
  });

  it('is stored again as it was', () => {
    expect(encoding.toJSON()).toEqual(stored.state);
    expect(encoding.typical).toBe(stored.typical);
  });
});
