import type { DetectorRecord, DetectorStatus } from '../../../common/api';
import type { Answer } from '../../shared/app/api_client';
import type { Interval } from '../../shared/values/time_range';
import type { SparklineBucket } from './sparkline';

/** Detectors whose anomalies the server counts, those with the most severe ones first. */
export const MOST_COUNTED = 100;

export interface DetectorRow {
  readonly record: DetectorRecord;
  readonly name: string;
  readonly status: DetectorStatus | undefined;
  /** Undefined when results could not be read, or not of so many detectors. */
  readonly anomaliesToday: number | undefined;
  readonly buckets: readonly SparklineBucket[];
  /** The time of the buckets, the last 24 hours. */
  readonly range: Interval;
}

/** @param today undefined where results cannot be read */
export function rowsOf(
  { detectors }: Answer<'listDetectors'>,
  statuses: Answer<'listStatus'>['statuses'],
  today: Answer<'summarizeResults'> | undefined,
  range: Interval,
): DetectorRow[] {
  const statusOf = new Map(statuses.map((status) => [status.id, status]));
  const groupOf = new Map(today?.groups.map((group) => [group.key, group]));
  // One that is not among so many may have anomalies all the same.
  const isWhole = today !== undefined && today.groups.length < MOST_COUNTED;
  return detectors.map((record) => ({
    record,
    name: record.detector.name,
    status: statusOf.get(record.id),
    anomaliesToday: groupOf.get(record.id)?.anomalies ?? (isWhole ? 0 : undefined),
    buckets: groupOf.get(record.id)?.buckets ?? [],
    range,
  }));
}
