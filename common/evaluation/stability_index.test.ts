import { binCounts, binEdges, stabilityIndexOfCounts } from './stability_index';

const rise = (from: number, count = 1_000): Float64Array =>
  Float64Array.from({ length: count }, (_none, i) => from + i);

/** Index of values, in bins of the first. */
const stabilityIndex = (reference: Float64Array, actual: Float64Array): number => {
  const edges = binEdges(reference);
  return stabilityIndexOfCounts(binCounts(reference, edges), binCounts(actual, edges));
};

describe('the population stability index', () => {
  it('is 0 for the same values, whatever their number and order', () => {
    expect(stabilityIndex(rise(0), rise(0).reverse())).toBe(0);
    expect(stabilityIndex(rise(0), Float64Array.from([...rise(0), ...rise(0)]))).toBeCloseTo(0, 12);
    expect(stabilityIndex(rise(0), new Float64Array())).toBe(0);
  });

  it('is the textbook sum for two values', () => {
    const reference = Float64Array.from([0, 0, 0, 1]);
    const actual = Float64Array.from([0, 1, 1, 1]);
    const expected = (0.25 - 0.75) * Math.log(0.25 / 0.75) + (0.75 - 0.25) * Math.log(0.75 / 0.25);
    expect(stabilityIndex(reference, actual)).toBeCloseTo(expected, 12);
  });

  it('rises with the shift, and sees what is missing now', () => {
    const small = stabilityIndex(rise(0), rise(50));
    const large = stabilityIndex(rise(0), rise(500));
    expect(small).toBeGreaterThan(0);
    expect(small).toBeLessThan(0.25);
    expect(large).toBeGreaterThan(1);
    const half = Float64Array.from(rise(0), (value, i) => (i % 2 ? NaN : value));
    expect(stabilityIndex(rise(0), half)).toBeGreaterThan(1);
  });
});
