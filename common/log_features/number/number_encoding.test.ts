import { featureSchema } from '../../detector';
import { DirtCounter, FLOAT32_MAX, numberOf } from '../columns/field_value';
import { learnNumber, signedLog1p, skewness } from './number_encoding';
import type { DirtReport } from '../columns/types';

const learn = (values: readonly unknown[], scale = 'auto') =>
  learnNumber(featureSchema.parse({ type: 'number', field: 'n', scale }), values);
const encode = (encoding: ReturnType<typeof learn>, value: unknown): number => {
  const out = new Float64Array(1);
  return encoding.encode(value, out, 0, new DirtCounter()) ? out[0] : NaN;
};

describe('skewness', () => {
  it('is m3 / m2^1.5', () => {
    // mean 2.5, deviations -1.5 -1.5 -1.5 4.5: m2 6.75, m3 20.25
    expect(skewness([1, 1, 1, 7])).toBeCloseTo(20.25 / Math.pow(6.75, 1.5), 12);
    expect(skewness([1, 2, 3])).toBeCloseTo(0, 12);
  });
  it('is 0 for constant, few and overflowing values', () => {
    expect(skewness([5, 5, 5, 5])).toBe(0);
    expect(skewness([1, 2])).toBe(0);
    expect(skewness([1e300, -1e300, 1e300, 0])).toBe(0);
  });
});

describe('number feature', () => {
  const skewed = Array.from({ length: 200 }, (_, index) => Math.exp(index / 20));
  const even = Array.from({ length: 200 }, (_, index) => index);

  it('takes skewed numbers on a logarithmic scale and even ones as they are', () => {
    expect(encode(learn(skewed), 100)).toBe(Math.log1p(100));
    expect(encode(learn(even), 100)).toBe(100);
  });
  it('keeps to a scale that is set', () => {
    expect(encode(learn(skewed, 'linear'), 100)).toBe(100);
    expect(encode(learn(even, 'log1p'), 100)).toBe(Math.log1p(100));
  });
  it('has a signed logarithm for negative values', () => {
    expect(signedLog1p(-100)).toBe(-Math.log1p(100));
    expect(encode(learn(even, 'log1p'), -7)).toBe(-Math.log1p(7));
  });
  it('knows median and percentiles', () => {
    expect(learn(Array.from({ length: 100 }, (_, index) => index + 1)).typical).toBe('5 to 95');
    expect(learn([]).typical).toBe('no value');
  });

  it.each<[unknown, number | undefined, DirtReport[string]]>([
    ['200', 200, {}],
    [' 1e3 ', 1000, {}],
    ['-.5', -0.5, {}],
    [12n, 12, {}],
    ['12abc', undefined, { wrong_type: 1 }],
    ['0x10', undefined, { wrong_type: 1 }],
    ['1e', undefined, { wrong_type: 1 }],
    ['9'.repeat(500), undefined, { wrong_type: 1 }],
    [true, undefined, { wrong_type: 1 }],
    [NaN, undefined, { not_finite: 1 }],
    [-Infinity, undefined, { not_finite: 1 }],
    ['NaN', undefined, { not_finite: 1 }],
    [1e300, FLOAT32_MAX, { out_of_range: 1 }],
    ['-1e999', -FLOAT32_MAX, { out_of_range: 1 }],
    [[7, 8], 8, { array: 1 }],
    [['-3', 5, 'x', true], 5, { array: 1 }],
    [[], undefined, { array: 1, missing: 1 }],
    [[[1]], 1, { array: 1 }],
    [{ value: 1 }, undefined, { object: 1 }],
    [null, undefined, { missing: 1 }],
    ['', undefined, { missing: 1 }],
    ['-', undefined, { missing: 1 }],
    [Symbol('s'), undefined, { missing: 1 }],
  ])('reads %p as %p and counts %j', (value, number, counts) => {
    const dirt = new DirtCounter();
    expect(numberOf(value, dirt)).toBe(number);
    const report: DirtReport = {};
    dirt.flush(report, 'n');
    expect(report.n ?? {}).toEqual(counts);
  });
});
