import { contaminationThreshold, shareAskedFor } from './contamination_threshold';
import { scoreAtExceedance } from './exceedance';
import { learnQuantiles } from './learn_quantiles';

/** Scores of ordinary logs that thin out by a factor e for each `scale`, evenly drawn. */
const ordinary = (count: number, scale: number): number[] =>
  Array.from({ length: count }, (_none, i) => 0.35 - scale * Math.log((i + 0.5) / count));
/** Scores of anomalies, evenly spread. */
const anomalies = (count: number, from = 0.5, to = 0.9): number[] =>
  Array.from({ length: count }, (_none, i) => from + ((i + 0.5) / count) * (to - from));

const LOGS = 20_000;
const quantilesOf = (...scores: readonly number[][]) => learnQuantiles(Float64Array.from(scores.flat()));
const reaching = (threshold: number, scores: readonly number[]): number =>
  scores.filter((score) => score >= threshold).length;

it.each([0.002, 0.005, 0.01, 0.02, 0.05])(
  'stays at the contamination %s where no logs are anomalous',
  (contamination) => {
    for (const scale of [0.01, 0.03, 0.06]) {
      const quantiles = quantilesOf(ordinary(LOGS, scale));
      expect(contaminationThreshold(quantiles, contamination)).toBe(
        scoreAtExceedance(quantiles, contamination),
      );
    }
  },
);

it('goes down where more logs than the contamination stand apart, and takes hardly an ordinary one', () => {
  const [usual, odd] = [ordinary(LOGS, 0.015), anomalies(0.018 * LOGS)];
  const quantiles = quantilesOf(usual, odd);
  const threshold = contaminationThreshold(quantiles, 0.01);
  const before = scoreAtExceedance(quantiles, 0.01);
  expect(reaching(before, odd) / odd.length).toBeLessThan(0.6);
  expect(reaching(threshold, odd) / odd.length).toBeGreaterThan(0.9);
  expect(reaching(threshold, usual) / LOGS).toBeLessThan(0.001);
});

it('goes down where the anomalies are so many that they thicken the tail of the ordinary scores', () => {
  const [usual, odd] = [ordinary(LOGS, 0.016), anomalies(0.03 * LOGS, 0.4, 0.9)];
  const quantiles = quantilesOf(usual, odd);
  const threshold = contaminationThreshold(quantiles, 0.01);
  expect(reaching(threshold, odd) / LOGS).toBeGreaterThan(0.014);
  expect(reaching(threshold, usual) / LOGS).toBeLessThan(0.002);
});

it('goes down through a crowd of anomalies that are all alike, far from the ordinary scores', () => {
  const usual = ordinary(LOGS, 0.012);
  const odd = [...anomalies(0.009 * LOGS, 0.6, 0.9), ...anomalies(0.008 * LOGS, 0.53, 0.54)];
  const quantiles = quantilesOf(usual, odd);
  const threshold = contaminationThreshold(quantiles, 0.01);
  expect(reaching(threshold, odd) / odd.length).toBeGreaterThan(0.95);
  expect(reaching(threshold, usual) / LOGS).toBeLessThan(0.002);
});

it('stays where one of two kinds of ordinary logs thins out far more slowly', () => {
  for (const share of [0.1, 0.2]) {
    const quantiles = quantilesOf(ordinary(LOGS, 0.012), ordinary(share * LOGS, 0.08));
    expect(contaminationThreshold(quantiles, 0.01)).toBe(scoreAtExceedance(quantiles, 0.01));
  }
});

it('stays where the contamination is that of the anomalies, or more', () => {
  for (const share of [0.005, 0.01]) {
    const quantiles = quantilesOf(ordinary(LOGS, 0.015), anomalies(share * LOGS));
    const moved = contaminationThreshold(quantiles, 0.01);
    expect(scoreAtExceedance(quantiles, 0.01) - moved).toBeLessThan(0.035);
    expect(reaching(moved, ordinary(LOGS, 0.015)) / LOGS).toBeLessThanOrEqual(0.006);
  }
});

it('never takes more than twice the contamination', () => {
  for (const share of [0.03, 0.05, 0.2]) {
    const scores = [ordinary(LOGS, 0.01), anomalies(share * LOGS)];
    const threshold = contaminationThreshold(quantilesOf(...scores), 0.01);
    expect(reaching(threshold, scores.flat()) / scores.flat().length).toBeLessThan(0.0205);
  }
});

it.each([
  ['few scores', [...ordinary(200, 0.02), ...anomalies(6)]],
  ['scores that are all alike', new Array<number>(LOGS).fill(0.4)],
  ['scores in steps', [...new Array<number>(LOGS).fill(0.4), ...new Array<number>(0.015 * LOGS).fill(0.6)]],
])('stays with %s, which have no tail', (_what, scores) => {
  const quantiles = quantilesOf(scores);
  expect(contaminationThreshold(quantiles, 0.01)).toBe(scoreAtExceedance(quantiles, 0.01));
});

it('stays where the contamination is so large that no tail is left to compare with', () => {
  const quantiles = quantilesOf(ordinary(LOGS, 0.02), anomalies(0.3 * LOGS));
  expect(contaminationThreshold(quantiles, 0.2)).toBe(scoreAtExceedance(quantiles, 0.2));
});

it('stays out of reach where more than twice the contamination have the highest score there is', () => {
  const quantiles = quantilesOf(
    ordinary(LOGS, 0.015),
    Array.from({ length: 0.023 * LOGS }, () => 1),
  );
  expect(contaminationThreshold(quantiles, 0.01)).toBeGreaterThan(1);
});

it('tells gates how many logs a model is asked to call anomalous', () => {
  const [usual, odd] = [ordinary(LOGS, 0.015), anomalies(0.018 * LOGS)];
  const quantiles = quantilesOf(usual, odd);
  expect(shareAskedFor(quantiles, contaminationThreshold(quantiles, 0.01), 0.01)).toBeCloseTo(0.018, 3);
  expect(shareAskedFor(quantiles, 0.99, 0.01)).toBe(0.01);
  expect(shareAskedFor(quantiles, 0.3, 0.01)).toBe(0.02);
});
