import type { CandidateCheck, CandidateGate, GateCheckName } from '../../../common/api/gate';
import { durationToMilliseconds, entitySettingOf, type Detector } from '../../../common/detector';
import { daysWithLogs } from '../../../common/days_with_logs';
import { DetectionError } from '../../../common/detection_error';
import { fetchJudgedLogs } from '../feedback/judged_logs';
import { findLabelField, LABEL_FIELDS, readGroundTruth } from '../../../common/evaluation/ground_truth';
import type { LogDocument } from '../../../common/log_document';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { firstTimeOf } from './first_time';
import { judgeCandidate } from './candidate_checks';
import { gateReportOf } from './gate_report';
import { measureCandidate, type GateMaterial } from './model_measures';
import { rangeOf } from '../ports/log_range';
import { plantAnomalies } from './planted_anomalies';
import type { Clock, Feedback, LogSample, LogSource } from '../ports';

/** Recent logs that both models score. */
const COMPARED_LOGS = 5_000;
/** With fewer logs of the recent window, those of the whole training window are drawn. */
const FEW_LOGS = 500;

export interface CandidateComparison {
  /** With the settings of today. */
  readonly detector: Detector;
  readonly candidate: ModelSnapshot;
  /** Absent: there is none yet. */
  readonly active?: ModelSnapshot;
  /** The settings that each was trained with, where those of today stand in the models. */
  readonly trained?: { readonly candidate: Detector; readonly active: Detector | undefined };
  /** Anomaly scores in force; default: those that the models start with. */
  readonly thresholds?: GateMaterial['thresholds'];
  readonly source: LogSource;
  readonly feedback: readonly Feedback[];
  readonly clock: Pick<Clock, 'now'>;
  /** Only logs from here on, epoch milliseconds: those that came after the training or the promotion. */
  readonly since?: number;
  readonly signal?: AbortSignal;
}

/**
 * Scores a candidate beside the active model over the same recent logs, judged logs and planted anomalies, and says
 * whether it may take its place.
 *
 * @throws DetectionError `too_few_logs` when there is no log to compare on
 */
export async function compareCandidate(comparison: CandidateComparison): Promise<CandidateGate> {
  const { detector, candidate, active, thresholds, clock, since } = comparison;
  const to = clock.now() - durationToMilliseconds(detector.schedule.query_delay);
  const { sample, from } = await drawRecent(comparison, to);
  const recent = sample.logs.map((log) => log.document);
  const truths = truthsOf(recent);
  const evidence = await measureCandidate({
    candidate,
    active,
    thresholds,
    recent,
    window: { from, to },
    logsPerDay:
      sample.total / daysWithLogs({ from, to }, firstTimeOf(recent, detector.source.timestamp_field)),
    planted: plantAnomalies(candidate.detector, plantable(recent, truths), { seed: detector.forest.seed }),
    staleFrom: detector.promotion.limits.max_score_drift,
    ...(truths && { truths }),
    judged: await fetchJudgedLogs(comparison.source, comparison.feedback, [
      ...new Set([...comparison.candidate.encoder.fields, ...(comparison.active?.encoder.fields ?? [])]),
    ]),
  });
  const { verdict, checks, reasons } = judgeCandidate(evidence, {
    limits: detector.promotion.limits,
    isSameMakeup:
      active === undefined ||
      hasSameMakeup(
        comparison.trained?.candidate ?? candidate.detector,
        comparison.trained?.active ?? active.detector,
      ),
  });
  return {
    verdict,
    at: new Date(clock.now()).toISOString(),
    ...(active && { active_version: active.version }),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    shadow: since !== undefined,
    logs: evidence.logs,
    logs_per_day: evidence.logs_per_day,
    asked_share: evidence.asked_share,
    candidate: evidence.candidate,
    ...(evidence.active && { active: evidence.active }),
    ...(evidence.agreement && { agreement: evidence.agreement }),
    planted: [...evidence.planted],
    checks: [...checks],
    reasons: [...reasons],
  };
}

/** The same report with another check, such as what a trial of the pipeline says, or without some. */
export function withChecks(gate: CandidateGate, checks: readonly CandidateCheck[]): CandidateGate {
  const { verdict, reasons } = gateReportOf(checks);
  return { ...gate, verdict, checks: [...checks], reasons: [...reasons] };
}

/** @param accepted checks that a person has seen fail and let pass */
export const acceptedChecks = (gate: CandidateGate, accepted: readonly GateCheckName[]): CandidateGate =>
  accepted.length === 0
    ? gate
    : withChecks(
        gate,
        gate.checks.filter(({ name }) => !accepted.includes(name)),
      );

/** Returns true when two models have the same features of the same logs. */
export function hasSameMakeup(one: Detector, other: Detector): boolean {
  const makeupOf = (detector: Detector): string => {
    const { features, source, unit, bucket } = detector;
    return JSON.stringify([
      features,
      source.index,
      source.query,
      source.timestamp_field,
      unit,
      ...(unit === 'bucket' ? [bucket, entitySettingOf(detector)] : []),
    ]);
  };
  return makeupOf(one) === makeupOf(other);
}

async function drawRecent(
  { detector, candidate, active, source, since, signal }: CandidateComparison,
  to: number,
): Promise<{ sample: LogSample; from: number }> {
  const fields = [
    ...new Set([
      ...candidate.encoder.fields,
      ...(active?.encoder.fields ?? []),
      detector.source.timestamp_field,
      LABEL_FIELDS[0],
    ]),
  ];
  const draw = (from: number): Promise<LogSample> =>
    source.sample(rangeOf(detector.source, from, to), {
      size: COMPARED_LOGS,
      seed: detector.forest.seed,
      fields,
      signal,
    });
  const from = since ?? to - durationToMilliseconds(detector.drift.window);
  const sample = await draw(from);
  if (since !== undefined || sample.logs.length >= FEW_LOGS) return { sample, from };
  const longer = to - durationToMilliseconds(detector.training.window);
  if (longer >= from) return { sample, from };
  return { sample: await draw(longer), from: longer };
}

/** Labels of demonstration and test logs; none where they are not what labels look like. */
function truthsOf(documents: readonly LogDocument[]): (boolean | undefined)[] | undefined {
  const field = findLabelField(documents);
  if (field === undefined) return undefined;
  try {
    return readGroundTruth(documents, field).map((truth) => truth?.anomaly);
  } catch (error) {
    if (error instanceof DetectionError) return undefined;
    throw error;
  }
}

/** Anomalies are planted into logs that are not known to be some. */
const plantable = (
  documents: readonly LogDocument[],
  truths: readonly (boolean | undefined)[] | undefined,
): readonly LogDocument[] =>
  truths === undefined ? documents : documents.filter((_document, row) => truths[row] !== true);
