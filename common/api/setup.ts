import { z } from 'zod';
import { detectorSchema, durationSchema, UNITS } from '../detector';
import { sourceSchema } from '../detector/detector_schema';
import { LOG_KINDS } from '../scanning/log_kinds';
import { LEFT_OUT_REASONS, REACHED_AS } from '../scanning/sources_of_indices';
import { API_ROOT, endpoint } from './endpoint';
import { failureSchema } from './status';

const scanWindowSchema = durationSchema.default('7d').describe('Time before now that is looked at');

export const setupEndpoints = {
  checkSetup: endpoint({
    method: 'get',
    path: `${API_ROOT}/_setup`,
    summary: 'Whether detectors can be saved and run here; what is missing and how to get it',
    privilege: 'read',
    query: z.strictObject({
      index: z.string().max(1_024).optional().describe('Logs that are going to be read'),
      pipelines: z
        .stringbool()
        .default(false)
        .describe('Look for the rights that ingest pipelines and backfills in the cluster take, too'),
    }),
    response: z.object({
      security: z.boolean(),
      encryption_key: z.boolean(),
      api_keys: z.boolean(),
      alerts: z.array(z.string()).describe('Names of the channels configured in kibana.yml'),
      missing_privileges: z.array(z.string()),
      problems: z.array(z.string()),
      needed_role: z
        .object({
          cluster: z.array(z.string()),
          indices: z.array(z.object({ names: z.array(z.string()), privileges: z.array(z.string()) })),
        })
        .optional()
        .describe(
          'Role with all that the caller needs, as Elasticsearch takes it; absent where nothing is missing',
        ),
      audit_trail: z
        .enum(['recorded', 'unrecorded', 'absent', 'unknown'])
        .describe('True when Elasticsearch itself notes who writes to the audit trail of this space'),
    }),
  }),
  scanLogs: endpoint({
    method: 'get',
    path: `${API_ROOT}/_scan`,
    summary: 'Find what may be logs among all that the caller may read, as far as the caller may read it',
    privilege: 'read',
    cost: 'search',
    query: z.strictObject({ window: scanWindowSchema }),
    response: z.object({
      sources: z
        .array(
          z.object({
            index: z.string().describe('Data stream, index, alias or pattern that a detector would read'),
            reached_as: z.enum(REACHED_AS),
            timestamp_field: z.string(),
            logs: z.number().describe('Documents in the window'),
            indices: z.number().int().describe('Indices that hold them'),
            detectors: z.array(z.string()).describe('Names of detectors of this space that read it already'),
          }),
        )
        .describe('Those with most documents first'),
      left_out: z.array(
        z.object({
          reason: z.enum(LEFT_OUT_REASONS),
          count: z.number().int(),
          examples: z.array(z.string()).describe('Some of their names'),
        }),
      ),
      incomplete: z.boolean().describe('True when a part of the cluster did not answer in time'),
    }),
  }),
  proposeDetectors: endpoint({
    method: 'post',
    path: `${API_ROOT}/_scan/_propose`,
    summary: 'Look at a few documents of one source and propose detectors for it; nothing is saved',
    privilege: 'read',
    cost: 'search',
    body: z.strictObject({
      index: sourceSchema.shape.index,
      timestamp_field: sourceSchema.shape.timestamp_field,
      window: scanWindowSchema,
    }),
    response: z.object({
      logs: z.number(),
      days: z.number().describe('Days from the first log in the window to its end'),
      kind: z.enum(LOG_KINDS).optional().describe('Absent where the documents do not look like logs'),
      proposals: z
        .array(
          z.object({
            unit: z.enum(UNITS),
            detector: detectorSchema,
            expected_alerts_per_day: z.number(),
            ready: z.boolean().describe('False when there are too few logs to learn from yet'),
            rows: z.number().describe('Logs in the window, or rows of buckets'),
            rows_needed: z.number().describe('Those that a first training takes at least'),
          }),
        )
        .describe('Empty where nothing could be looked at'),
    }),
  }),
  getOpenApi: endpoint({
    method: 'get',
    path: `${API_ROOT}/_openapi`,
    summary: 'This API as an OpenAPI 3.1 document',
    privilege: 'read',
    response: z.record(z.string(), z.unknown()),
  }),
};

/** In this order; `failed` from any of them. */
const SAMPLE_STATES = ['none', 'writing', 'training', 'scoring', 'ready', 'failed'] as const;

const sampleSchema = z.object({
  state: z.enum(SAMPLE_STATES),
  index: z.string().describe('Index of the sample logs of this space'),
  detector_id: z.string().optional(),
  requested_at: z.string().optional(),
  done: z.number().describe('Logs written while writing, logs scored while scoring'),
  total: z.number().describe('Of so many'),
  failure: failureSchema.optional(),
});
export type SampleReport = z.infer<typeof sampleSchema>;

const SAMPLE = `${API_ROOT}/_sample`;

export const sampleEndpoints = {
  getSample: endpoint({
    method: 'get',
    path: SAMPLE,
    summary: 'How far the sample logs of this space are',
    privilege: 'read',
    response: sampleSchema,
  }),
  installSample: endpoint({
    method: 'post',
    path: SAMPLE,
    summary:
      'Make sample logs with the rights of the caller, a detector for them, train it and score them all',
    privilege: 'write',
    cost: 'search',
    response: sampleSchema,
  }),
  removeSample: endpoint({
    method: 'delete',
    path: SAMPLE,
    summary: 'Remove the sample logs, their detector, its models and results',
    privilege: 'write',
    response: z.object({ acknowledged: z.literal(true), warnings: z.array(z.string()) }),
  }),
};
