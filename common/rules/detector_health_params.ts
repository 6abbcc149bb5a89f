import { z } from 'zod';
import { durationSchema } from '../detector';
import { detectorIdSchema } from '../parameters';

/** Parameters of the rule type "Log anomaly detector health". A check whose limit is absent is not made. */
export const detectorHealthParamsSchema = z.strictObject({
  detector_ids: z
    .array(detectorIdSchema)
    .max(100)
    .default([])
    .describe('Empty: all detectors of the space that are started'),
  max_silence: durationSchema
    .nullable()
    .default('15m')
    .describe('No run for longer than this, and than the pauses of its schedule'),
  max_lag: durationSchema
    .nullable()
    .default('15m')
    .describe('Further behind now than this, beside the query_delay of its schedule'),
  max_failures: z
    .number()
    .int()
    .min(1)
    .max(1_000)
    .nullable()
    .default(3)
    .describe('So many failed runs in a row'),
  max_time_without_logs: durationSchema.nullable().default('1h').describe('No log to score for longer'),
  max_model_age: durationSchema.nullable().default('30d').describe('A model older than this'),
});
export type DetectorHealthParams = z.output<typeof detectorHealthParamsSchema>;
