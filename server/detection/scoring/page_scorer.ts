import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import { bucketMessage, spanOf } from '../../../common/buckets';
import { entityFieldsOf, type Detector } from '../../../common/detector';
import type { DirtReport } from '../../../common/log_features/columns/types';
import { createModelScorer, type ModelScorer, type ModelSnapshot } from '../../../common/model_snapshot';
import { AdaptiveThreshold, type FrozenWindow } from '../../../common/threshold';
import { createTurns } from '../ports/in_turns';
import { entityReaderOf, placedTime } from './log_values';
import type { Checkpoint, Clock, LogPage, LogSource } from '../ports';
import type { PlacedLogs } from '../ports/patterns';
import { contextOf } from './result_context';
import { pageIdOf, resultDocument, SUMMARY_MILLISECONDS, summaryDocument } from './result_documents';

/** Judged between two looks at the clock. */
const ROWS_A_TURN = 100;

export interface PageScorerOptions {
  readonly detectorId: string;
  readonly snapshot: ModelSnapshot;
  /** Source of whole logs. */
  readonly source: LogSource;
  readonly clock: Clock;
  readonly runId: string;
  /** Stands in for the snapshot's threshold: an anomaly score in (0, 1]. */
  readonly thresholdOverride?: number;
  /** Times whose logs an adaptive threshold does not learn from; asked for once there are logs to score. */
  readonly frozenWindows?: () => Promise<readonly FrozenWindow[]>;
}

/**
 * Turns pages of logs into results and summaries. It holds what outlives a page: the prepared forest, the adaptive
 * threshold and the count of unusable values.
 */
export function createPageScorer(options: PageScorerOptions, checkpoint: Checkpoint) {
  const { snapshot, clock, detectorId, runId } = options;
  const { detector } = snapshot;
  // Preparing a forest takes 20 ms and more, and most runs of a quiet detector find nothing to score.
  let prepared: ModelScorer | undefined;
  const scorerOf = (): ModelScorer => (prepared ??= createModelScorer(snapshot));
  const dirt: DirtReport = {};
  const { timestamp_field: timestampField } = detector.source;
  const entityOf = entityReaderOf(detector);
  const adaptive =
    detector.threshold.method === 'adaptive' && options.thresholdOverride === undefined
      ? restoreAdaptive(snapshot, checkpoint)
      : undefined;
  const fields = [...new Set([...snapshot.encoder.fields, timestampField, ...entityFieldsOf(detector)])];
  const { isOfBuckets, summarySpan, summaryStep } = summaryTimes(detector);
  const reached = Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
  let latest = clock.now();
  /** @param time of the logs, epoch milliseconds: an adaptive threshold follows the hours of the week */
  const thresholdAt = (time: number): number =>
    adaptive?.thresholdAt(time) ?? options.thresholdOverride ?? snapshot.threshold;
  let isTold = false;
  const tellFrozenWindows = async (): Promise<void> => {
    if (isTold || adaptive === undefined || options.frozenWindows === undefined) return;
    isTold = true;
    const windows = await options.frozenWindows();
    // A bucket that holds a part of such a time says nothing of what is usual either; it is known by its start.
    const before = isOfBuckets ? spanOf(detector) - 1 : 0;
    adaptive.freezeDuring(windows.map(({ from, to }) => ({ from: from - before, to })));
  };

  /** Of rows that are none any more nothing counts: there is nothing to score in them either. */
  const goneSummaries = ({ logs }: LogPage): BucketSummary[] => {
    const now = clock.now();
    const origin = { detectorId, snapshot, runId, now, reached };
    const nothing = { logs: 0, anomalies: 0, max_score: 0, mean_score: 0, max_confidence: 0, unscored: 0 };
    return logs.map(({ document }) => {
      const { time } = placedTime(document, timestampField, { now, reached });
      const start = Math.floor(time / summaryStep) * summaryStep;
      const sums = { ...nothing, span_ms: summarySpan };
      return summaryDocument(origin, { start, entity: entityOf(document), sums }, pageIdOf(detectorId));
    });
  };

  /** @param by the clock in whose order the page was read */
  const score = async (
    page: LogPage,
    by: 'timestamp' | 'ingested',
  ): Promise<{
    results: AnomalyResult[];
    summaries: BucketSummary[];
    logs: number;
    placed?: PlacedLogs;
  }> => {
    if (page.areGone === true) return { results: [], summaries: goneSummaries(page), logs: 0 };
    await tellFrozenWindows();
    const scorer = scorerOf();
    const documents = page.logs.map((log) => log.document);
    const turns = createTurns();
    const { scores, matrix } = await turns.finish(scorer.scoreInSteps(documents, dirt));
    const now = clock.now();
    const anomalous: number[] = [];
    const thresholds: number[] = [];
    const buckets: Buckets = new Map();
    const times = new Float64Array(scores.length);
    const entities: (string | undefined)[] = [];
    for (let row = 0; row < scores.length; row++) {
      const document = documents[row];
      const { time } = placedTime(document, timestampField, { now, reached });
      const anomalyScore = scores[row];
      const entity = entityOf(document);
      times[row] = time;
      entities.push(entity);
      // One log with a clock ahead of ours must not take the threshold's along, which would then stand still.
      const judgedAt = Math.min(time, now);
      latest = judgedAt;
      // Logs that are scored once more have been observed before.
      const observed = page.revises === true ? undefined : adaptive?.observe(anomalyScore, judgedAt);
      const threshold = thresholdAt(judgedAt);
      const isAnomaly = observed ?? anomalyScore >= threshold;
      if (isAnomaly) {
        anomalous.push(row);
        thresholds.push(threshold);
      }
      const bucket = bucketOf(buckets, Math.floor(time / summaryStep) * summaryStep, entity);
      addScore(bucket, anomalyScore, isAnomaly);
      if (row % ROWS_A_TURN === ROWS_A_TURN - 1) await turns.next();
    }
    const whole = await contextOf(page.logs, anomalous, fields, { detector, source: options.source });
    const origin = { detectorId, snapshot, runId, now, reached };
    const results: AnomalyResult[] = [];
    for (let position = 0; position < anomalous.length; position++) {
      await turns.next();
      const row = anomalous[position];
      const threshold = thresholds[position];
      const document = whole.get(row) ?? documents[row];
      const { confidence, severity } = scorer.verdict(scores[row], threshold);
      const { attribution, reason } = await turns.finish(scorer.explainInSteps(documents[row], matrix, row));
      const result = resultDocument(origin, {
        log: page.logs[row],
        document,
        modelVersion: snapshot.version,
        anomaly: { score: scores[row], confidence, severity, threshold, attribution, reason },
        ...(isOfBuckets && { message: bucketMessage(document, attribution) }),
      });
      results.push(result);
    }
    // Only a page that starts at the same place overwrites these summaries: that is a page repeated after a crash.
    // A bucket row has a summary of its own, whichever page it is on.
    const pageId = isOfBuckets
      ? pageIdOf(detectorId)
      : pageIdOf(detectorId, by, page.logs[0]?.index, page.logs[0]?.id);
    const summaries = [...buckets.values()]
      .flatMap((ofTime) => [...ofTime.values()])
      .map((bucket) => {
        const { start, entity } = bucket;
        const { confidence } = scorer.verdict(bucket.maxScore, thresholdAt(Math.min(start, now)));
        return summaryDocument(
          origin,
          { start, entity, sums: sumsOf(bucket, confidence, summarySpan) },
          pageId,
        );
      });
    return { results, summaries, logs: page.logs.length, placed: { times, entities } };
  };
  return {
    score,
    fields,
    dirt,
    threshold: () => thresholdAt(latest),
    thresholdState: () => adaptive?.toJSON(),
    takeThresholdChanges: () => adaptive?.takeChanges() ?? [],
  };
}

function restoreAdaptive(snapshot: ModelSnapshot, checkpoint: Checkpoint): AdaptiveThreshold {
  // A new model scores on its own scale, so its threshold starts afresh; the rhythm of the logs stays what it was.
  return checkpoint.threshold !== undefined && checkpoint.modelVersion === snapshot.version
    ? AdaptiveThreshold.resume(checkpoint.threshold, snapshot.detector)
    : AdaptiveThreshold.start(snapshot, checkpoint.threshold);
}

interface MutableBucket {
  readonly start: number;
  readonly entity: string | undefined;
  logs: number;
  anomalies: number;
  maxScore: number;
  scoreSum: number;
}

/** By the start of the bucket, then by entity: no key has to be put together for each log. */
type Buckets = Map<number, Map<string | undefined, MutableBucket>>;

function bucketOf(buckets: Buckets, start: number, entity: string | undefined): MutableBucket {
  let ofTime = buckets.get(start);
  if (ofTime === undefined) {
    ofTime = new Map();
    buckets.set(start, ofTime);
  }
  let bucket = ofTime.get(entity);
  if (bucket === undefined) {
    bucket = { start, entity, logs: 0, anomalies: 0, maxScore: 0, scoreSum: 0 };
    ofTime.set(entity, bucket);
  }
  return bucket;
}

function addScore(bucket: MutableBucket, score: number, isAnomaly: boolean): void {
  bucket.logs++;
  bucket.scoreSum += score;
  if (isAnomaly) bucket.anomalies++;
  if (score > bucket.maxScore) bucket.maxScore = score;
}

/** Returns the span of a summary and the step at which summaries begin, in milliseconds. */
function summaryTimes(detector: Detector) {
  const isOfBuckets = detector.unit === 'bucket';
  const isOfSessions = detector.bucket?.session !== undefined;
  const summarySpan = isOfBuckets && !isOfSessions ? spanOf(detector) : SUMMARY_MILLISECONDS;
  // Each session has a summary at its own begin: two of one id may begin within the same minutes.
  const summaryStep = isOfSessions ? 1 : summarySpan;
  return { isOfBuckets, summarySpan, summaryStep };
}

function sumsOf(
  { logs, anomalies, maxScore, scoreSum }: MutableBucket,
  confidence: number,
  summarySpan: number,
) {
  return {
    logs,
    anomalies,
    max_score: maxScore,
    mean_score: scoreSum / logs,
    max_confidence: confidence,
    unscored: 0,
    span_ms: summarySpan,
  };
}
