import { anomalyScore, averagePathLength, heightLimit } from './average_path_length';

describe('averagePathLength', () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 1],
    [3, 1.207392],
    [256, 10.2448],
    [1_000_000, 26.785453],
  ])('c(%i) is %d', (size, expected) => {
    expect(averagePathLength(size)).toBeCloseTo(expected, 4);
  });

  it('rises with the number of points', () => {
    for (let size = 1; size < 5_000; size++) {
      expect(averagePathLength(size + 1)).toBeGreaterThan(averagePathLength(size));
    }
  });

  it('refuses what is no number of points', () => {
    expect(() => averagePathLength(-1)).toThrow(/sampleSize/);
    expect(() => averagePathLength(NaN)).toThrow(/sampleSize/);
  });
});

describe('anomalyScore', () => {
  it('is 1 at the root, exactly 0.5 at the average and falls by half for each c(psi)', () => {
    for (const size of [2, 3, 100, 256, 4_096]) {
      const expected = averagePathLength(size);
      expect(anomalyScore(0, size)).toBe(1);
      expect(anomalyScore(expected, size)).toBe(0.5);
      expect(anomalyScore(2 * expected, size)).toBeCloseTo(0.25, 15);
      expect(anomalyScore(5, size)).toBeCloseTo(2 ** (-5 / expected), 14);
    }
  });

  it('is 0.5 where nothing can be told apart', () => {
    expect(anomalyScore(0, 1)).toBe(0.5);
    expect(anomalyScore(0, 0)).toBe(0.5);
  });
});

describe('heightLimit', () => {
  it('is ceil(log2(psi))', () => {
    for (let size = 2; size < 5_000; size++) expect(heightLimit(size)).toBe(Math.ceil(Math.log2(size)));
    expect(heightLimit(1)).toBe(0);
    expect(heightLimit(2 ** 24)).toBe(24);
  });
});
