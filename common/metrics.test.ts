import { xoroshiro128plus } from 'pure-rand';
import { DetectionError } from './detection_error';
import { averagePrecision, rocAuc } from './metrics';

/** The definitions, written out over all pairs and all thresholds. */
function rocAucByPairs(scores: Float64Array, labels: Uint8Array): number {
  let wins = 0;
  let pairs = 0;
  scores.forEach((anomalous, i) => {
    scores.forEach((normal, j) => {
      if (labels[i] === 0 || labels[j] !== 0) return;
      pairs++;
      if (anomalous > normal) wins++;
      else if (anomalous === normal) wins += 0.5;
    });
  });
  return wins / pairs;
}

function averagePrecisionByThresholds(scores: Float64Array, labels: Uint8Array): number {
  const total = labels.reduce((sum, label) => sum + label, 0);
  let recallBefore = 0;
  let sum = 0;
  for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
    const flagged = [...labels].filter((_, row) => scores[row] >= threshold);
    const truePositives = flagged.filter((label) => label === 1).length;
    const recall = truePositives / total;
    sum += (recall - recallBefore) * (truePositives / flagged.length);
    recallBefore = recall;
  }
  return sum;
}

describe('rocAuc and averagePrecision', () => {
  it('agree with scikit-learn on its documented example', () => {
    const scores = Float64Array.of(0.1, 0.4, 0.35, 0.8);
    const labels = Uint8Array.of(0, 0, 1, 1);
    expect(rocAuc(scores, labels)).toBe(0.75);
    expect(averagePrecision(scores, labels)).toBeCloseTo(0.8333333333, 10);
  });

  it('are 1 for a perfect ranking and say nothing for constant scores', () => {
    const labels = Uint8Array.of(0, 0, 0, 1);
    expect(rocAuc(Float64Array.of(1, 2, 3, 4), labels)).toBe(1);
    expect(averagePrecision(Float64Array.of(1, 2, 3, 4), labels)).toBe(1);
    expect(rocAuc(Float64Array.of(5, 5, 5, 5), labels)).toBe(0.5);
    expect(averagePrecision(Float64Array.of(5, 5, 5, 5), labels)).toBe(0.25);
    expect(rocAuc(Float64Array.of(4, 3, 2, 1), labels)).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'agree with the definitions on random scores with ties, seed %i',
    (seed) => {
      const generator = xoroshiro128plus(seed);
      const draw = (count: number) => (generator.unsafeNext() >>> 0) % count;
      const size = 20 + draw(60);
      const scores = Float64Array.from({ length: size }, () => draw(12) / 12);
      const labels = Uint8Array.from({ length: size }, (_, row) =>
        row === 0 ? 1 : row === 1 ? 0 : +(draw(4) === 0),
      );
      expect(rocAuc(scores, labels)).toBeCloseTo(rocAucByPairs(scores, labels), 12);
      expect(averagePrecision(scores, labels)).toBeCloseTo(averagePrecisionByThresholds(scores, labels), 12);
    },
  );

  it('are NaN where they are not defined', () => {
    expect(rocAuc(Float64Array.of(1, 2), Uint8Array.of(1, 1))).toBeNaN();
    expect(rocAuc(new Float64Array(0), new Uint8Array(0))).toBeNaN();
    expect(averagePrecision(Float64Array.of(1, 2), Uint8Array.of(0, 0))).toBeNaN();
  });

  it('refuse labels of another length and scores that are not numbers', () => {
    expect(() => rocAuc(Float64Array.of(1), Uint8Array.of(0, 1))).toThrow(DetectionError);
    expect(() => averagePrecision(Float64Array.of(1, NaN), Uint8Array.of(0, 1))).toThrow(/scores\[1\]/);
  });
});
