import { z } from 'zod';
import { bucketFields, defaultBucketFeatures } from './buckets/bucket_fields';
import { FEATURE_DIRECTIONS, FEATURE_TYPES, SEVERITY_CODES, VALUE_UNITS } from './log_features/types';
import { SPLIT_METHODS, TRAINERS } from './isolation_forest/types';
import { DetectionError } from './detection_error';
import { durationSchema, durationToMilliseconds } from './duration';
import { DEEPEST_JSON, isNestedTooDeeply } from './json_values';
import { printable } from './printable';
import { driftSettingsSchema, olderLogsSchema, promotionSettingsSchema } from './upkeep_settings';

export { durationSchema, durationToMilliseconds };

/** How much of a log its result may repeat, for readers of results who may not read the logs. */
export const COPY_FIELDS = ['all', 'chosen', 'none'] as const;

/** Name of an Elasticsearch field: no control characters, at most 512 characters, no leading underscore. */
const fieldName = z
  .string()
  .min(1)
  .max(512)
  // eslint-disable-next-line no-control-regex
  .regex(/^[^_\u0000-\u001f*][^\u0000-\u001f*]*$/, 'must be a field name without wildcards');

/** A part of what logs are grouped by or counted for: the value of a field, or the route that it holds. */
const fieldPart = z.union([fieldName, z.strictObject({ route: fieldName })]);
export type FieldPart = z.infer<typeof fieldPart>;

const featureSettings = z
  .strictObject({
    type: z.enum(FEATURE_TYPES),
    field: z
      .string()
      .max(512)
      // eslint-disable-next-line no-control-regex
      .regex(/^$|^[^_\u0000-\u001f*][^\u0000-\u001f*]*$/, 'must be a field name without wildcards')
      .default('')
      .describe('Must be given; for type combination it follows from fields'),
    name: z.string().min(1).max(100).optional().describe('Shown to people; default: the field name'),
    weight: z
      .number()
      .min(0.01)
      .max(100)
      .optional()
      .describe('How often the forest looks at this feature beside the others; default by type'),
    /** Only for type number. `auto` decides by the skew of the training sample. */
    scale: z.enum(['auto', 'linear', 'log1p']).default('auto'),
    /** Only for type category. `auto`: one-hot up to `one_hot_limit` values, rarity above. */
    encoding: z.enum(['auto', 'one_hot', 'rarity']).default('auto'),
    one_hot_limit: z.number().int().min(1).max(64).default(4),
    by: z
      .union([fieldName, z.array(fieldPart).min(1).max(4)])
      .optional()
      .describe(
        'Only for types deviation and severity: each value of this field, such as a service, is compared with itself; or up to four from wide to narrow, where { route: url.original } stands for the path with its ids masked',
      ),
    fields: z
      .array(fieldPart)
      .min(2)
      .max(4)
      .optional()
      .describe(
        'Only for type combination: what goes together, such as user.name and host.name; { route: url.original } stands for the path with its ids masked',
      ),
    method: fieldName
      .optional()
      .describe('Only for type route: the field with the method, which makes part of the route'),
    direction: z
      .enum(FEATURE_DIRECTIONS)
      .optional()
      .describe(
        'Only for types number, deviation and text: on which side of what is usual a value, of a text its length, can be anomalous; auto, the default, goes by the name of the field: durations, sizes and errors high, the others, and texts, both',
      ),
    ignore_below: z
      .number()
      .min(-1e15)
      .max(1e15)
      .optional()
      .describe(
        'Only for types number and deviation: what is less than this, in the unit of the field, is ordinary',
      ),
    ignore_within_percent: z
      .number()
      .min(0)
      .max(1e6)
      .optional()
      .describe(
        'Only for types number and deviation: what differs by less than so many percent from what is usual is ordinary',
      ),
    unit: z
      .enum(VALUE_UNITS)
      .optional()
      .describe(
        'Only for types number and deviation: the unit of the field, for what people read; by default it goes by the name of the field',
      ),
    codes: z
      .enum(SEVERITY_CODES)
      .optional()
      .describe(
        'Only for type severity: how numbers are read; auto, the default, goes by the field and its values',
      ),
    tolerance: z
      .number()
      .min(0)
      .max(1e15)
      .optional()
      .describe(
        'Only for type deviation: a difference of this size, in the unit of the field, is never unusual',
      ),
    /** Only for type hour_of_day, day_of_week and deviation: an IANA time zone. */
    time_zone: z.string().max(64).default('UTC'),
    /** Only for type text: names and bounded regular expressions that are counted as columns of their own. */
    patterns: z
      .array(z.strictObject({ name: z.string().min(1).max(50), regex: z.string().min(1).max(200) }))
      .max(16)
      .default([]),
    masks: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[a-z][a-z0-9_]{0,29}$/, 'must be lower-case letters, digits and _, at most 30'),
          regex: z.string().min(1).max(200),
        }),
      )
      .max(16)
      .optional()
      .describe(
        'Only for type template: names and bounded regular expressions of what varies in messages; a match becomes <name>',
      ),
    /** Characters of a text or message that are looked at. */
    max_length: z.number().int().min(16).max(65_536).default(2_048),
  })
  .describe('One property of a log that the forest looks at');

/** Where settings that 0.1.0 did not have belong: elsewhere they are refused, not ignored. */
const TYPES_OF_SETTING = {
  fields: ['combination'],
  method: ['route'],
  direction: ['number', 'deviation', 'text'],
  masks: ['template'],
  ignore_below: ['number', 'deviation'],
  ignore_within_percent: ['number', 'deviation'],
  unit: ['number', 'deviation'],
  codes: ['severity'],
} as const satisfies Partial<
  Record<keyof z.infer<typeof featureSettings>, readonly (typeof FEATURE_TYPES)[number][]>
>;

/** Settings that every type has. */
const COMMON_SETTINGS: readonly string[] = ['type', 'field', 'name', 'weight'];
/** Those of 0.1.0: other types do not look at them. */
const OLDER_SETTINGS: Readonly<Record<string, readonly FeatureDefinition['type'][]>> = {
  scale: ['number', 'deviation'],
  encoding: ['category'],
  one_hot_limit: ['category'],
  by: ['deviation', 'severity'],
  tolerance: ['deviation'],
  time_zone: ['hour_of_day', 'day_of_week', 'deviation'],
  patterns: ['text'],
  max_length: ['text', 'template', 'attack_signs'],
};

/** @returns true for a setting that features of this type look at */
export const hasSetting = (type: FeatureDefinition['type'], setting: string): boolean =>
  COMMON_SETTINGS.includes(setting) ||
  ({ ...OLDER_SETTINGS, ...TYPES_OF_SETTING } as Readonly<Record<string, readonly string[]>>)[
    setting
  ]?.includes(type);

/** The field of the logs that a part reads. */
export const fieldOfPart = (part: FieldPart): string => (typeof part === 'string' ? part : part.route);

export const featureSchema = featureSettings
  .overwrite((feature) =>
    feature.type === 'combination' && feature.field === '' && feature.fields !== undefined
      ? { ...feature, field: fieldOfPart(feature.fields[0]) }
      : feature,
  )
  .superRefine((feature, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (feature.type === 'combination' && feature.fields === undefined) {
      refuse(
        'fields',
        'must be given for type combination: two to four fields, such as [user.name, host.name]',
      );
    } else if (feature.field === '') {
      refuse('field', 'must be given: the field of the logs that is read');
    }
    for (const [setting, types] of Object.entries(TYPES_OF_SETTING)) {
      if (feature[setting as keyof typeof TYPES_OF_SETTING] === undefined) continue;
      if (!(types as readonly string[]).includes(feature.type)) {
        refuse(setting, `is only for type ${types.join(', ')}; type is ${feature.type}`);
      }
    }
  });
export type FeatureDefinition = z.infer<typeof featureSchema>;

/**
 * How often the forest looks at a feature beside the others. A text holds several independent properties (length,
 * characters, signs of attack); the time of day is rarely anomalous by itself.
 */
export const DEFAULT_WEIGHTS: Readonly<Record<FeatureDefinition['type'], number>> = {
  text: 5,
  number: 2,
  template: 2,
  deviation: 1,
  severity: 1,
  route: 1,
  attack_signs: 1,
  combination: 1,
  category: 1,
  hour_of_day: 0.25,
  day_of_week: 0.25,
};

/** @returns the feature's weight, shared by all of its columns */
export const weightOf = ({ weight, type }: FeatureDefinition): number => weight ?? DEFAULT_WEIGHTS[type];

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

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const thresholdSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('contamination'),
    contamination: z
      .number()
      .gt(0)
      .max(0.5)
      .default(0.01)
      .describe('Share of training logs to call anomalous'),
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
    time_zone: z
      .string()
      .max(64)
      .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin or UTC')
      .optional()
      .describe(
        'Zone of the hours whose rhythm the threshold follows, such as those of a nightly batch; default: that of the first feature with one, else UTC',
      ),
  }),
]);

/** What one row of the matrix stands for. */
export const UNITS = ['log', 'bucket'] as const;

/** Names and fields of log values; the names end up in those of the row. */
const namedFields = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a name of lower-case letters, digits and _'),
    fieldName,
  )
  .refine((fields) => Object.keys(fields).length <= 8, 'must be at most 8');

export const bucketSchema = z
  .strictObject({
    span: durationSchema
      .default('5m')
      .describe('Length of a bucket; buckets begin at whole multiples of it in UTC'),
    errors: z
      .union([z.string().min(1).max(4_096), z.record(z.string(), z.unknown())])
      .default('http.response.status_code:>=500')
      .describe('Which logs are errors: Lucene query string or query DSL'),
    latency: fieldName.optional().describe('Number field whose median and 95th percentile are taken'),
    distinct: namedFields
      .default({})
      .describe('name: field, at most 8; the number of different values, as bucket.distinct_<name>'),
    rare: namedFields
      .default({})
      .describe(
        'name: keyword field, at most 8; the number of logs whose value is rare in the training window, as bucket.rare_<name>',
      ),
    silence: z
      .boolean()
      .default(true)
      .describe('Whether a known entity without logs makes a row with the count 0'),
    look_back: durationSchema
      .default('1d')
      .describe(
        'An entity stays known for so long after its last log; rare values are learned again as often',
      ),
    max_entities: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1_000)
      .describe('A run with more entities is refused: they bound what leaves the cluster'),
  })
  .describe('Only with unit: bucket');

/** Where logs are scored. */
export const SCORING_WAYS = ['job', 'ingest'] as const;

const detectorSettings = z.strictObject({
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).default(''),
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
        .describe(
          'Whether the forest is re-weighted by what people said of results, once there are ten verdicts',
        ),
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
        .describe('How far behind now a run stops, so that logs can arrive'),
      late_window: durationSchema
        .default('24h')
        .describe('A log that is indexed later than this after its timestamp is not scored'),
    })
    .prefault({}),
  entity_field: fieldName.optional().describe('Results are grouped by it: service, host, client'),
  copy_fields: z
    .enum(COPY_FIELDS)
    .optional()
    .describe(
      'What results copy of their logs; default all. all: context_fields and the fields of the features; chosen: context_fields alone; none: nothing but time, entity and where the log is',
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
  .overwrite(withBucketDefaults)
  .superRefine((detector, context) => {
    const refuse: Refuse = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
    refuseMisfitsOfUnit(detector, refuse);
    if (detector.scoring === 'ingest') refuseMisfitsOfIngest(detector, refuse);
  });

type Refuse = (path: readonly (string | number)[], message: string) => void;
type Settings = z.infer<typeof detectorSettings>;

/** Fills in what a bucket detector leaves out: its settings, and all numbers of the row as features. */
function withBucketDefaults(detector: Settings): Settings {
  if (detector.unit !== 'bucket') return detector;
  const bucket = detector.bucket ?? bucketSchema.parse({});
  const { entity_field: entityField, features } = detector;
  if (features.length > 0 || entityField === undefined) return { ...detector, bucket };
  const parsed = z.array(featureSchema).safeParse(defaultBucketFeatures(bucket, entityField));
  return { ...detector, bucket, features: parsed.data ?? [] };
}

function refuseMisfitsOfUnit(detector: Settings, refuse: Refuse): void {
  if (
    detector.features.length === 0 &&
    !(detector.unit === 'bucket' && detector.entity_field === undefined)
  ) {
    refuse(['features'], 'must name at least one feature');
  }
  detector.features.forEach(({ type, by }, i) => {
    if (type === 'deviation' && by === undefined) {
      refuse(
        ['features', i, 'by'],
        'must be given for type deviation: a field such as service.name, or a list from wide to narrow',
      );
    }
  });
  if (detector.unit === 'log') {
    if (detector.bucket !== undefined) refuse(['bucket'], 'is only for unit: bucket; unit is log');
    return;
  }
  const { entity_field: entityField, bucket, source } = detector;
  if (entityField === undefined) {
    refuse(['entity_field'], 'must be given with unit: bucket, such as service.name or client.ip');
    return;
  }
  if (detector.scoring === 'ingest') {
    refuse(
      ['scoring'],
      'cannot be ingest with unit: bucket, since a pipeline sees one log at a time; allowed: job',
    );
  }
  const allowed = [
    ...bucketFields(bucket as z.infer<typeof bucketSchema>).map(({ field }) => field),
    source.timestamp_field,
    entityField,
  ];
  detector.features.forEach(({ field, by, type }, i) => {
    const isTime = type === 'hour_of_day' || type === 'day_of_week';
    if (!allowed.includes(field) && !isTime) {
      refuse(['features', i, 'field'], `is not in a bucket row; allowed: ${allowed.join(', ')}`);
    }
    if (by !== undefined && [by].flat().some((part) => part !== entityField)) {
      refuse(['features', i, 'by'], `must be the entity_field of a bucket detector, ${entityField}`);
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

/** Settings whose values are never shown. */
const SECRET_SETTING = /password|passwd|secret|token|webhook|api_?key|smtp_server/i;

/** Problems that are told one by one; more are counted. */
const SHOWN_ISSUES = 50;
const SHOWN_CHARACTERS = 120;
const SHOWN_ITEMS = 30;
const SHOWN_LEVELS = 8;
const LONGEST_PATH = 1_000;

/** The first of a value that may be of any size. */
function beginningOf(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, SHOWN_CHARACTERS);
  if (value === null || typeof value !== 'object') return value;
  if (levels === 0) return Array.isArray(value) ? [] : {};
  if (Array.isArray(value)) return value.slice(0, SHOWN_ITEMS).map((item) => beginningOf(item, levels - 1));
  const names = Object.keys(value).slice(0, SHOWN_ITEMS);
  return Object.fromEntries(
    names.map((name) => [name, beginningOf((value as Record<string, unknown>)[name], levels - 1)]),
  );
}

/** What was given, as JSON on one line with nothing in it that is not seen. */
const shownValue = (value: unknown): string | undefined =>
  value === undefined
    ? undefined
    : printable(JSON.stringify(beginningOf(value, SHOWN_LEVELS)) ?? String(value), SHOWN_CHARACTERS);

/**
 * @param input what was checked; where it may hold the values of secrets under other names it is left out, and no value is shown
 * @returns one line for each problem: the path of the setting, what was given and what is allowed
 */
export function describeZodIssues(error: z.ZodError, input?: unknown): string[] {
  const more = error.issues.length - SHOWN_ISSUES;
  const told = error.issues.slice(0, SHOWN_ISSUES).map((issue) => {
    const path = printable(issue.path.map(String).join('.'), LONGEST_PATH) || '(root)';
    const value = issue.path.reduce<unknown>(
      (node, key) =>
        node !== null && typeof node === 'object' ? (node as Record<PropertyKey, unknown>)[key] : undefined,
      input,
    );
    const text = shownValue(value);
    const isSecret =
      SECRET_SETTING.test(path) || (typeof value === 'object' && SECRET_SETTING.test(text ?? ''));
    const shown = text === undefined || isSecret ? '' : ` (got ${text})`;
    return `${path}: ${printable(issue.message, LONGEST_PATH)}${shown}`;
  });
  return more > 0 ? [...told, `and ${more} problems more`] : told;
}

/**
 * Checks untrusted input and fills in the defaults.
 *
 * @throws DetectionError `invalid_input`, with `details.issues` holding one line for each problem
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  if (isNestedTooDeeply(input)) {
    throw new DetectionError('invalid_input', `${what} is nested more than ${DEEPEST_JSON} levels deep`);
  }
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = describeZodIssues(parsed.error, input);
  throw new DetectionError('invalid_input', `${what} is not valid: ${issues.join('; ')}`, {
    details: { issues },
  });
}

/**
 * Checks settings of a file in which a value may stand for a secret, such as `"${PASSWORD}"`: no value is repeated.
 *
 * @throws DetectionError `invalid_input` naming the setting and what is allowed
 */
export function parseSettings<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = describeZodIssues(parsed.error);
  throw new DetectionError('invalid_input', `${what} is not valid: ${issues.join('; ')}`, {
    details: { issues },
  });
}

export const parseDetector = (input: unknown): Detector => parseWith(detectorSchema, input, 'The detector');
