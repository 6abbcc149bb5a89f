import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';
import { detectorParams } from '../parameters';

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
