import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import { bucketMessage, spanOf } from '../../../common/buckets';
import { entityFieldsOf, type Detector } from '../../../common/detector';
import type { DirtReport } from '../../../common/log_features/columns/types';
import { createModelScorer, type ModelScorer, type ModelSnapshot } from '../../../common/model_snapshot';
import { AdaptiveThreshold, type FrozenWindow } from '../../../common/threshold';
import type { Matrix } from '../../../common/isolation_forest/forest/types';
import { createTurns } from '../ports/in_turns';
import { entityReaderOf, placedTime, plausibleTime, timestampOf } from './log_values';
import type { Checkpoint, Clock, LogPage, LogSource } from '../ports';
import type { PlacedLogs } from '../ports/patterns';
import { contextOf } from './result_context';
import { pageIdOf, resultDocument, SUMMARY_MILLISECONDS, summaryDocument } from './result_documents';

type Turns = ReturnType<typeof createTurns>;

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

export interface ScoredPage {
  readonly results: AnomalyResult[];
  readonly summaries: BucketSummary[];
  readonly logs: number;
  readonly placed?: PlacedLogs;
}

/** Outcome of the rows of a page, before any of them is explained. */
interface JudgedRows {
  /** Rows found anomalous, and the threshold of each. */
  readonly anomalous: readonly number[];
  readonly thresholds: readonly number[];
  readonly buckets: Buckets;
  readonly placed: { readonly times: Float64Array; readonly entities: readonly (string | undefined)[] };
}

/** A page whose rows have scores. */
interface ScoredRows {
  readonly page: LogPage;
  readonly scores: Float64Array;
  readonly matrix: Matrix;
  readonly now: number;
}

/**
 * Turns pages of logs into results and summaries. It holds what outlives a page: the prepared forest, the adaptive
 * threshold and the count of unusable values.
 */
class PageScorer {
  public readonly fields: string[];
  public readonly dirt: DirtReport = {};
  /** Preparing a forest takes 5 ms and more, and most runs of a quiet detector find nothing to score. */
  private prepared: ModelScorer | undefined;
  private readonly detector: Detector;
  private readonly timestampField: string;
  private readonly entityOf: ReturnType<typeof entityReaderOf>;
  private readonly adaptive: AdaptiveThreshold | undefined;
  private readonly times: ReturnType<typeof summaryTimes>;
  /** Place in time up to which all logs had been read before this run. */
  private readonly reached: number;
  private latest: number;
  private areWindowsKnown = false;

  constructor(
    private readonly options: PageScorerOptions,
    checkpoint: Checkpoint,
  ) {
    const { snapshot, clock, thresholdOverride } = options;
    const { detector } = snapshot;
    this.detector = detector;
    this.timestampField = detector.source.timestamp_field;
    this.entityOf = entityReaderOf(detector);
    const isAdaptive = detector.threshold.method === 'adaptive' && thresholdOverride === undefined;
    this.adaptive = isAdaptive ? restoreAdaptive(snapshot, checkpoint) : undefined;
    const read = [...snapshot.encoder.fields, this.timestampField, ...entityFieldsOf(detector)];
    this.fields = [...new Set(read)];
    this.times = summaryTimes(detector);
    this.reached = Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
    this.latest = clock.now();
  }

  /** Threshold of the logs that were scored last. */
  public readonly threshold = (): number => this.thresholdAt(this.latest);
  public readonly thresholdState = () => this.adaptive?.toJSON();
  public readonly takeThresholdChanges = () => this.adaptive?.takeChanges() ?? [];

  /** @param by the clock in whose order the page was read */
  public readonly score = async (page: LogPage, by: 'timestamp' | 'ingested'): Promise<ScoredPage> => {
    if (page.areGone === true) return { results: [], summaries: this.goneSummaries(page), logs: 0 };
    await this.learnFrozenWindows();
    const turns = createTurns();
    const documents = page.logs.map((log) => log.document);
    const scored = await turns.finish(this.scorer.scoreInSteps(documents, this.dirt));
    const rows: ScoredRows = { page, ...scored, now: this.options.clock.now() };
    const judged = await this.judge(rows, turns);
    const results = await this.resultsOf(rows, judged, turns);
    const summaries = this.summariesOf(rows, judged, by);
    return { results, summaries, logs: page.logs.length, placed: judged.placed };
  };

  private get scorer(): ModelScorer {
    return (this.prepared ??= createModelScorer(this.options.snapshot));
  }

  /** @param time of the logs, epoch milliseconds: an adaptive threshold follows the hours of the week */
  private thresholdAt(time: number): number {
    const { thresholdOverride, snapshot } = this.options;
    return this.adaptive?.thresholdAt(time) ?? thresholdOverride ?? snapshot.threshold;
  }

  private async learnFrozenWindows(): Promise<void> {
    const { adaptive, detector } = this;
    const { frozenWindows } = this.options;
    if (this.areWindowsKnown || adaptive === undefined || frozenWindows === undefined) return;
    this.areWindowsKnown = true;
    const windows = await frozenWindows();
    // A bucket that holds a part of such a time says nothing of what is usual either; it is known by its start.
    const before = this.times.isOfBuckets ? spanOf(detector) - 1 : 0;
    adaptive.freezeDuring(windows.map(({ from, to }) => ({ from: from - before, to })));
  }

  private originAt(now: number) {
    const { detectorId, snapshot, runId } = this.options;
    return { detectorId, snapshot, runId, now, reached: this.reached };
  }

  /** Start of the summary that a log belongs to. */
  private summaryStart(time: number): number {
    return Math.floor(time / this.times.summaryStep) * this.times.summaryStep;
  }

  /** Of rows that are none any more nothing counts: there is nothing to score in them either. */
  private goneSummaries({ logs }: LogPage): BucketSummary[] {
    const now = this.options.clock.now();
    const nothing = { logs: 0, anomalies: 0, max_score: 0, mean_score: 0, max_confidence: 0, unscored: 0 };
    return logs.map(({ document }) => {
      const { time } = placedTime(document, this.timestampField, { now, reached: this.reached });
      const sums = { ...nothing, span_ms: this.times.summarySpan };
      const place = { start: this.summaryStart(time), entity: this.entityOf(document), sums };
      return summaryDocument(this.originAt(now), place, pageIdOf(this.options.detectorId));
    });
  }

  private async judge({ page, scores, now }: ScoredRows, turns: Turns): Promise<JudgedRows> {
    const anomalous: number[] = [];
    const thresholds: number[] = [];
    const buckets: Buckets = new Map();
    const times = new Float64Array(scores.length);
    const entities: (string | undefined)[] = [];
    const run = { now, reached: this.reached };
    for (let row = 0; row < scores.length; row++) {
      const { document } = page.logs[row];
      const time = plausibleTime(timestampOf(document, this.timestampField) ?? NaN, run);
      const anomalyScore = scores[row];
      const entity = this.entityOf(document);
      times[row] = time;
      entities.push(entity);
      // One log with a clock ahead of ours must not take the threshold's along, which would then stand still.
      const judgedAt = Math.min(time, now);
      this.latest = judgedAt;
      // Logs that are scored once more have been observed before.
      const observed = page.revises === true ? undefined : this.adaptive?.observe(anomalyScore, judgedAt);
      const threshold = this.thresholdAt(judgedAt);
      const isAnomaly = observed ?? anomalyScore >= threshold;
      if (isAnomaly) {
        anomalous.push(row);
        thresholds.push(threshold);
      }
      addScore(bucketOf(buckets, this.summaryStart(time), entity), anomalyScore, isAnomaly);
      if (row % ROWS_A_TURN === ROWS_A_TURN - 1) await turns.next();
    }
    return { anomalous, thresholds, buckets, placed: { times, entities } };
  }

  private async resultsOf(
    { page, scores, matrix, now }: ScoredRows,
    { anomalous, thresholds }: JudgedRows,
    turns: Turns,
  ): Promise<AnomalyResult[]> {
    const { scorer, detector } = this;
    const { snapshot, source } = this.options;
    const whole = await contextOf(page.logs, [...anomalous], this.fields, { detector, source });
    const results: AnomalyResult[] = [];
    for (let position = 0; position < anomalous.length; position++) {
      await turns.next();
      const row = anomalous[position];
      const threshold = thresholds[position];
      const scored = page.logs[row].document;
      const document = whole.get(row) ?? scored;
      const { confidence, severity } = scorer.verdict(scores[row], threshold);
      const { attribution, reason } = await turns.finish(scorer.explainInSteps(scored, matrix, row));
      const result = resultDocument(this.originAt(now), {
        log: page.logs[row],
        document,
        modelVersion: snapshot.version,
        anomaly: { score: scores[row], confidence, severity, threshold, attribution, reason },
        ...(this.times.isOfBuckets && { message: bucketMessage(document, attribution) }),
      });
      results.push(result);
    }
    return results;
  }

  private summariesOf(
    { page, now }: ScoredRows,
    { buckets }: JudgedRows,
    by: 'timestamp' | 'ingested',
  ): BucketSummary[] {
    const { detectorId } = this.options;
    // Only a page that starts at the same place overwrites these summaries: that is a page repeated after a crash.
    // A bucket row has a summary of its own, whichever page it is on.
    const pageId = this.times.isOfBuckets
      ? pageIdOf(detectorId)
      : pageIdOf(detectorId, by, page.logs[0]?.index, page.logs[0]?.id);
    return [...buckets.values()]
      .flatMap((ofTime) => [...ofTime.values()])
      .map((bucket) => {
        const { start, entity } = bucket;
        const { confidence } = this.scorer.verdict(bucket.maxScore, this.thresholdAt(Math.min(start, now)));
        const sums = sumsOf(bucket, confidence, this.times.summarySpan);
        return summaryDocument(this.originAt(now), { start, entity, sums }, pageId);
      });
  }
}

/** @see PageScorer */
export const createPageScorer = (options: PageScorerOptions, checkpoint: Checkpoint): PageScorer =>
  new PageScorer(options, checkpoint);

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
