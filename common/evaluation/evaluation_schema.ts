import { z } from 'zod';
import { SEVERITIES } from '../anomaly';

/** Far more than `evaluateScores` writes of each; nothing in an evaluation that is read may be larger. */
const MOST = { bins: 1_000, top: 100, kinds: 1_000, incidents: 500, points: 1_000, notes: 20 } as const;
const LONGEST_NAME = 512;
const LONGEST_TEXT = 8_192;

const name = z.string().max(LONGEST_NAME);
const text = z.string().max(LONGEST_TEXT);
const time = z.string().max(40);
const count = z.number().int().nonnegative();
const share = z.number().min(0).max(1);
const amount = z.number().nonnegative();

const delaySchema = z.strictObject({
  incidents: count,
  detected: count,
  median_ms: z.number().optional(),
  p95_ms: z.number().optional(),
});
const curveSchema = z.array(z.tuple([share, share])).max(MOST.points);

const labelledSchema = z.strictObject({
  anomalies: count,
  normal: count,
  precision: share,
  recall: share,
  f1: share,
  roc_auc: share,
  average_precision: share,
  confusion: z.strictObject({
    true_positives: count,
    false_positives: count,
    true_negatives: count,
    false_negatives: count,
  }),
  false_alarms_per_day: amount.optional(),
  detection_delay: delaySchema,
  detection_delay_p95_ms: z.number().optional(),
  at_budget: z
    .strictObject({
      alerts_per_day: amount,
      alerts: count,
      threshold: z.number(),
      precision: share,
      recall: share,
    })
    .optional(),
  by_kind: z
    .array(
      z.strictObject({
        kind: name,
        logs: count,
        detected: count,
        recall: share,
        roc_auc: share,
        average_precision: share,
        delay: delaySchema,
      }),
    )
    .max(MOST.kinds),
  roc_curve: curveSchema,
  precision_recall_curve: curveSchema,
  incidents: z
    .array(
      z.strictObject({
        id: name,
        kind: name,
        from: time,
        to: time,
        logs: count,
        detected_logs: count,
        delay_ms: z.number().optional(),
      }),
    )
    .max(MOST.incidents),
});

/** An `Evaluation` as a model file or a stored model holds it. Nothing in it is trusted: each part has its largest size. */
export const evaluationSchema = z.strictObject({
  schema_version: z.literal(1),
  model_version: name,
  detector: name,
  evaluated_logs: count,
  unlabelled_logs: count,
  threshold: z.number(),
  alerts: count,
  alert_share: share,
  time: z.strictObject({ from: time, to: time, days: amount }).optional(),
  alerts_per_day: amount.optional(),
  query_delay_ms: amount,
  scores: z.strictObject({
    min: z.number(),
    median: z.number(),
    p90: z.number(),
    p99: z.number(),
    max: z.number(),
  }),
  histogram: z.strictObject({
    from: z.number(),
    to: z.number(),
    normal: z.array(count).max(MOST.bins),
    anomalous: z.array(count).max(MOST.bins),
  }),
  timeline: z
    .array(
      z.strictObject({
        from: time,
        logs: count,
        max_score: z.number(),
        alerts: count,
        anomalies: count,
        false_alarms: count,
      }),
    )
    .max(MOST.bins),
  top: z
    .array(
      z.strictObject({
        timestamp: time.optional(),
        entity: name.optional(),
        score: z.number(),
        confidence: share,
        severity: z.enum(SEVERITIES.map(({ name: band }) => band)),
        reason: text,
        excerpt: text,
        truth: name.optional(),
      }),
    )
    .max(MOST.top),
  labelled: labelledSchema.optional(),
  notes: z.array(text).max(MOST.notes),
});

/** The few figures of an evaluation that a list of models holds. */
export const evaluationSummarySchema = z.object({
  evaluated_logs: count.optional(),
  alert_share: share.optional(),
  alerts_per_day: amount.optional(),
  labelled: z
    .object({
      precision: share.optional(),
      recall: share.optional(),
      f1: share.optional(),
      roc_auc: share.optional(),
      average_precision: share.optional(),
      false_alarms_per_day: amount.optional(),
    })
    .optional(),
});
export type EvaluationSummary = z.output<typeof evaluationSummarySchema>;

/** Paths of what a summary holds within an evaluation. */
export const SUMMARY_PATHS: readonly string[] = Object.entries(evaluationSummarySchema.shape).flatMap(
  ([key]) =>
    key === 'labelled'
      ? Object.keys(evaluationSummarySchema.shape.labelled.unwrap().shape).map((part) => `${key}.${part}`)
      : [key],
);

/** @returns undefined for what is no evaluation */
export const summaryOf = (evaluation: unknown): EvaluationSummary | undefined =>
  evaluationSummarySchema.safeParse(evaluation).data;
