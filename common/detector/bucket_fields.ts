import { withoutKeyword } from './entity_fields';
import type { BucketSettings } from './bucket_schema';
import type { ValueUnit, featureSchema } from './feature_schema';
import type { z } from 'zod';
import { unitOf } from './value_units';

/** One value of a bucket row. */
export interface BucketField {
  /** Name in the row, e.g. `bucket.error_share`. */
  readonly field: string;
  /** Name for people. */
  readonly title: string;
  /** Weight of the feature relative to the others. */
  readonly weight: number;
  /** A difference of this size is never unusual, however steady the number was. */
  readonly tolerance?: number;
  /** Of durations, where the name of their field tells it. */
  readonly unit?: ValueUnit;
}

/** Counts of messages by template: no number, but what features of type `event_counts` read. */
export const EVENTS_FIELD = 'bucket.events';
/** From the first log of a session to its last, milliseconds. */
export const DURATION_FIELD = 'bucket.duration';
export const COUNT_FIELD = 'bucket.count';
export const ERRORS_FIELD = 'bucket.errors';
export const ERROR_SHARE_FIELD = 'bucket.error_share';
export const FAILURE_SHARE_FIELD = 'bucket.failure_share';
export const LATENCY_P50_FIELD = 'bucket.latency_p50';
export const LATENCY_P95_FIELD = 'bucket.latency_p95';
export const distinctField = (name: string): string => `bucket.distinct_${name}`;
/** Logs for each different value: rises where one client asks for the same over and over. */
export const perField = (name: string): string => `bucket.per_${name}`;
export const rareField = (name: string): string => `bucket.rare_${name}`;

/** A log more or less, or two errors where there never was one, are no news. */
const COUNT_TOLERANCE = 2;
const SHARE_TOLERANCE = 0.02;
const PER_TOLERANCE = 0.1;

/**
 * Weights of the numbers of a row. The count has the largest: only there floods and silences show, which are the
 * reason for judging spans of time; then at the share of errors, that of an outage. Other numbers follow these.
 */
const WEIGHTS = {
  count: 3,
  errors: 0.5,
  errorShare: 2,
  failureShare: 1,
  latencyP50: 0.5,
  latencyP95: 1,
  distinct: 0.5,
  per: 1.5,
  rare: 1,
  duration: 1,
};

/** Most of these come once and go: that one of them sends fewer logs than it did is no news, nor is its silence. */
export const PASSERS_BY = ['client.ip', 'source.ip', 'clientip', 'client_ip', 'user.name'];

export const isPasserBy = (entityField: string): boolean => PASSERS_BY.includes(withoutKeyword(entityField));

/** All numbers that a bucket row holds, with the title that explanations show. */
export function bucketFields(bucket: BucketSettings): BucketField[] {
  const unit = bucket.latency === undefined ? 'none' : unitOf({ field: bucket.latency });
  const unitOfLatency = unit === 'none' ? {} : { unit };
  return [
    { field: COUNT_FIELD, title: 'logs', weight: WEIGHTS.count, tolerance: COUNT_TOLERANCE },
    { field: ERRORS_FIELD, title: 'errors', weight: WEIGHTS.errors, tolerance: COUNT_TOLERANCE },
    {
      field: ERROR_SHARE_FIELD,
      title: 'error share',
      weight: WEIGHTS.errorShare,
      tolerance: SHARE_TOLERANCE,
    },
    ...(bucket.failures === undefined
      ? []
      : [
          {
            field: FAILURE_SHARE_FIELD,
            title: 'failure share',
            weight: WEIGHTS.failureShare,
            tolerance: SHARE_TOLERANCE,
          },
        ]),
    ...(bucket.latency === undefined
      ? []
      : [
          {
            field: LATENCY_P50_FIELD,
            title: `median ${bucket.latency}`,
            weight: WEIGHTS.latencyP50,
            ...unitOfLatency,
          },
          {
            field: LATENCY_P95_FIELD,
            title: `95th percentile of ${bucket.latency}`,
            weight: WEIGHTS.latencyP95,
            ...unitOfLatency,
          },
        ]),
    ...Object.keys(bucket.distinct).flatMap((name) => [
      {
        field: distinctField(name),
        title: `distinct ${name.replaceAll('_', ' ')}`,
        weight: WEIGHTS.distinct,
        tolerance: COUNT_TOLERANCE,
      },
      {
        field: perField(name),
        title: `logs per ${name.replaceAll('_', ' ')}`,
        weight: WEIGHTS.per,
        tolerance: PER_TOLERANCE,
      },
    ]),
    ...Object.keys(bucket.rare).map((name) => ({
      field: rareField(name),
      title: `logs with rare ${name.replaceAll('_', ' ')}`,
      weight: WEIGHTS.rare,
      tolerance: COUNT_TOLERANCE,
    })),
    ...(bucket.session === undefined
      ? []
      : [{ field: DURATION_FIELD, title: 'length', weight: WEIGHTS.duration, unit: 'ms' as const }]),
  ];
}

/** All fields of a row that features may read beside time and entity. */
export const featureFieldsOf = (bucket: BucketSettings): string[] => [
  ...bucketFields(bucket).map(({ field }) => field),
  ...(bucket.events === undefined ? [] : [EVENTS_FIELD]),
];

/** Returns what row values are compared within. Several fields make groups from wide to narrow: an entity of which little is known is compared within its first parts. */
const withinEntity = (entityFields: readonly string[]): string | string[] =>
  entityFields.length === 1 ? entityFields[0] : [...entityFields];

function eventFeature(
  { events, session }: BucketSettings,
  entityFields: readonly string[],
): z.input<typeof featureSchema>[] {
  if (events === undefined) return [];
  return [
    {
      type: 'event_counts',
      field: EVENTS_FIELD,
      name: 'steps',
      ...(events.templates !== undefined && { templates: events.templates }),
      // Each session has an id of its own: there is nothing that it could be compared with under that.
      ...(session === undefined && { by: withinEntity(entityFields) }),
    },
  ];
}

/**
 * Default features of a detector without named features: each number of the row, compared with what is usual
 * for its entity at that time of day; those of a session, which has no earlier rows, with all sessions.
 */
export const defaultBucketFeatures = (
  bucket: BucketSettings,
  entityFields: readonly string[],
): z.input<typeof featureSchema>[] => [
  ...eventFeature(bucket, entityFields),
  ...bucketFields(bucket).map(({ field, title, weight, tolerance, unit }): z.input<typeof featureSchema> =>
    bucket.session === undefined
      ? {
          type: 'deviation',
          field,
          by: withinEntity(entityFields),
          name: title,
          weight,
          ...(tolerance === undefined ? {} : { tolerance }),
          ...(unit === undefined ? {} : { unit }),
          ...(field === COUNT_FIELD && entityFields.some(isPasserBy) && { direction: 'high' }),
        }
      : {
          type: 'number',
          field,
          name: title,
          weight: SESSION_WEIGHT,
          ...(unit === undefined ? {} : { unit }),
        },
  ),
];

/** Numbers of a session say less than its steps: how many logs it has is told by these. */
const SESSION_WEIGHT = 0.5;
