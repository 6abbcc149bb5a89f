import { z } from 'zod';
import { CONSEQUENCES } from '../suppressions/limits';
import { suppressionDraftSchema, suppressionSchema } from '../suppressions/suppression';
import { API_ROOT, endpoint } from './endpoint';
import { daysSchema } from './alerts';
import { detectorIdSchema } from '../parameters';
import { foundResultSchema } from './results';

export const acceptSchema = z
  .array(z.enum(CONSEQUENCES))
  .max(CONSEQUENCES.length)
  .default([])
  .describe('Consequences that are known and wanted; without them what has any is refused');

/** Effect that a suppression would have had in the last 30 days, counted over the stored results. */
export const replaySchema = z.object({
  from: z.string(),
  to: z.string(),
  results: z.object({
    before: z.number().describe('Shown now'),
    after: z.number(),
    hidden: z.number().describe('Of those shown now: as many are marked when it is applied'),
  }),
  alerts: z.object({ before: z.number(), after: z.number() }),
  days_with_logs: daysSchema,
  complete: z.boolean().describe('False where alerts of the largest groups alone were counted'),
  days: z
    .array(
      z.object({
        time: z.string(),
        alerts_before: z.number(),
        alerts_after: z.number(),
        results_before: z.number(),
        results_after: z.number(),
      }),
    )
    .describe('24 hours each, oldest first'),
  confirmed_hidden: z
    .object({ total: z.number(), results: z.array(foundResultSchema) })
    .describe('Results that somebody called real and that it would hide; at most 20 are listed'),
  contradictions: z
    .array(z.object({ pattern: z.string(), real: z.number(), not_an_anomaly: z.number() }))
    .describe('Patterns it would hide something of, and how they were judged before'),
  consequences: z
    .array(z.enum(CONSEQUENCES))
    .describe('Consequences that have to be accepted before it is applied'),
  refused: z.string().optional().describe('The limit that stands in the way, whatever is accepted'),
});
export type ReplayBody = z.output<typeof replaySchema>;

const listedSuppressionSchema = suppressionSchema.extend({
  expired: z.boolean(),
  hidden: z.number().describe('Stored results that it hides'),
  next: z
    .array(z.object({ from: z.string(), to: z.string() }))
    .describe(
      'Of one with a schedule: its windows of the next 30 days, at most 5, the one that holds now among them',
    ),
});
export type SuppressionBody = z.output<typeof listedSuppressionSchema>;

const SUPPRESSIONS = `${API_ROOT}/suppressions`;
const suppressionParams = z.strictObject({
  suppression_id: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be the id of a suppression'),
});

export const suppressionEndpoints = {
  listSuppressions: endpoint({
    method: 'get',
    path: SUPPRESSIONS,
    summary:
      'What hides results of this space: feedback, mutes, quiet times; the text of a calendar is cut to 200 characters unless asked for',
    privilege: 'read',
    cost: 'search',
    query: z.strictObject({
      detector_id: detectorIdSchema.optional().describe('Only what applies to this detector'),
      origin: z.enum(['feedback', 'mute', 'calendar']).optional(),
      calendars: z
        .enum(['short', 'whole'])
        .default('short')
        .describe('whole: the text of calendars is not cut'),
    }),
    response: z.object({ suppressions: z.array(listedSuppressionSchema) }),
  }),
  previewSuppression: endpoint({
    method: 'post',
    path: `${SUPPRESSIONS}/_preview`,
    summary: 'What a mute or a quiet time would have changed in the last 30 days; nothing is saved',
    privilege: 'read',
    cost: 'search',
    body: z.strictObject({ suppression: suppressionDraftSchema }),
    response: replaySchema,
  }),
  addSuppression: endpoint({
    method: 'post',
    path: SUPPRESSIONS,
    summary: 'Add a mute or a quiet time: results of the last 30 days and all later ones are hidden by it',
    privilege: 'write',
    cost: 'search',
    body: z.strictObject({ suppression: suppressionDraftSchema, accept: acceptSchema }),
    response: z.object({ suppression: suppressionSchema, hidden: z.number().describe('Results marked now') }),
  }),
  removeSuppression: endpoint({
    method: 'delete',
    path: `${SUPPRESSIONS}/{suppression_id}`,
    summary: 'Take a suppression back: the results that it alone hides are shown again',
    privilege: 'write',
    cost: 'search',
    params: suppressionParams,
    response: z.object({ shown: z.number().describe('Results shown again') }),
  }),
};
