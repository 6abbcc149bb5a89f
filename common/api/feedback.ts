import { z } from 'zod';
import { FEEDBACK_SCOPES } from '../suppressions/feedback_scope';
import { suppressionSchema } from '../suppressions/suppression';
import { API_ROOT, endpoint } from './endpoint';
import { detectorParams, timeSchema } from '../parameters';
import { acceptSchema, replaySchema } from './suppressions';

const sourceSchema = z.strictObject({ index: z.string().min(1).max(255), id: z.string().min(1).max(512) });

const feedbackSchema = z.object({
  detector_id: z.string(),
  source: sourceSchema,
  verdict: z.enum(['real', 'not_an_anomaly']),
  scope: z
    .enum(FEEDBACK_SCOPES)
    .optional()
    .describe('Scope of not_an_anomaly; combination: pattern, entity and top feature together'),
  comment: z.string().optional(),
  expires_at: z.string().optional(),
  judged: z
    .object({
      time: z.string().optional(),
      confidence: z.number().optional(),
      pattern: z.string().optional(),
      entity: z.string().optional(),
      top_feature: z.string().optional(),
    })
    .optional()
    .describe('The result as it was then'),
  suppression_id: z
    .string()
    .optional()
    .describe('Suppression that hides the results; absent for a single log'),
  by: z.string().optional(),
  at: z.string(),
});

const contradictionSchema = z.object({
  pattern: z.string(),
  real: z.array(feedbackSchema),
  not_an_anomaly: z.array(feedbackSchema),
});

const FEEDBACK = `${API_ROOT}/detectors/{id}/feedback`;

const scopeSchema = z
  .enum(FEEDBACK_SCOPES)
  .default('one')
  .describe('Scope of not_an_anomaly; real applies to its result alone');
const expirySchema = timeSchema
  .transform((time) => new Date(time).toISOString())
  .optional()
  .describe('Logs from then on are not hidden; scope entity must have it, at most 365 days ahead');

export const feedbackEndpoints = {
  listFeedback: endpoint({
    method: 'get',
    path: FEEDBACK,
    summary: 'What people said of the results of a detector, and where they contradict each other',
    privilege: 'read',
    params: detectorParams,
    response: z.object({
      feedback: z.array(feedbackSchema),
      contradictions: z
        .array(contradictionSchema)
        .describe('Results of one pattern that were judged both ways'),
    }),
  }),
  previewFeedback: endpoint({
    method: 'post',
    path: `${FEEDBACK}/_preview`,
    summary: 'What "not an anomaly" of some scope would have changed in the last 30 days; nothing is saved',
    privilege: 'read',
    cost: 'search',
    params: detectorParams,
    body: z.strictObject({ source: sourceSchema, scope: scopeSchema, expires_at: expirySchema }),
    response: replaySchema.extend({ suppression: suppressionSchema }),
  }),
  saveFeedback: endpoint({
    method: 'put',
    path: FEEDBACK,
    summary: 'Say of a result whether it is real; not_an_anomaly hides it and what its scope reaches',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    body: z.strictObject({
      source: sourceSchema,
      verdict: z.enum(['real', 'not_an_anomaly']),
      scope: scopeSchema,
      expires_at: expirySchema,
      comment: z.string().max(2_000).optional(),
      accept: acceptSchema,
    }),
    response: feedbackSchema.extend({
      hidden: z.number().describe('Results hidden now'),
      shown: z.number().describe('Results shown again, where it replaces an earlier verdict'),
      contradictions: z.array(contradictionSchema),
    }),
  }),
  removeFeedback: endpoint({
    method: 'delete',
    path: FEEDBACK,
    summary: 'Take back what was said of a result, and what it hides',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    query: sourceSchema,
    response: z.object({ acknowledged: z.literal(true), shown: z.number() }),
  }),
};
