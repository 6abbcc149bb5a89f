import { z } from 'zod';
import { API_ROOT, acknowledgedSchema, endpoint } from './endpoint';
import { detectorParams, modelVersionSchema } from '../parameters';

/** Pipeline that is live under a detector's name. */
export const livePipelineSchema = z.object({
  name: z.string(),
  version: z.string().describe('Model that it scores with'),
  threshold: z.number(),
  previous_version: z.string().optional(),
  put_at: z.string().optional().describe('Time at which it was put'),
  max_microseconds_per_log: z
    .number()
    .optional()
    .describe('Largest cost allowed for it and the versions that follow'),
});
export type LivePipelineBody = z.infer<typeof livePipelineSchema>;

/** Result of the trial over sample logs. */
const trialSchema = z.object({
  logs: z.number(),
  anomalies: z.number(),
  incomplete: z.number().describe('Logs that lacked some feature'),
  microseconds_per_log: z.number().describe('Wall-clock time of the node beyond that of an empty pipeline'),
  bytes: z.number().describe('Size of the definition'),
});

const plannedRequestSchema = z.object({
  method: z.string(),
  path: z.string(),
  body: z.record(z.string(), z.unknown()),
  why: z.string(),
});

const attachmentPlanSchema = z.object({
  pipeline: z.string(),
  indices: z.array(z.string()),
  requests: z
    .array(plannedRequestSchema)
    .describe('One way: mapping and index.final_pipeline of what exists'),
  component_template: plannedRequestSchema.describe('The same for indices to come'),
  processor: z
    .record(z.string(), z.unknown())
    .describe('The other way: to add at the end of a pipeline that the logs go through already'),
});

const maximumCost = z
  .number()
  .positive()
  .max(1_000_000)
  .optional()
  .describe(
    'Refuse what costs more, microseconds a log; default: the limit that the live pipeline was put with',
  );

const trialBody = z
  .strictObject({
    version: modelVersionSchema.optional().describe('Default: the active model'),
    max_microseconds_per_log: maximumCost,
    logs: z.number().int().min(1).max(2_000).default(1_000).describe('Sample logs that it is tried out on'),
  })
  .prefault({});

const index = z
  .string()
  .min(1)
  .max(1_024)
  .optional()
  .describe('Indices, data streams or patterns, comma-separated; default: what the detector reads');

const PIPELINE = `${API_ROOT}/detectors/{id}/pipeline`;

export const pipelineEndpoints = {
  getPipeline: endpoint({
    method: 'get',
    path: PIPELINE,
    summary: 'The ingest pipeline of a detector, and which indices send their logs through it',
    privilege: 'read',
    params: detectorParams,
    response: z.object({
      pipeline: livePipelineSchema.optional(),
      active_version: z.string().optional().describe('The active model: with scoring: ingest the same'),
      indices: z.array(
        z.object({ index: z.string(), attached: z.boolean(), final_pipeline: z.string().optional() }),
      ),
    }),
  }),
  simulatePipeline: endpoint({
    method: 'post',
    path: `${PIPELINE}/_simulate`,
    summary: 'Compile a model and try it out over sample logs; refused as it would be when it goes live',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    body: trialBody,
    response: z.object({ version: z.string(), trial: trialSchema }),
  }),
  putPipeline: endpoint({
    method: 'put',
    path: PIPELINE,
    summary: 'Make a model the live pipeline in one step, after a trial; indices are not touched',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    body: trialBody,
    response: z.object({ pipeline: livePipelineSchema, trial: trialSchema }),
  }),
  revertPipeline: endpoint({
    method: 'post',
    path: `${PIPELINE}/_revert`,
    summary: 'Go back to the version that was live before, after a trial, in one step',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    response: z.object({ pipeline: livePipelineSchema, trial: trialSchema }),
  }),
  deletePipeline: endpoint({
    method: 'delete',
    path: PIPELINE,
    summary: 'Delete the pipeline; refused while an index is attached to it',
    privilege: 'write',
    params: detectorParams,
    response: acknowledgedSchema,
  }),
  planAttachment: endpoint({
    method: 'get',
    path: `${PIPELINE}/_attachment`,
    summary: 'What to do for logs to go through the pipeline, in both ways; changes nothing',
    privilege: 'read',
    params: detectorParams,
    query: z.strictObject({ index }),
    response: attachmentPlanSchema,
  }),
  attachPipeline: endpoint({
    method: 'post',
    path: `${PIPELINE}/_attach`,
    summary: 'Map the scored fields of indices and make the pipeline their final one',
    privilege: 'write',
    params: detectorParams,
    body: z
      .strictObject({
        index,
        component_template: z
          .boolean()
          .default(false)
          .describe('Write the component template for indices to come, too'),
      })
      .prefault({}),
    response: z.object({ indices: z.array(z.string()), requests: z.array(plannedRequestSchema) }),
  }),
  detachPipeline: endpoint({
    method: 'post',
    path: `${PIPELINE}/_detach`,
    summary: 'Take the pipeline off indices; logs keep their scores',
    privilege: 'write',
    params: detectorParams,
    body: z.strictObject({ index }).prefault({}),
    response: z.object({ detached: z.array(z.string()) }),
  }),
};
