import { createHash } from 'node:crypto';
import type { AnomalyResult, BucketSummary } from '../../common/anomaly';
import { durationToMilliseconds, type Detector } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import type { LogDocument, SourceLog } from '../../common/log_document';
import { getField } from '../../common/log_features';
import type { DirtReport } from '../../common/log_features/types';
import { createModelScorer, type ModelScorer, type ModelSnapshot } from '../../common/model_snapshot';
import { AdaptiveThreshold } from '../../common/threshold';
import type {
  Checkpoint,
  CheckpointStore,
  Clock,
  LogPage,
  LogRange,
  LogSource,
  Progress,
  ResultStore,
} from './ports';

/** Span of a bucket summary. */
export const BUCKET_MILLISECONDS = 300_000;

/** Values kept of one context field; a log line longer than this is cut in the result (never in the source). */
const CONTEXT_CHARACTERS = 8_192;

export interface DetectionRunOptions {
  readonly detectorId: string;
  readonly snapshot: ModelSnapshot;
  readonly source: LogSource;
  readonly results: ResultStore;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly runId: string;
  /** Where a detector without a checkpoint starts: epoch milliseconds. */
  readonly startFrom: number;
  /**
   * Scores the past: logs whose own timestamp is before this (epoch milliseconds), from `startFrom` on, whenever they
   * were indexed. Such a run needs checkpoints of its own.
   */
  readonly upTo?: number;
  /** Stands in for the snapshot's threshold: an anomaly score in (0, 1]. */
  readonly thresholdOverride?: number;
  /** The run stops after the page that reaches this many logs; the next run carries on. */
  readonly maxLogs?: number;
  /** Likewise for time: epoch milliseconds. */
  readonly deadline?: number;
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
  readonly progress?: Progress;
  /** Called after the results of a page are stored. */
  readonly onResults?: (results: readonly AnomalyResult[]) => Promise<void>;
  /**
   * Called once, at the end of the run, with all its results and before the checkpoint moves: at least once for each
   * result. With it the checkpoint moves once a run, so give `maxLogs`, too: results are held until then.
   */
  readonly announce?: (results: readonly AnomalyResult[]) => Promise<void>;
}

export interface DetectionRun {
  readonly logs: number;
  readonly anomalies: number;
  /** Results that were not there before: smaller than `anomalies` after a restart. */
  readonly created: number;
  readonly dirt: DirtReport;
  readonly threshold: number;
  readonly from: number;
  readonly to: number;
  /** False when a cap ended the run before it reached `to`. */
  readonly complete: boolean;
  readonly checkpoint: Checkpoint;
}

/**
 * One run of a detector: scores everything that has arrived since its checkpoint, up to now less the query delay.
 *
 * Results are stored first, then announced, then the checkpoint moves. A crash in between repeats what came after the
 * checkpoint, and since ids derive from the source document, repeating it changes nothing.
 *
 * @throws DetectionError `conflict` when another process moved the checkpoint meanwhile, `interrupted` on `signal`
 */
export async function runDetection(options: DetectionRunOptions): Promise<DetectionRun> {
  const { detectorId, snapshot, clock, checkpoints } = options;
  const { detector } = snapshot;
  const stored = await checkpoints.read(detectorId);
  let checkpoint: Checkpoint = stored?.checkpoint ?? {
    detectorId,
    timestampTo: options.startFrom,
    ingestedTo: options.startFrom,
    runId: options.runId,
  };
  let revision = stored?.revision;
  const to = options.upTo ?? clock.now() - durationToMilliseconds(detector.schedule.query_delay);
  const from = Math.min(checkpoint.timestampTo, checkpoint.ingestedTo);
  const page = createPageScorer(options, checkpoint);
  const total = { logs: 0, anomalies: 0, created: 0 };
  let complete = true;

  const unannounced: AnomalyResult[] = [];
  const store = async (): Promise<void> => {
    revision = await checkpoints.write(checkpoint, revision);
  };
  const advance = async (change: Partial<Checkpoint>): Promise<void> => {
    checkpoint = {
      ...checkpoint,
      ...change,
      runId: options.runId,
      modelVersion: snapshot.version,
      threshold: page.thresholdState(),
    };
    if (options.announce === undefined) await store();
  };

  for (const pass of passesOf(detector, checkpoint, to, options.upTo !== undefined)) {
    if (pass.range.to <= pass.range.from) continue;
    let capped = false;
    for await (const logPage of options.source.read(pass.range, {
      by: pass.by,
      fields: page.fields,
      after: pass.position,
      pageSize: options.pageSize,
      signal: options.signal,
    })) {
      throwIfInterrupted(options.signal);
      const { results, summaries } = await page.score(logPage, pass.by);
      const { created } = await options.results.write(results, summaries);
      if (results.length > 0) await options.onResults?.(results);
      if (options.announce !== undefined) unannounced.push(...results);
      total.logs += logPage.logs.length;
      total.anomalies += results.length;
      total.created += created;
      await advance(
        pass.by === 'timestamp'
          ? { timestampPosition: logPage.position }
          : { ingestedPosition: logPage.position },
      );
      options.progress?.(total.logs, undefined, 'logs scored');
      if (
        total.logs >= (options.maxLogs ?? Infinity) ||
        (options.deadline !== undefined && clock.now() >= options.deadline)
      ) {
        capped = true;
        break;
      }
    }
    throwIfInterrupted(options.signal);
    if (capped) {
      complete = false;
      break;
    }
    await advance(
      pass.by === 'timestamp'
        ? { timestampTo: to, timestampPosition: undefined }
        : { ingestedTo: to, ingestedPosition: undefined },
    );
  }
  if (options.announce !== undefined) {
    if (unannounced.length > 0) await options.announce(unannounced);
    await store();
  }
  return { ...total, dirt: page.dirt, threshold: page.threshold(), from, to, complete, checkpoint };
}

interface Pass {
  readonly by: 'timestamp' | 'ingested';
  readonly range: LogRange;
  readonly position: unknown;
}

/**
 * Logs with a time of indexing in the order of indexing, then the others in the order of their own time. For the past
 * alone: all logs in the order of their own time.
 */
function passesOf(detector: Detector, checkpoint: Checkpoint, to: number, isPast: boolean): Pass[] {
  const { index, query, timestamp_field, ingested_field } = detector.source;
  const names = { index, timestampField: timestamp_field, ingestedField: ingested_field };
  const chosen = query === undefined ? [] : [typeof query === 'string' ? { query_string: { query } } : query];
  if (isPast) {
    const range = { ...names, query: { bool: { filter: chosen } }, from: checkpoint.timestampTo, to };
    return [{ by: 'timestamp', range, position: checkpoint.timestampPosition }];
  }
  const oldest = checkpoint.ingestedTo - durationToMilliseconds(detector.schedule.late_window);
  return [
    {
      by: 'ingested',
      range: {
        ...names,
        query: {
          bool: {
            filter: [...chosen, { range: { [timestamp_field]: { gte: oldest, format: 'epoch_millis' } } }],
          },
        },
        from: checkpoint.ingestedTo,
        to,
      },
      position: checkpoint.ingestedPosition,
    },
    {
      by: 'timestamp',
      range: {
        ...names,
        query: { bool: { filter: chosen, must_not: [{ exists: { field: ingested_field } }] } },
        from: checkpoint.timestampTo,
        to,
      },
      position: checkpoint.timestampPosition,
    },
  ];
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new DetectionError(
      'interrupted',
      'The run was interrupted; the next one carries on from the checkpoint.',
    );
  }
}

function createPageScorer(options: DetectionRunOptions, checkpoint: Checkpoint) {
  const { snapshot, clock, detectorId, runId } = options;
  const { detector } = snapshot;
  // Preparing a forest takes 20 ms and more, and most runs of a quiet detector find nothing to score.
  let prepared: ModelScorer | undefined;
  const scorerOf = (): ModelScorer => (prepared ??= createModelScorer(snapshot));
  const dirt: DirtReport = {};
  const { timestamp_field: timestampField } = detector.source;
  const entityField = detector.entity_field;
  const adaptive =
    detector.threshold.method === 'adaptive' && options.thresholdOverride === undefined
      ? restoreAdaptive(snapshot, checkpoint)
      : undefined;
  const fields = [
    ...new Set([
      ...snapshot.encoder.fields,
      timestampField,
      ...(entityField === undefined ? [] : [entityField]),
    ]),
  ];
  const currentThreshold = (): number =>
    adaptive?.threshold ?? options.thresholdOverride ?? snapshot.threshold;

  const score = async (
    page: LogPage,
    by: Pass['by'],
  ): Promise<{ results: AnomalyResult[]; summaries: BucketSummary[] }> => {
    const scorer = scorerOf();
    const documents = page.logs.map((log) => log.document);
    const { scores, matrix } = scorer.score(documents, dirt);
    const writtenAt = new Date(clock.now()).toISOString();
    const anomalous: number[] = [];
    const thresholds: number[] = [];
    const buckets = new Map<string, MutableBucket>();
    for (let row = 0; row < scores.length; row++) {
      const document = documents[row];
      const time = timestampOf(document, timestampField) ?? clock.now();
      const anomalyScore = scores[row];
      const threshold = currentThreshold();
      const isAnomaly = adaptive?.observe(anomalyScore, time) ?? anomalyScore >= threshold;
      if (isAnomaly) {
        anomalous.push(row);
        thresholds.push(threshold);
      }
      addToBucket(buckets, time, entityOf(document, entityField), anomalyScore, isAnomaly);
    }
    const whole = await contextOf(page.logs, anomalous, fields, detector, options.source);
    const results = anomalous.map((row, position): AnomalyResult => {
      const threshold = thresholds[position];
      const log = page.logs[row];
      const document = whole.get(row) ?? log.document;
      const verdict = scorer.verdict(scores[row], threshold);
      const { attribution, reason } = scorer.explain(documents[row], matrix, row);
      const context = pickContext(document, detector);
      return {
        ...context,
        '@timestamp': new Date(timestampOf(document, timestampField) ?? clock.now()).toISOString(),
        event: { ...(context.event as object), ingested: writtenAt, kind: 'alert' },
        detector: { id: detectorId, name: detector.name },
        model: { version: snapshot.version },
        anomaly: {
          score: scores[row],
          confidence: verdict.confidence,
          severity: verdict.severity,
          threshold,
          attribution,
          reason,
          entity: entityOf(document, entityField),
        },
        source: { ...(context.source as object), index: log.index, id: log.id },
        run: { id: runId },
        result: { type: 'log' },
      };
    });
    // Only a page that starts at the same place overwrites these summaries: that is a page repeated after a crash.
    const pageId = createHash('sha256')
      .update(JSON.stringify([detectorId, by, page.logs[0]?.index, page.logs[0]?.id]))
      .digest('hex')
      .slice(0, 24);
    const summaries = [...buckets.values()].map((bucket): BucketSummary => ({
      '@timestamp': new Date(bucket.start).toISOString(),
      event: { ingested: writtenAt, kind: 'metric' },
      detector: { id: detectorId, name: detector.name },
      model: { version: snapshot.version },
      bucket: {
        logs: bucket.logs,
        anomalies: bucket.anomalies,
        max_score: bucket.maxScore,
        mean_score: bucket.scoreSum / bucket.logs,
        max_confidence: scorer.verdict(bucket.maxScore, currentThreshold()).confidence,
        unscored: 0,
        span_ms: BUCKET_MILLISECONDS,
      },
      anomaly: { entity: bucket.entity },
      page: { id: pageId },
      run: { id: runId },
      result: { type: 'bucket' },
    }));
    return { results, summaries };
  };
  return { score, fields, dirt, threshold: currentThreshold, thresholdState: () => adaptive?.toJSON() };
}

function restoreAdaptive(snapshot: ModelSnapshot, checkpoint: Checkpoint): AdaptiveThreshold {
  // A new model scores on its own scale, so its threshold starts afresh.
  return checkpoint.threshold !== undefined && checkpoint.modelVersion === snapshot.version
    ? AdaptiveThreshold.fromJSON(checkpoint.threshold)
    : AdaptiveThreshold.start(snapshot);
}

interface MutableBucket {
  readonly start: number;
  readonly entity: string | undefined;
  logs: number;
  anomalies: number;
  maxScore: number;
  scoreSum: number;
}

function addToBucket(
  buckets: Map<string, MutableBucket>,
  time: number,
  entity: string | undefined,
  score: number,
  isAnomaly: boolean,
): void {
  const start = Math.floor(time / BUCKET_MILLISECONDS) * BUCKET_MILLISECONDS;
  const key = `${start}|${entity ?? ''}`;
  let bucket = buckets.get(key);
  if (bucket === undefined) {
    bucket = { start, entity, logs: 0, anomalies: 0, maxScore: 0, scoreSum: 0 };
    buckets.set(key, bucket);
  }
  bucket.logs++;
  bucket.scoreSum += score;
  if (isAnomaly) bucket.anomalies++;
  if (score > bucket.maxScore) bucket.maxScore = score;
}

/** @returns epoch milliseconds, or undefined when the field holds no usable time */
export function timestampOf(document: LogDocument, field: string): number | undefined {
  const value = getField(document, field);
  const scalar: unknown = Array.isArray(value) ? value[0] : value;
  const time =
    typeof scalar === 'number'
      ? scalar
      : typeof scalar === 'string'
        ? /^-?\d+$/.test(scalar)
          ? Number(scalar)
          : Date.parse(scalar)
        : NaN;
  return Number.isFinite(time) && Math.abs(time) <= 8.64e15 ? time : undefined;
}

function entityOf(document: LogDocument, field: string | undefined): string | undefined {
  if (field === undefined) return undefined;
  const value = getField(document, field);
  const scalar: unknown = Array.isArray(value) ? value[0] : value;
  return typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean'
    ? String(scalar).slice(0, 256)
    : undefined;
}

/** Whole documents of the few anomalous rows, unless reading brought all that a result shows. */
async function contextOf(
  logs: readonly SourceLog[],
  rows: readonly number[],
  fieldsRead: readonly string[],
  detector: Detector,
  source: LogSource,
): Promise<Map<number, LogDocument>> {
  const wanted = [...new Set([...detector.context_fields, ...fieldsRead])];
  if (rows.length === 0 || wanted.length === fieldsRead.length) return new Map();
  const fetched = await source.fetch(
    rows.map((row) => logs[row]),
    wanted,
  );
  const byKey = new Map(fetched.map((log) => [`${log.index}/${log.id}`, log.document]));
  return new Map(
    rows.flatMap((row): [number, LogDocument][] => {
      const document = byKey.get(`${logs[row].index}/${logs[row].id}`);
      return document === undefined ? [] : [[row, document]];
    }),
  );
}

/** The context and feature fields of a log as nested objects, scalars only, long text cut. */
function pickContext(document: LogDocument, detector: Detector): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const field of new Set([
    ...detector.context_fields,
    ...detector.features.map((feature) => feature.field),
  ])) {
    const value = getField(document, field);
    const scalar: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof scalar === 'string') setNested(context, field, scalar.slice(0, CONTEXT_CHARACTERS));
    else if (typeof scalar === 'boolean' || (typeof scalar === 'number' && Number.isFinite(scalar))) {
      setNested(context, field, scalar);
    }
  }
  return context;
}

function setNested(target: Record<string, unknown>, path: string, value: unknown): void {
  const keys = path.split('.');
  if (keys.some((key) => key === '__proto__' || key === 'constructor' || key === 'prototype')) return;
  let node = target;
  for (const key of keys.slice(0, -1)) {
    const next = node[key];
    if (next === undefined) node[key] = {};
    else if (next === null || typeof next !== 'object') return; // `host` and `host.name` both given: the first wins
    node = node[key] as Record<string, unknown>;
  }
  const last = keys[keys.length - 1];
  if (node[last] === undefined) node[last] = value;
}
