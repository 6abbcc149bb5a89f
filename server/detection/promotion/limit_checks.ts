import { binCounts, stabilityIndexOfCounts } from '../../../common/evaluation/stability_index';
import type { LogDocument } from '../../../common/log_document';
import { createModelScorer, type ModelSnapshot, type ScoreQuantiles } from '../../../common/model_snapshot';
import { exceedance } from '../../../common/threshold';
import { gateReportOf, type GateCheck, type GateReport } from './gate_report';
import { startingThreshold } from './starting_threshold';

/** Limits for a model; undefined means no limit. Shares and indices without unit, times in milliseconds. */
export interface GateLimits {
  readonly min_precision: number;
  readonly min_recall: number;
  readonly min_f1: number;
  readonly min_roc_auc: number;
  readonly min_average_precision: number;
  readonly max_false_alarms_per_day?: number;
  readonly max_detection_delay_ms?: number;
  readonly max_alerts_per_day?: number;
  readonly max_alert_share: number;
  readonly max_score_drift: number;
  readonly max_regression: number;
}

/** The measures of an evaluation on labelled logs that a gate looks at. */
export interface LabelledMeasures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly roc_auc: number;
  readonly average_precision: number;
  readonly false_alarms_per_day?: number;
  /** 95th percentile from occurrence to detection, milliseconds. */
  readonly detection_delay_p95_ms?: number;
}

const DRIFT_BINS = 10;

/**
 * Population stability index of `scores` against the training scores: the sum over deciles of
 * (actual - expected) ln(actual / expected). Below 0.1 little has moved, from 0.25 on a lot has (Siddiqi 2006).
 */
export function scoreDrift(quantiles: ScoreQuantiles, scores: Float64Array): number {
  const counts = new Array<number>(DRIFT_BINS).fill(0);
  for (const score of scores) {
    const share = exceedance(quantiles, score);
    counts[Math.min(DRIFT_BINS - 1, Math.max(0, Math.floor(share * DRIFT_BINS)))]++;
  }
  return stabilityIndexOfCounts(new Array<number>(DRIFT_BINS).fill(1), counts);
}

/**
 * Likewise against the scores that the model itself gave to unseen logs of its training, where it keeps them: quantiles may
 * come from other forests (cross-fitting), which score on a scale that differs a little.
 */
export function scoreDriftOf(
  { quantiles, reference }: Pick<ModelSnapshot, 'quantiles' | 'reference'>,
  scores: Float64Array,
): number {
  const known = reference?.scores;
  return known === undefined
    ? scoreDrift(quantiles, scores)
    : stabilityIndexOfCounts(known.counts, binCounts(scores, known.edges));
}

const atLeast = (name: string, value: number, limit: number): GateCheck => ({
  name,
  value,
  limit,
  verdict: value >= limit ? 'pass' : 'fail',
  message: `${name} ${format(value)}, at least ${format(limit)} is asked`,
});

const atMost = (name: string, value: number, limit: number): GateCheck => ({
  name,
  value,
  limit,
  verdict: value <= limit ? 'pass' : 'fail',
  message: `${name} ${format(value)}, at most ${format(limit)} is allowed`,
});

const format = (value: number): string =>
  Number.isInteger(value) ? String(value) : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);

/** Labelled performance against the limits and, where there is one, against the active model on the same logs. */
export function checkPerformance(
  candidate: LabelledMeasures,
  limits: GateLimits,
  active?: LabelledMeasures,
): GateReport {
  const checks = [
    atLeast('precision', candidate.precision, limits.min_precision),
    atLeast('recall', candidate.recall, limits.min_recall),
    atLeast('F1', candidate.f1, limits.min_f1),
    atLeast('ROC AUC', candidate.roc_auc, limits.min_roc_auc),
    atLeast('average precision', candidate.average_precision, limits.min_average_precision),
  ];
  if (limits.max_false_alarms_per_day !== undefined && candidate.false_alarms_per_day !== undefined) {
    checks.push(
      atMost('false alarms a day', candidate.false_alarms_per_day, limits.max_false_alarms_per_day),
    );
  }
  if (limits.max_detection_delay_ms !== undefined && candidate.detection_delay_p95_ms !== undefined) {
    checks.push(
      atMost('detection delay p95 (ms)', candidate.detection_delay_p95_ms, limits.max_detection_delay_ms),
    );
  }
  if (active !== undefined) {
    checks.push(
      atLeast('ROC AUC beside the active model', candidate.roc_auc, active.roc_auc - limits.max_regression),
      atLeast(
        'average precision beside the active model',
        candidate.average_precision,
        active.average_precision - limits.max_regression,
      ),
    );
  }
  return gateReportOf(checks);
}

export interface ProductionMeasures {
  readonly logs: number;
  /** Share of the logs that the model calls anomalous. */
  readonly alertShare: number;
  readonly alertsPerDay: number;
  readonly scoreDrift: number;
}

/**
 * Measures a model on unlabelled logs from production.
 *
 * @param logsPerDay how many logs a day the sample stands for
 * @param threshold anomaly score in force; default: that which a run starts with
 */
export function measureProduction(
  snapshot: ModelSnapshot,
  documents: readonly LogDocument[],
  logsPerDay: number,
  threshold = startingThreshold(snapshot),
): ProductionMeasures {
  const { scores } = createModelScorer(snapshot).score(documents);
  const alertShare = scores.reduce((count, score) => count + (score >= threshold ? 1 : 0), 0) / scores.length;
  return {
    logs: documents.length,
    alertShare,
    alertsPerDay: alertShare * logsPerDay,
    scoreDrift: scoreDriftOf(snapshot, scores),
  };
}

export function checkProduction(measures: ProductionMeasures, limits: GateLimits): GateReport {
  const checks = [
    atMost('share of logs called anomalous', measures.alertShare, limits.max_alert_share),
    atMost('score drift against training (PSI)', measures.scoreDrift, limits.max_score_drift),
  ];
  if (limits.max_alerts_per_day !== undefined) {
    checks.push(atMost('alerts a day', measures.alertsPerDay, limits.max_alerts_per_day));
  }
  return gateReportOf(checks);
}
