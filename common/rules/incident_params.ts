import { z } from 'zod';
import { SEVERITIES } from '../anomaly';
import { durationSchema } from '../duration';
import { detectorIdSchema } from '../parameters';
import { queryParams, refuseUnreadKql } from './query_params';

/** Parameters of the rule type "Log incident": one schema for the form, the HTTP API and the run. All conditions must hold. */
export const incidentParamsSchema = z
  .strictObject({
    detector_ids: z
      .array(detectorIdSchema)
      .max(100)
      .default([])
      .describe('Incidents that one of them found something of; empty: all detectors of the space'),
    min_severity: z
      .enum(SEVERITIES.map((band) => band.name))
      .default('warning')
      .describe('Incidents alert once they are at least so severe'),
    min_duration: durationSchema
      .nullable()
      .default(null)
      .describe('Once so long lies between their first and last anomaly; null: at once'),
    min_results: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(1)
      .describe('Once they have so many anomalies, of those that match query'),
    min_entities: z
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(1)
      .describe('Once so many entities have such an incident at the same time'),
    ...queryParams,
  })
  .superRefine(refuseUnreadKql);
export type IncidentParams = z.output<typeof incidentParamsSchema>;
