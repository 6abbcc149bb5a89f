import { z } from 'zod';
import { codedSentenceSchema } from '../coded_sentence';

/**
 * - `pass`: the new model may take the place of the active one
 * - `ask`: nothing is wrong for certain, and a person should look
 * - `fail`: it would make things worse
 */
const GATE_VERDICTS = ['pass', 'ask', 'fail'] as const;
export type GateVerdict = (typeof GATE_VERDICTS)[number];

export const GATE_CHECKS = [
  'training_rows',
  'false_alarms',
  'score_drift',
  'feature_drift',
  'planted_found',
  'planted_kinds',
  'silence',
  'known_found',
  'agreement',
  'blind_features',
  'cost',
  'pipeline',
] as const;
export type GateCheckName = (typeof GATE_CHECKS)[number];

const candidateCheckSchema = z.object({
  name: z.enum(GATE_CHECKS),
  verdict: z.enum(GATE_VERDICTS),
  value: z.number(),
  limit: z.number(),
  message: z.string().describe('Measured value and limit, in a sentence'),
  said: codedSentenceSchema.optional(),
});
export type CandidateCheck = z.infer<typeof candidateCheckSchema>;

const countedSchema = z.object({ logs: z.number(), found: z.number() });

/** Measures of one model on the logs that both are compared on. */
const modelMeasuresSchema = z.object({
  rows: z.number().describe('Logs that it was trained on'),
  threshold: z.number().describe('Anomaly score in force'),
  alert_share: z.number(),
  alerts_per_day: z.number(),
  false_alarms_per_day: z.number().describe('Alerts without those on logs that are known to be anomalous'),
  score_drift: z.number().describe('Population stability index of the scores against those of its training'),
  feature_drift: z
    .object({ feature: z.string(), drift: z.number() })
    .nullable()
    .describe('The feature that has moved most since its training; null where the model does not tell'),
  known: countedSchema.describe('Anomalies known from labels and feedback, and how many of them it finds'),
  labelled: countedSchema
    .optional()
    .describe('Those of them that the labels of logs tell; nobody has judged these. Absent in older reports'),
  planted: countedSchema.describe('Anomalies made of recent logs, and how many of them it finds'),
  microseconds_per_log: z.number(),
});
export type ModelMeasures = z.infer<typeof modelMeasuresSchema>;

export const candidateGateSchema = z.object({
  verdict: z.enum(GATE_VERDICTS),
  at: z.string(),
  active_version: z
    .string()
    .optional()
    .describe('The model that it was compared with; absent: there was none'),
  from: z.string().describe('Logs of this time were scored'),
  to: z.string(),
  shadow: z.boolean().describe('True when they came after the training'),
  logs: z.number(),
  logs_per_day: z.number(),
  asked_share: z.number().describe('Share of the logs that the settings ask to call anomalous'),
  candidate: modelMeasuresSchema,
  active: modelMeasuresSchema.optional(),
  agreement: z
    .object({
      rank: z.number().describe('Rank correlation of the scores, -1 to 1 (Spearman)'),
      flagged_by_both: z
        .number()
        .describe('Of the logs that either calls anomalous, the share that both do; 1 where there is none'),
    })
    .optional(),
  planted: z.array(
    z.object({
      kind: z.string(),
      logs: z.number(),
      found_by_candidate: z.number(),
      found_by_active: z.number().optional(),
    }),
  ),
  checks: z.array(candidateCheckSchema),
  reasons: z.array(z.string()).describe('Reasons why it did not pass; empty where it did'),
});
/** The gate report of a candidate, kept with its model. */
export type CandidateGate = z.infer<typeof candidateGateSchema>;
