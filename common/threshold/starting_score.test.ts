import { AdaptiveThreshold, learnQuantiles, thresholdFrom } from '.';
import { thresholdSchema } from '../detector';
import { DAY } from '../duration';
import { startingScore } from './starting_score';

const quantiles = learnQuantiles(
  Float64Array.from({ length: 2_000 }, (_none, place) => 0.4 - 0.03 * Math.log(1 - place / 2_000)),
);
const RATE = { logs: 2_000, days: 1 / 6 };

it('keeps to the anomalies a day, as scoring does, where the share of the settings is another', () => {
  // 27 a day of 12,000 logs a day.
  const threshold = thresholdSchema.parse({
    method: 'adaptive',
    contamination: 0.0005,
    alerts_per_day: 27,
  });
  const meant = thresholdFrom({ method: 'contamination', contamination: 27 / 12_000 }, quantiles);
  const shown = startingScore(threshold, quantiles, RATE);
  expect(Math.abs(shown - meant)).toBeLessThan(0.002);
  expect(thresholdFrom(threshold, quantiles)).toBeGreaterThan(meant + 0.03);

  const to = DAY / 6;
  const scored = AdaptiveThreshold.start({
    detector: { threshold, features: [] },
    quantiles,
    threshold: thresholdFrom(threshold, quantiles),
    training: {
      finished_at: new Date(to).toISOString(),
      window: { from: new Date(0).toISOString(), to: new Date(to).toISOString() },
      logs_in_window: 2_000,
    },
  });
  expect(shown).toBe(scored.threshold);
});

it('is the share of the logs, or the score, that the settings name', () => {
  const share = { method: 'contamination', contamination: 0.01 } as const;
  expect(startingScore(share, quantiles, RATE)).toBe(thresholdFrom(share, quantiles));
  expect(startingScore({ method: 'fixed', score: 0.7 }, quantiles, RATE)).toBe(0.7);
});
