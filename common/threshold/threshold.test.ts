import { unsafeUniformIntDistribution, xoroshiro128plus, type RandomGenerator } from 'pure-rand';
import { confidenceOf, exceedance, learnQuantiles, scoreAtExceedance, thresholdFrom, verdictOf } from '.';

const uniform = (random: RandomGenerator): number =>
  (unsafeUniformIntDistribution(0, 2 ** 31 - 1, random) + 0.5) / 2 ** 31;

/** Scores between 0.3 and 0.95 whose tail above 0.5 is generalised Pareto: p(s) = 0.1 (1 + xi (s - 0.5) / 0.03)^(-1/xi). */
function paretoScores(count: number, shape: number, seed = 7): Float64Array {
  const random = xoroshiro128plus(seed);
  return Float64Array.from({ length: count }, () => {
    const p = uniform(random);
    if (p > 0.1) return 0.5 - 0.2 * ((p - 0.1) / 0.9);
    return Math.min(1, 0.5 + (0.03 / shape) * ((p / 0.1) ** -shape - 1));
  });
}

/** Three levels of score, as categories give. */
const discrete = Float64Array.from({ length: 1_000 }, (_, i) => (i < 600 ? 0.4 : i < 995 ? 0.5 : 0.7));

describe.each([
  ['a smooth tail', paretoScores(5_000, 0.1)],
  ['a bounded tail', paretoScores(5_000, -0.3)],
  ['a heavy tail', paretoScores(5_000, 0.4)],
  ['few scores', paretoScores(20, 0.1)],
  ['one score', Float64Array.of(0.5)],
  ['three levels', discrete],
  ['constant scores', new Float64Array(500).fill(0.5)],
  ['scores near 1', Float64Array.from({ length: 300 }, (_, i) => 0.9999 - (i % 7) * 1e-6)],
])('quantiles of %s', (_, scores) => {
  const quantiles = learnQuantiles(scores);
  const grid = Array.from({ length: 2_001 }, (_, i) => i / 2_000);

  it('fall strictly from 1 and stay above 0', () => {
    const values = grid.map((score) => exceedance(quantiles, score));
    expect(values[0]).toBe(1);
    values.slice(1).forEach((value, i) => {
      expect(value).toBeLessThan(values[i]);
      expect(value).toBeGreaterThan(0);
    });
  });

  it('are inverted by scoreAtExceedance', () => {
    for (const p of [0.9, 0.5, 0.2, 0.1, 0.03, 0.01, 1e-3, 1e-5, 1e-8]) {
      expect(exceedance(quantiles, scoreAtExceedance(quantiles, p)) / p).toBeCloseTo(1, 8);
    }
  });

  it('are compact and in order', () => {
    expect(quantiles.scores.length).toBeLessThan(130);
    expect(JSON.parse(JSON.stringify(quantiles))).toEqual(quantiles);
    for (const list of [quantiles.scores, quantiles.shares]) {
      list.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(list[i]));
    }
  });

  it('give a confidence in [0, 1] that rises and is exactly 0.5 at the threshold', () => {
    const threshold = thresholdFrom({ method: 'contamination', contamination: 0.01 }, quantiles);
    expect(confidenceOf(threshold, threshold, quantiles)).toBe(0.5);
    const values = [...grid, threshold - 1e-12, threshold, threshold + 1e-12]
      .sort((a, b) => a - b)
      .map((score) => confidenceOf(score, threshold, quantiles));
    values.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(values[i]));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
  });
});

describe('learnQuantiles', () => {
  it('gives each score its share of the sample, k / (n + 1) for the k-th largest', () => {
    const scores = Float64Array.from({ length: 99 }, (_, i) => (i + 1) / 100);
    const quantiles = learnQuantiles(scores);
    expect(exceedance(quantiles, 0.5)).toBeCloseTo(0.5, 3);
    expect(exceedance(quantiles, 0.9)).toBeCloseTo(0.1, 3);
  });

  it.each([0.1, 0.3])('recovers a tail of shape %d far beyond the sample', (shape) => {
    const quantiles = learnQuantiles(paretoScores(50_000, shape));
    expect(quantiles.tail.shape).toBeGreaterThan(shape - 0.12);
    expect(quantiles.tail.shape).toBeLessThan(shape + 0.12);
    // The score that a hundredth of a thousandth reach, where the sample of 50,000 has none or one.
    const exact = 0.5 + (0.03 / shape) * ((1e-5 / 0.1) ** -shape - 1);
    expect(Math.abs(scoreAtExceedance(quantiles, 1e-5) - exact)).toBeLessThan(0.25 * (exact - 0.5));
  });

  it('takes a tail that ends for an exponential one, so that higher scores keep an exceedance', () => {
    const quantiles = learnQuantiles(paretoScores(50_000, -0.3));
    expect(quantiles.tail.shape).toBe(0);
    expect(exceedance(quantiles, 1)).toBeGreaterThan(0);
    // One in 100,000, by the distribution itself; an exponential fit to the highest 5 % alone gives 0.65.
    expect(scoreAtExceedance(quantiles, 1e-5)).toBeCloseTo(0.5 + 0.1 * (1 - 1e-4 ** 0.3), 1);
    expect(scoreAtExceedance(quantiles, 1e-5)).toBeLessThan(0.61);
  });

  it('does not extrapolate beyond what there is where a few anomalies lie apart', () => {
    // 16 of 5,000 logs between .74 and .80, as of requests that fail; all others below .6.
    const ordinary = Array.from({ length: 4_984 }, (_none, i) => 0.4 + 0.03 * -Math.log((i + 0.5) / 4_984));
    const apart = Array.from({ length: 16 }, (_none, i) => 0.74 + i * 0.004);
    const quantiles = learnQuantiles(
      Float64Array.from([...ordinary.map((score) => Math.min(score, 0.6)), ...apart]),
    );
    // Six of 5,000 score .78 and more.
    expect(Math.abs(scoreAtExceedance(quantiles, 0.0012) - 0.78)).toBeLessThan(0.015);
    expect(scoreAtExceedance(quantiles, 0.0002)).toBeLessThan(0.87);
  });

  it('does not depend on the order and leaves out what is no score', () => {
    const scores = paretoScores(500, 0.1);
    const mixed = Float64Array.of(NaN, ...Array.from(scores).reverse(), Infinity, -1, 0);
    expect(learnQuantiles(mixed)).toEqual(learnQuantiles(scores));
  });

  it('refuses an empty sample', () => {
    expect(() => learnQuantiles(Float64Array.of(NaN))).toThrow('0 of at least 1 usable score');
  });
});

describe('the threshold', () => {
  it.each([0.001, 0.01, 0.05, 0.2])('calls a share of %d of a fresh sample anomalous', (contamination) => {
    const threshold = thresholdFrom(
      { method: 'contamination', contamination },
      learnQuantiles(paretoScores(20_000, 0.1, 1)),
    );
    const fresh = paretoScores(200_000, 0.1, 2);
    const share = fresh.filter((score) => score >= threshold).length / fresh.length;
    expect(share / contamination).toBeGreaterThan(0.75);
    expect(share / contamination).toBeLessThan(1.3);
  });

  it.each([0.5, 0.1, 0.001])('lies above constant scores at contamination %d', (contamination) => {
    const quantiles = learnQuantiles(new Float64Array(300).fill(0.5));
    const threshold = thresholdFrom({ method: 'contamination', contamination }, quantiles);
    expect(threshold).toBeGreaterThan(0.5);
    expect(verdictOf(0.5, threshold, quantiles).isAnomaly).toBe(false);
  });

  it('lies above a level that more than the contamination share', () => {
    const threshold = thresholdFrom(
      { method: 'contamination', contamination: 0.01 },
      learnQuantiles(discrete),
    );
    expect(threshold).toBeGreaterThan(0.5);
    expect(threshold).toBeLessThanOrEqual(0.7);
  });

  it('is the given score when fixed', () => {
    expect(thresholdFrom({ method: 'fixed', score: 0.61 }, learnQuantiles(discrete))).toBe(0.61);
  });
});

describe('confidence', () => {
  const quantiles = learnQuantiles(paretoScores(5_000, 0.1));
  const threshold = scoreAtExceedance(quantiles, 0.02);

  it('is 1 - p / (2 c) above the threshold and c / (2 p) below it', () => {
    expect(confidenceOf(scoreAtExceedance(quantiles, 0.004), threshold, quantiles)).toBeCloseTo(0.9, 9);
    expect(confidenceOf(scoreAtExceedance(quantiles, 0.001), threshold, quantiles)).toBeCloseTo(0.975, 9);
    expect(confidenceOf(scoreAtExceedance(quantiles, 0.2), threshold, quantiles)).toBeCloseTo(0.05, 9);
  });

  it('names the severity after the bands', () => {
    const severityAt = (p: number) =>
      verdictOf(scoreAtExceedance(quantiles, p), threshold, quantiles).severity;
    expect([0.015, 0.0099, 0.0039, 0.0009].map(severityAt)).toEqual([
      'warning',
      'minor',
      'major',
      'critical',
    ]);
  });

  it('calls a score at the threshold an anomaly', () => {
    expect(verdictOf(threshold, threshold, quantiles)).toEqual({
      score: threshold,
      confidence: 0.5,
      severity: 'warning',
      isAnomaly: true,
    });
    expect(verdictOf(threshold - 1e-9, threshold, quantiles).isAnomaly).toBe(false);
  });
});
