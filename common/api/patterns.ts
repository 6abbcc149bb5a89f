import { z } from 'zod';
import { detectorParams, timeSchema } from '../parameters';
import { PATTERN_CHANGES, PATTERN_STATES } from '../patterns';
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

const PATTERNS = `${API_ROOT}/detectors/{id}/patterns`;

/** Texts of logs are cleaned and at most 500 characters long. Times are ISO 8601. */
const logPatternSchema = z.object({
  id: z.string(),
  text: z.string().describe('The template: <*> and masks such as <num> stand for what varies'),
  state: z.enum(PATTERN_STATES).describe('In all entities together'),
  state_since: z.string().describe('Bucket in which the state began'),
  entity_states: z
    .array(z.object({ entity: z.string(), state: z.enum(PATTERN_STATES), since: z.string() }))
    .describe('Entities in which it is not as usual'),
  entities: z.array(z.string()).describe('At most 50; of others the counts are one'),
  first_seen: z.string(),
  last_seen: z.string(),
  level: z.string().optional().describe('log.level of the example'),
  example: z.string().describe('The earliest log that was read'),
  ignored: z.object({ at: z.string(), by: z.string().optional(), because: z.string().optional() }).optional(),
  logs: z.number().describe('In the time that is asked for, of the entity where one is'),
  trend: z.array(z.number()).describe('Logs of each interval of that time'),
  usual_per_hour: z.number().describe('Logs that are usual at this hour of the week, in all entities'),
  forms: z.array(z.string()).optional().describe('Texts of patterns that people have merged into it'),
  is_to_be_taken_apart: z
    .literal(true)
    .optional()
    .describe('From the next bucket on all that was merged into it is on its own again'),
  kql: z.string().describe("These logs in Kibana's query language: the fixed words of the pattern"),
});
export type LogPatternBody = z.output<typeof logPatternSchema>;

const eventSchema = z.object({
  time: z.string().describe('Begin of the bucket'),
  pattern_id: z.string(),
  text: z.string(),
  level: z.string().optional(),
  change: z.enum(PATTERN_CHANGES),
  entity: z.string().optional().describe('Absent: in all entities together'),
  count: z.number(),
  usual: z.number().describe('Logs to be expected in the bucket; of a vanished one those due since the last'),
  chance: z.number().optional().describe('Chance of something as unusual where nothing has changed'),
});

const patternIdSchema = z
  .string()
  .regex(/^[0-9a-f]{24}$/, 'must be the id of a pattern')
  .describe('Id of a pattern');
const patternParams = detectorParams.extend({ pattern_id: patternIdSchema });

export const logPatternEndpoints = {
  listLogPatterns: endpoint({
    method: 'get',
    path: PATTERNS,
    summary: 'Patterns of the logs of a detector with their counts over time, and changes that were found',
    privilege: 'read',
    params: detectorParams,
    query: z.strictObject({
      state: z
        .enum([...PATTERN_STATES, 'changed', 'all'])
        .default('all')
        .describe('changed: any but usual; of the entity where one is asked for, else of any'),
      ignored: z.enum(['hide', 'show', 'only']).default('hide').describe('Patterns that somebody ignores'),
      entity: z.string().max(256).optional(),
      text: z.string().max(200).optional().describe('Words of the pattern'),
      from: timeSchema.optional().describe('Default: seven days before to'),
      to: timeSchema.optional().describe('Default: now'),
      intervals: z.coerce.number().int().min(1).max(200).default(28).describe('Of the trend'),
      sort: z
        .enum(['logs', 'state', 'recent', 'first'])
        .default('state')
        .describe('state: the last change first; logs: the most; recent: last seen; first: first seen'),
      order: z.enum(['asc', 'desc']).default('desc'),
      page: z.coerce.number().int().min(1).max(1_000).default(1),
      size: z.coerce.number().int().min(0).max(500).default(25),
    }),
    response: z.object({
      total: z.number(),
      patterns: z.array(logPatternSchema),
      interval_ms: z
        .number()
        .describe('More than half a day: whole days in UTC, the first of which may begin before from'),
      from: z.string(),
      to: z.string(),
      states: z
        .record(z.string(), z.number())
        .describe('Patterns in each state that all other filters choose'),
      entities: z.array(z.string()).describe('Entities with patterns, at most 100'),
      other_logs: z.number().describe('Logs of that time that follow none of the patterns that are kept'),
      events: z.array(eventSchema).describe('The last changes of that time, at most 50, newest first'),
      field: z.string().optional().describe('Field with the message; absent: no patterns are counted'),
      counting_since: z.string().optional(),
    }),
  }),
  updateLogPattern: endpoint({
    method: 'put',
    path: `${PATTERNS}/{pattern_id}`,
    summary:
      'Ignore a pattern or hear of it again, merge it into another one, or take apart what was merged into it',
    privilege: 'write',
    params: patternParams,
    body: z
      .strictObject({
        ignored: z.boolean().optional().describe('It is counted all the same'),
        merge_into: patternIdSchema
          .optional()
          .describe('From the next bucket on it is a part of this one, with its past'),
        take_apart: z
          .literal(true)
          .optional()
          .describe(
            'From the next bucket on all that was merged into it is on its own again, each learned anew',
          ),
        because: z.string().trim().min(1).max(500).optional(),
      })
      .refine(
        ({ ignored, merge_into: into, take_apart: apart }) =>
          [ignored, into, apart].filter((given) => given !== undefined).length === 1,
        { message: 'must hold one of ignored, merge_into and take_apart' },
      ),
    response: z
      .object({ ignored: z.boolean() })
      .describe('State of the pattern, or of the one it is a part of'),
  }),
};
