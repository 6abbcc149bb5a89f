import { z } from 'zod';
import { boundSchema } from '../buckets/entity_bound';
import { DETECTION_ERROR_CODES } from '../detection_error';
import { API_ROOT, acknowledgedSchema, endpoint } from './endpoint';
import { detectorParams, timeSchema } from '../parameters';
import { dirtSchema } from './detectors';
import { driftMeasurementSchema } from './upkeep';
import { GATE_CHECKS } from './gate';
import { livePipelineSchema } from './pipelines';
import { codedSentenceSchema } from '../coded_sentence';

/**
 * - `created`: saved, never trained; `ready`: has a model, never started
 * - `training`: no model yet and one is being trained
 * - `running`, `stopped`, `failing`: started, stopped, started but its last run failed
 */
const DETECTOR_STATES = ['created', 'training', 'ready', 'running', 'stopped', 'failing'] as const;
const detectorStateSchema = z.enum(DETECTOR_STATES);
export type DetectorState = z.infer<typeof detectorStateSchema>;

/** Times that are kept out of a training, where these leave it too few logs. */
const leftOutBySchema = z.enum(['calendar', 'quiet_times', 'both']);
export type LeftOutBy = z.infer<typeof leftOutBySchema>;

/** Failure of a task, for people: the message and the next step. */
export const failureSchema = z.object({
  at: z.string(),
  code: z.enum(DETECTION_ERROR_CODES),
  message: z.string(),
  next_step: z.string(),
  said: codedSentenceSchema.optional(),
  retried: z.boolean().describe('True when it is retried automatically'),
  left_out_by: leftOutBySchema
    .optional()
    .describe('too_few_logs: what keeps the logs out that are missing; absent: nothing'),
});
export type Failure = z.infer<typeof failureSchema>;

const runReportSchema = z.object({
  id: z.string(),
  started_at: z.string(),
  finished_at: z.string(),
  logs: z.number(),
  unscored: z
    .number()
    .optional()
    .describe('With scoring: ingest: logs that arrived without a score, as where no pipeline is attached'),
  found_late: z
    .number()
    .optional()
    .describe('Logs among these that became visible to searches up to 15 minutes after their place was read'),
  anomalies: z.number(),
  created: z.number().describe('Results that were not there before'),
  put_aside: z
    .number()
    .optional()
    .describe('Results and summaries that Elasticsearch refuses in every form, kept beside the checkpoints'),
  entities: boundSchema
    .optional()
    .describe('Entities that were left out; present where there are more than bucket.max_entities'),
  closed_indices: z
    .array(z.string())
    .optional()
    .describe('Indices of the source that are closed: no run reads their logs'),
  complete: z.boolean().describe('False when a cap ended the run; the next one carries on'),
  from: z.string(),
  to: z.string(),
  threshold: z.number(),
  dirt: dirtSchema,
});
export type RunReport = z.infer<typeof runReportSchema>;

/** `shadowing`: the new model is scored beside the active one; `waiting`: a person decides whether it becomes active. */
const TRAINING_STATES = [
  'queued',
  'running',
  'shadowing',
  'waiting',
  'promoted',
  'refused',
  'failed',
  'cancelled',
] as const;
/** Reasons for a training. */
const TRAINING_REASONS = ['first', 'schedule', 'drift', 'edit', 'hand'] as const;
export type TrainingReason = (typeof TRAINING_REASONS)[number];
/** Steps of a training, in this order. */
export const TRAINING_STEPS = ['sampling', 'learning', 'threshold', 'evaluating', 'storing'] as const;
export type TrainingStep = (typeof TRAINING_STEPS)[number];

const trainingReportSchema = z.object({
  state: z.enum(TRAINING_STATES),
  requested_at: z.string(),
  requested_by: z.string().optional().describe('Absent: the detector itself'),
  reason: z.enum(TRAINING_REASONS).optional(),
  beat_at: z.string().optional().describe('While it is running: its last sign of life, every few seconds'),
  step: z.enum(TRAINING_STEPS).optional().describe('While it is running'),
  step_done: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Share of this step that is done, where it is known'),
  place: z
    .number()
    .optional()
    .describe('While it is queued: its place among the trainings that wait, 1 is the next'),
  waiting: z.number().optional().describe('While it is queued: trainings that wait, this one among them'),
  finished_at: z.string().optional(),
  version: z.string().optional(),
  message: z.string().optional().describe('Reason why a model was refused, or a summary of the training'),
  failure: failureSchema.optional(),
});
export type TrainingReport = z.infer<typeof trainingReportSchema>;

/** Summary of one of the last runs. */
const runSummarySchema = z.object({
  id: z.string().optional(),
  started_at: z.string().optional(),
  finished_at: z.string(),
  logs: z.number(),
  anomalies: z.number(),
  complete: z.boolean(),
  failure: failureSchema.optional(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;
/** Runs that are kept; idle ones in a row count as one every few minutes. */
export const RUNS_KEPT = 30;

const BACKFILL_STATES = ['queued', 'running', 'done', 'cancelled', 'failed'] as const;

/** Settings of a backfill in the cluster. */
const inCluster = {
  into: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('Write scored copies into this index and leave the logs alone'),
  slices: z
    .number()
    .int()
    .min(1)
    .max(1_024)
    .optional()
    .describe('Parts side by side; default: as many as shards'),
  logs_per_second: z.number().positive().max(1e9).optional().describe('At most so many, over all slices'),
};
const whereSchema = z
  .enum(['job', 'cluster'])
  .describe(
    'job: Kibana reads the logs and scores them; cluster: Elasticsearch scores them by the ingest pipeline, and no log leaves it',
  );

const backfillReportSchema = z.object({
  id: z.string(),
  state: z.enum(BACKFILL_STATES),
  from: z.string(),
  to: z.string(),
  requested_at: z.string(),
  finished_at: z.string().optional(),
  logs: z.number(),
  total: z.number().optional().describe('Logs in the range, where they were counted'),
  anomalies: z.number(),
  created: z.number(),
  conflicts: z
    .number()
    .optional()
    .describe('In the cluster: copies that were there already, or logs that changed meanwhile: left alone'),
  where: whereSchema.optional().describe('Absent: job'),
  ...inCluster,
  task: z.string().optional().describe('In the cluster: the task of Elasticsearch'),
  collecting: z
    .boolean()
    .optional()
    .describe('In the cluster: all logs are scored, and results are collected from them'),
  patterns_not_counted: z
    .literal(true)
    .optional()
    .describe(
      'In the cluster: no message is read, so the patterns of these logs are not counted; a backfill of the same time with where: job counts them',
    ),
  failure: failureSchema.optional(),
});
export type BackfillReport = z.infer<typeof backfillReportSchema>;

/** A trained model that is not active yet and may become so. */
const candidateStateSchema = z.object({
  version: z.string(),
  state: z.enum(['shadowing', 'waiting']),
  since: z.string().describe('Time of its training'),
  until: z
    .string()
    .optional()
    .describe('Time at which its gate decides; present while it is scored in shadow'),
});
export type CandidateState = z.infer<typeof candidateStateSchema>;

const WATCH_STATES = ['watching', 'kept', 'taken_back', 'ended'] as const;
/** A model after its promotion; `ended`: somebody has made another one active meanwhile, or `reasons` say why it cannot be watched. */
const watchStateSchema = z.object({
  version: z.string(),
  previous: z.string(),
  state: z.enum(WATCH_STATES),
  since: z.string(),
  until: z.string(),
  looked_at: z.string().optional(),
  accepted: z
    .array(z.enum(GATE_CHECKS))
    .optional()
    .describe('Checks that had failed when a person promoted it all the same: they do not take it back'),
  reasons: z
    .array(z.string())
    .optional()
    .describe('Reasons why it was taken back, is about to be, or cannot be watched any more'),
});
export type WatchState = z.infer<typeof watchStateSchema>;

const READINESS_KINDS = [
  'too_few_logs',
  'sparse_hours',
  'constant_feature',
  'missing_feature',
  'lag',
  'suppressed',
  'drift',
  'api_key',
  'put_aside',
  'untrained_edit',
  'index_mapping',
  'kibanas_differ',
  'odd_times',
  'closed_indices',
] as const;
const readinessFindingSchema = z.object({
  kind: z.enum(READINESS_KINDS),
  level: z
    .enum(['blocking', 'warning', 'hint'])
    .describe('blocking: nothing is detected until it is dealt with'),
  message: z.string(),
  next_step: z.string().describe('Next step for the user'),
  said: codedSentenceSchema.optional(),
});
export type ReadinessFinding = z.infer<typeof readinessFindingSchema>;

const detectorStatusSchema = z.object({
  id: z.string(),
  name: z.string(),
  state: detectorStateSchema,
  enabled: z.boolean(),
  model: z
    .object({ version: z.string(), created_at: z.string(), threshold: z.number(), rows: z.number() })
    .optional(),
  pipeline: livePipelineSchema
    .optional()
    .describe('The ingest pipeline as it was last put or seen by a run; its version is that of the model'),
  checkpoint: z.object({ timestamp_to: z.string(), ingested_to: z.string() }).optional(),
  lag_ms: z
    .number()
    .optional()
    .describe('Age of the latest log time up to which everything has been scored, milliseconds'),
  running: z.object({ id: z.string(), started_at: z.string() }).optional(),
  last_run: runReportSchema.optional(),
  runs: z
    .array(runSummarySchema)
    .optional()
    .describe(`The last ${RUNS_KEPT} runs, newest first; of a single detector only`),
  last_look_at: z
    .string()
    .optional()
    .describe(
      'Time of the last search for logs; while none come, a search is recorded as a run once an hour only',
    ),
  last_log_at: z.string().optional().describe('Time of the last run that found a log to score'),
  next_run_at: z.string().optional(),
  consecutive_failures: z.number(),
  last_error: failureSchema.optional(),
  training: trainingReportSchema.optional(),
  backfill: backfillReportSchema.optional(),
  candidate: candidateStateSchema.optional().describe('Of a single detector only'),
  watch: watchStateSchema.optional().describe('Of the last promotion; of a single detector only'),
  drift: driftMeasurementSchema.optional().describe('The last measurement; of a single detector only'),
  readiness: z
    .array(readinessFindingSchema)
    .optional()
    .describe(
      'Findings that limit the quality of the detector, the worst first; in the list of all detectors only the worst',
    ),
});
export type DetectorStatus = z.infer<typeof detectorStatusSchema>;

const DETECTOR = `${API_ROOT}/detectors/{id}`;

export const statusEndpoints = {
  listStatus: endpoint({
    method: 'get',
    path: `${API_ROOT}/detectors/_status`,
    summary: 'State of every detector of this space',
    privilege: 'read',
    response: z.object({ statuses: z.array(detectorStatusSchema) }),
  }),
  getStatus: endpoint({
    method: 'get',
    path: `${DETECTOR}/_status`,
    summary: 'State, place reached, lag, last error with what to do, next run',
    privilege: 'read',
    params: detectorParams,
    response: detectorStatusSchema,
  }),
  cancelTraining: endpoint({
    method: 'post',
    path: `${DETECTOR}/_train/_cancel`,
    summary: 'Stop the training; the active model stays',
    privilege: 'write',
    params: detectorParams,
    response: acknowledgedSchema.extend({
      training: z
        .enum(['none', 'stopping', 'stopped'])
        .describe(
          'none: there was nothing to stop; stopping: its Kibana has been told; stopped: it was not running',
        ),
    }),
  }),
  startBackfill: endpoint({
    method: 'post',
    path: `${DETECTOR}/_backfill`,
    summary: 'Score a range of the past in the background, by Kibana or inside the cluster',
    privilege: 'write',
    cost: 'search',
    params: detectorParams,
    body: z.strictObject({
      from: timeSchema,
      to: timeSchema,
      where: whereSchema.optional().describe('Default: cluster with scoring: ingest, else job'),
      ...inCluster,
    }),
    response: backfillReportSchema,
  }),
  getBackfill: endpoint({
    method: 'get',
    path: `${DETECTOR}/_backfill`,
    summary: 'Progress of the last backfill',
    privilege: 'read',
    params: detectorParams,
    response: backfillReportSchema,
  }),
  cancelBackfill: endpoint({
    method: 'post',
    path: `${DETECTOR}/_backfill/_cancel`,
    summary: 'Stop the backfill; what was scored so far stays',
    privilege: 'write',
    params: detectorParams,
    response: acknowledgedSchema,
  }),
};
