import type { ApiResponse, Endpoints, ModelRecordBody } from '../../../common/api';
import type { Judgement } from '../../../common/api/models';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { featureDrift, featureDriftBetween, type FeatureDrift } from '../../../common/drift';
import { daysWithLogs } from '../../../common/days_with_logs';
import { DetectionError } from '../../../common/detection_error';
import { LABEL_FIELDS, findLabelField, readGroundTruth } from '../../../common/evaluation/ground_truth';
import type { Matrix } from '../../../common/isolation_forest';
import type { LogDocument } from '../../../common/log_document';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { firstTimeOf } from '../../detection/promotion/first_time';
import { adaptedThreshold, startingThreshold } from '../../detection/promotion/starting_threshold';
import { scoreDriftOf } from '../../detection/promotion/limit_checks';
import { fetchJudgedLogs } from '../../detection/feedback/judged_logs';
import { rangeOf } from '../../detection/ports/log_range';
import type { LogSample, LogSource } from '../../detection/ports';
import { scoreInPieces, type ScoredSample } from '../../detection/scoring/score_in_pieces';
import { createCheckpointStore, createDetectorSource, createFeedbackStore } from '../../elasticsearch';
import { noLogsError } from '../../elasticsearch/logs/no_logs';
import { createDetectorRepository } from '../records/detector_repository';
import { thresholdUnder } from '../records/effective_snapshot';
import { modelBodyOf, storeOf } from './model_service';
import type { RequestScope, Services } from '../contracts/services';

type Comparison = ApiResponse<Endpoints['compareModels']>;

/** Recent logs that both models score. */
const COMPARED_LOGS = 5_000;
/** Logs of the training window of a model that keeps no reference, enough for shares of deciles. */
const LEARNED_LOGS = 2_000;
const SCORE_BINS = 30;
interface Model {
  readonly record: ModelRecordBody;
  readonly snapshot: ModelSnapshot;
  /** Anomaly score in force: the one that its gate takes, so that both tell the same number of anomalies a day. */
  readonly threshold: number;
}

/** Scores the same recent and the same judged logs with both models, and says how far features have moved. */
export async function compareModels(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  versions: { left: string; right: string },
): Promise<Comparison> {
  const { detector } = await createDetectorRepository(scope.savedObjects).get(detectorId);
  const store = storeOf(services, scope);
  const stored = await createCheckpointStore(scope.elasticsearch, { space: scope.space }).read(detectorId);
  const load = async (version: string): Promise<Model> => {
    const record = await store.record(detectorId, version);
    const snapshot = await services.models.load(store, detectorId, record);
    const current = {
      ...snapshot,
      threshold: thresholdUnder(detector, snapshot),
      detector: { ...snapshot.detector, threshold: detector.threshold },
    };
    return {
      record: modelBodyOf(record),
      snapshot,
      threshold: adaptedThreshold(current, stored?.checkpoint) ?? startingThreshold(current),
    };
  };
  const models = [await load(versions.left), await load(versions.right)] as const;
  for (const { record, snapshot } of models) {
    if (snapshot.detector.unit === detector.unit) continue;
    throw new DetectionError(
      'refused',
      `The model ${record.version} scores by ${snapshot.detector.unit}, the detector by ${detector.unit} now; only models of the same unit can be compared.`,
    );
  }
  const source = createDetectorSource(scope.elasticsearch, detector);
  const to = services.clock.now();
  const window = durationToMilliseconds(detector.training.window);
  const fields = [
    ...new Set([
      ...models.flatMap(({ snapshot }) => snapshot.encoder.fields),
      detector.source.timestamp_field,
      LABEL_FIELDS[0],
    ]),
  ];
  const sample = await draw(source, detector, { from: to - window, to, size: COMPARED_LOGS, fields });
  if (sample.logs.length === 0) {
    const range = rangeOf(detector.source, to - window, to);
    throw await noLogsError(scope.elasticsearch, range, { last: detector.training.window });
  }
  const documents = sample.logs.map((log) => log.document);
  const logsPerDay =
    sample.total /
    daysWithLogs({ from: to - window, to }, firstTimeOf(documents, detector.source.timestamp_field));
  const feedback = createFeedbackStore(scope.elasticsearch, { space: scope.space });
  const judged = await fetchJudgedLogs(source, await feedback.list(detectorId), fields);
  const samples: ScoredSample[] = [];
  for (const { snapshot } of models) samples.push(await scoreInPieces(snapshot, documents));
  const measured = samples.map(({ scores }) => scores);
  const edges = edgesOf(measured);
  const sideOf = async (place: 0 | 1): Promise<Comparison['left']> => {
    const { record, snapshot, threshold } = models[place];
    const scores = measured[place];
    const alertShare = scores.filter((score) => score >= threshold).length / scores.length;
    const truths = truthsOf(documents);
    const { scores: byFeedback } = await scoreInPieces(snapshot, judged.documents);
    const limit = { threshold, alertsPerDay: alertShare * logsPerDay };
    return {
      record,
      alert_share: alertShare,
      alerts_per_day: alertShare * logsPerDay,
      score_drift: scoreDriftOf(snapshot, scores),
      score_shares: sharesOf(scores, edges),
      judged: [
        ...(truths ? [judge('labels', { truths, scores }, limit)] : []),
        ...(judged.truths.length > 0
          ? [judge('feedback', { truths: judged.truths, scores: byFeedback }, limit)]
          : []),
      ],
    };
  };
  const flagged = models.map(({ threshold }, place) =>
    Array.from(measured[place], (score) => score >= threshold),
  );
  const count = (isWanted: (left: boolean, right: boolean) => boolean): number =>
    documents.filter((_document, row) => isWanted(flagged[0][row], flagged[1][row])).length;
  return {
    logs: documents.length,
    left: await sideOf(0),
    right: await sideOf(1),
    score_edges: edges,
    feature_drift: await driftOf(source, detector, models, samples),
    flagged_by_both: count((left, right) => left && right),
    flagged_by_left_only: count((left, right) => left && !right),
    flagged_by_right_only: count((left, right) => !left && right),
  };
}

function draw(
  source: LogSource,
  { source: logs, forest }: Detector,
  wanted: { from: number; to: number; size: number; fields: readonly string[] },
): Promise<LogSample> {
  const { from, to, size, fields } = wanted;
  return source.sample(rangeOf(logs, from, to), { size, seed: forest.seed, fields });
}

function truthsOf(documents: readonly LogDocument[]): (boolean | undefined)[] | undefined {
  const field = findLabelField(documents);
  return field === undefined
    ? undefined
    : readGroundTruth(documents, field).map((truth) => truth && truth.anomaly);
}

interface JudgedLogs {
  /** True for an anomaly, undefined without a label. */
  readonly truths: readonly (boolean | undefined)[];
  readonly scores: Float64Array;
}

/** @param alertsPerDay of the model: the share of false ones among the judged stands for all of them */
function judge(
  from: Judgement['from'],
  { truths, scores }: JudgedLogs,
  { threshold, alertsPerDay }: { readonly threshold: number; readonly alertsPerDay: number },
): Judgement {
  let [found, missed, falseAlarms, known] = [0, 0, 0, 0];
  truths.forEach((isAnomaly, row) => {
    if (isAnomaly === undefined) return;
    known++;
    const isFlagged = scores[row] >= threshold;
    if (isAnomaly && isFlagged) found++;
    else if (isAnomaly) missed++;
    else if (isFlagged) falseAlarms++;
  });
  const precision = found + falseAlarms > 0 ? found / (found + falseAlarms) : null;
  return {
    from,
    logs: known,
    precision,
    recall: found + missed > 0 ? found / (found + missed) : null,
    false_alarms_per_day: precision === null ? null : (1 - precision) * alertsPerDay,
  };
}

function edgesOf(measured: readonly Float64Array[]): number[] {
  const ends = measured.flatMap((scores) =>
    scores.reduce(([low, high], score) => [Math.min(low, score), Math.max(high, score)], [1, 0]),
  );
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return Array.from({ length: SCORE_BINS + 1 }, (_none, bin) => low + ((high - low) * bin) / SCORE_BINS);
}

function sharesOf(scores: Float64Array, edges: readonly number[]): number[] {
  const shares = new Array<number>(SCORE_BINS).fill(0);
  const width = (edges[SCORE_BINS] - edges[0]) / SCORE_BINS || 1;
  for (const score of scores) {
    shares[Math.min(SCORE_BINS - 1, Math.floor((score - edges[0]) / width))] += 1 / scores.length;
  }
  return shares;
}

/** Recent logs against what each model has learned from: its reference, or for want of one logs of its training window. */
async function driftOf(
  source: LogSource,
  detector: Detector,
  models: readonly [Model, Model],
  recent: readonly ScoredSample[],
): Promise<Comparison['feature_drift']> {
  const drifts: (Map<string, number> | undefined)[] = [];
  for (const [place, { snapshot }] of models.entries()) {
    const { encoder, reference } = snapshot;
    const { matrix } = recent[place];
    const found =
      reference === undefined
        ? await driftSinceTraining(source, detector, snapshot, matrix)
        : featureDrift(reference, encoder, matrix);
    drifts.push(found && new Map(found.map(({ feature, drift }) => [feature, drift])));
  }
  const [left, right] = drifts;
  const features = [...new Set(models.flatMap(({ snapshot }) => snapshot.encoder.featureNames))];
  return features
    .map((feature) => ({ feature, left: left?.get(feature) ?? null, right: right?.get(feature) ?? null }))
    .sort(
      (one, other) => Math.max(other.left ?? 0, other.right ?? 0) - Math.max(one.left ?? 0, one.right ?? 0),
    );
}

async function driftSinceTraining(
  source: LogSource,
  detector: Detector,
  { encoder, training: { window } }: ModelSnapshot,
  recent: Matrix,
): Promise<FeatureDrift[] | undefined> {
  if (window === undefined) return undefined;
  const { logs } = await draw(source, detector, {
    from: Date.parse(window.from),
    to: Date.parse(window.to),
    size: LEARNED_LOGS,
    fields: encoder.fields,
  });
  if (logs.length === 0) return undefined;
  return featureDriftBetween(encoder, encoder.encode(logs.map((log) => log.document)), recent);
}
