import { createHash } from 'node:crypto';
import type { AnomalyResult, BucketSummary } from '../../../common/anomaly';
import { entitySettingOf, namedParts, type Detector } from '../../../common/detector';
import { wellFormed, wellFormedJson } from '../../../common/json_values';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { reasonOf } from '../../../common/explanations';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { entityReaderOf, placedTime, plausibleTime, type RunTime } from './log_values';
import { besideOwnParts, copiedAttribution, pickContext } from './result_context';

/** Span of a summary of logs; one of bucket rows spans their own buckets. */
export const SUMMARY_MILLISECONDS = 300_000;
/** Runs of a backfill are named so; alert rules leave their results out, which tell of the past. */
export const BACKFILL_RUN_PREFIX = 'backfill-';

/** The run that results and summaries are of. */
export interface ResultOrigin extends RunTime {
  readonly detectorId: string;
  readonly snapshot: ModelSnapshot;
  readonly runId: string;
}

/** Scores and explanation of one anomalous log. */
export interface Finding {
  readonly log: Pick<SourceLog, 'index' | 'id'>;
  /** The whole of it, for its context. */
  readonly document: LogDocument;
  readonly modelVersion: string;
  readonly anomaly: Omit<AnomalyResult['anomaly'], 'entity' | 'entity_parts' | 'entity_field'>;
  /** Stands for the log's own message: a bucket has none. */
  readonly message?: string;
}

/** The result of one anomalous log or bucket row, as it is stored: all its texts are found again by themselves. */
export function resultDocument(
  { detectorId, snapshot: { detector }, runId, now, reached }: ResultOrigin,
  { log, document, modelVersion, anomaly, message }: Finding,
): AnomalyResult {
  const { time, stated } = placedTime(document, detector.source.timestamp_field, { now, reached });
  const context = besideOwnParts(pickContext(document, detector), detector.unit);
  const copiesAll = (detector.copy_fields ?? 'all') === 'all';
  const attribution = copiesAll ? anomaly.attribution : copiedAttribution(anomaly.attribution, detector);
  const entity = entityReaderOf(detector)(document);
  const parts = namedParts(entity, detector);
  return wellFormedJson<AnomalyResult>({
    ...context,
    ...(message !== undefined && copiesAll && { message }),
    '@timestamp': new Date(time).toISOString(),
    event: { ...(context.event as object), ingested: new Date(now).toISOString(), kind: 'alert' },
    detector: { id: detectorId, name: detector.name },
    model: { version: modelVersion },
    anomaly: {
      ...anomaly,
      attribution,
      ...(!copiesAll && { reason: reasonOf(attribution) }),
      entity,
      ...(parts && { entity_parts: parts }),
      ...(detector.unit === 'bucket' && { entity_field: entitySettingOf(detector) }),
    },
    source: { ...(context.source as object), index: log.index, id: log.id },
    run: { id: runId },
    result: { type: 'log', ...(stated !== undefined && { stated_time: stated }) },
  });
}

/** Logs of one entity in one span of time, summed up. */
export interface SummedBucket {
  /** Epoch milliseconds. */
  readonly start: number;
  readonly entity: string | undefined;
  readonly sums: BucketSummary['bucket'];
}

/** The summary of one span and entity, as it is stored. @param pageId of {@link pageIdOf} */
export const summaryDocument = (
  { detectorId, snapshot: { detector, version }, runId, now, reached }: ResultOrigin,
  { start, entity, sums }: SummedBucket,
  pageId: string,
): BucketSummary => ({
  '@timestamp': new Date(plausibleTime(start, { now, reached })).toISOString(),
  event: { ingested: new Date(now).toISOString(), kind: 'metric' },
  detector: { id: detectorId, name: detector.name },
  model: { version },
  bucket: sums,
  anomaly: summarizedEntity(entity && wellFormed(entity), detector),
  // Spans of several implausible times lie at one place, and stay apart.
  page: { id: plausibleTime(start, { now, reached }) === start ? pageId : pageIdOf(pageId, start) },
  run: { id: runId },
  result: { type: 'bucket' },
});

function summarizedEntity(entity: string | undefined, detector: Detector): BucketSummary['anomaly'] {
  const parts = namedParts(entity, detector);
  return { entity, ...(parts && { entity_parts: parts }) };
}

/** Names what was summed up by where it starts, so that summaries of a page read once more replace the earlier ones. */
export const pageIdOf = (...start: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(start)).digest('hex').slice(0, 24);
