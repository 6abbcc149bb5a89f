import { setImmediate, setTimeout } from 'node:timers/promises';
import type { TrainingReport } from '../../../common/api/status';
import { generateLogs } from '../../../common/demo_logs';
import { durationToMilliseconds } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { writeDemoLogs } from '../../elasticsearch/logs/demo_index';
import { queueBackfill } from './backfill_service';
import { openDetectorJob, trainingLife, type DetectorJob } from '../records/detector_job';
import { failureOf } from '../records/failure_advice';
import { demoTaskId, DEMO_TASK_TYPE, type TaskTarget } from '../contracts/identifiers';
import type { Services } from '../contracts/services';
import { claimSample, SAMPLE_OF_SPACE, type StoredSample } from '../records/status_store';
import type { TaskDefinition } from '../contracts/task_contracts';
import { runnerOf } from './task_runner';
import { trainHere } from './training_task';

const SECONDS_A_WEEK = 604_800;
/** About a log a minute for a week: enough to learn from, and written, learned and scored in seconds. */
const LOGS_PER_SECOND = 1 / 60;
/** Expected number; the true one differs by chance, the same for everybody. */
export const DEMO_LOGS = SECONDS_A_WEEK * LOGS_PER_SECOND;
const SEED = 20_261_123;
const ANOMALY_RATE = 0.01;
/** Logs written at once: between two pieces progress is put on record and Kibana does other work. */
const PIECE = 4_000;
/** Interval at which a run checks for the end of a training. */
const LOOK_AGAIN_MILLISECONDS = 500;
/** A run waits so long for it, which is sooner known than by another run: Task Manager begins one in 3 seconds. */
const LONGEST_WAIT_MILLISECONDS = 60_000;
/** Pause before the next run, where training takes longer. */
const RUN_AGAIN_MILLISECONDS = 2_000;

export async function scheduleDemo(services: Services, target: TaskTarget): Promise<void> {
  await services.taskManager.ensureScheduled({
    id: demoTaskId(target),
    taskType: DEMO_TASK_TYPE,
    params: { space: target.space, detectorId: target.detectorId },
    state: {},
    scope: ['logAnomalies'],
  });
}

/**
 * Writes the sample logs, has the detector trained and the logs scored, each step by those who do it for any detector.
 * A Kibana that dies in the middle goes on where it was: the same logs have the same ids.
 */
export function createDemoTask(getServices: () => Promise<Services>): TaskDefinition {
  return {
    title: 'Log Anomalies: make sample logs',
    timeout: '5m',
    maxAttempts: 3,
    createTaskRunner: runnerOf(getServices, async ({ services, target, interruption }) => {
      const job = await openDetectorJob(services, target, interruption.signal);
      const sample = await job?.status.readPart(SAMPLE_OF_SPACE, 'sample');
      if (job === undefined || sample?.detector_id !== target.detectorId) return { state: {} };
      try {
        const next = await advance(services, job, sample, interruption);
        if (next === undefined) return { state: {} };
        return { state: {}, runAt: new Date(services.clock.now() + next) };
      } catch (error) {
        if ((await openDetectorJob(services, target).catch(() => job)) === undefined) return { state: {} };
        services.log.warn(`Sample logs of the space ${target.space}: ${(error as Error).message}`);
        await put(job, {
          ...((await job.status.readPart(SAMPLE_OF_SPACE, 'sample')) ?? sample),
          state: 'failed',
          failure: failureOf(error, services.clock.now(), false),
        });
        return { state: {} };
      }
    }),
  };
}

/** @returns false where the sample logs are no longer those of this detector: they were removed meanwhile */
const put = ({ client, target }: DetectorJob, sample: StoredSample): Promise<boolean> =>
  claimSample(client, target, sample, (known) => known?.detector_id === target.detectorId);

/** @returns milliseconds after which to go on; undefined when nothing is left to do */
async function advance(
  services: Services,
  job: DetectorJob,
  sample: StoredSample,
  interruption: AbortController,
): Promise<number | undefined> {
  const { signal } = interruption;
  const { detectorId } = job.target;
  const tell = async (changes: Partial<StoredSample>): Promise<void> => {
    if (await put(job, { ...sample, ...changes })) return;
    throw new DetectionError('interrupted', 'The sample logs were removed while they were made.');
  };
  const to = Date.parse(sample.requested_at ?? '');
  const from = to - SECONDS_A_WEEK * 1_000;
  switch (sample.state) {
    case 'writing': {
      const written = await writeLogs(job, { from, to }, signal, async (count) => {
        if ((await openDetectorJob(services, job.target)) === undefined) {
          throw new DetectionError('interrupted', 'The sample logs were removed while they were written.');
        }
        await tell({ written: count });
      });
      const training = { ...sample, state: 'training' as const, written, total: written };
      await tell(training);
      return advance(services, job, training, interruption);
    }
    case 'training': {
      const before = await job.status.readPart(detectorId, 'training');
      const isToDo = before === undefined || (await trainingLife(services, job.target, before)) === 'dead';
      if (isToDo) await trainHere(services, job, 'first', interruption);
      const training = await trainingOf(services, job, signal);
      if (training === undefined) return RUN_AGAIN_MILLISECONDS;
      if ((await job.models.active(detectorId)) === undefined) {
        throw new DetectionError(
          training.failure?.code ?? 'refused',
          `The detector could not be trained: ${training.failure?.message ?? training.message ?? training.state}`,
        );
      }
      const delay = durationToMilliseconds(job.stored.detector.schedule.query_delay);
      await queueBackfill(services, { space: job.target.space, elasticsearch: job.client }, job.stored, {
        request: { from, to: Math.min(to, services.clock.now() - delay) },
      });
      await tell({ state: 'scoring' });
      return undefined;
    }
    case 'none':
    case 'scoring':
    case 'failed':
      return undefined;
  }
}

/** @returns undefined while it is not over */
async function trainingOf(
  { clock }: Services,
  { status, target }: DetectorJob,
  signal: AbortSignal,
): Promise<TrainingReport | undefined> {
  const until = clock.now() + LONGEST_WAIT_MILLISECONDS;
  for (;;) {
    const training = await status.readPart(target.detectorId, 'training');
    if (training !== undefined && training.state !== 'queued' && training.state !== 'running')
      return training;
    if (clock.now() >= until || signal.aborted) return undefined;
    await setTimeout(LOOK_AGAIN_MILLISECONDS);
  }
}

async function writeLogs(
  job: DetectorJob,
  range: { from: number; to: number },
  signal: AbortSignal,
  tell: (written: number) => Promise<void>,
): Promise<number> {
  const logs = generateLogs({
    seed: SEED,
    ...range,
    ratePerSecond: LOGS_PER_SECOND,
    anomalyRate: ANOMALY_RATE,
  });
  let written = 0;
  for (let isLast = false; !isLast;) {
    const piece: unknown[] = [];
    for (let log = logs.next(); ; log = logs.next()) {
      isLast = log.done === true;
      if (log.done) break;
      piece.push(log.value.document);
      if (piece.length === PIECE) break;
    }
    await writeDemoLogs(job.client, job.target.space, {
      first: written,
      documents: piece,
      options: { isLast, signal },
    });
    written += piece.length;
    await tell(written);
    await setImmediate();
  }
  return written;
}
