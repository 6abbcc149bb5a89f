import { countTails, discoveryLimit, logGamma, testableCount } from './tail_probabilities';

test('logGamma is that of known values', () => {
  expect(logGamma(1)).toBeCloseTo(0, 12);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 12);
  expect(logGamma(101) / Math.log(10)).toBeCloseTo(157.97000365471575, 10);
});

describe('countTails', () => {
  // The sum of the probability mass function, by its own recurrence.
  const summed = (count: number, mean: number, size: number): { lower: number; upper: number } => {
    let probability = (size / (size + mean)) ** size;
    let lower = 0;
    let below = 0;
    for (let y = 0; y <= count; y++) {
      below = lower;
      lower += probability;
      probability *= ((y + size) / (y + 1)) * (mean / (size + mean));
    }
    return { lower, upper: 1 - below };
  };

  test.each([
    [0, 0.3, 4],
    [5, 2, 10],
    [12, 3.5, 0.7],
    [40, 100, 25],
    [130, 100, 1_000],
  ])('%d at mean %d and size %d is the sum of the mass function', (count, mean, size) => {
    const { lower, upper } = countTails(count, mean, size);
    const wanted = summed(count, mean, size);
    expect(lower).toBeCloseTo(wanted.lower, 10);
    expect(upper).toBeCloseTo(wanted.upper, 10);
  });

  test('goes on where a sum would be lost in rounding, and is Poisson without excess variance', () => {
    const { upper } = countTails(60, 2, 50);
    expect(upper).toBeGreaterThan(1e-60);
    expect(upper).toBeLessThan(1e-30);
    expect(countTails(0, 3, Infinity).lower).toBeCloseTo(Math.exp(-3), 6);
    expect(countTails(1_000_000, 1_000_000, 100).lower).toBeCloseTo(0.5, 1);
  });
});

describe('discoveryLimit', () => {
  test('is that of the worked example of Benjamini and Hochberg (1995, section 4.1)', () => {
    const values = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ];
    expect(discoveryLimit(values, 15, 0.05)).toBe(0.0095);
    expect(discoveryLimit([...values].reverse(), 15, 0.05)).toBe(0.0095);
  });

  test('counts tests that are not given, and finds nothing among none', () => {
    expect(discoveryLimit([0.001], 10, 0.05)).toBe(0.001);
    expect(discoveryLimit([0.001], 100, 0.05)).toBe(0);
    expect(discoveryLimit([], 0, 0.05)).toBe(0);
  });
});

test('what cannot become a finding is no test', () => {
  const hopeless = new Array<number>(1_000).fill(0.3);
  expect(testableCount([1e-9, 1e-9, ...hopeless], 0.01)).toBe(2);
  // Of the third 0.01 / 3 is needed.
  expect(testableCount([1e-9, 1e-9, 0.004, ...hopeless], 0.01)).toBe(3);
  expect(testableCount([1e-9, 1e-9, 0.006, ...hopeless], 0.01)).toBe(2);
  expect(testableCount([], 0.01)).toBe(1);
  expect(testableCount([0.5], 0.01)).toBe(1);
});
