import type { Attribution } from '../anomaly';
import { sentenceOf, subjectOf, usualOf } from '../explanations';
import { durationToMilliseconds, type Detector } from '../detector';
import { entityFieldsOf, partsOfEntity } from '../detector/entity_fields';
import { readableValue } from '../detector/value_units';
import { MINUTE } from '../duration';
import { textOfJson } from '../json_values';
import type { LogDocument } from '../log_document';
import { getField } from '../log_features';
import type { EventTally } from '../log_features/events/event_tally';
import {
  COUNT_FIELD,
  distinctField,
  DURATION_FIELD,
  ERRORS_FIELD,
  EVENTS_FIELD,
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
  /** Messages by template; present where the detector counts them. */
  readonly events?: EventTally;
  /** Of a session the time of its last log, epoch milliseconds; `start` is that of its first. */
  readonly end?: number;
  /** The session went on for longer than it may; these are its logs up to then. */
  readonly isCut?: boolean;
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

/**
 * Returns the steps that rows are read in, in milliseconds: the span of a bucket. Sessions end at any time; they are read by the
 * minute in which they are over.
 */
export const spanOf = ({ bucket }: Pick<Detector, 'bucket'>): number =>
  bucket?.session === undefined ? durationToMilliseconds(bucket?.span ?? '5m') : MINUTE;

/** Returns the id of a row: the same whenever its logs are summed up. */
export const rowIdOf = (
  { bucket }: Detector,
  { start, entity }: Pick<BucketRow, 'start' | 'entity'>,
): string =>
  `${bucket?.session === undefined ? bucket?.span : 'session'}/${new Date(start).toISOString()}/${entity}`;

const NO_EVENTS: EventTally = { texts: [], counts: [] };

export const silentRow = (start: number, entity: string, { bucket }: Detector): BucketRow => ({
  start,
  entity,
  count: 0,
  errors: 0,
  ...(bucket?.failures !== undefined && { failures: 0 }),
  distinct: Object.fromEntries(Object.keys(bucket?.distinct ?? {}).map((name) => [name, 0])),
  rare: Object.fromEntries(Object.keys(bucket?.rare ?? {}).map((name) => [name, 0])),
  ...(bucket?.events !== undefined && { events: NO_EVENTS }),
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
    const { end, events, isCut } = row;
    const values: Record<string, unknown> = {
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
    if (end !== undefined) put(DURATION, end - start);
    if (events !== undefined) values[EVENTS] = events;
    return {
      [detector.source.timestamp_field]: time.from,
      'event.start': time.from,
      'event.end': end === undefined ? time.to : new Date(end + 1).toISOString(),
      ...partsIn(entity, entityFields),
      message: `${entity}: ${logsText(count)}${end === undefined ? during : sessionText(end - start, isCut && bucket?.session?.max_length)}`,
      bucket: values,
      ...(row.labels && { labels: row.labels }),
    };
  };
}

/** @param most the time up to which a session counts that went on for longer */
const sessionText = (length: number, most: string | false | undefined): string =>
  most === undefined || most === false
    ? ` in ${readableValue(length, 'ms')}`
    : ` in its first ${spanText(most)}`;

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
const [EVENTS, DURATION] = [EVENTS_FIELD, DURATION_FIELD].map(keyOf);
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
