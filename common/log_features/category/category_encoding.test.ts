import { featureSchema } from '../../detector';
import { learnCategory, MAX_VOCABULARY, rarity } from './category_encoding';
import { DirtCounter } from '../columns/field_value';

const learn = (values: readonly unknown[], settings: object = {}) =>
  learnCategory(featureSchema.parse({ type: 'category', field: 'c', ...settings }), values);
const encode = (encoding: ReturnType<typeof learn>, value: unknown): number[] => {
  const out = new Float64Array(encoding.columns.length);
  encoding.encode(value, out, 0, new DirtCounter());
  return [...out];
};
const repeat = (value: unknown, count: number): unknown[] => new Array(count).fill(value);

describe('category feature', () => {
  const methods = [...repeat('GET', 6_000), ...repeat('POST', 3_999), 'PUT'];

  it('has one column for each value that is not rare and one for the rest', () => {
    const encoding = learn(methods);
    expect(encoding.columns).toEqual(['=GET', '=POST', '=(other)', '.unseen']);
    expect(encode(encoding, 'GET')).toEqual([1, 0, 0, 0]);
    expect(encode(encoding, 'POST')).toEqual([0, 1, 0, 0]);
    expect(encode(encoding, 'PUT')).toEqual([0, 0, 1, 0]);
    expect(encode(encoding, 'BREW')).toEqual([0, 0, 1, 1]);
  });

  it('turns to rarity above the limit', () => {
    expect(learn(methods, { one_hot_limit: 2 }).columns).toEqual(['.rarity', '.unseen']);
    expect(learn(methods, { one_hot_limit: 1, encoding: 'one_hot' }).columns).toEqual([
      '=GET',
      '=(other)',
      '.unseen',
    ]);
  });

  it('measures rarity as -log of the smoothed share, unseen beyond the rarest', () => {
    const encoding = learn([...repeat('a', 6), ...repeat('b', 3), 'c'], { encoding: 'rarity' });
    expect(encode(encoding, 'a')[0]).toBeCloseTo(-Math.log(7 / 14), 12);
    expect(encode(encoding, 'c')[0]).toBeCloseTo(-Math.log(2 / 14), 12);
    expect(encode(encoding, 'never')[0]).toBeCloseTo(-Math.log(1 / 14), 12);
    expect(rarity(0, 10, 3)).toBeGreaterThan(rarity(1, 10, 3));
  });

  it('sees numbers and booleans as the strings they print as', () => {
    const encoding = learn([...repeat(200, 5), ...repeat(true, 5)]);
    expect(encode(encoding, '200')).toEqual(encode(encoding, 200));
    expect(encode(encoding, 'true')).toEqual(encode(encoding, true));
  });

  it('remembers the most frequent values only', () => {
    const values = Array.from({ length: 3_000 }, (_, index) => `v${index}`);
    const state = learn([...values, ...repeat('v2999', 5)]).toJSON() as { values: [string, number][] };
    expect(state.values).toHaveLength(MAX_VOCABULARY);
    expect(state.values[0]).toEqual(['v2999', 6]);
  });

  it('says of no value that it was never seen where some were forgotten', () => {
    const values = Array.from({ length: 1_250 }, (_, index) => `id-${String(index).padStart(4, '0')}`);
    const encoding = learn([...values, ...values]);
    expect(encoding.unseenAmong?.('id-1249')).toBeUndefined();
    expect(encoding.compare('id-1249')).toMatchObject({ count: 2, at_most: true });
    expect(learn(methods).unseenAmong?.('BREW')).toBe(10_000);
  });

  it('does not depend on the order of the values', () => {
    expect(learn(methods).toJSON()).toEqual(learn([...methods].reverse()).toJSON());
  });

  it('shows shares of typical values', () => {
    const encoding = learn(methods);
    expect(encoding.typical).toBe('GET (60%), POST (40%), PUT (<0.1%)');
    expect(encoding.actual('BREW')).toBe('BREW (not seen in training)');
  });
});
