import { z } from 'zod';
import { annotationSchema } from '../annotations';
import {
  CLOSING_REASONS,
  INCIDENT_ACTIONS,
  INCIDENT_LIMITS,
  INCIDENT_SCOPES,
  INCIDENT_STATES,
} from '../incidents';
import { detectorIdSchema, timeSchema } from '../parameters';
import { API_ROOT, endpoint } from './endpoint';
import { attributionSchema, entityPartSchema, resultIdSchema, severitySchema } from './results';

const INCIDENTS = `${API_ROOT}/incidents`;

const lineSchema = z.object({ result_id: z.string(), time: z.string(), line: z.string() });

const incidentSchema = z.object({
  id: z.string(),
  title: z.string().describe('Leading reason, pattern or route and place in words'),
  scope: z
    .object({
      kind: z.enum(INCIDENT_SCOPES),
      value: z.string(),
      parts: z
        .record(z.string(), z.string())
        .optional()
        .describe('Parts of an entity of several fields, by field'),
    })
    .describe('Place that the incident is in; results of different places never belong together'),
  entity: z.string().optional(),
  detectors: z
    .array(z.object({ id: z.string(), name: z.string(), results: z.number() }))
    .describe('Detectors that found results of it, most results first'),
  start: z.string().describe('First anomaly'),
  began_by: z
    .string()
    .optional()
    .describe('End of the first anomaly, by which the incident began; absent where that is a log'),
  end: z.string().describe('Last anomaly so far, or the end of the last anomalous bucket'),
  state: z.enum(INCIDENT_STATES),
  closed_because: z.enum(CLOSING_REASONS).optional(),
  merged_into: z.string().optional().describe('The older incident that this one turned out to be a part of'),
  opened_at: z.string(),
  closed_at: z.string().optional(),
  closes_at: z.string().describe('It closes by itself where nothing comes until then'),
  updated_at: z.string(),
  counts: z
    .object({
      logs: z.number(),
      buckets: z.number(),
      changes: z.number().optional().describe('Changes of patterns; absent: none'),
    })
    .describe(
      'Of the results of it, counted anew whenever it changes; a log that several detectors found is one',
    ),
  score: z.number().describe('The highest of its results'),
  confidence: z.number(),
  severity: severitySchema,
  reasons: z
    .array(
      z.object({
        result_id: z.string(),
        time: z.string(),
        score: z.number(),
        confidence: z.number(),
        severity: severitySchema,
        reason: z.string(),
        attribution: z.array(attributionSchema),
      }),
    )
    .describe('Leading results, one for each pattern, highest score first'),
  first_line: lineSchema.optional(),
  last_line: lineSchema.optional(),
  patterns: z.array(z.string()).describe('At most 10'),
  routes: z.array(z.string()).describe('At most 10'),
  sources: z.array(z.object({ field: z.string(), value: z.string() })).describe('At most 10'),
  counted: z
    .object({ patterns: z.number(), routes: z.number(), sources: z.number() })
    .describe(`How many there are of each, up to ${INCIDENT_LIMITS.keys}`),
  preceded_by: annotationSchema
    .optional()
    .describe(
      'The latest change of the calendar that concerns it and began at most 30 minutes before it or in the bucket that it began in, or went on when it began',
    ),
  assignee: z.string().optional(),
  comments: z
    .array(z.object({ at: z.string(), by: z.string().optional(), text: z.string() }))
    .describe('Newest last'),
  history: z
    .array(
      z.object({
        at: z.string(),
        by: z.string().optional().describe('Absent: the detector itself'),
        action: z.enum(INCIDENT_ACTIONS),
        from: z.string().optional(),
        to: z.string().optional(),
        because: z.string().optional(),
      }),
    )
    .describe('Changes, newest last'),
});
export type IncidentBody = z.output<typeof incidentSchema>;

/** Ids of incidents are SHA-256 digests. */
const incidentIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, 'must be the id of an incident')
  .describe('Id of an incident');
const incidentParams = z.strictObject({ incident_id: incidentIdSchema });

const STATE_FILTERS = ['active', 'open', 'acknowledged', 'closed', 'all'] as const;
const SORTS = ['severity', 'recent', 'start', 'count'] as const;

export const incidentEndpoints = {
  listIncidents: endpoint({
    method: 'get',
    path: INCIDENTS,
    summary: 'Incidents of this space: anomalies that belong together',
    privilege: 'read',
    query: z.strictObject({
      state: z
        .enum(STATE_FILTERS)
        .default('all')
        .describe('active: open and acknowledged; all leaves out those that were merged into another'),
      min_severity: severitySchema.optional().describe('At least so severe'),
      detector_id: z
        .union([detectorIdSchema, z.array(detectorIdSchema).max(100)])
        .optional()
        .describe('One detector, or any of several'),
      entity: z
        .union([z.string().max(256), z.array(z.string().max(256)).max(100)])
        .optional()
        .describe('One entity, or any of several'),
      entity_part: entityPartSchema.optional(),
      assignee: z.string().max(INCIDENT_LIMITS.assigneeCharacters).optional(),
      from: timeSchema.optional().describe('Not over before'),
      to: timeSchema.optional().describe('Begun before'),
      result_id: resultIdSchema.optional().describe('The incident that holds this result'),
      sort: z
        .enum(SORTS)
        .default('severity')
        .describe('severity: the highest score; recent: the last anomaly; start: the first; count: results'),
      order: z.enum(['asc', 'desc']).default('desc'),
      page: z.coerce.number().int().min(1).max(1_000).default(1),
      size: z.coerce.number().int().min(0).max(1_000).default(25),
    }),
    response: z.object({
      total: z.number(),
      incidents: z.array(incidentSchema),
      states: z
        .object({ open: z.number(), acknowledged: z.number(), closed: z.number() })
        .describe('Incidents in each state that all other filters choose'),
    }),
  }),
  getIncident: endpoint({
    method: 'get',
    path: `${INCIDENTS}/{incident_id}`,
    summary: 'One incident with the counts of its results over time; its results are searched by incident_id',
    privilege: 'read',
    params: incidentParams,
    query: z.strictObject({ buckets: z.coerce.number().int().min(1).max(500).default(60) }),
    response: z.object({
      incident: incidentSchema,
      timeline: z
        .object({
          interval_ms: z.number(),
          buckets: z.array(
            z.object({ time: z.string(), results: z.number(), max_confidence: z.number().nullable() }),
          ),
        })
        .describe('From the first to the last anomaly; intervals without results among them'),
      hidden: z
        .number()
        .describe('Results that would belong to it and are hidden, withdrawn or judged not to be anomalies'),
    }),
  }),
  updateIncident: endpoint({
    method: 'put',
    path: `${INCIDENTS}/{incident_id}`,
    summary: 'Acknowledge, close or reopen an incident, assign it, comment on it',
    privilege: 'write',
    params: incidentParams,
    body: z
      .strictObject({
        state: z.enum(['open', 'acknowledged', 'closed']).optional(),
        assignee: z
          .string()
          .trim()
          .min(1)
          .max(INCIDENT_LIMITS.assigneeCharacters)
          .nullable()
          .optional()
          .describe('null: nobody any more'),
        comment: z.string().trim().min(1).max(INCIDENT_LIMITS.commentCharacters).optional(),
      })
      .refine(
        (body) => Object.values(body).some((value) => value !== undefined),
        'must name at least one of state, assignee and comment',
      ),
    response: z.object({ incident: incidentSchema }),
  }),
};
