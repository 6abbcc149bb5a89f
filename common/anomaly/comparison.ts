import { z } from 'zod';
import { VALUE_UNITS } from '../detector/feature_schema';

/** Characters of a value, of a group's name and of the most frequent value that are kept. */
export const VALUE_CHARACTERS = 120;
export const GROUP_CHARACTERS = 80;
export const USUAL_CHARACTERS = 60;
/** Characters of a step of a session that are kept. */
export const EVENT_CHARACTERS = 100;

/** Kinds of changes of patterns that are told. */
export const PATTERN_CHANGES = ['new', 'surging', 'dropping', 'vanished', 'returned'] as const;
export type PatternChange = (typeof PATTERN_CHANGES)[number];

/** Kinds of comparison: each has a sentence of its own. */
const COMPARISON_KINDS = [
  'number',
  'status',
  'value',
  'together',
  'template',
  'text',
  'signs',
  'hour',
  'weekday',
  'events',
  'change',
] as const;

const count = z.number().min(0).max(1e15);
const text = (characters: number) => z.string().max(characters + 1);

/**
 * One value of a log beside what training held: the data that the sentence of `sentenceOf` is made of, in any language. Stored
 * with each result; values of logs in it are cleaned and shortened.
 */
export const comparisonSchema = z
  .object({
    kind: z.enum(COMPARISON_KINDS),
    value: z
      .union([z.number(), text(VALUE_CHARACTERS)])
      .optional()
      .describe(
        'Value of the log: a number in the unit, minutes after midnight, a day from 0 (Sunday), else text; absent where missing',
      ),
    unit: z.enum(VALUE_UNITS).optional(),
    in_text: z
      .literal(true)
      .optional()
      .describe('The number stands in the text of the field, which holds none that could be summed up'),
    group: text(GROUP_CHARACTERS)
      .optional()
      .describe('Group that the value is compared within; absent: all logs'),
    hourly: z.literal(true).optional().describe('The range is that of the hour of the day'),
    low: z.number().optional().describe('Lower end of the usual range, in the unit, in hours or characters'),
    high: z.number().optional(),
    length: count.optional().describe('Characters of a text'),
    usual: text(USUAL_CHARACTERS).optional().describe('The most frequent value'),
    usual_share: z.number().min(0).max(1).optional().describe('Its share'),
    days: z.array(z.number().int().min(0).max(6)).max(7).optional().describe('Usual days, from 0 (Sunday)'),
    count: count.optional().describe('Training logs that hold the value; 0: never seen'),
    at_most: z.literal(true).optional().describe('count is an upper bound'),
    logs: count.optional().describe('All training logs with a value'),
    group_logs: count.optional().describe('Those of the group'),
    signs: z
      .array(z.object({ category: text(40), name: text(60) }))
      .max(2)
      .optional()
      .describe('Signs of attacks, or patterns of the detector, in a text'),
    events: z
      .array(
        z.object({
          text: text(EVENT_CHARACTERS),
          count: count.optional().describe('Logs with it'),
          low: z.number().optional().describe('Usual number of logs, from'),
          high: z.number().optional(),
          never: z.literal(true).optional().describe('No training row holds it'),
        }),
      )
      .max(3)
      .optional()
      .describe('Messages of a row whose number is unusual, by their template'),
    order: z
      .object({
        rule: z.enum(['missing_after', 'missing_before', 'after', 'twice']),
        step: text(EVENT_CHARACTERS).optional().describe('Absent: the begin of the session'),
        other: text(EVENT_CHARACTERS),
        rows: count.describe('Training sessions that are so'),
        of: count.describe('Those that hold the step'),
      })
      .optional()
      .describe('The least usual part of the order of a session'),
    change: z
      .enum(PATTERN_CHANGES)
      .optional()
      .describe('Change of the pattern that value is; count: logs in the bucket'),
    expected: z
      .number()
      .min(0)
      .optional()
      .describe('Logs that were usual; of a pattern that vanished those due since the last one'),
    more_signs: count.optional(),
    is_odd: z
      .literal(true)
      .optional()
      .describe('A text without a known sign that looks like code all the same'),
    signs_share: z.number().min(0).max(1).optional().describe('Share of training logs with signs'),
  })
  .describe('The value beside what training held: what the sentence is made of');
export type Comparison = Readonly<z.infer<typeof comparisonSchema>>;
