import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { featuresInZone, type Detector, type FeatureDefinition } from '../../../common/detector';
import { learnReference } from '../../../common/drift';
import type { Evaluation } from '../../../common/evaluation';
import {
  createScorer,
  FEWEST_VERDICTS,
  growAutoForest,
  learnFromVerdicts,
  learnSurprise,
  USUAL_SUBSAMPLE_SIZE,
  type IsolationForest,
  type Matrix,
} from '../../../common/isolation_forest';
import { columnWeightsOf, learnFeatures, withFarRows } from '../../../common/log_features';
import type { ColumnWatch } from '../../../common/isolation_forest/learning/learn_surprise';
import type { DirtReport, FeatureEncoder } from '../../../common/log_features/columns/types';
import { createModelSnapshot, type ModelSnapshot } from '../../../common/model_snapshot';
import { learnQuantiles, thresholdFrom } from '../../../common/threshold';
import { evaluateModel } from './evaluate_model';
import type { JudgedLogs } from '../feedback/judged_logs';
import { firstTimeOf } from '../promotion/first_time';
import { timestampOf } from '../scoring/log_values';
import type { Clock, LogDocument, Progress } from '../ports';
import { shuffled } from './shuffled';

/** With at least as many held-out logs their scores give the quantiles: 20 logs lie above a contamination of 0.01. */
const ENOUGH_HELD_OUT = 2_000;
/** Otherwise all logs, up to so many, are scored by models that have not seen them. */
const MOST_CROSS_FITTED = 10_000;
const FOLDS = 5;
/** Forest, threshold, evaluation. */
const STEPS = 3;
/** Share of the time that reading the features takes, by and large; the rest are the trees. */
const LEARNED_AT = 0.5;
/** Logs that are scored before a word of how far it has come. */
const SCORED_AT_ONCE = 2_000;
/** Held-out logs that suffice for deciles of their scores, and most that are scored for them. */
const ENOUGH_REFERENCES = 200;
const MOST_REFERENCES = 5_000;
/** Say nothing of what is usual in logs: a detector of these alone reads a table, in which anomalies may come in crowds. */
const PLAIN_FEATURES: readonly FeatureDefinition['type'][] = ['number', 'hour_of_day', 'day_of_week'];

export interface TrainingRequest {
  readonly detector: Detector;
  /** A uniform sample of the training window; row order does not matter beyond the seeded split. */
  readonly documents: readonly LogDocument[];
  /** Origin of the documents, for people. */
  readonly source: string;
  /** Epoch milliseconds, [from, to). */
  readonly window?: { readonly from: number; readonly to: number };
  readonly logsInWindow?: number;
  readonly clock: Pick<Clock, 'now'>;
  /** Field with the ground truth, where there is one: used for the evaluation on held-out logs alone. */
  readonly labelField?: string;
  /** Verdicts on results: the forest learns from them, where there are enough and the detector asks for it. */
  readonly judged?: JudgedLogs;
  /** Told the steps that are done, of three, also in parts of a step: 1.5 when the threshold is half way placed. */
  readonly progress?: Progress;
}

export interface TrainingReport {
  readonly rows: number;
  readonly heldOutRows: number;
  readonly columns: readonly string[];
  readonly dirt: DirtReport;
  readonly threshold: number;
  /** Origin of the scores behind quantiles and threshold: always of logs unseen by the model that scored them. */
  readonly quantilesFrom: 'held_out' | 'cross_fitting';
  readonly quantileRows: number;
  /** Verdicts that the forest learned from. */
  readonly verdicts: number;
  readonly milliseconds: number;
  /** On the held-out logs; absent when none were held out. */
  readonly evaluation?: Evaluation;
}

/**
 * Trains a model: holds out a share of the logs, learns the features and grows the forest on the others, and places the
 * threshold among the scores of logs that were not trained on. With few logs held out, these come from
 * cross-fitting: every fifth of the logs is scored by a model trained on the other four. What people said of results then
 * moves scores around that threshold, which stays: fewer logs reach it, and no others come in their place.
 *
 * The same detector, documents and seed give the same model.
 *
 * @throws DetectionError `too_few_logs` below `training.min_rows`, `invalid_input` when a feature reads the label
 */
export function trainModel(request: TrainingRequest): { snapshot: ModelSnapshot; report: TrainingReport } {
  const { detector, clock, labelField, progress } = request;
  const startedAt = clock.now();
  const { min_rows: minRows, holdout } = detector.training;
  if (request.documents.length < minRows) {
    const counts = { logs: request.documents.length, needed: minRows };
    throw sentenceError('too_few_logs', 'training_few_logs', counts, { details: counts });
  }
  if (labelField !== undefined) refuseLabelAsFeature(detector, labelField);
  const documents = shuffled(request.documents, detector.forest.seed);
  const heldOut = documents.slice(0, Math.round(documents.length * holdout));
  const training = documents.slice(heldOut.length);

  let fit = fitModel(detector, training, (share) => progress?.(share, STEPS, 'forest grown'));
  progress?.(1, STEPS, 'forest grown');
  const judged = detector.training.learn_from_feedback ? request.judged : undefined;
  const fromHeldOut = heldOut.length >= ENOUGH_HELD_OUT;
  const crossFitted = documents.slice(0, MOST_CROSS_FITTED);
  let scored = 0;
  const unseen = (one: Fit, learn?: (fit: Fit) => Fit): Float64Array => {
    // Verdicts, where there are some, ask for the scores once more.
    const tell = (share: number): void =>
      progress?.(1 + (scored + share) / (judged === undefined ? 1 : 2), STEPS, 'threshold placed');
    const scores = fromHeldOut
      ? scoreWith(one, heldOut, tell)
      : crossFittedScores(detector, crossFitted, learn, tell);
    scored++;
    return withConfirmed(scores, one, request);
  };
  let unseenScores = unseen(fit);
  let quantiles = learnQuantiles(unseenScores);
  const threshold = thresholdFrom(detector.threshold, quantiles);
  const learns = judged !== undefined && judged.documents.length >= FEWEST_VERDICTS && threshold <= 1;
  if (learns) {
    const learn = (one: Fit): Fit => withVerdicts(one, judged, threshold);
    fit = learn(fit);
    unseenScores = unseen(fit, learn);
    quantiles = learnQuantiles(unseenScores);
  }
  progress?.(2, STEPS, 'threshold placed');

  const { window, logsInWindow, source } = request;
  const finishedAt = clock.now();
  const snapshot = createModelSnapshot({
    detector,
    encoder: fit.encoder,
    forest: fit.forest,
    quantiles,
    threshold,
    training: {
      started_at: new Date(startedAt).toISOString(),
      finished_at: new Date(finishedAt).toISOString(),
      rows: training.length,
      ...(logsInWindow === undefined ? {} : { logs_in_window: logsInWindow }),
      ...(window === undefined
        ? {}
        : {
            window: { from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() },
            ...firstLogIn(window, request),
          }),
      source,
      dirt: fit.dirt,
      ...(learns && {
        verdicts: {
          real: judged.truths.filter(Boolean).length,
          not_an_anomaly: judged.truths.filter((isReal) => !isReal).length,
        },
      }),
    },
    reference: learnReference(fit.matrix, referenceScores(fit, heldOut, training)),
  });
  const evaluation =
    heldOut.length === 0
      ? undefined
      : evaluateModel({
          snapshot,
          documents: heldOut,
          labelField,
          progress: (done) => progress?.(2 + done / heldOut.length, STEPS, 'model evaluated'),
        });
  progress?.(STEPS, STEPS, 'model evaluated');
  return {
    snapshot: evaluation === undefined ? snapshot : { ...snapshot, evaluation },
    report: {
      rows: training.length,
      heldOutRows: heldOut.length,
      columns: fit.encoder.columnNames,
      dirt: fit.dirt,
      threshold,
      quantilesFrom: fromHeldOut ? 'held_out' : 'cross_fitting',
      quantileRows: unseenScores.length,
      verdicts: learns ? judged.documents.length : 0,
      milliseconds: clock.now() - startedAt,
      evaluation,
    },
  };
}

/** A sample of weeks before the window says nothing of when the logs of the window began. */
function firstLogIn(
  { from, to }: NonNullable<TrainingRequest['window']>,
  { documents, detector }: TrainingRequest,
): Pick<ModelSnapshot['training'], 'first_log_at'> {
  const first = firstTimeOf(documents, detector.source.timestamp_field);
  return first === undefined || first <= from || first >= to
    ? {}
    : { first_log_at: new Date(first).toISOString() };
}

interface Fit {
  readonly encoder: FeatureEncoder;
  readonly forest: IsolationForest;
  readonly dirt: DirtReport;
  readonly matrix: Matrix;
}

function fitModel(
  detector: Detector,
  documents: readonly LogDocument[],
  tell?: (share: number) => void,
): Fit {
  const { encoder, matrix, dirt, watches } = learnFeatures(featuresInZone(detector), documents, {
    timestampField: detector.source.timestamp_field,
  });
  tell?.(LEARNED_AT);
  const { tree_count, subsample_size, max_depth, seed, splits, extension_level, trainer } = detector.forest;
  // Among single logs far rows would make the far ends look dense, and slow requests ordinary; see learnSurprise.
  const isOfSpans = areSpans(detector);
  const rows = !isOfSpans ? matrix : withFarRows(matrix, detector.features, encoder, seed);
  const grown = growAutoForest(
    rows,
    {
      treeCount: tree_count,
      // Rows of buckets sum up many logs: about one in a hundred is anomalous, which 256 rows a tree are made for.
      subsampleSize: subsample_size === 'auto' && isOfSpans ? USUAL_SUBSAMPLE_SIZE : subsample_size,
      maxDepth: max_depth,
      anomalies: detector.features.every(({ type }) => PLAIN_FEATURES.includes(type)) ? 'unknown' : 'rare',
      seed,
      splits,
      extensionLevel: extension_level,
      columnWeights: columnWeightsOf(detector.features, encoder, rows),
      trainer,
    },
    matrix,
    tell && ((share) => tell(LEARNED_AT + share * (1 - LEARNED_AT))),
  );
  const forest = learnSurprise(grown, matrix, watchesOf(detector, watches), seed);
  return { encoder, forest, dirt, matrix };
}

/** True of rows that sum up spans of time. Sessions are like single logs: many, and the odd ones rare and far from the others. */
const areSpans = ({ unit, bucket }: Detector): boolean => unit === 'bucket' && bucket?.session === undefined;

/** In rows of buckets far rows show what lies far out: their columns are watched for what lies beyond all of training alone. */
const watchesOf = (detector: Detector, watches: readonly ColumnWatch[]): readonly ColumnWatch[] =>
  !areSpans(detector)
    ? watches
    : watches.flatMap((watch) =>
        watch.kind === 'rarity'
          ? []
          : [watch.kind === 'tail' ? { ...watch, kind: 'beyond' as const } : watch],
      );

const withVerdicts = (fit: Fit, { documents, truths }: JudgedLogs, threshold: number): Fit => ({
  ...fit,
  forest: learnFromVerdicts(fit.forest, fit.encoder.encode(documents), truths, threshold),
});

function scoreWith(
  { encoder, forest }: Fit,
  documents: readonly LogDocument[],
  tell?: (share: number) => void,
): Float64Array {
  const scorer = createScorer(forest);
  const scores = new Float64Array(documents.length);
  for (let from = 0; from < documents.length; from += SCORED_AT_ONCE) {
    const part = documents.slice(from, from + SCORED_AT_ONCE);
    scores.set(scorer.score(encoder.encode(part)), from);
    tell?.((from + part.length) / documents.length);
  }
  return scores;
}

/** Scores of logs that the forest was not grown on or, where few were held out, of those that it was. */
const referenceScores = (
  fit: Fit,
  heldOut: readonly LogDocument[],
  training: readonly LogDocument[],
): Float64Array =>
  scoreWith(fit, (heldOut.length >= ENOUGH_REFERENCES ? heldOut : training).slice(0, MOST_REFERENCES));

/**
 * Confirmed anomalies are kept out of the sample, and still are among the logs that the threshold counts: without them it
 * would make room for as many others. As many of them as the sample stands for, spread over their scores.
 */
function withConfirmed(
  scores: Float64Array,
  fit: Fit,
  { detector, judged, window, logsInWindow }: TrainingRequest,
): Float64Array {
  if (judged === undefined || window === undefined || !logsInWindow) return scores;
  const confirmed = judged.documents.filter((document, place) => {
    const time = timestampOf(document, detector.source.timestamp_field);
    return judged.truths[place] && time !== undefined && time >= window.from && time < window.to;
  });
  const count = Math.round(confirmed.length * Math.min(1, scores.length / logsInWindow));
  if (count === 0) return scores;
  const theirs = scoreWith(fit, confirmed).sort();
  const step = theirs.length / count;
  const all = new Float64Array(scores.length + count);
  all.set(scores);
  for (let i = 0; i < count; i++) all[scores.length + i] = theirs[Math.floor((i + 0.5) * step)];
  return all;
}

/** Scores each fold of the documents by a model of the others. */
function crossFittedScores(
  detector: Detector,
  documents: readonly LogDocument[],
  learn: (fit: Fit) => Fit = (fit) => fit,
  tell?: (share: number) => void,
): Float64Array {
  const scores = new Float64Array(documents.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const from = Math.floor((fold * documents.length) / FOLDS);
    const to = Math.floor(((fold + 1) * documents.length) / FOLDS);
    const others = [...documents.slice(0, from), ...documents.slice(to)];
    scores.set(scoreWith(learn(fitModel(detector, others)), documents.slice(from, to)), from);
    tell?.((fold + 1) / FOLDS);
  }
  return scores;
}

function refuseLabelAsFeature(detector: Detector, labelField: string): void {
  const reading = detector.features.find(
    ({ field }) => field === labelField || field.startsWith(`${labelField}.`),
  );
  if (reading !== undefined) {
    throw new DetectionError(
      'invalid_input',
      `features: ${reading.field} holds the label (${labelField}); a label must not be a feature`,
    );
  }
}
