import { z } from 'zod';
import { fieldName, maskSchema } from './feature_schema';

/** Spans of the buckets that patterns are counted by: each divides an hour. */
const PATTERN_SPANS = ['5m', '10m', '15m', '30m', '1h'] as const;

export const patternSettingsSchema = z.strictObject({
  field: fieldName.describe('Field with the message'),
  span: z.enum(PATTERN_SPANS).default('15m').describe('Length of the buckets that patterns are counted by'),
  false_alarms_per_day: z
    .number()
    .min(0.01)
    .max(100)
    .default(1)
    .describe(
      'Findings of nothing that are put up with: about as many changes of patterns a day at most, and about twice as many new patterns where new ones keep coming',
    ),
  results: z
    .boolean()
    .optional()
    .describe(
      'False: changes are listed with the patterns, and are no results: no incident, rule or message tells of them; default: true',
    ),
  masks: z
    .array(maskSchema)
    .max(16)
    .optional()
    .describe(
      'Names and bounded regular expressions of what varies in messages; default: those of a template feature of the same field',
    ),
});
export type PatternSettings = z.infer<typeof patternSettingsSchema>;
