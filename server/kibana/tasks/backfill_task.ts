import type { BackfillReport } from '../../../common/api';
import { DetectionError, isRetryable } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import type { Checkpoint, CheckpointStore } from '../../detection/ports';
import { BACKFILL_RUN_PREFIX } from '../../detection/scoring/result_documents';
import { detectAnomalies } from '../../detection/scoring/detect_anomalies';
import { toDetectionError } from '../../elasticsearch';
import { incidentsOfBackfill } from './job_incidents';
import { patternsOfBackfill } from './job_patterns';
import { createSuppressor } from '../../detection/feedback/suppress_new_results';
import { rangeOf } from '../../detection/ports/log_range';
import { scoreInCluster } from './cluster_backfill';
import { forgetKeyOf } from './backfill_service';
import { findTask } from '../records/find_task';
import {
  firstReportOf,
  orderOf,
  putOnRecord,
  steeringOfBackfill,
  type BackfillOrder,
} from './backfill_order';
import { openDetectorJob, type DetectorJob, type JobKey } from '../records/detector_job';
import type { StoredDetector } from '../records/detector_repository';
import { withCurrentSettings } from '../records/effective_snapshot';
import { backoffMilliseconds, failureOf } from '../records/failure_advice';
import type { Services } from '../contracts/services';
import { backfillPage, backfillPiece } from '../limits/job_limits';
import { backfillPlace } from '../../elasticsearch/stores/status_documents';
import { backfillTaskId, type TaskTarget } from '../contracts/identifiers';
import type { TaskDefinition, TaskInstance, TaskRunResult } from '../contracts/task_contracts';
import { repeatWork } from './repeat_work';
import { runnerOf } from './task_runner';

/** Interval at which a backfill checks for a cancellation. */
const LOOK_FOR_CANCEL_MILLISECONDS = 2_000;
/** A backfill is given up after so many failures in a row. */
const MOST_FAILURES = 5;
const FIRST_PAUSE_MILLISECONDS = 10_000;
/** Pause of a backfill that finds all places taken. */
const ASK_AGAIN_MILLISECONDS = 5_000;

/** Scores a range of the past, some of it in each run of the task, until all is done or somebody cancels. */
export function createBackfillTask(getServices: () => Promise<Services>): TaskDefinition {
  return {
    title: 'Log Anomalies: score past logs of a detector',
    timeout: '2m',
    maxAttempts: 5,
    createTaskRunner: runnerOf(getServices, async ({ services, target, params, state, interruption }) => {
      const { clock } = services;
      const failures = Number(state.failures ?? 0);
      const kept = state.to === undefined ? {} : { to: state.to };
      const ordered = orderOf({ params });
      // One that has waited for the first model goes up to the time when that was there.
      const order = ordered && { ...ordered, to: String(state.to ?? ordered.to) };
      const over = async () => {
        if (order !== undefined) await forgetKeyOf(services, target, order);
        return { state: {} };
      };
      const keyOf = order && keyOfOrder(order);
      let job: DetectorJob | undefined;
      let found: BackfillReport | undefined;
      try {
        job = await openDetectorJob(services, target, interruption.signal, keyOf);
        found = job && (await findReport(job, firstReportOf({ params })));
      } catch (thrown) {
        const isOver = await endUnopened(services, target, order, toDetectionError(thrown, 'begin a piece'));
        if (isOver) return over();
        const unopened = Number(state.unopened ?? 0) + 1;
        const pause = backoffMilliseconds(unopened, FIRST_PAUSE_MILLISECONDS);
        return { state: { ...state, unopened }, runAt: new Date(clock.now() + pause) };
      }
      if (job === undefined || found === undefined) return over();
      if (found.state !== 'queued' && found.state !== 'running') return over();
      // The status tells how far it is; what is done, and where to, was ordered.
      const report: BackfillReport = { ...found, ...(order && pickOrder(order)) };
      try {
        checkOrder(order, found);
        const work = { services, job, order, interruption };
        if (order.awaits_model === true && state.to === undefined) {
          return (await waitForModel(work, report, state)) ?? (await over());
        }
        let next = await scorePiece(work, report);
        if (next !== 'later' && next.state === 'running' && (await wasCancelled(job, report))) {
          next = await endCancelled(work, next);
        }
        if (next === 'later') {
          return { state, runAt: new Date(clock.now() + ASK_AGAIN_MILLISECONDS) };
        }
        return next.state === 'running'
          ? { state: { ...kept, failures: 0 }, runAt: new Date(clock.now()) }
          : over();
      } catch (error) {
        const failure = failureOf(error, clock.now());
        const isOver = failures + 1 >= MOST_FAILURES || !mayPass(error);
        const isKept = await keepFailure(services, job, {
          ...((await job.status.readPart(target.detectorId, 'backfill').catch(() => undefined)) ?? report),
          ...(order && pickOrder(order)),
          failure,
          ...(isOver && { state: 'failed', finished_at: failure.at }),
        });
        const isEnded =
          isOver &&
          (isKept || (await endUnopened(services, target, order, toDetectionError(error, 'score'))));
        if (isEnded || (await endWithoutTask(services, job, report))) return over();
        const pause = backoffMilliseconds(failures + 1, FIRST_PAUSE_MILLISECONDS);
        return { state: { ...kept, failures: failures + 1 }, runAt: new Date(clock.now() + pause) };
      }
    }),
  };
}

/** @returns the report of a backfill, which is put on record where that was left undone */
async function findReport(
  { status, target: { detectorId } }: DetectorJob,
  first: BackfillReport | undefined,
): Promise<BackfillReport | undefined> {
  const found = await status.readPart(detectorId, 'backfill');
  if (first === undefined || found?.id === first.id) return found;
  await putOnRecord(status, detectorId, first);
  return status.readPart(detectorId, 'backfill');
}

interface PieceWork {
  readonly services: Services;
  readonly job: DetectorJob;
  readonly order: BackfillOrder;
  readonly interruption: AbortController;
}

/**
 * Begins once there is a model; until then it looks for one now and then. A training that ends has it look at once.
 *
 * @returns undefined where it was cancelled
 */
async function waitForModel(
  { services, job }: PieceWork,
  report: BackfillReport,
  state: TaskInstance['state'],
): Promise<TaskRunResult | undefined> {
  const { detectorId } = job.target;
  const model = await job.models.active(detectorId);
  // Asked last: the next look may be a quarter of an hour away.
  if (await wasCancelled(job, report)) {
    await job.status.writePart(detectorId, 'backfill', cancelledNow(services, report));
    return undefined;
  }
  const now = services.clock.now();
  if (model === undefined) {
    const looks = Number(state.looks ?? 0) + 1;
    const pause = backoffMilliseconds(looks, FIRST_PAUSE_MILLISECONDS);
    return { state: { looks }, runAt: new Date(now + pause) };
  }
  const to = new Date(now).toISOString();
  const total = await job.source.count(rangeOf(job.stored.detector.source, Date.parse(report.from), now));
  await job.status.writePart(detectorId, 'backfill', { ...report, to, total });
  return { state: { to }, runAt: new Date(now) };
}

/** Scores some of it, and puts on record how far it is. */
async function scorePiece(
  { services, job, order, interruption }: PieceWork,
  before: BackfillReport,
): Promise<BackfillReport | 'later'> {
  const { target, status } = job;
  const next = isInCluster(order, before)
    ? await scoreInCluster(
        services,
        job,
        { order, before },
        { isCancelled: () => wasCancelled(job, before), signal: interruption.signal },
      )
    : await inTurn(services, target, () => scoreSome(services, job, before, interruption));
  if (next !== 'later') await status.writePart(target.detectorId, 'backfill', next);
  return next;
}

const isInCluster = ({ where }: BackfillOrder, { collecting }: BackfillReport): boolean =>
  where === 'cluster' && !collecting;

/** Ends one that was cancelled while its piece came to its end: its task may be gone by then. */
async function endCancelled(work: PieceWork, report: BackfillReport): Promise<BackfillReport | 'later'> {
  const { services, job, order } = work;
  // Another look stops the task of Elasticsearch as well.
  if (isInCluster(order, report)) return scorePiece(work, report);
  const ended = cancelledNow(services, report);
  await job.status.writePart(job.target.detectorId, 'backfill', ended);
  return ended;
}

const cancelledNow = ({ clock }: Services, report: BackfillReport): BackfillReport => ({
  ...report,
  state: 'cancelled',
  failure: undefined,
  finished_at: new Date(clock.now()).toISOString(),
});

/**
 * Ends one that was cancelled and whose task is gone after its piece has failed: nothing else would.
 *
 * @returns false where its task is there, or nobody can tell: it ends itself later
 */
async function endWithoutTask(
  services: Services,
  job: DetectorJob,
  report: BackfillReport,
): Promise<boolean> {
  const { status, target } = job;
  try {
    if (
      !(await wasCancelled(job, report)) ||
      (await findTask(services, backfillTaskId(target))) !== undefined
    )
      return false;
    const found = await status.readPart(target.detectorId, 'backfill');
    if (found?.id === report.id) {
      await status.writePart(target.detectorId, 'backfill', cancelledNow(services, found));
    }
    return true;
  } catch (thrown) {
    const { message } = toDetectionError(thrown, 'end a backfill');
    services.log.warn(`Detector ${target.detectorId}: the end of its backfill is not on record: ${message}`);
    return false;
  }
}

/** A key that is no longer taken may have been renewed meanwhile: the next piece works with the one of then. */
const mayPass = (error: unknown): boolean =>
  error instanceof DetectionError && (isRetryable(error.code) || error.code === 'unauthenticated');

/** @returns false where it could not be written */
async function keepFailure(
  { log }: Services,
  { target, status }: DetectorJob,
  report: BackfillReport,
): Promise<boolean> {
  try {
    await status.writePart(target.detectorId, 'backfill', report);
    return true;
  } catch (thrown) {
    const { message } = toDetectionError(thrown, 'put the failure of a backfill on record');
    log.warn(`Detector ${target.detectorId}: ${message}`);
    return false;
  }
}

/**
 * Ends a backfill that cannot go on with its key, and puts that on record with the rights of the detector's owner. Where these
 * are gone as well its task ends all the same, and whoever cancels it writes its end.
 *
 * @param error of opening the detector
 * @returns false where the cause may pass: it goes on later, with the same key
 */
async function endUnopened(
  services: Services,
  target: TaskTarget,
  order: BackfillOrder | undefined,
  error: DetectionError,
): Promise<boolean> {
  const { clock, log } = services;
  const { detectorId } = target;
  log.warn(`Detector ${detectorId}: its backfill cannot go on: ${error.message}`);
  if (isRetryable(error.code)) return false;
  try {
    const own = await openDetectorJob(services, target);
    const found = await own?.status.readPart(detectorId, 'backfill');
    if (own === undefined || found === undefined || (order && order.id !== found.id)) return true;
    if (found.state !== 'queued' && found.state !== 'running') return true;
    const failure = failureOf(
      order === undefined ? error : keyIsOver(order, found, error),
      clock.now(),
      false,
    );
    await own.status.writePart(detectorId, 'backfill', {
      ...found,
      ...(order && pickOrder(order)),
      state: 'failed',
      failure: { ...failure, next_step: 'Look at the detector, then start the backfill again.' },
      finished_at: failure.at,
    });
    return true;
  } catch (thrown) {
    const { code, message } = toDetectionError(thrown, 'end a backfill');
    log.warn(`Detector ${detectorId}: the end of its backfill is not on record: ${message}`);
    return !isRetryable(code);
  }
}

/** The advice of a detector's own key does not help a backfill in the cluster, which has one of whoever ordered it. */
function keyIsOver(order: BackfillOrder, { task }: BackfillReport, error: DetectionError): DetectionError {
  if (order.where !== 'cluster' || error.code !== 'unauthenticated') return error;
  return new DetectionError(
    'unauthenticated',
    'The backfill ended, since its key is gone or was granted for the detector as it was before an edit.' +
      (task === undefined ? '' : ' Elasticsearch goes on with what it has begun.'),
    { cause: error },
  );
}

/** A backfill that Kibana scores itself takes one of the places there are. */
async function inTurn(
  { slots, taskManager }: Services,
  target: TaskTarget,
  work: () => Promise<BackfillReport>,
): Promise<BackfillReport | 'later'> {
  const id = backfillTaskId(target);
  const leave = slots.take('backfill', id, () => {
    taskManager.runSoon(id).catch(() => undefined);
  });
  if (leave === undefined) return 'later';
  try {
    return await work();
  } finally {
    leave();
  }
}

/** In the cluster it works with a key of whoever ordered it, never with that of the owner. */
const keyOfOrder = (order: BackfillOrder) =>
  order.where === 'cluster'
    ? (stored: StoredDetector): JobKey => ({ object: order.key, steering: steeringOfBackfill(stored, order) })
    : undefined;

/** An order leaves nothing of what the status says about the same. */
const pickOrder = ({ from, to, where, into, slices, logs_per_second }: BackfillOrder) => ({
  from,
  to,
  where,
  into,
  slices,
  logs_per_second,
});

/** @throws DetectionError `refused` when the status is of another backfill, or of a version that kept no order */
function checkOrder(order: BackfillOrder | undefined, found: BackfillReport): asserts order is BackfillOrder {
  if (order?.id === found.id) return;
  throw new DetectionError(
    'refused',
    'What this backfill was ordered to do is not known, as of one that version 0.1.0 began; start it again.',
  );
}

async function scoreSome(
  services: Services,
  job: DetectorJob,
  before: BackfillReport,
  interruption: AbortController,
): Promise<BackfillReport> {
  const { clock, limits } = services;
  const { detectorId } = job.target;
  const model = await job.models.active(detectorId);
  if (model === undefined) {
    throw sentenceError('refused', 'no_model');
  }
  const { detector, modelReads } = job.stored;
  const isCollecting = before.collecting === true;
  const snapshot = withCurrentSettings(await services.models.load(job.models, detectorId, model), {
    modelReads,
    detector: {
      ...detector,
      scoring: isCollecting ? 'ingest' : 'job',
      source: { ...detector.source, ...(before.into !== undefined && { index: before.into }) },
    },
  });
  const place = placeOf(job.checkpoints, before);
  const counted = await place.counts(detectorId);
  let report: BackfillReport = { ...before, ...counted, state: 'running', failure: undefined };
  let isCancelled = await wasCancelled(job, report);
  const watch = repeatWork(async () => {
    const written = job.status.writePart(detectorId, 'backfill', report);
    const [cancelled] = await Promise.all([wasCancelled(job, report), written]);
    if (!cancelled) return;
    isCancelled = true;
    interruption.abort();
  }, LOOK_FOR_CANCEL_MILLISECONDS);
  const finish = (state: BackfillReport['state']): BackfillReport => ({
    ...report,
    state,
    finished_at: new Date(clock.now()).toISOString(),
  });
  try {
    if (isCancelled) return finish('cancelled');
    const source = job.sourceOf(snapshot.detector);
    const range = { from: Date.parse(before.from), to: Date.parse(before.to) };
    const run = await detectAnomalies({
      detectorId,
      snapshot,
      source: {
        ...source,
        read: async function* (range, options) {
          for await (const page of source.read(range, options)) {
            // Collected results come with logs that were counted before.
            if (!isCollecting) report = { ...report, logs: report.logs + page.logs.length };
            yield page;
          }
        },
      },
      scored: job.scored,
      models: job.models,
      results: {
        ...job.results,
        write: async (results, summaries) => {
          const written = await job.results.write(results, summaries);
          report = {
            ...report,
            anomalies: report.anomalies + results.filter(({ result }) => result.type === 'log').length,
            created: report.created + written.created,
          };
          return written;
        },
      },
      incidents: incidentsOfBackfill(services, job),
      patterns: patternsOfBackfill(services, job, snapshot, { by: before.id, range }),
      suppress: createSuppressor({ ...job, detectorId, clock }),
      checkpoints: {
        read: place.read,
        write: (checkpoint, revision) => place.write(checkpoint, revision, countsOf(report)),
      },
      clock,
      runId: `${BACKFILL_RUN_PREFIX}${before.id}`,
      startFrom: range.from,
      upTo: range.to,
      maxLogs: limits.max_logs_per_run,
      deadline: clock.now() + backfillPiece(limits),
      pageSize: backfillPage(limits),
      signal: interruption.signal,
    });
    if (run.complete) {
      await keepThreshold(job.checkpoints, run.checkpoint);
      return finish('done');
    }
    return report;
  } catch (error) {
    if (isCancelled) return finish('cancelled');
    const isInterrupted = error instanceof DetectionError && error.code === 'interrupted';
    if (isInterrupted) return report;
    throw error;
  } finally {
    // Progress that is written after the end would say for ever that it runs.
    await watch.stop();
  }
}

async function wasCancelled(job: DetectorJob, report: BackfillReport): Promise<boolean> {
  const asked = await job.status.readPart(job.target.detectorId, 'backfill_cancelled');
  return asked?.id === report.id;
}

type Counts = Pick<BackfillReport, 'logs' | 'anomalies' | 'created'>;
const countsOf = ({ logs, anomalies, created }: Counts): Counts => ({ logs, anomalies, created });

/** Returns the name of the adaptive threshold of the latest backfill that came to its end. */
const thresholdNameOf = (detectorId: string): string => `${detectorId}:backfill_threshold`;

/** The next backfill may begin where this one ended: its threshold then goes on, as if both were one. */
async function keepThreshold(store: CheckpointStore, checkpoint: Checkpoint): Promise<void> {
  if (checkpoint.threshold === undefined) return;
  const name = thresholdNameOf(checkpoint.detectorId);
  const revision = (await store.read(name))?.revision;
  await store.write({ ...checkpoint, detectorId: name, timestampPosition: undefined }, revision);
}

/** @returns the place before the first log of a backfill, with the threshold of the one that ended just there */
async function placeAfterAnother(
  store: CheckpointStore,
  detectorId: string,
  { id, from }: BackfillReport,
): Promise<Checkpoint | undefined> {
  const at = Date.parse(from);
  const before = (await store.read(thresholdNameOf(detectorId)))?.checkpoint;
  if (before === undefined || before.timestampTo !== at) return undefined;
  const { threshold, modelVersion } = before;
  return {
    detectorId,
    timestampTo: at,
    ingestedTo: at,
    threshold,
    modelVersion,
    runId: `${BACKFILL_RUN_PREFIX}${id}`,
  };
}

/** A backfill keeps its place beside the detector's own, and with it what it has counted so far. */
function placeOf(store: CheckpointStore, backfill: BackfillReport) {
  const name = (detectorId: string): string => backfillPlace(detectorId, backfill.id);
  const stored = (detectorId: string) => store.read(name(detectorId));
  return {
    counts: async (detectorId: string): Promise<Partial<Counts>> =>
      ((await stored(detectorId))?.checkpoint as { counts?: Counts } | undefined)?.counts ?? {},
    read: async (detectorId: string) => {
      const found = await stored(detectorId);
      if (found) return { ...found, checkpoint: { ...found.checkpoint, detectorId } };
      const checkpoint = await placeAfterAnother(store, detectorId, backfill);
      return checkpoint && { checkpoint, revision: undefined };
    },
    write: (checkpoint: Checkpoint, revision: unknown, counts: Counts) => {
      const counted = { ...checkpoint, detectorId: name(checkpoint.detectorId), counts };
      return store.write(counted, revision);
    },
  };
}
