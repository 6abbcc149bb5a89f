import { z } from 'zod';
import { changeExplanationSchema, changeSpansSchema } from '../changes/explanation_schema';
import { detectorParams, timeSchema } from '../parameters';
import { API_ROOT, endpoint } from './endpoint';
import { VALUE_UNITS } from '../detector/feature_schema';
import { attributionSchema, resultIdSchema, severitySchema } from './results';

/** Each part is found out by itself: it has either its value or why there is none. */
const part = <Value extends z.ZodType>(value: Value) =>
  z.object({
    value: value.optional(),
    failure: z
      .object({ code: z.string().describe('Such as forbidden'), message: z.string() })
      .optional()
      .describe('Reason why there is no value'),
  });

const neighbourSchema = z.object({
  time: z.string(),
  id: z.string().describe('Of the log, or of the result'),
  log: z.looseObject({}).describe('Message, context fields and fields of features'),
});

export const evidenceEndpoints = {
  getEvidence: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/{result_id}/_evidence`,
    summary:
      'What a result is judged by: how often such a log comes, what stands around it, and how results like it were judged; what takes the right to read the logs says so by itself',
    privilege: 'read',
    cost: 'search',
    params: z.strictObject({ result_id: resultIdSchema }),
    response: z.object({
      pattern: part(
        z.object({
          pattern: z.string().describe('The message with its variable parts masked'),
          of: z
            .enum(['logs', 'results'])
            .describe('Unit of the counts: results where the logs have no such message'),
          from: z.string().describe('Nothing before this was looked at'),
          count: z.number(),
          first_seen: z.string().optional(),
          last_seen: z.string().optional(),
          complete: z.boolean().describe('False when the cluster ran out of time: then there may be more'),
        }),
      ),
      neighbours: part(
        z.object({
          of: z.enum(['logs', 'results']).describe('Results where the result itself stands for many logs'),
          before: z.array(neighbourSchema).describe('At most 5, oldest first'),
          after: z.array(neighbourSchema).describe('At most 5, oldest first'),
        }),
      ),
      similar: part(
        z.object({
          total: z.number(),
          judged: z.object({ real: z.number(), not_an_anomaly: z.number(), unjudged: z.number() }),
          results: z
            .array(
              z.object({
                id: z.string(),
                time: z.string(),
                score: z.number(),
                confidence: z.number(),
                entity: z.string().optional(),
                reason: z.string(),
                attribution: z.array(attributionSchema),
                alike: z
                  .enum(['pattern', 'feature'])
                  .describe('Same pattern, or else the same feature standing out in the same entity'),
                suppressed: z.boolean(),
                verdict: z.enum(['real', 'not_an_anomaly']).optional(),
              }),
            )
            .describe('At most 10; those of the same pattern first, then the newest'),
        }),
      ),
    }),
  }),
  explainChange: endpoint({
    method: 'get',
    path: `${API_ROOT}/detectors/{id}/_explain_change`,
    summary:
      'What explains a change: field values, message patterns and numbers of the logs of a time that are not as in the time before, read with the rights of the caller',
    privilege: 'read',
    cost: 'search',
    params: detectorParams,
    query: changeSpansSchema,
    response: changeExplanationSchema,
  }),
  getValueOverTime: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/{result_id}/_values`,
    summary:
      'A number that a result is explained by, over time, with what is usual and the anomalies: of its entity and group, read with the rights of the caller',
    privilege: 'read',
    cost: 'search',
    params: z.strictObject({ result_id: resultIdSchema }),
    query: z.strictObject({
      feature: z.string().max(200).optional().describe('Default: the numeric feature with the largest share'),
      from: timeSchema.optional().describe('Default: six hours before the result'),
      to: timeSchema.optional().describe('Default: six hours after it, at most now'),
      buckets: z.coerce.number().int().min(1).max(500).default(100),
    }),
    response: z.object({
      feature: z.string(),
      field: z.string(),
      unit: z.enum(VALUE_UNITS),
      of: z.enum(['logs', 'buckets']).describe('A point sums up logs, or is a bucket of the detector'),
      within: z
        .array(z.object({ field: z.string(), value: z.string() }))
        .describe('Entity and group that the logs are of'),
      interval_ms: z.number(),
      points: z.array(
        z.object({
          time: z.string(),
          logs: z.number(),
          median: z.number().nullable(),
          min: z.number().nullable(),
          max: z.number().nullable(),
          usual: z.object({ low: z.number(), high: z.number() }).nullable(),
        }),
      ),
      anomalies: z
        .array(z.object({ id: z.string(), time: z.string(), value: z.number(), severity: severitySchema }))
        .describe('Results of the entity and group in this time, of the 200 most severe of the entity'),
    }),
  }),
};
