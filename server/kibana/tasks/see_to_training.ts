import type { TrainingReport } from '../../../common/api';
import { durationToMilliseconds } from '../../../common/detector';
import { DAY } from '../../../common/duration';
import type { ModelRecord } from '../../detection/ports';
import type { Services } from '../contracts/services';
import { requestTraining, trainingLife, type DetectorJob } from '../records/detector_job';
import { isPassing } from '../records/failure_advice';
import type { StoredStatus, UntrainedEdit } from '../records/status_store';
import { forgetEdit, isEditUntrained } from '../records/untrained_edit';

/** A detector that cannot be trained is tried again after this long. */
const TRAINING_RETRY_MILLISECONDS = 10 * 60_000;
/** One whose training failed for what mostly passes. */
const PASSING_TRAINING_RETRY_MILLISECONDS = 30_000;

/** Parts of a job that ask for a training. */
export type TrainedJob = Pick<DetectorJob, 'target' | 'stored' | 'models' | 'status' | 'audit'>;

/** @param edited the edit that asks for the training: as long as it was tried in vain, so long is the next pause, a day at most */
function trainingPause(training: TrainingReport | undefined, edited?: UntrainedEdit): number {
  if (training?.failure === undefined) return TRAINING_RETRY_MILLISECONDS;
  if (isPassing(training.failure.code)) return PASSING_TRAINING_RETRY_MILLISECONDS;
  if (edited === undefined) return TRAINING_RETRY_MILLISECONDS;
  const tried = Date.parse(training.requested_at) - Date.parse(edited.at);
  return Math.min(Math.max(tried, TRAINING_RETRY_MILLISECONDS), DAY);
}

/**
 * Asks for a model where there is none, where the active one was trained before an edit, or is older than the schedule
 * allows; begins a training anew that has died. One that failed is tried again after a pause.
 *
 * @param model the active one
 */
export async function seeToTraining(
  services: Services,
  job: TrainedJob,
  model: ModelRecord | undefined,
  known: Pick<StoredStatus, 'training' | 'edited'> | undefined,
): Promise<void> {
  const { training, edited } = known ?? {};
  const now = services.clock.now();
  const sinceAsked = training === undefined ? Infinity : now - Date.parse(training.requested_at);
  const life = await trainingLife(services, job.target, training);
  if (life === 'alive') return;
  if (life === 'dead') {
    if (await endCancelled(job, training, { edited, now })) return;
    await requestTraining(services, job, training?.reason ?? 'first', training?.requested_by);
    services.log.warn(`Detector ${job.target.detectorId}: its training had died and is begun anew.`);
    return;
  }
  if (model !== undefined && (await isEditUntrained(services, job, { edited, model }))) {
    // Also while a candidate is scored in shadow: that one was trained before the edit, too.
    if (sinceAsked >= trainingPause(training, edited)) await requestTraining(services, job, 'edit');
    return;
  }
  if (model === undefined ? sinceAsked < trainingPause(training) : !isOld(job, model, { sinceAsked, now }))
    return;
  // The time of a candidate in shadow is to end before there is another one.
  const { candidate } = await job.status.readUpkeep(job.target.detectorId);
  if (candidate?.state === 'shadowing') return;
  await requestTraining(services, job, model === undefined ? 'first' : 'schedule');
  if (model === undefined) return;
  const { retrain_every: retrainEvery } = job.stored.detector.training;
  await job.audit.append([
    {
      detectorId: job.target.detectorId,
      at: new Date(now).toISOString(),
      action: 'retraining_requested',
      from: model.version,
      reason: `A new model is trained every ${retrainEvery}, and the active one is older.`,
    },
  ]);
}

/** Ends a training that somebody has stopped and whose Kibana ended before it saw that. @returns false where nobody has */
async function endCancelled(
  { status, target: { detectorId } }: TrainedJob,
  training: TrainingReport | undefined,
  { edited, now }: { readonly edited: UntrainedEdit | undefined; readonly now: number },
): Promise<boolean> {
  const cancelled = await status.readPart(detectorId, 'training_cancelled');
  if (training === undefined || cancelled?.requested_at !== training.requested_at) return false;
  const { requested_at, requested_by, reason } = training;
  await status.writePart(detectorId, 'training', {
    ...{ state: 'cancelled', requested_at, ...(requested_by && { requested_by }), ...(reason && { reason }) },
    finished_at: new Date(now).toISOString(),
  });
  await forgetEdit(status, detectorId, edited);
  return true;
}

function isOld(
  { stored }: TrainedJob,
  model: ModelRecord,
  { sinceAsked, now }: { readonly sinceAsked: number; readonly now: number },
): boolean {
  const { retrain_every: retrainEvery } = stored.detector.training;
  if (retrainEvery === undefined) return false;
  const every = durationToMilliseconds(retrainEvery);
  return now - Date.parse(model.createdAt) >= every && sinceAsked >= Math.min(every, DAY);
}
