import { randomUUID } from 'node:crypto';
import type { BackfillReport } from '../../common/api';
import type { Detector } from '../../common/detector';
import { DetectionError } from '../../common/detection_error';
import { createLogSource, createSnapshotStore } from '../elasticsearch';
import { createDetectorRepository } from './detector_repository';
import { backfillTaskId, BACKFILL_TASK_TYPE } from './identifiers';
import type { RequestScope, Services } from './services';
import { createStatusStore } from './status_store';

const isUnderWay = (report: BackfillReport | undefined): boolean =>
  report?.state === 'queued' || report?.state === 'running';

export async function startBackfill(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  range: { from: number; to: number },
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
  range: { from: number; to: number },
): Promise<BackfillReport> {
  const status = createStatusStore(scope.elasticsearch, scope);
  const models = createSnapshotStore(scope.elasticsearch, { space: scope.space });
  if ((await models.active(detectorId)) === undefined) {
    throw new DetectionError('refused', 'The detector has no model to score with; train it first.');
  }
  const before = await status.readPart(detectorId, 'backfill');
  if (isUnderWay(before)) {
    throw new DetectionError('conflict', 'A backfill of this detector is under way; cancel it first.');
  }
  const { index, query, timestamp_field, ingested_field } = detector.source;
  const total = await createLogSource(scope.elasticsearch).count({
    index,
    query,
    timestampField: timestamp_field,
    ingestedField: ingested_field,
    ...range,
  });
  const report: BackfillReport = {
    id: randomUUID(),
    state: 'queued',
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    requested_at: new Date(services.clock.now()).toISOString(),
    logs: 0,
    total,
    anomalies: 0,
    created: 0,
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
  const found = await services.taskManager.get(task).catch(() => undefined);
  if (found?.status === 'running' || found?.status === 'claiming') return;
  await services.taskManager.removeIfExists(task);
  await status.writePart(detectorId, 'backfill', {
    ...report,
    state: 'cancelled',
    finished_at: new Date(services.clock.now()).toISOString(),
  });
}
