import type { Attribution } from '../anomaly';
import { sentenceOf, subjectOf, usualOf } from '../explanations';
import { durationToMilliseconds, type Detector } from '../detector';
import { entityFieldsOf, partsOfEntity } from '../detector/entity_fields';
import { textOfJson } from '../json_values';
import type { LogDocument } from '../log_document';
import { getField } from '../log_features';
import {
  COUNT_FIELD,
  distinctField,
  ERRORS_FIELD,
  ERROR_SHARE_FIELD,
  FAILURE_SHARE_FIELD,
  LATENCY_P50_FIELD,
  LATENCY_P95_FIELD,
  perField,
  rareField,
} from '../detector/bucket_fields';

/** Figures of the logs of one entity in one span of time. */
export interface BucketRow {
  /** Epoch milliseconds, a whole multiple of the span. */
  readonly start: number;
  readonly entity: string;
  /** 0 for a known entity that was silent. */
  readonly count: number;
  readonly errors: number;
  /** Absent where the detector counts none. */
  readonly failures?: number;
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
/** Logs for each value are counted as if so many more had come, each with a value of its own: two logs of one client are no flood. */
const LOGS_OF_OWN_VALUES = 10;

const UNIT_NAMES = { s: 's', m: 'min', h: 'h', d: 'd', w: 'w' } as const;
/** @example spanText('5m') // "5 min" */
const spanText = (span: string): string =>
  `${span.slice(0, -1)} ${UNIT_NAMES[span.slice(-1) as keyof typeof UNIT_NAMES]}`;

export const spanOf = ({ bucket }: Detector): number => durationToMilliseconds(bucket?.span ?? '5m');

export const silentRow = (start: number, entity: string, { bucket }: Detector): BucketRow => ({
  start,
  entity,
  count: 0,
  errors: 0,
  ...(bucket?.failures !== undefined && { failures: 0 }),
  distinct: Object.fromEntries(Object.keys(bucket?.distinct ?? {}).map((name) => [name, 0])),
  rare: Object.fromEntries(Object.keys(bucket?.rare ?? {}).map((name) => [name, 0])),
});

/**
 * Makes rows of the detector into documents that can be scored, stored and shown like a log. There are many rows: what
 * the settings and the time say is worked out once.
 */
export function bucketDocuments(detector: Detector): (row: BucketRow) => LogDocument {
  const { bucket } = detector;
  const entityFields = entityFieldsOf(detector);
  const span = bucket?.span ?? '5m';
  const spanMilliseconds = durationToMilliseconds(span);
  const during = ` in ${spanText(span)}`;
  const keys = (names: object | undefined, field: (name: string) => string): [string, string][] =>
    Object.keys(names ?? {}).map((name) => [name, keyOf(field(name))]);
  const distinct = keys(bucket?.distinct, distinctField);
  const per = keys(bucket?.distinct, perField);
  const rare = keys(bucket?.rare, rareField);
  let time = { start: NaN, from: '', to: '' };
  return ({ start, entity, count, errors, failures, latencyP50, latencyP95, ...row }) => {
    if (start !== time.start) {
      time = {
        start,
        from: new Date(start).toISOString(),
        to: new Date(start + spanMilliseconds).toISOString(),
      };
    }
    const values: Record<string, number> = {
      [COUNT]: count,
      [ERRORS]: errors,
      [ERROR_SHARE]: errors / Math.max(count, FEWEST_LOGS_OF_A_SHARE),
    };
    const put = (key: string, value: number | undefined): void => {
      if (value !== undefined) values[key] = value;
    };
    put(FAILURE_SHARE, failures && failures / Math.max(count, FEWEST_LOGS_OF_A_SHARE));
    put(LATENCY_P50, latencyP50);
    put(LATENCY_P95, latencyP95);
    for (const [name, key] of distinct) put(key, row.distinct[name]);
    for (const [name, key] of per) {
      put(key, (count + LOGS_OF_OWN_VALUES) / (row.distinct[name] + LOGS_OF_OWN_VALUES));
    }
    for (const [name, key] of rare) put(key, row.rare[name]);
    return {
      [detector.source.timestamp_field]: time.from,
      'event.start': time.from,
      'event.end': time.to,
      ...partsIn(entity, entityFields),
      message: `${entity}: ${logsText(count)}${during}`,
      bucket: values,
      ...(row.labels && { labels: row.labels }),
    };
  };
}

/** The fields of the entity of a row, without those that it lacks. */
function partsIn(entity: string, fields: readonly string[]): Record<string, string> {
  if (fields.length <= 1) return { [fields[0] ?? 'entity']: entity };
  const parts = partsOfEntity(entity, fields.length);
  const found: Record<string, string> = {};
  fields.forEach((field, place) => {
    const part = parts[place];
    if (part !== undefined) found[field] = part;
  });
  return found;
}

/** Returns the key of the number in the object `bucket` of a document. */
const keyOf = (field: string): string => field.slice('bucket.'.length);
const [COUNT, ERRORS, ERROR_SHARE, FAILURE_SHARE, LATENCY_P50, LATENCY_P95] = [
  COUNT_FIELD,
  ERRORS_FIELD,
  ERROR_SHARE_FIELD,
  FAILURE_SHARE_FIELD,
  LATENCY_P50_FIELD,
  LATENCY_P95_FIELD,
].map(keyOf);

const logsText = (count: number): string => `${count} ${count === 1 ? 'log' : 'logs'}`;

/** Other numbers than the count are told from this share of the score on. */
const TOLD_SHARE = 0.15;
const TOLD_NUMBERS = 2;

/**
 * One line for people on what was odd.
 *
 * @example "checkout-api: 0 logs in 5 min, usually 120 to 180"
 */
export function bucketMessage(document: LogDocument, attribution: readonly Attribution[]): string {
  const message = textOfJson(getField(document, 'message'));
  const count = attribution.find(({ field }) => field === COUNT_FIELD);
  // Of no logs there is nothing else to tell.
  const told = getField(document, COUNT_FIELD) === 0 ? [] : attribution;
  const others = told
    .filter(({ field, share }) => field !== COUNT_FIELD && field.startsWith('bucket.') && share >= TOLD_SHARE)
    .filter(({ actual }) => actual !== 'missing')
    .slice(0, TOLD_NUMBERS)
    .map((each) => `${subjectOf(each)} ${sentenceOf(each)}`);
  const usual = count === undefined ? undefined : usualOf(count);
  return [usual === undefined ? message : `${message}, ${usual}`, ...others].join('; ');
}
