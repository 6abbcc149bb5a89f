import { z } from 'zod';
import { durationSchema } from '../duration';
import { fieldName } from './feature_schema';

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
        'Places for entities, which bound what leaves the cluster: of more the most anomalous and the busiest are kept, and the status says what was left out',
      ),
  })
  .describe('Only with unit: bucket');

export type BucketSettings = z.infer<typeof bucketSchema>;
