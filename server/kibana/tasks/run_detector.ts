import { randomUUID } from 'node:crypto';
import { spanOf } from '../../../common/buckets';
import type { Failure, LivePipelineBody, RunReport, RunSummary } from '../../../common/api';
import { RUNS_KEPT } from '../../../common/api/status';
import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import { DetectionError } from '../../../common/detection_error';
import { detectAnomalies } from '../../detection/scoring/detect_anomalies';
import { frozenWindowsOf } from '../../detection/training/left_out_of_training';
import { rangeOf } from '../../detection/ports/log_range';
import type { ModelRecord } from '../../detection/ports';
import { passOverSilence } from '../../detection/scoring/pass_over_silence';
import { countRun } from '../../detection/promotion/promotion_watch';
import type { DetectionRun } from '../../detection/scoring/run_detection';
import { createSuppressor } from '../../detection/feedback/suppress_new_results';
import { closedIndices } from '../../elasticsearch';
import { livePipeline, type LivePipeline } from '../../elasticsearch/ingest';
import { openDetectorJob, type DetectorJob } from '../records/detector_job';
import { isUpkeepDue } from '../models/model_upkeep';
import { NEVER_RUN, type RunState } from '../records/detector_state';
import { longestRun, type JobLimits } from '../limits/job_limits';
import { allowedSchedule } from '../limits/usage_limits';
import { withCurrentSettings } from '../records/effective_snapshot';
import { incidentsOfJob } from './job_incidents';
import { patternsOfJob } from './job_patterns';
import { endLostBackfill } from './backfill_service';
import { seeToTraining } from './see_to_training';
import { openAnnouncements, type RunAnnouncements } from './run_announcements';
import { failureOf, pauseAfter } from '../records/failure_advice';
import { upkeepTaskId, UPKEEP_TASK_TYPE, type TaskTarget } from '../contracts/identifiers';
import { idlePause, longestSilence } from '../../detection/scoring/idle_pause';
import { liveBodyOf } from '../models/pipeline_swap';
import type { Services } from '../contracts/services';

/** A detector without a checkpoint begins so long before its first run. */
const FIRST_RUN_LOOKS_BACK_MILLISECONDS = 15 * 60_000;
/** A run without logs that says nothing new is put on record this often. */
const IDLE_REPORT_EVERY_MILLISECONDS = 15 * 60_000;
/** A detector that has found no log for a while only asks whether one has come in between. */
const WHOLE_RUN_EVERY_MILLISECONDS = 60 * 60_000;
/** While a detector waits for its first model, its training is looked after so often. */
const LOOK_AFTER_TRAINING_MILLISECONDS = 20_000;
/** Names of closed indices that a report keeps. */
const CLOSED_INDICES_KEPT = 100;
/** The least share of a page and of a span that a run takes. */
const SMALLEST_SHARE = 1 / 64;
/** A run that takes a share of what has arrived takes at least so many buckets. */
const FEWEST_BUCKETS = 2;
const FEWEST_LOGS_A_PAGE = 100;
export type RunOutcome =
  /** The detector was deleted or stopped: its task has nothing left to do. */
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'ran';
      readonly interval: string;
      /** Milliseconds from now to the next run; absent: as the schedule says. */
      readonly delay?: number;
      /** Failed runs in a row, this one included. */
      readonly failures: number;
      /** Share of a page and of a span that the next run takes: (0, 1]. */
      readonly share: number;
      readonly failure?: Failure;
    };

/** State left by the runs before, and the end of this one. */
export interface RunConditions {
  /** Failed runs in a row. */
  readonly failures: number;
  /** Share of a page and of a span to take: (0, 1]. */
  readonly share: number;
  readonly signal: AbortSignal;
  /** Is true once the signal has fired because the run took too long. */
  readonly isOutOfTime: () => boolean;
}

/**
 * One scheduled run of one detector: scores what has arrived, sees to a model where there is none or the last is too
 * old, and puts on record how it went. Failures end up in the status and never leave this function, so one bad
 * detector does not disturb others.
 */
export async function runDetector(
  services: Services,
  target: TaskTarget,
  conditions: RunConditions,
): Promise<RunOutcome> {
  const { signal, share } = conditions;
  const { clock, log } = services;
  let job: DetectorJob | undefined;
  let before: RunState = NEVER_RUN;
  let interval = '1m';
  try {
    job = await openDetectorJob(services, target, signal);
    if (job === undefined || !job.stored.enabled) return { kind: 'gone' };
    const schedule = allowedSchedule(job.stored.detector.schedule, services.usage);
    ({ interval } = schedule);
    const known = (await job.status.read([target.detectorId])).get(target.detectorId);
    before = known?.runs ?? NEVER_RUN;
    await endLostBackfill(services, job, known?.backfill);
    const begun = { withheld: known?.withheld, startedAt: clock.now() };
    const announcements = await openAnnouncements(services, job, begun, signal);
    if (await isStillSilent(services, job, before, announcements)) {
      const silence = clock.now() - Date.parse(before.quiet_since as string);
      return { kind: 'ran', interval, failures: 0, share, delay: idlePause(schedule, silence) };
    }
    const model = await job.models.active(target.detectorId);
    await seeToTraining(services, job, model, known);
    if (model === undefined) {
      const delay = Math.min(durationToMilliseconds(interval), LOOK_AFTER_TRAINING_MILLISECONDS);
      return { kind: 'ran', interval, failures: 0, share, delay };
    }
    const isInPipeline = job.stored.detector.scoring === 'ingest';
    const live = isInPipeline ? await notePipeline(job, known?.pipeline) : undefined;
    const { run, report } = await score(services, job, { model, before }, { ...conditions, announcements });
    const counted = countRun(before.counted, {
      version: model.version,
      logs: report.logs,
      // A model has no part in what patterns do.
      anomalies: report.anomalies - run.changes,
    });
    const quietSince =
      report.logs > 0 || report.unscored ? undefined : await startOfSilence(job, before, clock);
    await putOnRecord(job, { ...before, counted, quiet_since: quietSince }, report, clock.now());
    // A detector without logs has nothing to measure, and one that catches up has better things to do; but the time of a
    // candidate and of a watch comes to its end there as well.
    await askForUpkeep(services, job, model, { mayMeasure: report.logs > 0 && run.complete, live });
    const silence = quietSince === undefined ? 0 : clock.now() - Date.parse(quietSince);
    const delay = run.complete ? idlePause(schedule, silence) : 0;
    const next = { share: Math.min(1, 2 * share), ...(delay === undefined ? {} : { delay }) };
    return { kind: 'ran', interval, failures: 0, ...next };
  } catch (thrown) {
    const error = conditions.isOutOfTime() ? tooSlow(services.limits, share) : thrown;
    const code = error instanceof DetectionError ? error.code : 'internal';
    const { failures: failedBefore } = conditions;
    if (code === 'interrupted') return { kind: 'ran', interval, failures: failedBefore, share, delay: 0 };
    if (code === 'conflict') {
      log.debug(`Detector ${target.detectorId}: ${(error as Error).message}`);
      return { kind: 'ran', interval, failures: failedBefore, share };
    }
    if (code === 'internal') {
      log.error(`Detector ${target.detectorId}: ${(error as Error)?.stack ?? String(error)}`);
    } else log.warn(`Detector ${target.detectorId}: ${(error as Error).message}`);
    const failures = Math.max(failedBefore, before.consecutive_failures) + 1;
    const failure = failureOf(error, clock.now(), true);
    const isLessNext = conditions.isOutOfTime() && share > SMALLEST_SHARE;
    // A detector that another version has saved is left to a Kibana that can read it, which waits no longer than usual.
    const isUnreadable = job === undefined && code === 'invalid_input';
    const pause = pauseAfter(code, isUnreadable ? 1 : failures, durationToMilliseconds(interval));
    const delay = isLessNext ? 0 : pause;
    const { running: _over, ...kept } = before;
    await job?.status
      .writePart(target.detectorId, 'runs', {
        ...kept,
        history: remembered(before, {
          finished_at: failure.at,
          logs: 0,
          anomalies: 0,
          complete: false,
          failure,
        }),
        consecutive_failures: failures,
        last_error: failure,
        not_before: new Date(clock.now() + delay).toISOString(),
      })
      .catch((problem: Error) =>
        log.warn(`Detector ${target.detectorId}: its failure could not be put on record: ${problem.message}`),
      );
    return {
      kind: 'ran',
      interval,
      failures,
      failure,
      delay,
      share: isLessNext ? share / 2 : share,
    };
  }
}

const tooSlow = (limits: JobLimits, share: number): DetectionError =>
  new DetectionError(
    'unavailable',
    `The run took longer than ${longestRun(limits) / 1_000} s and was stopped; nothing is lost. ` +
      (share > SMALLEST_SHARE
        ? 'The next run takes half as much.'
        : `It took ${share} of a page already: Elasticsearch is too slow for it.`),
  );

/** Looking after a model can take longer than a run may: it has a task of its own, which is there while it is due. */
async function askForUpkeep(
  services: Services,
  job: DetectorJob,
  model: ModelRecord,
  due: Parameters<typeof isUpkeepDue>[3],
): Promise<void> {
  const { target } = job;
  try {
    if (!(await isUpkeepDue(services, job, model, due))) return;
    const id = upkeepTaskId(target);
    // One whose Kibanas died again and again stays as it is, and would keep its id for ever.
    const before = await services.taskManager.get(id).catch(() => undefined);
    if (before?.status === 'failed') await services.taskManager.removeIfExists(id);
    await services.taskManager.ensureScheduled({
      id,
      taskType: UPKEEP_TASK_TYPE,
      params: { space: target.space, detectorId: target.detectorId },
      state: {},
      scope: ['logAnomalies'],
    });
  } catch (error) {
    // Scoring does not depend on it; the next run asks again.
    const { message } = error as Error;
    services.log.warn(`Detector ${target.detectorId}: its model is not looked after: ${message}`);
  }
}

async function score(
  services: Services,
  job: DetectorJob,
  { model, before }: { readonly model: ModelRecord; readonly before: RunState },
  { signal, share, announcements }: RunConditions & { readonly announcements: RunAnnouncements },
): Promise<{ run: DetectionRun; report: RunReport }> {
  const { clock, limits, log } = services;
  const { target, stored } = job;
  const { detectorId } = target;
  const snapshot = await services.models.load(job.models, detectorId, model);
  const startedAt = clock.now();
  const runId = randomUUID();
  const { notifier, stores } = announcements;
  let isAnnounced = false;
  /** Only a run that has something to do is worth telling while it goes on. */
  const tellThatItRuns = async (): Promise<void> => {
    if (isAnnounced) return;
    isAnnounced = true;
    await job.status.writePart(detectorId, 'runs', {
      ...before,
      running: { id: runId, started_at: new Date(startedAt).toISOString() },
    });
  };
  const current = withCurrentSettings(snapshot, stored);
  const source = job.sourceOf(current.detector);
  const run = await detectAnomalies({
    detectorId,
    snapshot: current,
    source: {
      ...source,
      read: async function* (range, options) {
        for await (const page of source.read(range, options)) {
          await tellThatItRuns();
          yield page;
        }
      },
    },
    scored: job.scored,
    models: job.models,
    results: stores.results,
    incidents: incidentsOfJob(services, { ...job, ...stores }, announcements.incidents),
    patterns: patternsOfJob(services, job, current),
    suppress: createSuppressor({ ...job, detectorId, clock }),
    checkpoints: job.checkpoints,
    audit: job.audit,
    clock,
    runId,
    startFrom: startedAt - FIRST_RUN_LOOKS_BACK_MILLISECONDS,
    maxLogs: limits.max_logs_per_run,
    deadline: startedAt + durationToMilliseconds(limits.max_run_time),
    pageSize: Math.max(FEWEST_LOGS_A_PAGE, Math.round(share * limits.page_size)),
    ...(share < 1 && { share, smallestSpan: smallestSpanOf(current.detector) }),
    signal,
    frozenWindows: () =>
      frozenWindowsOf(
        { ...job, warn: (text) => log.warn(`Detector ${detectorId}: ${text}`) },
        detectorId,
        stored.detector.schedule,
        startedAt,
      ),
    ...(notifier && {
      announce: async (results) => {
        await notifier.notify({ id: detectorId, name: stored.detector.name }, { id: runId }, results);
      },
    }),
  });
  await announcements.finish({ flush: notifier === undefined || run.anomalies === 0 });
  if (run.foundLate > 0) {
    log.info(`Detector ${detectorId}: ${run.foundLate} logs became visible late and were scored.`);
  }
  const closed = await closedIndices(job.client, stored.detector.source.index, { signal }).catch(() => []);
  if (run.logs > 0) log.debug(`Detector ${detectorId}: ${run.logs} logs, ${run.anomalies} anomalies`);
  return {
    run,
    report: {
      id: runId,
      started_at: new Date(startedAt).toISOString(),
      finished_at: new Date(clock.now()).toISOString(),
      logs: run.logs,
      ...(stored.detector.scoring === 'ingest' && { unscored: run.unscored }),
      anomalies: run.anomalies,
      created: run.created,
      ...(run.foundLate > 0 && { found_late: run.foundLate }),
      ...(run.putAside > 0 && { put_aside: run.putAside }),
      ...(run.bound && { entities: run.bound }),
      ...(closed.length > 0 && { closed_indices: closed.slice(0, CLOSED_INDICES_KEPT) }),
      complete: run.complete,
      from: new Date(run.from).toISOString(),
      to: new Date(run.to).toISOString(),
      threshold: run.threshold,
      dirt: run.dirt,
    },
  };
}

/**
 * A hundred detectors without logs should cost next to nothing: between two whole runs they only ask whether one has come.
 * A whole run also finds what such a question does not, a field that is gone for one.
 */
async function isStillSilent(
  services: Services,
  job: DetectorJob,
  { last_run: lastRun, quiet_since: quietSince, consecutive_failures: failures, running }: RunState,
  announcements: RunAnnouncements,
): Promise<boolean> {
  const { clock } = services;
  const { detector, updated_at: updatedAt } = job.stored;
  const isKnown = quietSince !== undefined && failures === 0 && running === undefined;
  if (!isKnown || lastRun === undefined || detector.scoring === 'ingest') return false;
  const isFresh = clock.now() - Date.parse(lastRun.finished_at) < WHOLE_RUN_EVERY_MILLISECONDS;
  if (!isFresh || lastRun.started_at <= updatedAt) return false;
  const { detectorId } = job.target;
  const known = await passOverSilence({ ...job, detectorId, detector, clock, runId: randomUUID() });
  if (known === undefined) return false;
  await incidentsOfJob(services, { ...job, ...announcements.stores }, announcements.incidents).finish(
    known,
    clock.now(),
  );
  // Messages that could not be sent are still due.
  await announcements.finish({ flush: true });
  return true;
}

/** Another version may have been put past Kibana. Who owns the detector may lack the right to look: nothing is noted then. */
async function notePipeline(
  job: DetectorJob,
  known: LivePipelineBody | undefined,
): Promise<LivePipeline | undefined> {
  const { detectorId, space } = job.target;
  try {
    const live = await livePipeline(job.client, detectorId, { space });
    const body = live && liveBodyOf(live);
    if (JSON.stringify(body) !== JSON.stringify(known)) {
      await job.status.writePart(detectorId, 'pipeline', body);
    }
    return live;
  } catch (error) {
    if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
    return undefined;
  }
}

const smallestSpanOf = (detector: Detector): number =>
  detector.unit === 'bucket' ? FEWEST_BUCKETS * spanOf(detector) : MINUTE;

const remembered = ({ history = [] }: RunState, run: RunSummary): RunSummary[] =>
  [run, ...history].slice(0, RUNS_KEPT);

const summaryOf = ({ id, started_at, finished_at, logs, anomalies, complete }: RunReport): RunSummary => ({
  id,
  started_at,
  finished_at,
  logs,
  anomalies,
  complete,
});

/**
 * @returns since when a detector that found no log has been without any, ISO 8601. Of one that never had a log to score,
 *   the source is asked once.
 */
async function startOfSilence(
  { stored, source }: DetectorJob,
  before: RunState,
  clock: Services['clock'],
): Promise<string> {
  const known = before.last_log_at ?? before.quiet_since;
  if (known !== undefined) return known;
  const to = clock.now();
  const from = to - longestSilence(stored.detector.schedule);
  const logs = await source.count(rangeOf(stored.detector.source, from, to));
  return logs === 0 ? new Date(from).toISOString() : stored.updated_at;
}

function putAsideAfter(
  { put_aside: before }: RunState,
  { put_aside: results, finished_at: at }: RunReport,
): Pick<RunState, 'put_aside'> {
  if (results === undefined) return before === undefined ? {} : { put_aside: before };
  return { put_aside: { results: (before?.results ?? 0) + results, last_at: at } };
}

/** A run that ends before the next bucket does says nothing of entities: what the one before said holds. */
const leftOutAfter = (last: RunReport | undefined, { logs }: RunReport): Pick<RunReport, 'entities'> =>
  logs === 0 && last?.entities !== undefined ? { entities: last.entities } : {};

/** Nothing is written for an idle run like the ones before: a hundred quiet detectors should cost next to nothing. */
async function putOnRecord(
  job: DetectorJob,
  before: RunState,
  report: RunReport,
  now: number,
): Promise<void> {
  const last = before.last_run;
  const isQuiet =
    report.logs === 0 &&
    !report.unscored &&
    before.consecutive_failures === 0 &&
    before.running === undefined;
  if (isQuiet && last !== undefined && now - Date.parse(last.finished_at) < IDLE_REPORT_EVERY_MILLISECONDS) {
    return;
  }
  const lastLogAt = report.logs > 0 ? report.finished_at : before.last_log_at;
  await job.status.writePart(job.target.detectorId, 'runs', {
    last_run: { ...report, ...leftOutAfter(last, report) },
    history: remembered(before, summaryOf(report)),
    consecutive_failures: 0,
    ...(lastLogAt && { last_log_at: lastLogAt }),
    ...(before.quiet_since && { quiet_since: before.quiet_since }),
    ...(before.counted && { counted: before.counted }),
    ...putAsideAfter(before, report),
  });
}
