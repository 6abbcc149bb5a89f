import { z } from 'zod';
import { durationSchema } from '../duration';
import { fieldName, maskSchema } from './feature_schema';

/** Names and fields of log values; the names end up in those of the row. */
const namedFields = z
  .record(
    z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be a name of lower-case letters, digits and _'),
    fieldName,
  )
  .refine((fields) => Object.keys(fields).length <= 8, 'must be at most 8');

/** Templates with a column of their own, at most and where nothing is said; the others are counted together. */
export const MOST_EVENT_COLUMNS = 50;
/** A session that says nothing of it ends after so long without a log, and is judged by so much of it at most. */
export const SESSION_DEFAULTS = { gap: '5m', max_length: '1h' } as const;

/** Kinds of messages that are counted in each row. */
const eventsSchema = z
  .strictObject({
    field: fieldName.describe('Field with the message; its numbers and ids are masked'),
    templates: z
      .number()
      .int()
      .min(2)
      .max(MOST_EVENT_COLUMNS)
      .optional()
      .describe('Most frequent templates that are columns, default 50; all others are counted together'),
    masks: z
      .array(maskSchema)
      .max(16)
      .optional()
      .describe(
        'Names and bounded regular expressions of what varies in messages beside numbers and ids; a match becomes <name>',
      ),
  })
  .describe('Counts the messages of a row by their template: bucket.events');

/** Rows of sessions instead of spans of time. */
const sessionSchema = z
  .strictObject({
    field: fieldName.describe('Keyword field with the id of a session: a trace, request, block or order'),
    gap: durationSchema
      .default(SESSION_DEFAULTS.gap)
      .describe(
        'A session is over after so long without a log of it; a later log of that id begins another one',
      ),
    max_length: durationSchema
      .default(SESSION_DEFAULTS.max_length)
      .describe(
        'A session that goes on for longer is judged by its logs up to then; what follows is left out',
      ),
  })
  .describe('A row is a session, not a span of time: all logs with one id up to a silence');

export const bucketSchema = z
  .strictObject({
    span: durationSchema
      .default('5m')
      .describe('Length of a bucket; buckets begin at whole multiples of it in UTC'),
    errors: z
      .union([z.string().min(1).max(4_096), z.record(z.string(), z.unknown())])
      .default('http.response.status_code:>=500')
      .describe('Query that selects the logs that are errors: Lucene query string or query DSL'),
    failures: z
      .union([z.string().min(1).max(4_096), z.record(z.string(), z.unknown())])
      .optional()
      .describe(
        'Query that selects the logs that failed, whoever is to blame, such as http.response.status_code:>=400; their share is bucket.failure_share',
      ),
    latency: fieldName.optional().describe('Number field whose median and 95th percentile are taken'),
    distinct: namedFields
      .default({})
      .describe(
        'name: field, at most 8; the number of different values, as bucket.distinct_<name>, and of logs for each of them, as bucket.per_<name>',
      ),
    rare: namedFields
      .default({})
      .describe(
        'name: keyword field, at most 8; the number of logs whose value is rare in the training window, as bucket.rare_<name>',
      ),
    events: eventsSchema.optional(),
    session: sessionSchema.optional(),
    silence: z
      .boolean()
      .default(true)
      .describe('If true, a known entity without logs makes a row with the count 0'),
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
      .describe(
        'Places for entities, which bound what leaves the cluster: of more the most anomalous and the busiest are kept, and the status says what was left out; with session: sessions that end in one minute, of more a uniform choice',
      ),
  })
  .describe('Only with unit: bucket');

export type BucketSettings = z.infer<typeof bucketSchema>;
