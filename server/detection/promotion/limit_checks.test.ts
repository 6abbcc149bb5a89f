import { learnQuantiles } from '../../../common/threshold';
import {
  checkPerformance,
  checkProduction,
  scoreDrift,
  type GateLimits,
  type LabelledMeasures,
} from './limit_checks';
import { failedChecks, joinReports, type GateReport } from './gate_report';

const limits: GateLimits = {
  min_precision: 0.5,
  min_recall: 0.5,
  min_f1: 0.5,
  min_roc_auc: 0.8,
  min_average_precision: 0.5,
  max_false_alarms_per_day: 10,
  max_detection_delay_ms: 60_000,
  max_alerts_per_day: 100,
  max_alert_share: 0.05,
  max_score_drift: 0.25,
  max_regression: 0.05,
};
const good: LabelledMeasures = {
  precision: 0.9,
  recall: 0.8,
  f1: 0.85,
  roc_auc: 0.95,
  average_precision: 0.8,
  false_alarms_per_day: 2,
  detection_delay_p95_ms: 30_000,
};

const failures = ({ checks }: GateReport): string[] => failedChecks(checks).map(({ name }) => name);

describe('checkPerformance', () => {
  it('passes what keeps every limit', () => {
    expect(checkPerformance(good, limits).verdict).toBe('pass');
    expect(checkPerformance(good, limits, good).verdict).toBe('pass');
  });

  it.each([
    [{ precision: 0.49 }, 'precision'],
    [{ recall: 0.49 }, 'recall'],
    [{ f1: 0.1 }, 'F1'],
    [{ roc_auc: 0.79 }, 'ROC AUC'],
    [{ average_precision: 0.4 }, 'average precision'],
    [{ false_alarms_per_day: 11 }, 'false alarms a day'],
    [{ detection_delay_p95_ms: 60_001 }, 'detection delay p95 (ms)'],
  ])('names the limit that %j breaks', (change, name) => {
    const report = checkPerformance({ ...good, ...change }, limits);
    expect(failures(report)).toEqual([name]);
    expect(report.verdict).toBe('fail');
  });

  it('refuses what is clearly worse than the active model, though within the limits', () => {
    const better = { ...good, roc_auc: 0.999, average_precision: 0.9 };
    expect(failures(checkPerformance(good, limits, better))).toEqual([
      'average precision beside the active model',
    ]);
  });
});

describe('production', () => {
  const rising = Float64Array.from({ length: 4_000 }, (_, row) => 0.3 + (0.3 * row) / 4_000);
  const quantiles = learnQuantiles(rising);

  it('measures no drift on the training scores and much on shifted ones', () => {
    expect(scoreDrift(quantiles, rising)).toBeLessThan(0.01);
    expect(
      scoreDrift(
        quantiles,
        rising.map((score) => score + 0.03),
      ),
    ).toBeGreaterThan(0.05);
    expect(
      scoreDrift(
        quantiles,
        rising.map((score) => score + 0.2),
      ),
    ).toBeGreaterThan(0.25);
  });

  it('gives the index of two known distributions', () => {
    // Twice as many in the upper half: 5 bins of 2/30 and 5 of 4/30 against 1/10 each.
    const scores = Float64Array.from([...rising, ...rising.slice(2_000)]);
    const expected = 5 * (2 / 30 - 0.1) * Math.log(2 / 3) + 5 * (4 / 30 - 0.1) * Math.log(4 / 3);
    expect(scoreDrift(quantiles, scores)).toBeCloseTo(expected, 2);
  });

  it('holds alerts a day, their share and drift to the limits', () => {
    const measures = { logs: 1_000, alertShare: 0.01, alertsPerDay: 50, scoreDrift: 0.1 };
    expect(checkProduction(measures, limits).verdict).toBe('pass');
    expect(failures(checkProduction({ ...measures, alertShare: 0.06 }, limits))).toEqual([
      'share of logs called anomalous',
    ]);
    expect(failures(checkProduction({ ...measures, alertsPerDay: 101 }, limits))).toEqual(['alerts a day']);
    const both = joinReports(
      checkProduction({ ...measures, scoreDrift: 0.3 }, limits),
      checkPerformance(good, limits),
    );
    expect(both.verdict).toBe('fail');
    expect(failures(both)).toEqual(['score drift against training (PSI)']);
  });
});
