import { spanOf } from '../../../common/buckets';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { Checkpoint, LogRange } from '../ports';

/** One stretch of reading. */
export interface Pass {
  readonly by: 'timestamp' | 'ingested';
  readonly range: LogRange;
  readonly position: unknown;
}

/** The detector's own query as filters: none where it is absent or an empty text, which would match nothing. */
export function filtersOf(query: Detector['source']['query']): object[] {
  if (query === undefined) return [];
  if (typeof query !== 'string') return [query];
  return query.trim() === '' ? [] : [{ query_string: { query } }];
}

/**
 * Logs with a time of indexing in the order of indexing, then the others in the order of their own time. For the past
 * alone: all logs in the order of their own time.
 */
export function passesOf(detector: Detector, checkpoint: Checkpoint, to: number, isPast: boolean): Pass[] {
  const { index, query, timestamp_field, ingested_field } = detector.source;
  const names = { index, timestampField: timestamp_field, ingestedField: ingested_field };
  if (detector.unit === 'bucket') return bucketPassesOf(detector, checkpoint, to, isPast);
  const chosen = filtersOf(query);
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

/**
 * Rows of earlier buckets that late logs have changed, then the rows of the buckets that have closed since. Bounds of
 * the second are rounded down to whole buckets: a checkpoint in the middle of one means that all before it are scored.
 */
function bucketPassesOf(detector: Detector, checkpoint: Checkpoint, to: number, isPast: boolean): Pass[] {
  const { index, query, timestamp_field: timestampField, ingested_field: ingestedField } = detector.source;
  const span = spanOf(detector);
  const closed = (time: number): number => Math.floor(time / span) * span;
  const chosen = filtersOf(query);
  const scored = closed(checkpoint.timestampTo);
  const closing: Pass = {
    by: 'timestamp',
    range: {
      index,
      timestampField,
      ingestedField,
      query: { bool: { filter: chosen } },
      from: scored,
      to: closed(to),
    },
    position: checkpoint.timestampPosition,
  };
  if (isPast) return [closing];
  const oldest = closed(checkpoint.ingestedTo - durationToMilliseconds(detector.schedule.late_window));
  const changed = { range: { [timestampField]: { gte: oldest, lt: scored, format: 'epoch_millis' } } };
  return [
    {
      by: 'ingested',
      range: {
        ...closing.range,
        query: { bool: { filter: [...chosen, changed] } },
        from: checkpoint.ingestedTo,
        to,
        ...(detector.bucket?.session !== undefined && { closedTo: scored }),
      },
      position: undefined,
    },
    closing,
  ];
}
