import type { BackfillReport } from '../../../common/api';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import {
  backfillProgress,
  cancelBackfill,
  livePipeline,
  refreshScored,
  startBackfill,
  type BackfillProgress,
} from '../../elasticsearch/ingest';
import { opaqueIdOf, type BackfillOrder } from './backfill_order';
import type { DetectorJob } from '../records/detector_job';
import type { Services } from '../contracts/services';
import { backfillPiece } from '../limits/job_limits';
import { rangeOf } from '../../detection/ports/log_range';

/** Between two looks at the task of Elasticsearch. */
const POLL_MILLISECONDS = 1_000;

/**
 * Has Elasticsearch score a range of the past by the detector's pipeline, and follows it for one run of Kibana's task. The
 * work goes on in the cluster meanwhile; a lost task is started again and takes only logs that are still open.
 *
 * @param job with the rights of whoever ordered it, who has said where it writes
 * @param isCancelled whether somebody has asked to stop
 * @returns where it is; state `running` with `collecting` once all is scored
 */
export async function scoreInCluster(
  services: Services,
  job: DetectorJob,
  { order, before }: { readonly order: BackfillOrder; readonly before: BackfillReport },
  { isCancelled, signal }: { readonly isCancelled: () => Promise<boolean>; readonly signal: AbortSignal },
): Promise<BackfillReport> {
  const { clock, limits } = services;
  const { detectorId, space } = job.target;
  const deadline = clock.now() + backfillPiece(limits);
  const finished = (report: BackfillReport, state: BackfillReport['state']): BackfillReport => ({
    ...report,
    state,
    finished_at: new Date(clock.now()).toISOString(),
  });
  const opaqueId = opaqueIdOf(order);
  /** @returns undefined where Elasticsearch no longer knows the task */
  const progressOf = (task: string): Promise<BackfillProgress | undefined> =>
    backfillProgress(job.client, task, { opaqueId }).catch((error: unknown) => {
      if (error instanceof DetectionError && error.code === 'not_found') return undefined;
      throw error;
    });
  let report: BackfillReport = { ...before, state: 'running', failure: undefined };
  if (report.task === undefined) {
    if (await isCancelled()) return finished(report, 'cancelled');
    report = { ...report, task: await start(job) };
    await job.status.writePart(detectorId, 'backfill', report);
  }
  const task = report.task as string;
  for (;;) {
    if (await isCancelled()) {
      const state = await progressOf(task);
      if (state !== undefined) await cancelBackfill(job.client, task);
      return finished({ ...report, ...(state && { logs: state.done }) }, 'cancelled');
    }
    const state = await progressOf(task);
    // The node that ran it is gone: what it has scored is not scored again.
    if (state === undefined) return { ...report, task: undefined };
    report = {
      ...report,
      logs: state.done,
      ...(state.total > 0 && { total: state.total }),
      ...(state.conflicts > 0 && { conflicts: state.conflicts }),
    };
    if (state.complete) {
      if (state.cancelled) return finished(report, 'cancelled');
      if (state.failures.length > 0) {
        await job.status.writePart(detectorId, 'backfill', { ...report, task: undefined });
        throw new DetectionError(
          state.forbidden ? 'forbidden' : 'unavailable',
          `The backfill ended after ${state.done} of ${state.total} logs: ${state.failures[0]}`,
        );
      }
      const { scoring, source } = job.stored.detector;
      if (scoring !== 'ingest') return finished(report, 'done');
      await refreshScored(job.client, order.into ?? source.index);
      return { ...report, collecting: true };
    }
    if (clock.now() >= deadline || signal.aborted) return report;
    await job.status.writePart(detectorId, 'backfill', report);
    await clock.sleep(POLL_MILLISECONDS, signal);
  }

  async function start({ client, stored }: DetectorJob) {
    const { from, to, into, slices, logs_per_second } = order;
    const pipeline = await livePipeline(client, detectorId, { space });
    if (pipeline === undefined) {
      throw sentenceError('refused', 'no_pipeline');
    }
    return startBackfill(client, {
      range: rangeOf(stored.detector.source, Date.parse(from), Date.parse(to)),
      pipeline,
      opaqueId,
      ...(into !== undefined && { into }),
      ...(slices !== undefined && { slices }),
      ...(logs_per_second !== undefined && { logsPerSecond: logs_per_second }),
    });
  }
}
