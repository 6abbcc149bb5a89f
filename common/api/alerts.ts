import { z } from 'zod';
import { GROUPINGS, logAnomalyParamsSchema } from '../rules/log_anomaly_params';
import { API_ROOT, detectorIdSchema, endpoint, timeSchema } from './endpoint';

const { min_confidence, min_severity, window } = logAnomalyParamsSchema.shape;

/** Ids with commas between; none: all detectors. */
const detectorIdsSchema = z
  .string()
  .max(10_000)
  .transform((text) => text.split(',').filter((id) => id !== ''))
  .pipe(z.array(detectorIdSchema).max(100))
  .describe('Ids of detectors with commas between; empty: all of the space');

export const alertEndpoints = {
  estimateAlerts: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/_alerts`,
    summary: 'Alerts that a rule "Log anomaly" with these parameters would have raised',
    privilege: 'read',
    query: z.strictObject({
      detector_ids: detectorIdsSchema.default([]),
      min_confidence: z.coerce
        .number()
        .pipe(min_confidence.unwrap())
        .default(min_confidence.parse(undefined)),
      min_severity,
      count: z.coerce.number().int().min(1).max(10_000).default(1),
      window,
      group_by: z.enum(GROUPINGS).default('entity'),
      from: timeSchema,
      to: timeSchema,
      buckets: z.coerce.number().int().min(1).max(500).default(84),
    }),
    response: z.object({
      alerts: z.number(),
      results: z.number().describe('Results that count'),
      window_ms: z.number().describe('At least 5 minutes: shorter windows are estimated by that'),
      interval_ms: z.number(),
      buckets: z.array(z.object({ time: z.string(), alerts: z.number() })),
    }),
  }),
};
