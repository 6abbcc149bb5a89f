import { z } from 'zod';
import { SEVERITIES } from '../anomaly';
import { durationSchema } from '../detector';
import { detectorIdSchema } from '../parameters';
import { queryParams, refuseUnreadKql } from './query_params';

export const GROUPINGS = ['entity', 'feature', 'detector'] as const;

/** Parameters of the rule type "Log anomaly": one schema for the form, the HTTP API and the run. */
export const logAnomalyParamsSchema = z
  .strictObject({
    detector_ids: z
      .array(detectorIdSchema)
      .max(100)
      .default([])
      .describe('Empty: all detectors of the space'),
    min_confidence: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Results below do not count; 0.5 lies at the threshold of the detector'),
    min_severity: z
      .enum(SEVERITIES.map((band) => band.name))
      .default('warning')
      .describe('Results of lesser severity do not count'),
    count: z.number().int().min(1).max(10_000).default(1).describe('Results that make an alert'),
    window: durationSchema.default('5m').describe('In so long before the check, by the time of writing'),
    group_by: z
      .enum(GROUPINGS)
      .default('entity')
      .describe('One alert for each entity, for each feature that stands out most, or for each detector'),
    min_entities: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .describe('Different entities among the results of an alert, at least'),
    times_before: z
      .number()
      .min(1)
      .max(1_000)
      .nullable()
      .default(null)
      .describe(
        'At least so many times as many results a minute as in the hour before the window; null: not compared',
      ),
    ...queryParams,
  })
  .superRefine(refuseUnreadKql);
export type LogAnomalyParams = z.output<typeof logAnomalyParamsSchema>;

/** Parameters that alerts of the past are counted by; the others choose among these. */
export type CountedParams = Pick<
  LogAnomalyParams,
  'detector_ids' | 'min_confidence' | 'min_severity' | 'count' | 'window' | 'group_by'
>;
export const countedParams = ({
  detector_ids,
  min_confidence,
  min_severity,
  count,
  window,
  group_by,
}: CountedParams): CountedParams => ({ detector_ids, min_confidence, min_severity, count, window, group_by });

/** The confidence from which a result counts. */
export function lowestConfidence({
  min_confidence,
  min_severity,
}: Pick<LogAnomalyParams, 'min_confidence' | 'min_severity'>): number {
  const band = SEVERITIES.find(({ name }) => name === min_severity);
  return Math.max(min_confidence, (band?.from ?? 0) / 100);
}
