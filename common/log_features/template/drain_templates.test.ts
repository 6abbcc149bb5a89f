import fc from 'fast-check';
import { DrainTree, MAX_TOKENS, maskWords } from './drain_templates';
import stored from '../../../test/unit/template_encoding_0.1.0.json';
import { DirtCounter } from '../columns/field_value';
import { decodeTemplate, templateStateSchema } from './template_encoding';
import { leastTime } from '../../../test/unit/thread_time';

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

describe('masks', () => {
  /** Masks of 0.1.0, which also tried every shorter run of digits. */
  const MASKS_OF_0_1_0: readonly (readonly [RegExp, string])[] = [
    [/(^|[\s=:,([{])"[^"]{0,512}"/g, '$1<str>'],
    [/(^|[\s=:,([{])'[^']{0,512}'/g, '$1<str>'],
    [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
    [/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?::\d{1,5}\b)?/g, '<ip>'],
    [/\b0x[0-9a-f]{1,64}\b/gi, '<hex>'],
    [/\b(?=[0-9a-f]{0,63}\d)(?=\d{0,63}[a-f])[0-9a-f]{8,64}\b/gi, '<hex>'],
    [/(?<![A-Za-z_<])\d{1,40}(?:\.\d{1,40})?(?=(?:ns|us|µs|ms|s|m|h|[kmgt]?i?b)\b)/gi, '<num>'],
    [/(?<![A-Za-z_<])[+-]?\d{1,40}(?:[.,:]\d{1,40}){0,8}(?![\dA-Za-z_>])/g, '<num>'],
  ];
  const before = (message: string): string[] =>
    MASKS_OF_0_1_0.reduce((masked, [regex, mask]) => masked.replace(regex, mask), message)
      .trim()
      .split(/\s+/)
      .map((token) => (token.length > 128 ? '<*>' : token));

  it('take numbers as they always did', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '1',
        '12',
        '7',
        '.',
        ',',
        ':',
        '+',
        '-',
        'a',
        '_',
        '<',
        '>',
        ' ',
        'ms',
        's',
        'MiB',
        'b',
      ),
      fc.constantFrom('1'.repeat(39), '2'.repeat(41), '3'.repeat(90)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const message = pieces.join('');
        expect(maskWords(message)).toEqual(before(message));
      }),
      { seed: 6, numRuns: 5_000 },
    );
  });

  it.each([
    ['digits', '1'],
    ['digits and letters', '1'.repeat(40) + 'a'],
    ['long numbers', '1'.repeat(40) + '.'],
    ['quotes', '="'],
    ['open quotes', ` "${'a'.repeat(520)}`],
    ['hexadecimal digits', '0123456789abcde-'],
  ])('take less than 50 ms for the longest text, of %s', (_what, unit) => {
    const message = unit.repeat(65_536).slice(0, 65_536);
    maskWords(message.slice(0, 2_048));
    expect(leastTime(() => maskWords(message), 50)).toBeLessThan(50);
  });
});
