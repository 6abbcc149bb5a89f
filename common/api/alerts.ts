import { z } from 'zod';
import { GROUPINGS, logAnomalyParamsSchema } from '../rules/log_anomaly_params';
import { queryParams } from '../rules/query_params';
import { API_ROOT, endpoint } from './endpoint';
import { detectorIdSchema, timeSchema } from '../parameters';

const { min_confidence, min_severity, window } = logAnomalyParamsSchema.shape;

/** Ids with commas between; none: all detectors. */
const detectorIdsSchema = z
  .string()
  .max(10_000)
  .transform((text) => text.split(',').filter((id) => id !== ''))
  .pipe(z.array(detectorIdSchema).max(100))
  .describe('Ids of detectors with commas between; empty: all of the space');

/** Several values with commas between, as they stand in a URL. */
const listed = <Values extends z.ZodType<readonly string[]>>(values: Values) =>
  z
    .string()
    .max(1_000)
    .transform((text) => text.split(',').filter((value) => value !== ''))
    .pipe(values as unknown as z.ZodType<z.output<Values>, string[]>)
    .optional();

/** So many days back are looked at. */
export const WHAT_IF_DAYS = 30;

export const daysSchema = z
  .number()
  .describe(
    'Days from the first log that was scored to the end, at least an hour: what a number a day is counted over',
  );

const whatIfSchema = z.object({
  from: z.string(),
  to: z.string(),
  alerts: z.number(),
  results: z.number().describe('Results that count'),
  days_with_logs: daysSchema,
  window_ms: z.number().describe('At least 5 minutes: shorter windows are counted by that'),
  complete: z
    .boolean()
    .describe('False where there are so many results that alerts of the largest groups alone were counted'),
  days: z
    .array(z.object({ time: z.string(), alerts: z.number(), results: z.number() }))
    .describe('24 hours each, oldest first'),
  groups: z
    .array(
      z.object({
        key: z.string().describe('Empty: results without one'),
        alerts: z.number(),
        results: z.number(),
        max_confidence: z.number(),
      }),
    )
    .describe('The 10 with most alerts'),
  confirmed: z.number().describe('Results that somebody called real'),
  missed: z
    .array(
      z.object({
        id: z.string(),
        time: z.string(),
        detector_id: z.string(),
        entity: z.string().optional(),
        confidence: z.number(),
        reason: z.string(),
        why: z
          .enum(['below_confidence', 'too_few', 'suppressed'])
          .describe('Too low itself, too few in its window, or hidden'),
      }),
    )
    .describe('Of these, those that raise no alert; of the 1,000 most confident'),
});
export type WhatIf = z.output<typeof whatIfSchema>;

/** Those of a rule "Log anomaly", as they stand in a URL. */
const ruleParameters = {
  detector_ids: detectorIdsSchema.default([]),
  min_confidence: z.coerce.number().pipe(min_confidence.unwrap()).default(min_confidence.parse(undefined)),
  min_severity,
  count: z.coerce.number().int().min(1).max(10_000).default(1),
  window,
  group_by: z.enum(GROUPINGS).default('entity'),
};

export const alertEndpoints = {
  whatIf: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/_what_if`,
    summary:
      'What would have alerted in the last 30 days with another threshold, window or grouping: alerts a day, top groups, missed anomalies',
    privilege: 'read',
    cost: 'search',
    query: z.strictObject({
      ...ruleParameters,
      to: timeSchema.optional().describe('End of the 30 days; default: now'),
    }),
    response: whatIfSchema,
  }),
  estimateAlerts: endpoint({
    method: 'get',
    path: `${API_ROOT}/results/_alerts`,
    summary: 'Alerts that a rule "Log anomaly" with these parameters would have raised',
    privilege: 'read',
    cost: 'search',
    query: z.strictObject({
      ...ruleParameters,
      query: queryParams.query,
      pattern_changes: listed(queryParams.pattern_changes.unwrap()).describe(
        'Only these changes of patterns count, with commas between; absent: all anomalies',
      ),
      levels: listed(queryParams.levels.unwrap()).describe(
        'Only anomalies whose log.level is one of these count, with commas between; absent: all',
      ),
      from: timeSchema,
      to: timeSchema,
      buckets: z.coerce.number().int().min(1).max(500).default(84),
    }),
    response: z.object({
      alerts: z.number(),
      results: z.number().describe('Results that count'),
      days: daysSchema,
      window_ms: z.number().describe('At least 5 minutes: shorter windows are estimated by that'),
      interval_ms: z.number(),
      buckets: z.array(z.object({ time: z.string(), alerts: z.number() })),
    }),
  }),
};
