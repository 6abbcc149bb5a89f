import type { TrainingReport } from '../../../common/api';
import { MODEL_NOTES } from '../../../common/model_snapshot/model_notes';
import type { TrainingReason } from '../../../common/api/status';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { rangeOf } from '../../detection/ports/log_range';
import { countOddTimes } from '../../elasticsearch';
import { timestampOf } from '../../detection/scoring/log_values';
import { fetchJudgedLogs } from '../../detection/feedback/judged_logs';
import { leftOutCause, leftOutSentence, type LeftOut } from '../../detection/training/left_out_cause';
import { leftOutOf } from '../../detection/training/left_out_of_training';
import type { LogSource } from '../../detection/ports';
import { gapsOfTraining } from '../../detection/upkeep/gone_features';
import { readinessOf, type ReadinessFacts } from '../../detection/upkeep/readiness';
import {
  drawTrainingSample,
  fieldsLearned,
  type TrainingSample,
  type TrainingSampleRequest,
} from '../../detection/training/training_sample';
import { promoteAndWatch, settleCandidate, type Settled } from './candidate_promotion';
import type { DetectorJob } from '../records/detector_job';
import type { StoredDetector } from '../records/detector_repository';
import { needsTraining } from '../records/effective_snapshot';
import type { UntrainedEdit } from '../records/status_store';
import { forgetEdit } from '../records/untrained_edit';
import type { Services } from '../contracts/services';
import { checkModelSize } from '../limits/usage_limits';
import type { TellTraining, TrainingOutcome, TrainingWork } from '../../detection/training/training_work';

export type TrainingRequest = Pick<TrainingReport, 'requested_at' | 'requested_by' | 'reason'>;

export interface TrainingConditions {
  /** Reads the detector once more; undefined once it was deleted. */
  readonly current: () => Promise<Pick<StoredDetector, 'detector'> | undefined>;
  /** The edit that was on record when the settings of the job were read: this training learns it. */
  readonly edited?: UntrainedEdit;
  readonly signal: AbortSignal;
  readonly tell?: TellTraining;
}

/**
 * Trains a model of a detector on a fresh sample and stores it. The first model becomes active in any case; a later one
 * when it passes its gate beside the active one, at once or after it was scored in shadow.
 *
 * @throws DetectionError `interrupted` where the detector was deleted meanwhile, `conflict` where it was edited so that it
 *   takes another model; nothing is stored then
 */
export async function trainDetector(
  services: Services,
  job: DetectorJob,
  asked: TrainingRequest,
  { current, edited, signal, tell = () => {} }: TrainingConditions,
): Promise<TrainingReport> {
  const { detectorId } = job.target;
  const { detector } = job.stored;
  const now = services.clock.now();
  const warn = (text: string): void => services.log.warn(`Detector ${detectorId}: ${text}`);
  const kept = await leftOutOf({ ...job, warn }, detectorId, detector.training, now);
  const drawing = { rows: detector.training.max_rows, top: 0, signal, ...kept };
  const work = await collectWork(detector, job.source, now, {
    ...drawing,
    progress: (drawn, total) => tell('sampling', total === undefined ? undefined : drawn / total),
  });
  const oddTimes = await oddTimesOf(job, now, signal);
  const counts = { logs: work.logs.length, needed: detector.training.min_rows };
  await noteReadiness(job, now, { ...factsOf(work, now), ...oddTimes, features: [] });
  const leftOut = await leftOutCause(kept.exclusions, counts, async (exclusions) => {
    const drawn = await collectWork(detector, job.source, now, { ...drawing, exclusions });
    const isEstimate = drawn.sample.excludedMilliseconds > 0;
    return { logs: drawn.logs.length, logsInWindow: drawn.logsInWindow, isEstimate };
  });
  if (leftOut !== undefined) {
    await noteReadiness(job, now, { ...factsOf(work, now, leftOut), ...oddTimes, features: [] });
    throw leftTooFew(counts, leftOut);
  }
  const judged = detector.training.learn_from_feedback
    ? await fetchJudgedLogs(job.source, await job.feedback.list(detectorId), fieldsLearned(detector))
    : undefined;
  const outcome = await services.train({ ...work, ...(judged && { judged }) }, signal, tell);
  const today = await current();
  if (today === undefined) {
    throw new DetectionError('interrupted', 'The detector was deleted while its model was trained.');
  }
  if (needsTraining(detector, today.detector)) {
    throw new DetectionError('conflict', 'The detector was edited while its model was trained.');
  }
  checkModelSize(outcome.text.length, 'model', services.usage);
  await job.models.save(detectorId, outcome.version, outcome.text, {
    createdAt: outcome.createdAt,
    threshold: outcome.threshold,
    rows: outcome.rows,
    evaluation: outcome.evaluation,
  });
  const active = await job.models.active(detectorId);
  await noteTrained(job, asked, { work, outcome, active: active?.version });
  await forgetEdit(job.status, detectorId, edited);
  await noteReadiness(job, services.clock.now(), {
    ...factsOf(work, now),
    ...oddTimes,
    features: outcome.features.map(({ name, columns }) => ({ name, columns: columns.length })),
    dirt: { report: outcome.dirt, logs: outcome.rows },
  });
  const finished = (settled: Settled): TrainingReport => ({
    ...asked,
    finished_at: new Date(services.clock.now()).toISOString(),
    version: outcome.version,
    ...settled,
  });
  const trained = `Trained on ${outcome.rows.toLocaleString('en')} of ${work.logsInWindow.toLocaleString('en')} logs; threshold ${outcome.threshold.toFixed(4)}.`;
  if (active === undefined) {
    await promoteAndWatch(services, job, outcome.version, { note: MODEL_NOTES.first });
    return finished({ state: 'promoted', message: trained });
  }
  if (detector.promotion.shadow !== undefined) {
    const { version } = outcome;
    const { shadow } = detector.promotion;
    return finished(await beginShadow(services, job, { version, active: active.version, shadow }));
  }
  const settled = await settleCandidate(services, job, { version: outcome.version, active }, { signal });
  return finished(settled.state === 'promoted' ? { ...settled, message: trained } : settled);
}

const leftTooFew = (
  { logs, needed }: { readonly logs: number; readonly needed: number },
  leftOut: LeftOut,
): DetectionError =>
  new DetectionError(
    'too_few_logs',
    `Training needs more logs: ${logs} of ${needed} (training.min_rows). ${leftOutSentence(leftOut)}`,
    { details: { logs, needed, left_out_by: leftOut.by } },
  );

async function beginShadow(
  services: Services,
  job: DetectorJob,
  { version, active, shadow }: { readonly version: string; readonly active: string; readonly shadow: string },
): Promise<Settled> {
  const { detectorId } = job.target;
  const since = services.clock.now();
  const until = new Date(since + durationToMilliseconds(shadow)).toISOString();
  const at = new Date(since).toISOString();
  await job.status.writePart(detectorId, 'candidate', { version, state: 'shadowing', since: at, until });
  const message = `The new model is scored beside the active one until ${until}; then its gate decides.`;
  await job.audit.append([
    { detectorId, at, action: 'model_shadowed', from: active, to: version, reason: message },
  ]);
  return { state: 'shadowing', message };
}

const WHY: Record<TrainingReason, string> = {
  first: 'since there was no model yet',
  schedule: 'as the schedule says',
  drift: 'since the logs had drifted',
  edit: 'after an edit of the detector',
  hand: 'as somebody asked for',
};

interface TrainedModel {
  readonly work: CollectedWork;
  readonly outcome: TrainingOutcome;
  /** Version of the model that is active while this one is trained. */
  readonly active: string | undefined;
}

async function noteTrained(
  { audit, target: { detectorId } }: Pick<DetectorJob, 'audit' | 'target'>,
  { requested_by: by, reason }: TrainingRequest,
  { work, outcome, active }: TrainedModel,
): Promise<void> {
  const { olderLogs, excludedMilliseconds, timesOfEntities } = work.sample;
  await audit.append([
    {
      detectorId,
      at: outcome.createdAt,
      ...(by !== undefined && { by }),
      action: 'model_trained',
      ...(active !== undefined && { from: active }),
      to: outcome.version,
      reason: `Trained on ${outcome.rows.toLocaleString('en')} of ${work.logsInWindow.toLocaleString('en')} logs${outcome.verdicts > 0 ? ` and ${outcome.verdicts} verdicts of people` : ''}${reason === undefined ? '' : `, ${WHY[reason]}`}.`,
      details: {
        rows: outcome.rows,
        verdicts: outcome.verdicts,
        threshold: outcome.threshold,
        older_logs: olderLogs,
        excluded_ms: excludedMilliseconds,
        // Times of some entities cover no part of the window whole.
        excluded_times_of_entities: timesOfEntities,
        confirmed_left_out: work.confirmedLeftOut,
      },
    },
  ]);
}

export interface CollectedWork extends TrainingWork {
  readonly sample: Omit<TrainingSample, 'logs'>;
  readonly confirmedLeftOut: number;
}

/** Draws the training sample of a detector. */
export async function collectWork(
  detector: Detector,
  source: LogSource,
  now: number,
  options: { rows: number; top: number; signal?: AbortSignal } & Partial<
    Pick<TrainingSampleRequest, 'confirmed' | 'exclusions' | 'progress'>
  >,
): Promise<CollectedWork> {
  const { rows, top, ...rest } = options;
  const sample = await drawTrainingSample({ detector, source, now, rows, identified: top > 0, ...rest });
  const { logs, ...drawn } = sample;
  const { window, logsInWindow } = drawn;
  return {
    detector,
    logs,
    window,
    logsInWindow,
    top,
    sample: drawn,
    confirmedLeftOut: options.confirmed?.length ?? 0,
  };
}

function factsOf(
  { detector, logs, window }: TrainingWork,
  now: number,
  leftOut?: LeftOut,
): Pick<ReadinessFacts, 'enough' | 'times'> {
  const { timestamp_field: timestampField } = detector.source;
  const times = logs.flatMap(({ document }) => timestampOf(document, timestampField) ?? []);
  const first = times.reduce((low, time) => Math.min(low, time), Infinity);
  return {
    enough: {
      logs: logs.length,
      needed: detector.training.min_rows,
      span: Number.isFinite(first) ? now - first : undefined,
      window: window.to - window.from,
      ...(leftOut && { leftOut }),
    },
    times,
  };
}

/** Counted with each training; one that cannot be counted fails no training. */
async function oddTimesOf(
  job: DetectorJob,
  now: number,
  signal: AbortSignal,
): Promise<Pick<ReadinessFacts, 'oddTimes'>> {
  const range = rangeOf(job.stored.detector.source, 0, now);
  return countOddTimes(job.client, range, now, { signal }).then(
    (oddTimes) => ({ oddTimes }),
    () => ({}),
  );
}

/** Told to people beside the model; a training does not fail for it. Until it has read its logs, the one before tells what they lack. */
async function noteReadiness(job: DetectorJob, now: number, facts: ReadinessFacts): Promise<void> {
  const { detectorId } = job.target;
  const note = async (): Promise<void> => {
    const earlier =
      facts.dirt === undefined ? ((await job.status.readPart(detectorId, 'readiness'))?.findings ?? []) : [];
    await job.status.writePart(detectorId, 'readiness', {
      at: new Date(now).toISOString(),
      findings: [...readinessOf(facts), ...gapsOfTraining(earlier)],
    });
  };
  await note().catch(() => undefined);
}
