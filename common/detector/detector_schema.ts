import { z } from 'zod';
import { defaultBucketFeatures, EVENTS_FIELD, featureFieldsOf } from './bucket_fields';
import { bucketSchema, type BucketSettings } from './bucket_schema';
import { entityFieldsOf, MOST_ENTITY_FIELDS } from './entity_fields';
import { featureSchema, fieldName, type FeatureDefinition } from './feature_schema';
import { patternSettingsSchema } from './pattern_settings';
import { SPLIT_METHODS, TRAINERS } from '../isolation_forest/forest/types';
import { DAY, durationSchema, durationToMilliseconds } from '../duration';
import { labelsSchema } from '../parameters';
import { isTimeZone } from '../time_zone';
import { parseWith } from '../validation';
import { driftSettingsSchema, olderLogsSchema, promotionSettingsSchema } from './upkeep_settings';

/** Fields of a log that its result may copy, for readers of results who may not read the logs. */
export const COPY_FIELDS = ['all', 'chosen', 'none'] as const;

export const sourceSchema = z.strictObject({
  index: z.string().min(1).max(1_024).describe('Index, data stream, alias or pattern, comma-separated'),
  query: z
    .union([z.string().max(4_096), z.record(z.string(), z.unknown())])
    .optional()
    .describe('Lucene query string or Elasticsearch query DSL that selects the logs'),
  kql: z
    .string()
    .max(4_096)
    .optional()
    .describe('The KQL that the form has made query of; shown there again, and not read otherwise'),
  timestamp_field: fieldName.default('@timestamp'),
  ingested_field: fieldName
    .default('event.ingested')
    .describe('Time of indexing; finds late logs where it exists'),
});

export const forestSchema = z.strictObject({
  tree_count: z.number().int().min(1).max(1_000).default(100),
  subsample_size: z
    .union([z.literal('auto'), z.number().int().min(2).max(16_384)])
    .default('auto')
    .describe(
      'Logs that each tree sees; auto: 256, with 16,384 logs and more up to 8,192 in trees that stay small',
    ),
  /** Without a default: what 0.1.0 wrote has no such setting, and the version of a model stands for what it holds. */
  max_depth: z
    .number()
    .int()
    .min(1)
    .max(14)
    .optional()
    .describe(
      'Splits on the longest path of a tree; by default 8, or what a subsample_size that is given as a number asks for',
    ),
  seed: z.number().int().min(0).max(4_294_967_295).default(42),
  splits: z.enum(SPLIT_METHODS).default('mixed'),
  extension_level: z.number().int().min(0).max(255).optional(),
  trainer: z.enum(TRAINERS).default('built_in'),
});

const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin or UTC')
  .optional();

export const thresholdSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('contamination'),
    contamination: z
      .number()
      .gt(0)
      .max(0.5)
      .default(0.01)
      .describe(
        'Share of training logs to call anomalous; to 0.05 up to twice as many, where more stand apart from the others',
      ),
  }),
  z.strictObject({
    method: z.literal('fixed'),
    score: z.number().gt(0).max(1).describe('Anomaly score from which a log is an anomaly'),
  }),
  z.strictObject({
    method: z.literal('adaptive'),
    contamination: z.number().gt(0).max(0.5).default(0.01).describe('Start value, from the training sample'),
    alerts_per_day: z
      .number()
      .gt(0)
      .max(1_000_000)
      .default(10)
      .describe('Alert budget that the threshold keeps to'),
    time_zone: timeZoneSchema.describe(
      'Zone of the hours whose rhythm the threshold follows, such as those of a nightly batch; default: that of the detector, or of the first feature with one, else UTC',
    ),
  }),
]);

/** Units that one row of the matrix may stand for. */
export const UNITS = ['log', 'bucket'] as const;

/** Places where logs are scored. */
export const SCORING_WAYS = ['job', 'ingest'] as const;

const detectorSettings = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
  labels: labelsSchema.describe('For those who keep detectors as files: apply --prune goes by a label'),
  time_zone: timeZoneSchema.describe(
    'Zone of the hours and days of the detector: of features that name none other than UTC, of the adaptive threshold and of patterns; default: UTC',
  ),
  source: sourceSchema,
  unit: z
    .enum(UNITS)
    .default('log')
    .describe(
      'log: each log is judged by itself; bucket: what the logs of an entity are together in a span of time',
    ),
  bucket: bucketSchema.optional(),
  features: z
    .array(featureSchema)
    .max(64)
    .default([])
    .describe('Must be given with unit: log; with unit: bucket the default is all numbers of the row'),
  forest: forestSchema.prefault({}),
  training: z
    .strictObject({
      window: durationSchema.default('7d'),
      max_rows: z.number().int().min(256).max(1_000_000).default(25_600),
      /** Share of the sample that is kept out of training for evaluation. */
      holdout: z.number().min(0).max(0.5).default(0.2),
      min_rows: z.number().int().min(16).max(100_000).default(256),
      retrain_every: durationSchema.optional(),
      learn_from_feedback: z
        .boolean()
        .default(true)
        .describe('If true, the forest is adjusted by the verdicts on results, once there are ten'),
      older: olderLogsSchema.optional(),
    })
    .prefault({}),
  drift: driftSettingsSchema.prefault({}),
  promotion: promotionSettingsSchema.prefault({}),
  threshold: thresholdSchema.prefault({ method: 'contamination' }),
  scoring: z
    .enum(SCORING_WAYS)
    .default('job')
    .describe(
      'job: the detector reads new logs and scores them; ingest: Elasticsearch scores each log as it is indexed, by an ingest pipeline, and the detector collects what it found',
    ),
  schedule: z
    .strictObject({
      interval: durationSchema.default('1m').describe('Pause between runs'),
      idle_interval: durationSchema
        .default('10m')
        .describe(
          'Longest pause between runs while no log comes: it grows to a quarter of the silence, and up to this',
        ),
      query_delay: durationSchema
        .default('30s')
        .describe('Distance from now at which a run stops, so that logs can arrive'),
      late_window: durationSchema
        .default('24h')
        .describe('A log that is indexed later than this after its timestamp is not scored'),
      quiet_time: durationSchema
        .optional()
        .describe('An incident is over after so long without an anomaly; default 30m'),
    })
    .prefault({}),
  entity_field: fieldName.optional().describe('Results are grouped by it: service, host, client'),
  entity_fields: z
    .array(fieldName)
    .min(1)
    .max(MOST_ENTITY_FIELDS)
    .refine((fields) => new Set(fields).size === fields.length, 'must name each field once')
    .optional()
    .describe(
      'Instead of entity_field: one to three fields, such as service.name and host.name, whose values together are what results are grouped by; one means the same as entity_field',
    ),
  patterns: patternSettingsSchema
    .optional()
    .describe('Counts what kinds of messages come, and finds those that are new, surge, drop or vanish'),
  copy_fields: z
    .enum(COPY_FIELDS)
    .optional()
    .describe(
      'Fields of logs that are copied into results; default all. all: context_fields and the fields of the features; chosen: context_fields alone; none: nothing but time, entity and where the log is',
    ),
  /** Log fields that a result carries along beside those of the features. */
  context_fields: z
    .array(fieldName)
    .max(50)
    .default([
      'message',
      'service.name',
      'host.name',
      'client.ip',
      'source.ip',
      'url.original',
      'url.path',
      'http.request.method',
      'http.response.status_code',
      'log.level',
      'user_agent.original',
    ]),
});

/** The whole configuration of a detector: one schema for files, command line, HTTP API and forms. */
export const detectorSchema = detectorSettings
  .overwrite(withOneEntitySetting)
  .overwrite(withBucketDefaults)
  .superRefine((detector, context) => {
    const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
    refuseMisfitsOfUnit(detector, refuse);
    if (detector.scoring === 'ingest') refuseMisfitsOfIngest(detector, refuse);
  });

type Refuse = (path: readonly (string | number)[], message: string) => void;
type Settings = z.infer<typeof detectorSettings>;

/** One field has one way of being stored, the one of version 0.1.0: models know their detector by a hash of its settings. */
function withOneEntitySetting(detector: Settings): Settings {
  const { entity_fields: fields, ...rest } = detector;
  if (fields?.length !== 1 || (rest.entity_field !== undefined && rest.entity_field !== fields[0]))
    return detector;
  return { ...rest, entity_field: fields[0] };
}

/** Fills in what a bucket detector leaves out: its settings, and all numbers of the row as features. */
function withBucketDefaults(detector: Settings): Settings {
  if (detector.unit !== 'bucket') return detector;
  const bucket = detector.bucket ?? bucketSchema.parse({});
  const { features, entity_field: own, entity_fields: several } = detector;
  // A session is its own entity.
  const named = own === undefined && several === undefined ? bucket.session?.field : undefined;
  const whole = { ...detector, bucket, ...(named !== undefined && { entity_field: named }) };
  const entityFields = entityFieldsOf(whole);
  if (features.length > 0 || entityFields.length === 0) return whole;
  const parsed = z.array(featureSchema).safeParse(defaultBucketFeatures(bucket, entityFields));
  return { ...whole, features: parsed.data ?? [] };
}

function refuseMisfitsOfUnit(detector: Settings, refuse: Refuse): void {
  const entityFields = entityFieldsOf(detector);
  if (detector.entity_field !== undefined && detector.entity_fields !== undefined) {
    refuse(
      ['entity_fields'],
      `cannot be given beside entity_field, which is ${detector.entity_field}; allowed: one of the two`,
    );
  }
  if (detector.features.length === 0 && !(detector.unit === 'bucket' && entityFields.length === 0)) {
    refuse(['features'], 'must name at least one feature');
  }
  detector.features.forEach(({ type, by }, i) => {
    if (type === 'event_counts' && detector.bucket?.events === undefined) {
      refuse(
        ['features', i, 'type'],
        'cannot be event_counts without bucket.events, which counts messages by template; allowed: the other types',
      );
    }
    if (type === 'deviation' && by === undefined) {
      refuse(
        ['features', i, 'by'],
        'must be given for type deviation: a field such as service.name, or a list from wide to narrow',
      );
    }
  });
  if (detector.unit === 'bucket' && detector.patterns !== undefined) {
    refuse(
      ['patterns'],
      'cannot be counted with unit: bucket, which reads numbers and no messages; allowed: unit: log',
    );
  }
  if (detector.unit === 'log') {
    if (detector.bucket !== undefined) refuse(['bucket'], 'is only for unit: bucket; unit is log');
    return;
  }
  const { bucket, source } = detector;
  if (entityFields.length === 0) {
    refuse(['entity_field'], 'must be given with unit: bucket, such as service.name or client.ip');
    return;
  }
  if (detector.scoring === 'ingest') {
    refuse(
      ['scoring'],
      'cannot be ingest with unit: bucket, since a pipeline sees one log at a time; allowed: job',
    );
  }
  const session = bucket?.session;
  if (session !== undefined) refuseMisfitsOfSession(detector, session, entityFields, refuse);
  const allowed = [...featureFieldsOf(bucket as BucketSettings), source.timestamp_field, ...entityFields];
  detector.features.forEach(({ field, by, type }, i) => {
    const isTime = type === 'hour_of_day' || type === 'day_of_week';
    if ((field === EVENTS_FIELD) !== (type === 'event_counts') && bucket?.events !== undefined) {
      refuse(
        ['features', i, field === EVENTS_FIELD ? 'type' : 'field'],
        `must be ${field === EVENTS_FIELD ? 'event_counts' : EVENTS_FIELD}: only features of type event_counts read ${EVENTS_FIELD}`,
      );
      return;
    }
    if (!allowed.includes(field) && !isTime) {
      refuse(['features', i, 'field'], `is not in a bucket row; allowed: ${allowed.join(', ')}`);
    }
    if (
      by !== undefined &&
      [by].flat().some((part) => typeof part !== 'string' || !entityFields.includes(part))
    ) {
      refuse(
        ['features', i, 'by'],
        entityFields.length === 1
          ? `must be the entity_field of a bucket detector, ${entityFields[0]}`
          : `must be of the entity_fields of a bucket detector; allowed: ${entityFields.join(', ')}`,
      );
    }
  });
}

/** Settings of a session that cannot be together, or are of rows for spans of time. */
function refuseMisfitsOfSession(
  { features }: Settings,
  session: NonNullable<BucketSettings['session']>,
  entityFields: readonly string[],
  refuse: Refuse,
): void {
  if (entityFields.length !== 1 || entityFields[0] !== session.field) {
    refuse(
      [entityFields.length > 1 ? 'entity_fields' : 'entity_field'],
      `must be left out with bucket.session, where each session is an entity of its own, or be bucket.session.field (got ${entityFields.join(', ')}); allowed: ${session.field}`,
    );
  }
  if (durationToMilliseconds(session.gap) > durationToMilliseconds(session.max_length)) {
    refuse(
      ['bucket', 'session', 'gap'],
      `must not be longer than bucket.session.max_length (got ${session.gap}); allowed: up to ${session.max_length}`,
    );
  }
  if (durationToMilliseconds(session.max_length) > DAY) {
    refuse(
      ['bucket', 'session', 'max_length'],
      `must be at most a day, since the logs of so much time are looked through again (got ${session.max_length}); allowed: up to 1d`,
    );
  }
  features.forEach(({ type, by }, i) => {
    if (by !== undefined) {
      refuse(
        ['features', i, 'by'],
        'cannot be given with bucket.session: a session has no earlier rows to be compared with; allowed: type number, without by',
      );
    } else if (type === 'deviation') {
      refuse(
        ['features', i, 'type'],
        'cannot be deviation with bucket.session: a session has no earlier rows to be compared with; allowed: number',
      );
    }
  });
}

/** Types that a pipeline cannot compute. */
const NOT_AT_INGEST: ReadonlySet<FeatureDefinition['type']> = new Set(['template']);

function refuseMisfitsOfIngest(detector: Settings, refuse: Refuse): void {
  if (detector.threshold.method === 'adaptive') {
    refuse(
      ['threshold', 'method'],
      'cannot be adaptive with scoring: ingest, where the pipeline holds the threshold; allowed: contamination, fixed',
    );
  }
  if (detector.forest.splits === 'extended') {
    refuse(['forest', 'splits'], 'cannot be extended with scoring: ingest; allowed: mixed, axis, fair_cut');
  }
  if (detector.patterns !== undefined) {
    refuse(
      ['patterns'],
      'cannot be counted with scoring: ingest, where Elasticsearch scores the logs and the detector reads only the anomalous ones; allowed: scoring: job',
    );
  }
  detector.features.forEach(({ type }, i) => {
    if (NOT_AT_INGEST.has(type)) {
      refuse(
        ['features', i, 'type'],
        `cannot be ${type} with scoring: ingest; allowed: the other types, or scoring: job`,
      );
    }
  });
}
export type Detector = z.infer<typeof detectorSchema>;
export type DetectorInput = z.input<typeof detectorSchema>;

export const parseDetector = (input: unknown): Detector => parseWith(detectorSchema, input, 'The detector');
