import { z } from 'zod';
import { timeSchema } from '../parameters';
import { VALUE_UNITS } from '../detector/feature_schema';
import { LONGEST_SPAN_MILLISECONDS } from './longest_span';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const spanSchema = z.object({
  from: z.string(),
  to: z.string(),
  logs: z.number().describe('Logs of the source in it'),
  sampled: z.number().describe('Logs of it that were looked at one by one'),
});

const shareSchema = z.object({ logs: z.number(), share: z.number().describe('Of all logs of the span') });

const changedValueSchema = z.object({
  kind: z
    .enum(['value', 'missing', 'pattern'])
    .describe(
      'A value of a field, no value in a field that most logs have one in, or a pattern of the message',
    ),
  field: z.string(),
  value: scalar.optional().describe('The value, or the pattern with its variable parts masked'),
  example: z.string().optional().describe('A message of the pattern'),
  window: shareSchema,
  baseline: shareSchema,
  usual: z
    .object({ low: z.number(), high: z.number() })
    .describe('Fewest and most logs of the baseline in a time as long as the window'),
  lift: z.number().nullable().describe('Share in the window by share in the baseline; null: none before'),
  rate_ratio: z.number().nullable().describe('Logs by time, the window by the baseline; null: none before'),
  p_value: z.number(),
  adjusted_p_value: z.number().describe('For the number of tests (Benjamini-Hochberg)'),
  is_new: z.boolean().describe('The baseline holds none; false where only a part of its logs was counted'),
  is_gone: z.boolean().describe('The window holds none; likewise'),
  estimated: z.boolean().describe('Counted in a sample, and scaled up'),
});

const summarySchema = z.object({
  count: z.number().describe('Logs of the sample with a number'),
  p25: z.number(),
  median: z.number(),
  p75: z.number(),
  p95: z.number(),
});

/** Reasons why an explanation says less than it could. */
const REMARKS = [
  'empty_window',
  'empty_baseline',
  'entity_without_past',
  'few_logs',
  'counts_estimated',
  'rare_values_not_searched',
  'fields_left_out',
] as const;

export const changeExplanationSchema = z.object({
  window: spanSchema,
  baseline: spanSchema,
  rate_ratio: z
    .number()
    .nullable()
    .describe('All logs by time, the window by the baseline; null: none before'),
  groups: z
    .array(
      z.object({
        direction: z.enum(['more', 'fewer']),
        values: z
          .array(changedValueSchema)
          .describe('Values that changed in the same logs, largest change first'),
        found_in: z
          .array(z.object({ field: z.string(), value: scalar, share: z.number(), elsewhere: z.number() }))
          .describe('Other values that its logs of the window have more often than the rest of the window'),
      }),
    )
    .describe('Largest change first'),
  numbers: z
    .array(
      z.object({
        field: z.string(),
        unit: z.enum(VALUE_UNITS),
        direction: z.enum(['higher', 'lower']),
        window: summarySchema,
        baseline: summarySchema,
        distance: z.number().describe('Between the two distributions, 0 to 1 (Kolmogorov-Smirnov)'),
        usual_distance: z.number().describe('Largest of a piece of the baseline from the rest of it'),
        p_value: z.number(),
        adjusted_p_value: z.number(),
        group: z.number().optional().describe('Place of the group without whose logs it has not shifted'),
      }),
    )
    .describe('Numbers that shifted, largest shift first'),
  compared: z.object({
    fields: z.array(z.string()),
    left_out: z.number().describe('Fields that were not compared, since there are too many'),
    tests: z.number(),
  }),
  remarks: z.array(z.enum(REMARKS)),
});
export type ChangeExplanation = z.output<typeof changeExplanationSchema>;

/** A window, and perhaps a baseline, of the right order. */
export const changeSpansSchema = z
  .strictObject({
    from: timeSchema.describe('Start of the window that is to be explained'),
    to: timeSchema.describe('End of the window, not in it'),
    baseline_from: timeSchema
      .optional()
      .describe(
        'Start of the time that it is compared with; default: four lengths of the window before, at most 366 days',
      ),
    baseline_to: timeSchema.optional().describe('End of that time; default: the start of the window'),
    entity: z.string().min(1).max(256).optional().describe('Only logs of this entity of the detector'),
  })
  .superRefine(({ from, to, baseline_from: baselineFrom, baseline_to: baselineTo }, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (to <= from) return refuse('to', 'must be after from');
    if (to - from > LONGEST_SPAN_MILLISECONDS) return refuse('to', 'must be at most 366 days after from');
    const end = baselineTo ?? from;
    if (baselineFrom === undefined) {
      if (baselineTo !== undefined) refuse('baseline_from', 'must be given with baseline_to');
      return;
    }
    if (end <= baselineFrom) refuse('baseline_to', 'must be after baseline_from');
    else if (end - baselineFrom > LONGEST_SPAN_MILLISECONDS) {
      refuse('baseline_to', 'must be at most 366 days after baseline_from');
    } else if (baselineFrom < to && end > from) refuse('baseline_to', 'must not overlap the window');
  });
