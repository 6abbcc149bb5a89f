import type { TrainingReason, TrainingReport } from '../../../common/api/status';
import { isRetryable } from '../../../common/detection_error';
import { toDetectionError } from '../../elasticsearch';
import { openDetectorJob, requestTraining, trainingLife, type DetectorJob } from '../records/detector_job';
import { backoffMilliseconds, failureOf } from '../records/failure_advice';
import { backfillTaskId, detectionTaskId, trainingTaskId, type TaskTarget } from '../contracts/identifiers';
import type { Services } from '../contracts/services';
import type { TaskDefinition, TaskInstance, TaskRunResult } from '../contracts/task_contracts';
import { runnerOf } from './task_runner';
import { needsTraining } from '../records/effective_snapshot';
import { forgetEdit } from '../records/untrained_edit';
import { trainDetector } from '../models/train_detector';
import { tellNowAndThen } from '../../detection/training/training_record';
import type { TellTraining } from '../../detection/training/training_work';

/** Pause of a training that finds all places taken. */
const ASK_AGAIN_MILLISECONDS = 10_000;
/** Pause of a training that nobody has asked for yet, and how often it looks for that: for a minute in all. */
const LOOK_FOR_REQUEST_MILLISECONDS = 5_000;
const MOST_LOOKS = 12;

/** Trains one model, once. What went wrong stands in the status; whoever wants it again asks again. */
export function createTrainingTask(getServices: () => Promise<Services>): TaskDefinition {
  return {
    title: 'Log Anomalies: train a model of a detector',
    timeout: '30m',
    maxAttempts: 2,
    createTaskRunner: runnerOf(getServices, async ({ services, target, state, interruption }) => {
      const id = trainingTaskId(target);
      const leave = services.slots.take('training', id, () => {
        services.taskManager.runSoon(id).catch(() => undefined);
      });
      if (leave === undefined) {
        return { state, runAt: new Date(services.clock.now() + ASK_AGAIN_MILLISECONDS) };
      }
      try {
        return await train(services, target, interruption, state);
      } finally {
        leave();
      }
    }),
  };
}

/**
 * Trains within the run of another task, since Task Manager begins one of its own up to 3 seconds later. A training that is under
 * way elsewhere goes on; where no place is free, one is asked for as by anybody.
 */
export async function trainHere(
  services: Services,
  job: Pick<DetectorJob, 'target' | 'status'>,
  reason: TrainingReason,
  interruption: AbortController,
): Promise<void> {
  const { target, status } = job;
  const id = trainingTaskId(target);
  const life = await trainingLife(services, target, await status.readPart(target.detectorId, 'training'));
  if (life === 'alive') return;
  const leave = services.slots.take('training', id);
  if (leave === undefined) {
    await requestTraining(services, job, reason);
    return;
  }
  try {
    if (life === 'dead') await services.taskManager.removeIfExists(id);
    const at = new Date(services.clock.now()).toISOString();
    await status.writePart(target.detectorId, 'training', {
      state: 'running',
      requested_at: at,
      beat_at: at,
      reason,
    });
    await train(services, target, interruption);
  } finally {
    leave();
  }
}

async function train(
  services: Services,
  target: TaskTarget,
  interruption: AbortController,
  state: TaskInstance['state'] = {},
): Promise<TaskRunResult> {
  const { detectorId } = target;
  const { clock, log } = services;
  let job: DetectorJob | undefined;
  let asked: TrainingReport | undefined;
  try {
    job = await openDetectorJob(services, target, interruption.signal);
    asked = await job?.status.readPart(detectorId, 'training');
  } catch (thrown) {
    const { code, message } = toDetectionError(thrown, 'open the detector');
    log.warn(`Detector ${detectorId}: it cannot be trained: ${message}`);
    if (!isRetryable(code)) return { state: {} };
    // Nobody else asks again for the model of a detector that is stopped.
    const unopened = Number(state.unopened ?? 0) + 1;
    const pause = backoffMilliseconds(unopened, ASK_AGAIN_MILLISECONDS);
    return { state: { unopened }, runAt: new Date(clock.now() + pause) };
  }
  if (job === undefined) return { state: {} };
  if (asked?.state !== 'queued' && asked?.state !== 'running') {
    // Whoever asks for a training schedules it first, and puts it on record then.
    const looks = Number(state.looks ?? 0) + 1;
    if (looks >= MOST_LOOKS) return { state: {} };
    return { state: { looks }, runAt: new Date(clock.now() + LOOK_FOR_REQUEST_MILLISECONDS) };
  }
  const edited = await job.status.readPart(detectorId, 'edited').catch(() => undefined);
  const request = {
    requested_at: asked.requested_at,
    ...(asked.requested_by !== undefined && { requested_by: asked.requested_by }),
    ...(asked.reason !== undefined && { reason: asked.reason }),
  };
  const record = recordProgress(job, request, interruption, clock);
  try {
    record.tell('sampling');
    const report = await trainDetector(services, job, request, {
      current: async () => (await openDetectorJob(services, target))?.stored,
      edited,
      signal: interruption.signal,
      tell: record.tell,
    });
    await record.stop();
    await job.status.writePart(detectorId, 'training', report);
    log.info(`Detector ${detectorId}: model ${report.version} ${report.state}`);
    // One may wait for the first model.
    await services.taskManager.runSoon(backfillTaskId(target)).catch(() => undefined);
    if (job.stored.enabled) {
      await services.taskManager.runSoon(detectionTaskId(target)).catch(() => undefined);
    }
  } catch (error) {
    await record.stop();
    const current = await openDetectorJob(services, target).catch(() => job);
    if (current === undefined) return { state: {} };
    if (record.isCancelled()) {
      await current.status.writePart(detectorId, 'training', {
        state: 'cancelled',
        ...request,
        finished_at: new Date(clock.now()).toISOString(),
      });
      await forgetEdit(current.status, detectorId, edited).catch(() => undefined);
      return { state: {} };
    }
    if (needsTraining(job.stored.detector, current.stored.detector)) {
      log.info(`Detector ${detectorId}: it was edited while its model was trained, and is trained again.`);
      await current.status.writePart(detectorId, 'training', { state: 'queued', ...request, reason: 'edit' });
      return { state: {}, runAt: new Date(clock.now()) };
    }
    log.warn(`Detector ${detectorId}: training failed: ${(error as Error).message}`);
    // The key may have been renewed meanwhile, and the one of before revoked.
    await current.status
      .writePart(detectorId, 'training', {
        state: 'failed',
        ...request,
        finished_at: new Date(clock.now()).toISOString(),
        failure: failureOf(error, clock.now()),
      })
      .catch(() => undefined);
  }
  return { state: {} };
}

/** Interval at which a training checks for a cancellation. */
const LOOK_FOR_CANCEL_MILLISECONDS = 1_000;
/** Pause between two signs of life. */
const BEAT_MILLISECONDS = 5_000;

interface ProgressRecord {
  readonly tell: TellTraining;
  isCancelled(): boolean;
  /** Nothing is written after it. */
  stop(): Promise<void>;
}

/** Puts on record how far the training has come, now and then, and interrupts the training when somebody has asked for that. */
function recordProgress(
  job: DetectorJob,
  request: Pick<TrainingReport, 'requested_at' | 'requested_by' | 'reason'>,
  interruption: AbortController,
  clock: Services['clock'],
): ProgressRecord {
  const { detectorId } = job.target;
  let isCancelled = false;
  const look = async (): Promise<void> => {
    const cancelled = await job.status.readPart(detectorId, 'training_cancelled');
    if (cancelled?.requested_at !== request.requested_at) return;
    isCancelled = true;
    interruption.abort();
  };
  const watch = setInterval(() => void look().catch(() => undefined), LOOK_FOR_CANCEL_MILLISECONDS);
  const record = tellNowAndThen((told) => {
    const beat_at = new Date(clock.now()).toISOString();
    return job.status.writePart(detectorId, 'training', { state: 'running', ...request, ...told, beat_at });
  });
  let last: Parameters<TellTraining> | undefined;
  const tell: TellTraining = (...told) => {
    last = told;
    record.tell(...told);
  };
  const beat = setInterval(() => last && record.tell(...last), BEAT_MILLISECONDS);
  return {
    tell,
    isCancelled: () => isCancelled,
    stop: async () => {
      clearInterval(watch);
      clearInterval(beat);
      await record.stop();
    },
  };
}
