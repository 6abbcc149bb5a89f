import { z } from 'zod';
import { durationSchema } from '../duration';

/** A duration, or `off`. */
const durationOrOff = z
  .string()
  .regex(/^([1-9][0-9]{0,5}(s|m|h|d|w)|off)$/, 'must be a duration such as 1h or 1d, or off');

/** Settings for measuring the drift of logs from the training sample. */
export const driftSettingsSchema = z.strictObject({
  every: durationOrOff
    .default('1h')
    .describe('Pause between measurements of drift, made by a run that has found logs; or off'),
  window: durationSchema.default('1d').describe('Logs of so long before now are compared with the training'),
  sample: z.number().int().min(200).max(50_000).default(2_000).describe('Logs drawn for a measurement'),
  limit: z
    .number()
    .min(0.01)
    .max(100)
    .default(0.25)
    .describe(
      'Population stability index of a feature or of the scores from which logs count as others than in training; 0.25 is the usual alarm',
    ),
  retrain: z
    .boolean()
    .default(true)
    .describe(
      'If true, two measurements over the limit in a row start a training, at most once a day; else they are only shown',
    ),
});
export type DriftSettings = z.infer<typeof driftSettingsSchema>;

const PROMOTION_MODES = ['automatic', 'ask', 'manual'] as const;
export type PromotionMode = (typeof PROMOTION_MODES)[number];

/** Limits for a new model beside the active one, over the same logs. */
const gateLimitsSchema = z.strictObject({
  max_alert_ratio: z
    .number()
    .min(1)
    .max(100)
    .default(1.5)
    .describe(
      'False alarms a day, as a multiple of those of the active model or of the rate that is asked for',
    ),
  min_found: z
    .number()
    .min(0)
    .max(1)
    .default(0.75)
    .describe('Of the planted anomalies that the active model finds, the share that the new one must find'),
  min_agreement: z
    .number()
    .min(-1)
    .max(1)
    .default(0.5)
    .describe('Rank correlation of the two models over the same logs, where the active one still fits them'),
  max_score_drift: z
    .number()
    .min(0.01)
    .max(100)
    .default(0.25)
    .describe('Population stability index of the scores of recent logs against those of its training'),
  max_cost_ratio: z
    .number()
    .min(1)
    .max(1_000)
    .default(3)
    .describe('Time to score a log, as a multiple of that of the active model'),
});
export type PromotionLimits = z.infer<typeof gateLimitsSchema>;

/** Settings for promoting a new model. The first model of a detector becomes active in any case. */
export const promotionSettingsSchema = z.strictObject({
  mode: z
    .enum(PROMOTION_MODES)
    .default('automatic')
    .describe(
      'automatic: a model that passes its gate becomes active; ask: it then waits for a person; manual: every model waits for a person',
    ),
  shadow: durationSchema
    .optional()
    .describe(
      'A new model is first scored beside the active one over the logs of so long after its training; default: at once, over recent logs',
    ),
  watch: durationOrOff
    .default('1d')
    .describe(
      'So long after its promotion a model is watched, and taken back by itself when it breaks the limits; or off',
    ),
  limits: gateLimitsSchema.prefault({}),
});
export type PromotionSettings = z.infer<typeof promotionSettingsSchema>;

export const olderLogsSchema = z
  .strictObject({
    weeks: z.number().int().min(1).max(52).default(4).describe('Weeks before the training window'),
    share: z
      .number()
      .gt(0)
      .max(0.9)
      .default(0.3)
      .describe('Share of the training logs that is drawn from them'),
  })
  .describe('Older logs beside those of the window, so that one bad week does not become normal');
