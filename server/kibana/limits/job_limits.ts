import { z } from 'zod';
import { durationSchema, durationToMilliseconds } from '../../../common/detector';

/** Limits of background work: the section `logAnomalies.jobs` of kibana.yml. */
export const jobLimitsSchema = z
  .strictObject({
    max_logs_per_run: z
      .number()
      .int()
      .min(1_000)
      .max(100_000_000)
      .default(500_000)
      .describe('A run that has scored so many logs ends; the next one carries on'),
    max_run_time: durationSchema.default('45s').describe('Likewise for time; at most 90s'),
    page_size: z
      .number()
      .int()
      .min(100)
      .max(10_000)
      .default(2_000)
      .describe('Logs read at a time, and scored in turns of some milliseconds'),
    training_memory_mb: z
      .number()
      .int()
      .min(128)
      .max(16_384)
      .default(768)
      .describe('Memory of the thread that trains'),
  })
  .refine((limits) => durationToMilliseconds(limits.max_run_time) <= 90_000, {
    path: ['max_run_time'],
    message: 'must be at most 90s: the task of a detector is given up after 2m',
  });
export type JobLimits = z.output<typeof jobLimitsSchema>;
export type JobLimitsInput = z.input<typeof jobLimitsSchema>;
