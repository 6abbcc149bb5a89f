import type { Attribution, Severity } from '../../../common/anomaly';
import type { TrainingStep } from '../../../common/api/status';
import { daysWithLogs } from '../../../common/days_with_logs';
import type { Detector } from '../../../common/detector';
import type { DirtReport } from '../../../common/log_features/columns/types';
import type { LogDocument, SourceLog } from '../../../common/log_document';
import { createModelScorer, encodeTrainedModel, type ModelSnapshot } from '../../../common/model_snapshot';
import type { ScoreQuantiles } from '../../../common/threshold/score_quantiles';
import type { JudgedLogs } from '../feedback/judged_logs';
import { trainModel } from './train_model';
import { firstTimeOf } from '../promotion/first_time';
import { measureProduction } from '../promotion/limit_checks';
import { startingThreshold } from '../promotion/starting_threshold';
import { scoreInPieces, type ScoredSample } from '../scoring/score_in_pieces';

/** All that training needs; structured-clone safe, so that it can be done on a thread of its own. */
export interface TrainingWork {
  readonly detector: Detector;
  readonly logs: readonly SourceLog[];
  readonly window: { readonly from: number; readonly to: number };
  readonly logsInWindow: number;
  /** Highest-scoring logs to bring back with an explanation; 0 where nobody looks. */
  readonly top: number;
  readonly judged?: JudgedLogs;
}

export interface ScoredLog {
  readonly source: { readonly index: string; readonly id: string };
  readonly document: LogDocument;
  readonly score: number;
  readonly confidence: number;
  readonly severity: Severity;
  readonly isAnomaly: boolean;
  readonly reason: string;
  readonly attribution: readonly Attribution[];
}

export interface TrainingOutcome {
  /** The model as its file. */
  readonly text: string;
  readonly version: string;
  readonly threshold: number;
  readonly rows: number;
  /** Verdicts that the forest learned from. */
  readonly verdicts: number;
  readonly createdAt: string;
  readonly evaluation?: unknown;
  readonly dirt: DirtReport;
  readonly features: readonly { readonly name: string; readonly columns: readonly string[] }[];
  readonly alertShare: number;
  readonly scoreDrift: number;
  /** Distribution of the scores of the training sample. */
  readonly quantiles: ScoreQuantiles;
  readonly top: readonly ScoredLog[];
}

/** Measures of a model over a sample. */
export type SampleMeasures = Pick<TrainingOutcome, 'dirt' | 'features' | 'alertShare' | 'quantiles' | 'top'>;

/** Told what training does, and which share of that step is done. Often: whoever writes it down leaves some out. */
export type TellTraining = (step: TrainingStep, done?: number) => void;

/** Runs {@link doTrainingWork}, on this thread or another one. */
export type Trainer = (
  work: TrainingWork,
  signal?: AbortSignal,
  tell?: TellTraining,
) => Promise<TrainingOutcome>;

/** Steps of {@link trainModel} and those after it. */
const STEPS: readonly TrainingStep[] = ['learning', 'threshold', 'evaluating', 'storing'];

/** Trains and measures a model. Busy for up to some seconds: not for a thread that has other things to do. */
export function doTrainingWork(work: TrainingWork, now: () => number, tell?: TellTraining): TrainingOutcome {
  const { detector, logs, window, logsInWindow, judged } = work;
  const documents = logs.map((log) => log.document);
  tell?.(STEPS[0]);
  const { snapshot, report } = trainModel({
    detector,
    documents,
    source: detector.source.index,
    window,
    logsInWindow,
    judged,
    clock: { now },
    progress: (done) => tell?.(STEPS[Math.floor(done)], done % 1),
  });
  const first = firstTimeOf(documents, detector.source.timestamp_field);
  const logsPerDay = logsInWindow / daysWithLogs(window, first);
  const measures = measureProduction(snapshot, documents, logsPerDay);
  return {
    text: encodeTrainedModel(snapshot),
    version: snapshot.version,
    threshold: snapshot.threshold,
    rows: report.rows,
    verdicts: report.verdicts,
    createdAt: snapshot.training.finished_at,
    evaluation: snapshot.evaluation,
    dirt: report.dirt,
    features: columnsByFeature(snapshot),
    alertShare: measures.alertShare,
    scoreDrift: measures.scoreDrift,
    quantiles: snapshot.quantiles,
    top: work.top > 0 ? highest(snapshot, logs, work.top) : [],
  };
}

function columnsByFeature({ encoder }: ModelSnapshot): { name: string; columns: string[] }[] {
  return encoder.featureNames.map((name, feature) => ({
    name,
    columns: encoder.columnNames.filter((_column, position) => encoder.featureOfColumn[position] === feature),
  }));
}

/** Measures a model that exists on a sample as if it had just been trained; in turns, on a thread that has other things to do. */
export async function measureSample(
  snapshot: ModelSnapshot,
  { logs, top }: Pick<TrainingWork, 'logs' | 'top'>,
): Promise<SampleMeasures> {
  const dirt: DirtReport = {};
  const scored = await scoreInPieces(
    snapshot,
    logs.map((log) => log.document),
    { dirt },
  );
  const threshold = startingThreshold(snapshot);
  const alerts = scored.scores.filter((score) => score >= threshold).length;
  return {
    dirt,
    features: columnsByFeature(snapshot),
    alertShare: alerts / scored.scores.length,
    quantiles: snapshot.quantiles,
    top: highest(snapshot, logs, top, scored),
  };
}

function highest(
  snapshot: ModelSnapshot,
  logs: readonly SourceLog[],
  count: number,
  scored?: Pick<ScoredSample, 'scores' | 'matrix'>,
): ScoredLog[] {
  const scorer = createModelScorer(snapshot);
  const { scores, matrix } = scored ?? scorer.score(logs.map((log) => log.document));
  const rows = [...scores.keys()].sort((left, right) => scores[right] - scores[left]).slice(0, count);
  return rows.map((row) => {
    const { index, id, document } = logs[row];
    const { score, confidence, severity, isAnomaly } = scorer.verdict(scores[row]);
    return {
      source: { index, id },
      document,
      score,
      confidence,
      severity,
      isAnomaly,
      ...scorer.explain(document, matrix, row),
    };
  });
}
