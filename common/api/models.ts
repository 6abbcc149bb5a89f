import { z } from 'zod';
import { API_ROOT, acknowledgedSchema, endpoint } from './endpoint';
import { detectorParams, modelParams, modelVersionSchema } from '../parameters';
import { evaluationSchema, evaluationSummarySchema } from '../evaluation';
import { candidateGateSchema } from './gate';

const modelRecordSchema = z.object({
  version: z.string(),
  detector_id: z.string(),
  status: z.enum(['candidate', 'active', 'retired']),
  created_at: z.string(),
  promoted_at: z.string().optional(),
  threshold: z.number(),
  rows: z.number(),
  evaluation: evaluationSummarySchema.optional().describe('The few figures of it that a list has room for'),
  note: z.string().optional(),
  gate: candidateGateSchema
    .optional()
    .describe('Comparison with the model that was active then; absent where there was none'),
});
export type ModelRecordBody = z.infer<typeof modelRecordSchema>;

const modelDetailSchema = modelRecordSchema.extend({
  evaluation: evaluationSchema.optional(),
  detector: z.record(z.string(), z.unknown()).describe('The detector as it was at training'),
  training: z.record(z.string(), z.unknown()),
  columns: z.array(z.string()),
  trees: z.number(),
  subsample_size: z.number(),
});

/** Quality of a model by known truth: precision and recall are null where nothing tells them. */
const judgementSchema = z.object({
  from: z.enum(['labels', 'feedback']),
  logs: z.number().describe('Logs whose truth is known'),
  precision: z.number().nullable(),
  recall: z.number().nullable(),
  false_alarms_per_day: z.number().nullable(),
});
export type Judgement = z.infer<typeof judgementSchema>;

const comparedModelSchema = z.object({
  record: modelRecordSchema,
  alert_share: z.number(),
  alerts_per_day: z.number(),
  score_drift: z.number().describe('Population stability index of the scores against those of its training'),
  score_shares: z.array(z.number()).describe('Share of the logs in each bin of scores'),
  judged: z.array(judgementSchema),
});

const MODELS = `${API_ROOT}/detectors/{id}/models`;
const note = z.string().max(1_000).optional().describe('Reason; kept with the model');

export const modelEndpoints = {
  listModels: endpoint({
    method: 'get',
    path: MODELS,
    summary: 'Models of a detector, newest first',
    privilege: 'read',
    params: detectorParams,
    response: z.object({ models: z.array(modelRecordSchema) }),
  }),
  getModel: endpoint({
    method: 'get',
    path: `${MODELS}/{version}`,
    summary: 'One model: what it was trained on and how it was evaluated',
    privilege: 'read',
    params: modelParams,
    response: modelDetailSchema,
  }),
  compareModels: endpoint({
    method: 'get',
    path: `${MODELS}/_compare`,
    summary: 'Two models on the same sample of recent logs',
    privilege: 'read',
    cost: 'search',
    params: detectorParams,
    query: z.strictObject({ left: modelVersionSchema, right: modelVersionSchema }),
    response: z.object({
      logs: z.number(),
      left: comparedModelSchema,
      right: comparedModelSchema,
      score_edges: z
        .array(z.number())
        .describe('Borders of the bins of scores, one more than there are bins'),
      feature_drift: z
        .array(z.object({ feature: z.string(), left: z.number().nullable(), right: z.number().nullable() }))
        .describe(
          'Population stability index of the recent logs against what each model has learned from; null where that is gone',
        ),
      flagged_by_both: z.number(),
      flagged_by_left_only: z.number(),
      flagged_by_right_only: z.number(),
    }),
  }),
  gateModel: endpoint({
    method: 'post',
    path: `${MODELS}/{version}/_gate`,
    summary:
      'Compare a model with the active one over recent logs, and keep the report with it; changes nothing else',
    privilege: 'write',
    cost: 'search',
    params: modelParams,
    response: candidateGateSchema,
  }),
  promoteModel: endpoint({
    method: 'post',
    path: `${MODELS}/{version}/_promote`,
    summary: 'Make a model the active one',
    privilege: 'write',
    cost: 'search',
    params: modelParams,
    body: z.strictObject({ note }).default({}),
    response: z.object({ active: z.string(), previous: z.string().optional() }),
  }),
  revertModel: endpoint({
    method: 'post',
    path: `${MODELS}/_revert`,
    summary: 'Make the model active again that was active before',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    body: z.strictObject({ note }).default({}),
    response: z.object({ active: z.string(), previous: z.string().optional() }),
  }),
  deleteModel: endpoint({
    method: 'delete',
    path: `${MODELS}/{version}`,
    summary: 'Delete a model that is not active',
    privilege: 'write',
    params: modelParams,
    response: acknowledgedSchema,
  }),
  exportModel: endpoint({
    method: 'get',
    path: `${MODELS}/{version}/_export`,
    summary: 'The model as the file that the command line reads',
    privilege: 'read',
    cost: 'search',
    params: modelParams,
    response: z.record(z.string(), z.unknown()),
  }),
  importModel: endpoint({
    method: 'post',
    path: `${MODELS}/_import`,
    summary: 'Save a model file, as the command line writes it, as a candidate',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    body: z.record(z.string(), z.unknown()).describe('The model file'),
    rawBody: true,
    response: modelRecordSchema,
  }),
};
