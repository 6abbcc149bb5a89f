import type { TrainingReport } from '../../common/api';
import type { TrainingStep } from '../../common/api/status';
import { durationToMilliseconds, type Detector } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import { checkProduction, type GateLimits, type GateReport } from '../detection/model_gate';
import type { LogSource } from '../detection/ports';
import type { DetectorJob } from './detector_job';
import { swapPipeline } from './pipeline_swap';
import type { Services } from './services';
import type { TrainingOutcome, TrainingWork } from './training_work';

/** A new model may call at most this share of its sample anomalous, or twice what was asked for. */
const LARGEST_ALERT_SHARE = 0.05;
/** Population stability index from which the scores of the sample count as those of another population. */
const LARGEST_SCORE_DRIFT = 0.25;

/**
 * Trains a model of a detector on a fresh sample, stores it and promotes it when it passes its gate. The first model
 * is promoted in any case.
 */
export async function trainDetector(
  services: Services,
  job: DetectorJob,
  requestedAt: string,
  isStillThere: () => Promise<boolean>,
  signal: AbortSignal,
  tell: (step: TrainingStep) => void = () => {},
): Promise<TrainingReport> {
  const { detectorId } = job.target;
  const { detector } = job.stored;
  const work = await collectWork(detector, job.source, services.clock.now(), {
    rows: detector.training.max_rows,
    top: 0,
    signal,
  });
  const outcome = await services.train(work, signal, tell);
  if (!(await isStillThere())) {
    throw new DetectionError('interrupted', 'The detector was deleted while its model was trained.');
  }
  await job.models.save(detectorId, outcome.version, outcome.text, {
    createdAt: outcome.createdAt,
    threshold: outcome.threshold,
    rows: outcome.rows,
    evaluation: outcome.evaluation,
  });
  const active = await job.models.active(detectorId);
  const gate = checkGate(detector, outcome);
  const finished = {
    requested_at: requestedAt,
    finished_at: new Date(services.clock.now()).toISOString(),
    version: outcome.version,
  };
  if (active !== undefined && !gate.passed) {
    const broken = gate.checks.filter((check) => !check.passed).map((check) => check.message);
    return {
      ...finished,
      state: 'refused',
      message: `The new model is kept as a candidate: ${broken.join('; ')}. The active one stays.`,
    };
  }
  try {
    await swapPipeline(services, job, outcome.version);
  } catch (error) {
    if (active === undefined || !(error instanceof DetectionError) || error.code !== 'refused') throw error;
    return {
      ...finished,
      state: 'refused',
      message: `The new model is kept as a candidate: ${error.message} The active one stays.`,
    };
  }
  await job.models.promote(
    detectorId,
    outcome.version,
    active === undefined ? 'first model' : 'trained on schedule',
  );
  return {
    ...finished,
    state: 'promoted',
    message: `Trained on ${outcome.rows.toLocaleString('en')} of ${work.logsInWindow.toLocaleString('en')} logs; threshold ${outcome.threshold.toFixed(4)}.`,
  };
}

/** Draws the training sample of a detector. */
export async function collectWork(
  detector: Detector,
  source: LogSource,
  now: number,
  options: { rows: number; top: number; signal?: AbortSignal },
): Promise<TrainingWork> {
  const { index, query, timestamp_field, ingested_field } = detector.source;
  const to = now - durationToMilliseconds(detector.schedule.query_delay);
  const window = { from: to - durationToMilliseconds(detector.training.window), to };
  const fields = [...new Set([...detector.features.map((feature) => feature.field), timestamp_field])];
  const sample = await source.sample(
    { index, query, timestampField: timestamp_field, ingestedField: ingested_field, ...window },
    {
      size: options.rows,
      seed: detector.forest.seed,
      fields,
      identified: options.top > 0,
      signal: options.signal,
    },
  );
  return { detector, logs: sample.logs, window, logsInWindow: sample.total, top: options.top };
}

function checkGate(detector: Detector, outcome: TrainingOutcome): GateReport {
  const { threshold } = detector;
  const asked = threshold.method === 'fixed' ? 0 : threshold.contamination;
  const limits: GateLimits = {
    min_precision: 0,
    min_recall: 0,
    min_f1: 0,
    min_roc_auc: 0,
    min_average_precision: 0,
    max_alert_share: Math.max(LARGEST_ALERT_SHARE, 2 * asked),
    max_score_drift: LARGEST_SCORE_DRIFT,
    max_regression: 1,
  };
  return checkProduction({ logs: outcome.rows, ...outcome, scoreDrift: outcome.scoreDrift }, limits);
}
