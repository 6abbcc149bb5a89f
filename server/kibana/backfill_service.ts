import { randomUUID } from 'node:crypto';
import type { ApiRequest, BackfillReport, Endpoints } from '../../common/api';
import type { Detector } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import { createDetectorSource, createSnapshotStore } from '../elasticsearch';
import { livePipeline } from '../elasticsearch/ingest';
import { createDetectorRepository } from './detector_repository';
import { backfillTaskId, BACKFILL_TASK_TYPE } from './identifiers';
import type { RequestScope, Services } from './services';
import { createStatusStore } from './status_store';
import { rangeOf } from '../detection/log_range';

type BackfillRequest = ApiRequest<Endpoints['startBackfill']>['body'];

const isUnderWay = (report: BackfillReport | undefined): boolean =>
  report?.state === 'queued' || report?.state === 'running';

export async function startBackfill(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  range: BackfillRequest,
): Promise<BackfillReport> {
  const now = services.clock.now();
  if (range.from >= range.to || range.to > now) {
    throw new DetectionError(
      'invalid_input',
      `from is ${new Date(range.from).toISOString()} and to is ${new Date(range.to).toISOString()}; from must be before to, and to not in the future.`,
    );
  }
  const { detector } = await createDetectorRepository(scope.savedObjects).get(detectorId);
  return queueBackfill(services, scope, detectorId, detector, range);
}

/**
 * Asks for a backfill with a client that may read the logs.
 *
 * @throws DetectionError `refused` without a model, `conflict` while another one is under way
 */
export async function queueBackfill(
  services: Services,
  scope: Pick<RequestScope, 'space' | 'elasticsearch'>,
  detectorId: string,
  detector: Detector,
  { from, to, where, ...inCluster }: BackfillRequest,
): Promise<BackfillReport> {
  const way = where ?? (detector.scoring === 'ingest' ? 'cluster' : 'job');
  const given = Object.keys(inCluster);
  if (way === 'job' && given.length > 0) {
    throw new DetectionError(
      'invalid_input',
      `${given.join(', ')}: only for a backfill in the cluster; allowed: where: cluster`,
    );
  }
  const status = createStatusStore(scope.elasticsearch, scope);
  const models = createSnapshotStore(scope.elasticsearch, { space: scope.space });
  if ((await models.active(detectorId)) === undefined) {
    throw new DetectionError('refused', 'The detector has no model to score with; train it first.');
  }
  const before = await status.readPart(detectorId, 'backfill');
  if (isUnderWay(before)) {
    throw new DetectionError('conflict', 'A backfill of this detector is under way; cancel it first.');
  }
  if (way === 'cluster') {
    const live = await livePipeline(scope.elasticsearch, detectorId, { space: scope.space });
    if (live === undefined) {
      throw new DetectionError(
        'refused',
        'The detector has no ingest pipeline to score with; put one first.',
      );
    }
  }
  const source = createDetectorSource(scope.elasticsearch, detector);
  const total = await source.count(rangeOf(detector.source, from, to));
  const report: BackfillReport = {
    id: randomUUID(),
    state: 'queued',
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    requested_at: new Date(services.clock.now()).toISOString(),
    logs: 0,
    total,
    anomalies: 0,
    created: 0,
    where: way,
    ...inCluster,
  };
  await status.writePart(detectorId, 'backfill', report);
  const target = { space: scope.space, detectorId };
  await services.taskManager.removeIfExists(backfillTaskId(target));
  await services.taskManager.schedule({
    id: backfillTaskId(target),
    taskType: BACKFILL_TASK_TYPE,
    params: target,
    state: {},
    scope: ['logAnomalies'],
  });
  return report;
}

/** @throws DetectionError `not_found` when there never was one */
export async function readBackfill(scope: RequestScope, detectorId: string): Promise<BackfillReport> {
  await createDetectorRepository(scope.savedObjects).get(detectorId);
  const report = await createStatusStore(scope.elasticsearch, scope).readPart(detectorId, 'backfill');
  if (report === undefined) throw new DetectionError('not_found', 'This detector was never backfilled.');
  return report;
}

/** The task sees it within seconds; one that never began, or whose Kibana died, is ended here. */
export async function cancelBackfill(
  services: Services,
  scope: RequestScope,
  detectorId: string,
): Promise<void> {
  const report = await readBackfill(scope, detectorId);
  if (!isUnderWay(report)) return;
  const status = createStatusStore(scope.elasticsearch, scope);
  await status.writePart(detectorId, 'backfill_cancelled', { id: report.id });
  const task = backfillTaskId({ space: scope.space, detectorId });
  if (report.task !== undefined) {
    // Only the owner of the detector is sure to have the right to stop it in the cluster.
    await services.taskManager.runSoon(task).catch(() => undefined);
    return;
  }
  const found = await services.taskManager.get(task).catch(() => undefined);
  if (found?.status === 'running' || found?.status === 'claiming') return;
  await services.taskManager.removeIfExists(task);
  await status.writePart(detectorId, 'backfill', {
    ...report,
    state: 'cancelled',
    finished_at: new Date(services.clock.now()).toISOString(),
  });
}
