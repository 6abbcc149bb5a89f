import { z } from 'zod';
import { detectorSchema, durationSchema } from '../detector';
import { newDetectorSchema, newSourceSchema } from '../detector/query_limits';
import { distributionSchema } from '../log_features/suggesting/distribution';
import { logFieldSchema } from '../log_features/fields/log_fields';
import { DIRT_KINDS } from '../log_features/columns/types';
import { FEATURE_TYPES } from '../detector/feature_schema';
import { API_ROOT, acknowledgedSchema, endpoint } from './endpoint';
import { detectorParams } from '../parameters';
import { attributionSchema, severitySchema } from './results';

/** A detector as it is saved. `version` changes with every save; an edit names the one that it started from. */
const detectorRecordSchema = z.object({
  id: z.string(),
  version: z.string().describe('To be sent back with an edit: two people never overwrite each other'),
  detector: detectorSchema,
  enabled: z.boolean().describe('True when the detector is started'),
  created_at: z.string(),
  created_by: z.string().optional(),
  updated_at: z.string(),
  updated_by: z.string().optional(),
  owner: z.string().optional().describe('User whose rights read the logs and write the results'),
  warnings: z
    .array(z.string())
    .optional()
    .describe('After saving: what others will see in results of logs that they may not read'),
});
export type DetectorRecord = z.infer<typeof detectorRecordSchema>;

export const dirtSchema = z.record(z.string(), z.partialRecord(z.enum(DIRT_KINDS), z.number()));

/** As `ScoreQuantiles`: with it a threshold is known for every share of logs, and a confidence for every score. */
const quantilesSchema = z.object({
  shares: z.array(z.number()).readonly(),
  scores: z.array(z.number()).readonly(),
  tail: z.object({ from: z.number(), share: z.number(), shape: z.number(), scale: z.number() }),
});

const DETECTORS = `${API_ROOT}/detectors`;
const DETECTOR = `${DETECTORS}/{id}`;

/** Logs that a preview looks at unless told otherwise. */
const PREVIEW_ROWS = 5_000;

const daysWithLogsSchema = z
  .number()
  .describe(
    'Days from the first log in the window to its end, at least an hour: what a number a day is counted over',
  );

export const detectorEndpoints = {
  listDetectors: endpoint({
    method: 'get',
    path: DETECTORS,
    summary: 'Detectors of this space',
    privilege: 'read',
    query: z.strictObject({
      page: z.coerce.number().int().min(1).max(1_000).default(1),
      per_page: z.coerce.number().int().min(1).max(1_000).default(100),
      search: z.string().max(200).optional().describe('Part of the name'),
    }),
    response: z.object({ total: z.number(), detectors: z.array(detectorRecordSchema) }),
  }),
  createDetector: endpoint({
    method: 'post',
    path: DETECTORS,
    summary: 'Save a detector; it reads logs and writes results with the rights of whoever saves it',
    privilege: 'write',
    body: z.strictObject({
      detector: newDetectorSchema,
      start: z.boolean().default(false),
      score_past: durationSchema
        .optional()
        .describe(
          'As soon as its first model is there, logs from so long before it was saved are scored, too',
        ),
    }),
    response: detectorRecordSchema,
  }),
  getDetector: endpoint({
    method: 'get',
    path: DETECTOR,
    summary: 'One detector',
    privilege: 'read',
    params: detectorParams,
    response: detectorRecordSchema,
  }),
  updateDetector: endpoint({
    method: 'put',
    path: DETECTOR,
    summary: 'Change a detector; its rights are renewed from whoever saves it',
    privilege: 'write',
    params: detectorParams,
    body: z.strictObject({
      detector: newDetectorSchema,
      version: z.string().max(100).describe('The version that the edit started from'),
    }),
    response: detectorRecordSchema,
  }),
  deleteDetector: endpoint({
    method: 'delete',
    path: DETECTOR,
    summary: 'Delete a detector, its task and its API key',
    privilege: 'write',
    params: detectorParams,
    query: z.strictObject({
      delete_results: z
        .stringbool()
        .default(false)
        .describe('Delete its results, models and feedback as well'),
    }),
    response: z.object({ acknowledged: z.literal(true), warnings: z.array(z.string()) }),
  }),
  cloneDetector: endpoint({
    method: 'post',
    path: `${DETECTOR}/_clone`,
    summary: 'Save a copy under another name; it is not started',
    privilege: 'write',
    params: detectorParams,
    body: z.strictObject({ name: z.string().min(1).max(200).optional() }),
    response: detectorRecordSchema,
  }),
  validateDetector: endpoint({
    method: 'post',
    path: `${DETECTORS}/_validate`,
    summary: 'Check a detector and the rights it needs, without saving it',
    privilege: 'read',
    body: z.strictObject({ detector: z.unknown() }),
    response: z.object({
      valid: z.boolean(),
      issues: z.array(z.string()),
      detector: detectorSchema.optional(),
      missing_privileges: z.array(z.string()),
      warnings: z.array(z.string()).optional(),
    }),
  }),
  suggestFeatures: endpoint({
    method: 'post',
    path: `${DETECTORS}/_suggest`,
    summary: 'Features that suit a sample of the logs, each with a reason',
    privilege: 'read',
    cost: 'search',
    body: z.strictObject({ source: newSourceSchema, window: durationSchema.default('7d') }),
    response: z.object({
      logs: z.number(),
      suggestions: z.array(z.record(z.string(), z.unknown())),
      label_fields: z
        .array(
          z.object({
            field: z.string(),
            is_readable: z.boolean().describe('Each of its values can be read as a label'),
            values: z.array(z.string()).describe('Up to four'),
          }),
        )
        .describe('Fields that seem to say which logs are anomalous; never among the suggestions'),
    }),
  }),
  describeLogs: endpoint({
    method: 'post',
    path: `${DETECTORS}/_describe`,
    summary: 'A few logs as they are, which fields they have, and what these hold in a sample',
    privilege: 'read',
    cost: 'search',
    body: z.strictObject({
      source: newSourceSchema,
      window: durationSchema.default('7d'),
      features: z
        .array(
          z.strictObject({
            type: z.enum(FEATURE_TYPES),
            field: z.string().min(1).max(512),
            time_zone: z.string().max(64).optional(),
          }),
        )
        .max(64)
        .default([]),
    }),
    response: z.object({
      logs: z.number().describe('Logs in the window'),
      days: daysWithLogsSchema,
      sampled: z.number(),
      entity_field: z
        .string()
        .optional()
        .describe('Field that results are best grouped by; absent where none is fit'),
      documents: z.array(
        z.object({ index: z.string(), id: z.string(), document: z.record(z.string(), z.unknown()) }),
      ),
      fields: z.array(logFieldSchema).describe('Fields of the sampled logs, by name'),
      distributions: z.array(distributionSchema).describe('In the order of the features'),
    }),
  }),
  previewDetector: endpoint({
    method: 'post',
    path: `${DETECTORS}/_preview`,
    summary: 'Which logs would be read and what would be flagged, before anything is saved',
    privilege: 'read',
    cost: 'preview',
    body: z.strictObject({
      detector: newDetectorSchema,
      rows: z.number().int().min(256).max(25_600).default(PREVIEW_ROWS),
      top: z.number().int().min(0).max(500).default(10),
      id: z
        .string()
        .max(64)
        .optional()
        .describe(
          'Detector that is edited: its active model scores the sample, as it will once the settings are saved, where these ask for no other model',
        ),
    }),
    response: z.object({
      logs_in_window: z.number(),
      rows: z.number(),
      sampled_by: z.string(),
      window: z.object({ from: z.string(), to: z.string() }),
      days: daysWithLogsSchema,
      features: z.array(z.object({ name: z.string(), columns: z.array(z.string()) })),
      dirt: dirtSchema,
      threshold: z.number(),
      alert_share: z.number(),
      alerts_per_day: z.number(),
      quantiles: quantilesSchema,
      top: z.array(
        z.object({
          source: z.object({ index: z.string(), id: z.string() }),
          document: z.record(z.string(), z.unknown()),
          score: z.number(),
          confidence: z.number(),
          severity: severitySchema,
          is_anomaly: z.boolean(),
          reason: z.string(),
          attribution: z.array(attributionSchema),
        }),
      ),
    }),
  }),
  startDetector: endpoint({
    method: 'post',
    path: `${DETECTOR}/_start`,
    summary: 'Run the detector on its schedule; it is trained first where it has no model',
    privilege: 'write',
    params: detectorParams,
    response: detectorRecordSchema,
  }),
  stopDetector: endpoint({
    method: 'post',
    path: `${DETECTOR}/_stop`,
    summary: 'Stop the detector; it carries on from where it was when started again',
    privilege: 'write',
    params: detectorParams,
    response: detectorRecordSchema,
  }),
  trainDetector: endpoint({
    method: 'post',
    path: `${DETECTOR}/_train`,
    summary: 'Train a new model now, in the background',
    privilege: 'write',
    params: detectorParams,
    response: acknowledgedSchema.extend({
      training: z
        .enum(['queued', 'under_way', 'taken_up'])
        .describe(
          'queued: a new one; under_way: the one that was asked for before goes on; taken_up: that one had died and begins anew',
        ),
    }),
  }),
};
