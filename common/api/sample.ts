import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';
import { failureSchema } from './status';

/** In this order; `failed` from any of them. */
const SAMPLE_STATES = ['none', 'writing', 'training', 'scoring', 'ready', 'failed'] as const;

const sampleSchema = z.object({
  state: z.enum(SAMPLE_STATES),
  index: z.string().describe('Index of the sample logs of this space'),
  detector_id: z.string().optional(),
  requested_at: z.string().optional(),
  done: z.number().describe('Logs written while writing, logs scored while scoring'),
  total: z.number().describe('Of so many'),
  failure: failureSchema.optional(),
});
export type SampleReport = z.infer<typeof sampleSchema>;

const SAMPLE = `${API_ROOT}/_sample`;

export const sampleEndpoints = {
  getSample: endpoint({
    method: 'get',
    path: SAMPLE,
    summary: 'How far the sample logs of this space are',
    privilege: 'read',
    response: sampleSchema,
  }),
  installSample: endpoint({
    method: 'post',
    path: SAMPLE,
    summary:
      'Make sample logs with the rights of the caller, a detector for them, train it and score them all',
    privilege: 'write',
    cost: 'search',
    response: sampleSchema,
  }),
  removeSample: endpoint({
    method: 'delete',
    path: SAMPLE,
    summary: 'Remove the sample logs, their detector, its models and results',
    privilege: 'write',
    response: z.object({ acknowledged: z.literal(true), warnings: z.array(z.string()) }),
  }),
};
