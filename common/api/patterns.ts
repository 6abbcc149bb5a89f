import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';
import { resultFilters } from './results';

const patternSchema = z.object({
  anomalies: z.number(),
  max_confidence: z.number(),
  first_seen: z.string(),
  last_seen: z.string(),
});

export const patternEndpoints = {
  listPatterns: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/_patterns`,
    summary: 'Features that stand out most in anomalous logs, and the values most often seen there',
    privilege: 'read',
    query: z.strictObject({
      ...resultFilters,
      features: z.coerce.number().int().min(1).max(100).default(10),
      values: z.coerce.number().int().min(0).max(20).default(3).describe('Of each feature'),
    }),
    response: z.object({
      anomalies: z.number(),
      features: z.array(
        patternSchema.extend({
          feature: z.string(),
          values: z.array(patternSchema.extend({ value: z.string() })),
        }),
      ),
    }),
  }),
};
