import type { Attribution } from '../anomaly';
import { durationToMilliseconds, type Detector } from '../detector';
import type { LogDocument } from '../log_document';
import { getField } from '../log_features';
import {
  COUNT_FIELD,
  distinctField,
  ERRORS_FIELD,
  ERROR_SHARE_FIELD,
  LATENCY_P50_FIELD,
  LATENCY_P95_FIELD,
  rareField,
} from './bucket_fields';

/** What the logs of one entity are together in one span of time. */
export interface BucketRow {
  /** Epoch milliseconds, a whole multiple of the span. */
  readonly start: number;
  readonly entity: string;
  /** 0 for a known entity that was silent. */
  readonly count: number;
  readonly errors: number;
  /** Absent where no log has a number in the field. */
  readonly latencyP50?: number;
  readonly latencyP95?: number;
  /** By the names of the detector. */
  readonly distinct: Readonly<Record<string, number>>;
  /** Absent where what is rare is not known. */
  readonly rare: Readonly<Record<string, number | undefined>>;
  readonly labels?: BucketLabels;
}

/** Ground truth: whether the bucket holds anomalous logs, or should hold logs and does not. */
export interface BucketLabels {
  readonly anomaly: 'true' | 'false';
  readonly kind?: string;
  readonly incident?: string;
}

/** The error share is taken of at least so many logs: one error among two logs is no outage. */
const FEWEST_LOGS_OF_A_SHARE = 10;

const UNIT_NAMES = { s: 's', m: 'min', h: 'h', d: 'd', w: 'w' } as const;
/** @example spanText('5m') // "5 min" */
export const spanText = (span: string): string =>
  `${span.slice(0, -1)} ${UNIT_NAMES[span.slice(-1) as keyof typeof UNIT_NAMES]}`;

export const spanOf = ({ bucket }: Detector): number => durationToMilliseconds(bucket?.span ?? '5m');

export const silentRow = (start: number, entity: string, { bucket }: Detector): BucketRow => ({
  start,
  entity,
  count: 0,
  errors: 0,
  distinct: Object.fromEntries(Object.keys(bucket?.distinct ?? {}).map((name) => [name, 0])),
  rare: Object.fromEntries(Object.keys(bucket?.rare ?? {}).map((name) => [name, 0])),
});

/** The row as a document that can be scored, stored and shown like a log. */
export function bucketDocument(row: BucketRow, detector: Detector): LogDocument {
  const { start, entity, count, errors, labels } = row;
  const span = detector.bucket?.span ?? '5m';
  const values: Record<string, number | undefined> = {
    [COUNT_FIELD]: count,
    [ERRORS_FIELD]: errors,
    [ERROR_SHARE_FIELD]: errors / Math.max(count, FEWEST_LOGS_OF_A_SHARE),
    [LATENCY_P50_FIELD]: row.latencyP50,
    [LATENCY_P95_FIELD]: row.latencyP95,
    ...Object.fromEntries(Object.entries(row.distinct).map(([name, value]) => [distinctField(name), value])),
    ...Object.fromEntries(Object.entries(row.rare).map(([name, value]) => [rareField(name), value])),
  };
  return {
    [detector.source.timestamp_field]: new Date(start).toISOString(),
    'event.start': new Date(start).toISOString(),
    'event.end': new Date(start + durationToMilliseconds(span)).toISOString(),
    [detector.entity_field ?? 'entity']: entity,
    message: `${entity}: ${logsText(count)} in ${spanText(span)}`,
    bucket: Object.fromEntries(
      Object.entries(values).flatMap(([field, value]) =>
        value === undefined ? [] : [[field.slice('bucket.'.length), value]],
      ),
    ),
    ...(labels === undefined ? {} : { labels }),
  };
}

const logsText = (count: number): string => `${count} ${count === 1 ? 'log' : 'logs'}`;

/** Other numbers than the count are told from this share of the score on. */
const TOLD_SHARE = 0.15;
const TOLD_NUMBERS = 2;

/**
 * One line for people on what was odd.
 *
 * @example "checkout-api: 0 logs in 5 min (typical 120 to 180)"
 */
export function bucketMessage(document: LogDocument, attribution: readonly Attribution[]): string {
  const message = String(getField(document, 'message'));
  const count = attribution.find(({ field }) => field === COUNT_FIELD);
  const others = attribution
    .filter(({ field, share }) => field !== COUNT_FIELD && field.startsWith('bucket.') && share >= TOLD_SHARE)
    .filter(
      ({ actual }) => actual !== 'missing' && !(getField(document, COUNT_FIELD) === 0 && actual === '0'),
    )
    .slice(0, TOLD_NUMBERS)
    .map(({ feature, actual, typical }) => `${feature} ${actual} (typical ${typical})`);
  const told = count === undefined ? message : `${message} (typical ${count.typical})`;
  return [told, ...others].join(', ');
}
