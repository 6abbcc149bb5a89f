import { DetectionError } from '../detection_error';
import { averagePrecision, rocAuc } from '../metrics';
import { curvesOf } from './curves';
import { delayOf, incidentsOf, quantileOf, UNNAMED_KIND } from './incidents';
import type {
  Evaluation,
  GroundTruth,
  IncidentOutcome,
  KindOutcome,
  LabelledEvaluation,
  TimelineBucket,
  TopAnomaly,
} from './types';
import { DAY } from '../duration';

const HISTOGRAM_BINS = 50;
const TIMELINE_BUCKETS = 96;
/** Incidents that are listed one by one; the measures are over all. */
const LISTED_INCIDENTS = 500;
/** Kinds that are measured one by one, the most frequent: labels may hold as many as there are logs. */
const LISTED_KINDS = 100;

export interface EvaluationInput {
  readonly modelVersion: string;
  readonly detector: string;
  /** One anomaly score a log. */
  readonly scores: Float64Array;
  readonly threshold: number;
  /** Epoch milliseconds, NaN where unknown. */
  readonly times: Float64Array;
  readonly truths?: ReadonlyArray<GroundTruth | undefined>;
  readonly entities?: ReadonlyArray<string | undefined>;
  /** Milliseconds that a run waits before it reads a log; counts in the detection delay. */
  readonly queryDelay: number;
  /** Milliseconds from the time of a row until it is over, where they differ, as those of sessions; counts in the detection delay. */
  readonly overAfter?: (row: number) => number;
  /** Alert budget at which precision is measured. */
  readonly alertsPerDay: number;
  readonly top: readonly TopAnomaly[];
}

/**
 * Measures how well scores and a threshold tell anomalies.
 *
 * @throws DetectionError `invalid_input` without logs, for inputs of different lengths or a score that is not a number
 */
export function evaluateScores(input: EvaluationInput): Evaluation {
  const { scores, threshold, times, truths } = input;
  checkInput(input);
  const isAlert = (row: number): boolean => scores[row] >= threshold;
  const sorted = Float64Array.from(scores).sort();
  const span = spanOf(times);
  const days = span === undefined ? undefined : (span.to - span.from) / DAY;
  let alerts = 0;
  for (let row = 0; row < scores.length; row++) if (isAlert(row)) alerts++;
  const { labelled, note } = evaluateLabelled(input, isAlert, days);
  return {
    schema_version: 1,
    model_version: input.modelVersion,
    detector: input.detector,
    evaluated_logs: scores.length,
    unlabelled_logs:
      truths === undefined ? scores.length : truths.filter((truth) => truth === undefined).length,
    threshold,
    alerts,
    alert_share: alerts / scores.length,
    ...(span === undefined || days === undefined
      ? {}
      : {
          time: { from: new Date(span.from).toISOString(), to: new Date(span.to).toISOString(), days },
          alerts_per_day: alerts / days,
        }),
    query_delay_ms: input.queryDelay,
    scores: {
      min: sorted[0],
      median: quantileOf(sorted, 0.5),
      p90: quantileOf(sorted, 0.9),
      p99: quantileOf(sorted, 0.99),
      max: sorted[sorted.length - 1],
    },
    histogram: histogramOf(input, sorted),
    timeline: span === undefined ? [] : timelineOf(input, span, isAlert),
    top: input.top,
    ...(labelled === undefined ? {} : { labelled }),
    notes: [
      ...(note === undefined ? [] : [note]),
      ...(span === undefined ? ['The logs have no times: nothing can be said a day or about delays.'] : []),
    ],
  };
}

function checkInput({ scores, times, truths, entities, threshold }: EvaluationInput): void {
  if (scores.length === 0) throw new DetectionError('invalid_input', 'scores: there are no logs to evaluate');
  for (const [name, list] of Object.entries({ times, truths, entities })) {
    if (list !== undefined && list.length !== scores.length) {
      throw new DetectionError(
        'invalid_input',
        `${name}: has ${list.length} entries, must have one for each of the ${scores.length} scores`,
      );
    }
  }
  const wrong = scores.findIndex((score) => !Number.isFinite(score));
  if (wrong !== -1) {
    throw new DetectionError('invalid_input', `scores[${wrong}]: is ${scores[wrong]}, must be a number`);
  }
  if (!Number.isFinite(threshold)) {
    throw new DetectionError('invalid_input', `threshold: is ${threshold}, must be a number`);
  }
}

/** First and last time; undefined when there are not two. */
function spanOf(times: Float64Array): { from: number; to: number } | undefined {
  let from = Infinity;
  let to = -Infinity;
  for (const time of times) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return to > from && Number.isFinite(to - from) ? { from, to } : undefined;
}

function histogramOf({ scores, truths }: EvaluationInput, sorted: Float64Array): Evaluation['histogram'] {
  const from = Math.floor(sorted[0] * 20) / 20;
  const to = Math.max(Math.ceil(sorted[sorted.length - 1] * 20) / 20, from + 0.05);
  const normal = new Array<number>(HISTOGRAM_BINS).fill(0);
  const anomalous = new Array<number>(HISTOGRAM_BINS).fill(0);
  scores.forEach((score, row) => {
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor(((score - from) / (to - from)) * HISTOGRAM_BINS));
    (truths?.[row]?.anomaly ? anomalous : normal)[bin]++;
  });
  return { from, to, normal, anomalous };
}

function timelineOf(
  { scores, times, truths }: EvaluationInput,
  span: { from: number; to: number },
  isAlert: (row: number) => boolean,
): TimelineBucket[] {
  const width = (span.to - span.from) / TIMELINE_BUCKETS;
  const buckets = Array.from({ length: TIMELINE_BUCKETS }, (_, i) => ({
    from: new Date(span.from + i * width).toISOString(),
    logs: 0,
    max_score: 0,
    alerts: 0,
    anomalies: 0,
    false_alarms: 0,
  }));
  scores.forEach((score, row) => {
    if (!Number.isFinite(times[row])) return;
    const bucket = buckets[Math.min(TIMELINE_BUCKETS - 1, Math.floor((times[row] - span.from) / width))];
    const anomaly = truths?.[row]?.anomaly;
    bucket.logs++;
    bucket.max_score = Math.max(bucket.max_score, score);
    if (anomaly) bucket.anomalies++;
    if (!isAlert(row)) return;
    bucket.alerts++;
    if (anomaly === false) bucket.false_alarms++;
  });
  return buckets;
}

function evaluateLabelled(
  input: EvaluationInput,
  isAlert: (row: number) => boolean,
  days: number | undefined,
): { labelled?: LabelledEvaluation; note?: string } {
  const { truths } = input;
  if (truths === undefined)
    return { note: 'Without labels nothing can be said about right and wrong alerts.' };
  const rows = Uint32Array.from(truths.flatMap((truth, row) => (truth === undefined ? [] : [row])));
  const labels = Uint8Array.from(rows, (row) => (truths[row]?.anomaly ? 1 : 0));
  const anomalies = labels.reduce((sum, label) => sum + label, 0);
  const normal = rows.length - anomalies;
  if (anomalies === 0 || normal === 0) {
    const which = anomalies === 0 ? 'normal' : 'anomalous';
    return {
      note: `All ${rows.length} labelled logs are ${which}: measures that need both classes are left out.`,
    };
  }
  const scores = Float64Array.from(rows, (row) => input.scores[row]);
  const ranked = Uint32Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
  let truePositives = 0;
  let falsePositives = 0;
  rows.forEach((row, i) => {
    if (!isAlert(row)) return;
    if (labels[i] === 1) truePositives++;
    else falsePositives++;
  });
  const precision = truePositives === 0 ? 0 : truePositives / (truePositives + falsePositives);
  const recall = truePositives / anomalies;
  const incidents = incidentsOf({ ...input, truths, isAlert });
  const delay = delayOf(incidents);
  const { roc, precisionRecall } = curvesOf(scores, labels, ranked);
  return {
    labelled: {
      anomalies,
      normal,
      precision,
      recall,
      f1: truePositives === 0 ? 0 : (2 * precision * recall) / (precision + recall),
      roc_auc: rocAuc(scores, labels),
      average_precision: averagePrecision(scores, labels),
      confusion: {
        true_positives: truePositives,
        false_positives: falsePositives,
        true_negatives: normal - falsePositives,
        false_negatives: anomalies - truePositives,
      },
      ...(days === undefined ? {} : { false_alarms_per_day: falsePositives / days }),
      detection_delay: delay,
      ...(delay.p95_ms === undefined ? {} : { detection_delay_p95_ms: delay.p95_ms }),
      ...(days === undefined
        ? {}
        : { at_budget: atBudget({ scores, labels, ranked, anomalies }, input.alertsPerDay, days) }),
      by_kind: byKind(input, truths, incidents, isAlert),
      roc_curve: roc,
      precision_recall_curve: precisionRecall,
      incidents: incidents.slice(0, LISTED_INCIDENTS),
    },
  };
}

/** Logs with labels, in the order of the input. */
interface RankedRows {
  readonly scores: Float64Array;
  /** 1 for an anomaly, 0 for a normal log. */
  readonly labels: Uint8Array;
  /** Places of the logs by falling score. */
  readonly ranked: Uint32Array;
  /** Count of the anomalies. */
  readonly anomalies: number;
}

function atBudget(
  { scores, labels, ranked, anomalies }: RankedRows,
  alertsPerDay: number,
  days: number,
): LabelledEvaluation['at_budget'] {
  const alerts = Math.min(ranked.length, Math.max(1, Math.round(alertsPerDay * days)));
  const truePositives = ranked.subarray(0, alerts).reduce((sum, row) => sum + labels[row], 0);
  return {
    alerts_per_day: alertsPerDay,
    alerts,
    threshold: scores[ranked[alerts - 1]],
    precision: truePositives / alerts,
    recall: truePositives / anomalies,
  };
}

/** Each of the most frequent kinds against all normal logs, the most frequent first. */
function byKind(
  { scores }: EvaluationInput,
  truths: ReadonlyArray<GroundTruth | undefined>,
  incidents: readonly IncidentOutcome[],
  isAlert: (row: number) => boolean,
): KindOutcome[] {
  const normalRows: number[] = [];
  const rowsOfKind = new Map<string, number[]>();
  truths.forEach((truth, row) => {
    if (truth === undefined) return;
    if (!truth.anomaly) {
      normalRows.push(row);
      return;
    }
    const kind = truth.kind ?? UNNAMED_KIND;
    const rows = rowsOfKind.get(kind);
    if (rows === undefined) rowsOfKind.set(kind, [row]);
    else rows.push(row);
  });
  return [...rowsOfKind]
    .sort(([a, rows], [b, others]) => others.length - rows.length || a.localeCompare(b, 'en'))
    .slice(0, LISTED_KINDS)
    .map(([kind, rows]): KindOutcome => {
      const compared = [...rows, ...normalRows];
      const comparedScores = Float64Array.from(compared, (row) => scores[row]);
      const labels = Uint8Array.from(compared, (_, i) => (i < rows.length ? 1 : 0));
      const detected = rows.filter(isAlert).length;
      return {
        kind,
        logs: rows.length,
        detected,
        recall: detected / rows.length,
        roc_auc: rocAuc(comparedScores, labels),
        average_precision: averagePrecision(comparedScores, labels),
        delay: delayOf(incidents.filter((incident) => incident.kind === kind)),
      };
    });
}
