import {
  evaluateScores,
  readGroundTruth,
  type Evaluation,
  type TopAnomaly,
} from '../../../common/evaluation';
import { bucketMessage } from '../../../common/buckets';
import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { createModelScorer, type ModelSnapshot } from '../../../common/model_snapshot';
import type { LogDocument, Progress } from '../ports';
import { entityReaderOf, textOf, timestampOf } from '../scoring/log_values';
import { spanTimesOf } from './span_times';

/** Documents that are encoded at a time. */
const BATCH = 10_000;
const TOP_ANOMALIES = 20;
/** Budget of a detector that sets none. */
const DEFAULT_ALERTS_PER_DAY = 10;
const EXCERPT_FIELDS = ['message', 'url.original', 'url.path', 'event.original'];
const EXCERPT_CHARACTERS = 160;

export interface EvaluationRequest {
  readonly snapshot: ModelSnapshot;
  readonly documents: readonly LogDocument[];
  /** Field with the ground truth; without it the evaluation only says how the scores lie. */
  readonly labelField?: string;
  /** Anomaly score in place of the model's own threshold. */
  readonly threshold?: number;
  /** In place of the detector's budget. */
  readonly alertsPerDay?: number;
  readonly progress?: Progress;
}

/**
 * Scores logs with a model and measures how well it does.
 *
 * @throws DetectionError `too_few_logs` without documents, `invalid_input` for labels that cannot be read
 */
export function evaluateModel(request: EvaluationRequest): Evaluation {
  return evaluationOf(scoreForEvaluation(request), request);
}

/** Scores of a model and all that an evaluation needs to know of the logs. */
export interface ScoredDocuments {
  readonly snapshot: ModelSnapshot;
  readonly documents: readonly LogDocument[];
  readonly threshold: number;
  readonly scorer: ReturnType<typeof createModelScorer>;
  readonly scores: Float64Array;
  readonly times: Float64Array;
  readonly truths?: ReturnType<typeof readGroundTruth>;
  readonly entities: readonly (string | undefined)[];
}

/** @throws DetectionError `too_few_logs` without documents, `invalid_input` for labels that cannot be read */
export function scoreForEvaluation(request: EvaluationRequest): ScoredDocuments {
  const { snapshot, documents, labelField, threshold = snapshot.threshold } = request;
  const { detector } = snapshot;
  if (documents.length === 0) {
    throw new DetectionError('too_few_logs', 'An evaluation needs logs: 0 of at least 1');
  }
  const truths = labelField === undefined ? undefined : readGroundTruth(documents, labelField);
  const scorer = createModelScorer(snapshot);
  const scores = new Float64Array(documents.length);
  for (let from = 0; from < documents.length; from += BATCH) {
    scores.set(scorer.score(documents.slice(from, from + BATCH)).scores, from);
    request.progress?.(Math.min(from + BATCH, documents.length), documents.length, 'logs scored');
  }
  const { timestamp_field: timestampField } = detector.source;
  return {
    snapshot,
    documents,
    threshold,
    scorer,
    scores,
    times: Float64Array.from(documents, (document) => timestampOf(document, timestampField) ?? NaN),
    ...(truths && { truths }),
    entities: documents.map(entityReaderOf(detector)),
  };
}

/** One row as people judge it. */
export function describeRow(scored: ScoredDocuments, row: number): TopAnomaly {
  const { snapshot, scorer, scores, threshold, truths, times, entities, documents } = scored;
  const { score, confidence, severity } = scorer.verdict(scores[row], threshold);
  const truth = truths?.[row];
  const document = documents[row];
  const { reason, attribution } = scorer.explain(document);
  return {
    ...(Number.isFinite(times[row]) ? { timestamp: new Date(times[row]).toISOString() } : {}),
    ...(entities[row] === undefined ? {} : { entity: entities[row] }),
    score,
    confidence,
    severity,
    reason,
    excerpt: snapshot.detector.unit === 'bucket' ? bucketMessage(document, attribution) : excerptOf(document),
    ...(truth === undefined ? {} : { truth: truth.anomaly ? (truth.kind ?? 'anomaly') : 'normal' }),
  };
}

/** The budget of a detector, or what stands for it where it sets none. */
export const alertBudgetOf = ({ threshold }: ModelSnapshot['detector']): number =>
  threshold.method === 'adaptive' ? threshold.alerts_per_day : DEFAULT_ALERTS_PER_DAY;

export function evaluationOf(
  scored: ScoredDocuments,
  request: Pick<EvaluationRequest, 'alertsPerDay'>,
): Evaluation {
  const { snapshot, scores, threshold, times, truths, entities } = scored;
  const { detector } = snapshot;
  const { overAfter } = spanTimesOf(scored) ?? {};
  const isOfSessions = detector.bucket?.session !== undefined;
  return evaluateScores({
    modelVersion: snapshot.version,
    detector: detector.name,
    scores,
    threshold,
    times,
    truths,
    entities,
    // A bucket carries the time of its start and is read after its end; a session is over a gap after its own.
    queryDelay:
      durationToMilliseconds(detector.schedule.query_delay) + (isOfSessions ? 0 : (overAfter?.(0) ?? 0)),
    ...(isOfSessions && { overAfter }),
    alertsPerDay: request.alertsPerDay ?? alertBudgetOf(detector),
    top: highestRows(scores, TOP_ANOMALIES).map((row) => describeRow(scored, row)),
  });
}

/** The rows with the `count` highest scores, highest first; equal ones in their order. One pass, `count` kept. */
function highestRows(scores: Float64Array, count: number): number[] {
  const kept: number[] = [];
  for (let row = 0; row < scores.length; row++) {
    if (kept.length === count && scores[row] <= scores[kept[count - 1]]) continue;
    const place = kept.findIndex((other) => scores[row] > scores[other]);
    kept.splice(place === -1 ? kept.length : place, 0, row);
    if (kept.length > count) kept.pop();
  }
  return kept;
}

function excerptOf(document: LogDocument): string {
  for (const field of EXCERPT_FIELDS) {
    const text = textOf(document, field, EXCERPT_CHARACTERS);
    if (text !== undefined && text !== '') return text.replace(/[\p{C}\s]+/gu, ' ').trim();
  }
  return '';
}
