import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';
import { detectorParams, timeSchema } from '../parameters';

export const driftMeasurementSchema = z.object({
  at: z.string().describe('End of the time that was looked at'),
  from: z.string(),
  logs: z.number().describe('Logs that were drawn of it'),
  model_version: z.string(),
  score_drift: z.number().describe('Population stability index of the scores against those of the training'),
  features: z
    .array(z.object({ feature: z.string(), drift: z.number() }))
    .describe(
      'The same of each feature, the one that moved most first; empty where the model keeps no reference',
    ),
  largest: z.number().describe('The largest of all these'),
  limit: z.number().describe('As it was set then'),
  over: z.boolean().describe('True when the largest reached the limit'),
});
/** One measurement of how far logs have moved away from what the model was trained on. */
export type DriftMeasurement = z.infer<typeof driftMeasurementSchema>;

export const driftEndpoints = {
  listDrift: endpoint({
    method: 'get',
    path: `${API_ROOT}/detectors/{id}/_drift`,
    summary: 'How far logs have moved away from the training, over time, with the features that moved',
    privilege: 'read',
    params: detectorParams,
    query: z.strictObject({
      from: timeSchema.optional().describe('Default: 30 days before the end'),
      to: timeSchema.optional().describe('Default: now'),
    }),
    response: z.object({
      limit: z.number().describe('As it is set now'),
      measurements: z.array(driftMeasurementSchema).describe('Oldest first, at most 1,000: the latest'),
    }),
  }),
};

const thresholdChangeSchema = z.object({ at: z.string(), threshold: z.number(), reason: z.string() });

export const thresholdEndpoints = {
  getThreshold: endpoint({
    method: 'get',
    path: `${API_ROOT}/detectors/{id}/_threshold`,
    summary: 'The threshold in force and, where it is adaptive, how it came there',
    privilege: 'read',
    params: detectorParams,
    response: z.object({
      method: z.enum(['contamination', 'fixed', 'adaptive']),
      threshold: z.number().optional().describe('Absent: there is no model yet'),
      model_version: z.string().optional(),
      alerts_per_day: z.number().optional().describe('The budget of an adaptive one'),
      history: z
        .array(thresholdChangeSchema)
        .describe('Changes with their reasons, oldest first, at most 200'),
      rhythm: z
        .array(z.number())
        .optional()
        .describe(
          'Offsets added to the base of an adaptive threshold in each hour of the week, Monday 00:00 of time_zone first',
        ),
      time_zone: z.string().optional().describe('IANA name of the zone of the hours in rhythm'),
      frozen: z
        .object({ since: z.string(), reason: z.string() })
        .optional()
        .describe('While an incident is going on it does not move'),
    }),
  }),
};
