import { z } from 'zod';
import { FEATURE_TYPES, type FeatureType } from './feature_types';

export { FEATURE_TYPES, type FeatureType };

/** Sides of what is usual on which a value can be anomalous; what lies on the other side is ordinary. */
export const FEATURE_DIRECTIONS = ['auto', 'high', 'low', 'both'] as const;
export type FeatureDirection = Exclude<(typeof FEATURE_DIRECTIONS)[number], 'auto'>;

/** Units of numbers that people are shown in seconds, bytes or percent. */
export const VALUE_UNITS = [
  'ns',
  'us',
  'ms',
  's',
  'min',
  'h',
  'bytes',
  'kb',
  'mb',
  'gb',
  'percent',
  'share',
  'none',
] as const;
export type ValueUnit = (typeof VALUE_UNITS)[number];

/** Ways to read the numbers of a status or a level. */
export const SEVERITY_CODES = [
  'auto',
  'http',
  'grpc',
  'level',
  'syslog',
  'python',
  'java',
  'pino',
  'windows',
  'opentelemetry',
] as const;
export type SeverityCodes = Exclude<(typeof SEVERITY_CODES)[number], 'auto'>;

/** Name of an Elasticsearch field: no control characters, at most 512 characters, no leading underscore. */
export const fieldName = z
  .string()
  .min(1)
  .max(512)
  // eslint-disable-next-line no-control-regex
  .regex(/^[^_\u0000-\u001f*][^\u0000-\u001f*]*$/, 'must be a field name without wildcards');

/**
 * A part of what logs are grouped by or counted for: the value of a field, the route that it holds, its text with numbers and
 * ids masked, the network of the address that it holds, or, of the two ports of a connection, that of the service.
 */
const fieldPart = z.union([
  fieldName,
  z.strictObject({ route: fieldName }),
  z.strictObject({ masked: fieldName }),
  z.strictObject({ network: fieldName }),
  z.strictObject({ service_port: z.tuple([fieldName, fieldName]) }),
]);
export type FieldPart = z.infer<typeof fieldPart>;

/** A name and a bounded regular expression of what varies in messages. */
export const maskSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,29}$/, 'must be lower-case letters, digits and _, at most 30'),
  regex: z.string().min(1).max(200),
});

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
      .describe(
        'Weight of this feature relative to the others when the forest chooses a feature to split on; default by type',
      ),
    /** Only for type number. `auto` decides by the skew of the training sample. */
    scale: z.enum(['auto', 'linear', 'log1p']).default('auto'),
    /** Only for type category. `auto`: one-hot up to `one_hot_limit` values, rarity above. */
    encoding: z.enum(['auto', 'one_hot', 'rarity']).default('auto'),
    one_hot_limit: z.number().int().min(1).max(64).default(4),
    by: z
      .union([fieldName, z.array(fieldPart).min(1).max(4)])
      .optional()
      .describe(
        'Only for types deviation, severity, message_numbers and event_counts: each value of this field, such as a service, is compared with itself; or up to four from wide to narrow, where { route: url.original } stands for the path with its ids masked, { masked: message } for the text with its numbers and ids masked, { network: source.ip } for the network of an address, { service_port: [source.port, destination.port] } for the port of the service of a connection',
      ),
    fields: z
      .array(fieldPart)
      .min(2)
      .max(4)
      .optional()
      .describe(
        'Only for type combination: what goes together, such as user.name and host.name; { route: url.original } stands for the path with its ids masked, { masked: message } for the text with its numbers and ids masked, { network: source.ip } for the network of an address, { service_port: [source.port, destination.port] } for the port of the service of a connection',
      ),
    masked: z
      .union([z.boolean(), z.literal('agent')])
      .optional()
      .describe(
        'Only for type category: numbers, versions and ids within the value are masked, so that all versions of a browser are one value; agent: of a user agent the names of the programs are left, without versions, devices and systems',
      ),
    method: fieldName
      .optional()
      .describe('Only for type route: the field with the method, which makes part of the route'),
    direction: z
      .enum(FEATURE_DIRECTIONS)
      .optional()
      .describe(
        'Only for types number, deviation, message_numbers and text: on which side of what is usual a value, of a text its length, can be anomalous; auto, the default, goes by the name of the field: durations, sizes and errors high, the others, and texts, both',
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
      .array(maskSchema)
      .max(16)
      .optional()
      .describe(
        'Only for type template: names and bounded regular expressions of what varies in messages; a match becomes <name>',
      ),
    templates: z
      .number()
      .int()
      .min(2)
      .max(50)
      .optional()
      .describe(
        'Only for type event_counts: most frequent templates that are columns of their own; default 50, all others together',
      ),
    /** Characters of a text or message that are looked at. */
    max_length: z.number().int().min(16).max(65_536).default(2_048),
  })
  .describe('One property of a log that the forest looks at');

/** Feature types of the settings that 0.1.0 did not have: on other types they are refused, not ignored. */
const TYPES_OF_SETTING = {
  fields: ['combination'],
  masked: ['category'],
  method: ['route'],
  direction: ['number', 'deviation', 'message_numbers', 'text'],
  masks: ['template'],
  templates: ['event_counts'],
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
  by: ['deviation', 'severity', 'message_numbers', 'event_counts'],
  tolerance: ['deviation'],
  time_zone: ['hour_of_day', 'day_of_week', 'deviation'],
  patterns: ['text'],
  max_length: ['text', 'template', 'attack_signs', 'message_numbers'],
};

/** @returns true for a setting that features of this type look at */
export const hasSetting = (type: FeatureDefinition['type'], setting: string): boolean =>
  COMMON_SETTINGS.includes(setting) ||
  ({ ...OLDER_SETTINGS, ...TYPES_OF_SETTING } as Readonly<Record<string, readonly string[]>>)[
    setting
  ]?.includes(type);

/** Returns the fields of the logs that a part reads. */
export function fieldsOfPart(part: FieldPart): readonly [string, ...string[]] {
  if (typeof part === 'string') return [part];
  if ('service_port' in part) return part.service_port;
  return ['route' in part ? part.route : 'masked' in part ? part.masked : part.network];
}

/** Returns the field of the logs that a part reads, or the first of them. */
export const fieldOfPart = (part: FieldPart): string => fieldsOfPart(part)[0];

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
 * Weights of feature types relative to each other. A text holds several independent properties (length,
 * characters, signs of attack); the time of day is rarely anomalous by itself.
 */
export const DEFAULT_WEIGHTS: Readonly<Record<FeatureDefinition['type'], number>> = {
  event_counts: 5,
  text: 5,
  number: 2,
  template: 2,
  deviation: 1,
  message_numbers: 1,
  severity: 1,
  route: 1,
  attack_signs: 1,
  combination: 1,
  category: 1,
  hour_of_day: 0.25,
  day_of_week: 0.25,
};

/**
 * Weight of a severity that is compared with all logs, twice that of a number that is: the far end of a number is ordinary for
 * requests of one kind or another, while a status says by itself that something failed. Within groups both weigh 1.
 */
const SEVERITY_OF_ALL_LOGS = 4;

/** @returns the feature's weight, shared by all of its columns */
export const weightOf = ({ weight, type, by }: FeatureDefinition): number =>
  weight ?? (type === 'severity' && by === undefined ? SEVERITY_OF_ALL_LOGS : DEFAULT_WEIGHTS[type]);
