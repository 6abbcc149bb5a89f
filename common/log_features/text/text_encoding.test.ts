import { featureSchema } from '../../detector';
import { DirtCounter } from '../columns/field_value';
import { RowCache } from '../columns/row_cache';
import { decodeTextEncoding, learnText, surprisesOf, textStateSchema } from './text_encoding';
import { SYMBOL_COUNT, symbolOf } from './text_statistics';

const place = (first: string, second: string): number =>
  symbolOf(first.charCodeAt(0)) * SYMBOL_COUNT + symbolOf(second.charCodeAt(0));

it('smooths bigram probabilities by a tenth (Lidstone)', () => {
  const surprises = surprisesOf([
    [place('a', 'b'), 3],
    [place('a', 'c'), 1],
  ]);
  const total = 4 + SYMBOL_COUNT * 0.1;
  expect(surprises[place('a', 'b')]).toBeCloseTo(-Math.log(3.1 / total), 12);
  expect(surprises[place('a', 'd')]).toBeCloseTo(-Math.log(0.1 / total), 12);
  expect(surprises[place('z', 'a')]).toBeCloseTo(Math.log(SYMBOL_COUNT), 12);
});

it('computes every column of an attack and of a harmless text, also from the cache', () => {
  const patterns = [{ name: 'id', regex: 'id=' }];
  const encoding = learnText(featureSchema.parse({ type: 'text', field: 'u', patterns }), ['/ab', '/ab']);
  const read = (text: string): Record<string, number> => {
    const out = new Float64Array(encoding.columns.length + 1);
    encoding.encode(text, out, 1, new DirtCounter());
    return Object.fromEntries(encoding.columns.map((column, index) => [column, out[index + 1]]));
  };
  const text = '/ab?id=%27%20or%201=1';
  const attack = read(text);
  // decoded /ab?id=' or 1=1: the patterns " or 1 … =" and "' or 1", one mark
  expect(attack['.attack_patterns']).toBe(Math.log1p(2));
  expect(attack['.sql_injection']).toBe(Math.log1p(2));
  expect(attack['.path_traversal']).toBe(0);
  expect(attack['.marks']).toBe(Math.log1p(1));
  expect(attack['.suspicion']).toBe(Math.log1p(1 + 4 * 2));
  expect(attack['.suspicion_density']).toBe(9 / text.length);
  expect(attack['.length']).toBe(Math.log1p(text.length));
  expect(attack['.encoded_share']).toBe(9 / text.length);
  expect(attack['.special_share']).toBeCloseTo(7 / 15, 12);
  expect(attack['.pattern.id']).toBe(1);

  const harmless = read('/ab');
  const seen = -Math.log(2.1 / (2 + SYMBOL_COUNT * 0.1));
  expect(harmless['.rarity']).toBeCloseTo((2 * seen) / 16, 12);
  expect(harmless['.suspicion']).toBe(0);
  expect(harmless['.sql_injection']).toBe(0);
  expect(read(text)).toEqual(attack);
});

it('leaves models that were trained before signs of more kinds with the columns that they have', () => {
  const patterns = [{ name: 'id', regex: 'id=' }];
  const learned = learnText(featureSchema.parse({ type: 'text', field: 'u', patterns }), ['/ab', '/ab']);
  const state = textStateSchema.parse(learned.toJSON());
  expect(state.signs).toBe('more_kinds');
  const before = decodeTextEncoding({ ...state, signs: 'in_context' });
  expect(before.columns.slice(-3)).toEqual(['.null_byte', '.scanner', '.pattern.id']);
  expect(learned.columns.slice(-3)).toEqual(['.nosql_injection', '.xml_injection', '.pattern.id']);
  const read = (encoding: typeof before): Record<string, number> => {
    const out = new Float64Array(encoding.columns.length);
    encoding.encode('/ab?id={{a}}&password[$ne]=1', out, 0, new DirtCounter());
    return Object.fromEntries(encoding.columns.map((column, index) => [column, out[index]]));
  };
  const [old, today] = [read(before), read(learned)];
  expect(old).toMatchObject({ '.attack_patterns': Math.log1p(1), '.template_injection': Math.log1p(1) });
  expect(old['.pattern.id']).toBe(1);
  expect(today).toMatchObject({ '.attack_patterns': Math.log1p(1), '.template_injection': 0 });
  expect(today['.nosql_injection']).toBe(Math.log1p(1));
  expect(today['.pattern.id']).toBe(1);
});

it('with a direction takes a length on the other side of what is usual for a usual one', () => {
  const texts = Array.from({ length: 100 }, (_none, index) => 'a'.repeat(20 + (index % 10)));
  const lengthsOf = (direction?: string): number[] => {
    const encoding = learnText(featureSchema.parse({ type: 'text', field: 'u', direction }), texts);
    return ['a', 'a'.repeat(25), 'a'.repeat(500)].map((text) => {
      const out = new Float64Array(encoding.columns.length);
      encoding.encode(text, out, 0, new DirtCounter());
      return Math.round(Math.expm1(out[0]));
    });
  };
  expect(lengthsOf()).toEqual([1, 25, 500]);
  expect(lengthsOf('both')).toEqual([1, 25, 500]);
  expect(lengthsOf('high')).toEqual([20, 25, 500]);
  expect(lengthsOf('low')).toEqual([1, 25, 29]);
});

describe('RowCache', () => {
  it('computes a text once, and again after another text took its place', () => {
    const cache = new RowCache(1);
    let computed = 0;
    const read = (text: string): number => {
      const out = new Float64Array(1);
      cache.read(text, out, 0, (_, rows, offset) => {
        computed++;
        rows[offset] = text.length + text.charCodeAt(1);
      });
      return out[0];
    };
    expect([read('abc'), read('abc'), computed]).toEqual([101, 101, 1]);
    for (let index = 0; index < 20_000; index++) {
      const text = `x${index}`;
      expect(read(text)).toBe(text.length + text.charCodeAt(1));
    }
    expect(read('abc')).toBe(101);
  });

  it('does not keep long texts', () => {
    const cache = new RowCache(1);
    let computed = 0;
    const long = 'x'.repeat(10_000);
    for (let turn = 0; turn < 2; turn++) cache.read(long, new Float64Array(1), 0, () => computed++);
    expect(computed).toBe(2);
  });
});
