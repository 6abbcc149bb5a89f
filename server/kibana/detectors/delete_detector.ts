import { INCIDENT_LIMITS } from '../../../common/incidents';
import { DetectionError } from '../../../common/detection_error';
import {
  feedbackIndex,
  incidentsIndex,
  modelsIndex,
  patternsIndex,
  resultsPattern,
} from '../../elasticsearch';
import { deletePipeline } from '../../elasticsearch/ingest';
import { deleteDocuments } from '../../elasticsearch/stores/delete_documents';
import { deleteStatus } from '../../elasticsearch/stores/status_documents';
import { backfillTaskId, demoTaskId, detectorTaskIds, type TaskTarget } from '../contracts/identifiers';
import type { RequestScope, Services } from '../contracts/services';
import { revokeApiKey } from '../keys/api_key';
import { trainingLife } from '../records/detector_job';
import { createDetectorRepository, type StoredDetector } from '../records/detector_repository';
import { findTask, waitUntil } from '../records/find_task';
import { createStatusStore } from '../records/status_store';
import { cancelBackfill, removeBackfill } from '../tasks/backfill_service';
import { cancelTraining } from './detector_service';
import { forgetDetector, hidingStoresOf } from './suppression_service';

/** Numbers of detectors in an incident beyond one. */
const SEVERAL = Array.from({ length: INCIDENT_LIMITS.detectors - 1 }, (_, place) => String(place + 2));

/**
 * Deletes a detector last of all that is its: where Kibana ends before, it is there still, stopped, and can be deleted again.
 *
 * @returns what could not be removed, a sentence for each
 */
export async function deleteDetector(
  services: Services,
  scope: RequestScope,
  id: string,
  withResults: boolean,
): Promise<string[]> {
  const repository = createDetectorRepository(scope.savedObjects);
  const stored = await repository.get(id);
  const target = { space: scope.space, detectorId: id };
  if (stored.enabled) await repository.update(id, { enabled: false });
  const status = createStatusStore(scope.elasticsearch, scope);
  const hasPipeline = (await status.readPart(id, 'pipeline').catch(() => undefined)) !== undefined;
  await endWork(services, scope, target);
  services.forgetRuns(id);
  if (stored.apiKeyObject !== undefined) {
    await revokeApiKey(services.apiKeys, scope.savedObjects, stored.apiKeyObject, target);
  }
  const warnings: string[] = [];
  const remove = async (work: Promise<unknown>): Promise<void> => {
    await work.catch((error: Error) => warnings.push(error.message));
  };
  await remove(removePipelineOf(scope, stored, hasPipeline));
  await remove(deleteStatus(scope.elasticsearch, target));
  if (withResults) {
    await remove(deleteDocuments(scope.elasticsearch, resultsPattern(scope.space), { 'detector.id': id }));
    // Incidents that others have found as well stay.
    const ofSeveral = { detector_count: [...SEVERAL] };
    await remove(
      deleteDocuments(scope.elasticsearch, incidentsIndex(scope.space), { 'detectors.id': id }, ofSeveral),
    );
    await remove(deleteDocuments(scope.elasticsearch, modelsIndex(scope.space), { detector_id: id }));
    await remove(deleteDocuments(scope.elasticsearch, patternsIndex(scope.space), { detector_id: id }));
    await remove(forgetDetector(hidingStoresOf(services, scope), id));
    // Suppressions that apply to other detectors as well stay; their changes stay on record elsewhere.
    const kept = { kind: ['suppression'] };
    await remove(deleteDocuments(scope.elasticsearch, feedbackIndex(scope.space), { detector_id: id }, kept));
  }
  await repository.delete(id);
  return warnings;
}

/** Work that is told to end does so within seconds. */
const LONGEST_WAIT_MILLISECONDS = 10_000;

/** Ends all that works on a detector, and waits for it: what is written once its documents were deleted would stay for ever. */
async function endWork(services: Services, scope: RequestScope, target: TaskTarget): Promise<void> {
  const { taskManager, clock, log } = services;
  const { detectorId: id } = target;
  const over = (isOver: () => Promise<boolean>) => waitUntil(clock, isOver, LONGEST_WAIT_MILLISECONDS);
  const told = await Promise.allSettled([
    cancelTraining(services, scope, id),
    cancelBackfill(services, scope, id),
  ]);
  for (const each of told) {
    // Deleting it takes no right on its status.
    if (each.status === 'rejected') log.debug(`Detector ${id}: ${(each.reason as Error).message}`);
  }
  const status = createStatusStore(scope.elasticsearch, scope);
  const isTrained = async (): Promise<boolean> =>
    (await trainingLife(services, target, await status.readPart(id, 'training'))) !== 'alive';
  // One of Elasticsearch's own is stopped by its task, which then goes.
  const isScored = async (): Promise<boolean> => {
    const { state } = (await status.readPart(id, 'backfill')) ?? {};
    return (
      (state !== 'queued' && state !== 'running') ||
      (await findTask(services, backfillTaskId(target))) === undefined
    );
  };
  await Promise.all([
    ...(told[0].status === 'fulfilled' ? [over(isTrained)] : []),
    ...(told[1].status === 'fulfilled' ? [over(isScored)] : []),
    ...[...detectorTaskIds(target), demoTaskId(target)].map(async (task) => {
      await over(async () => (await findTask(services, task))?.status !== 'running');
      await taskManager.removeIfExists(task);
    }),
  ]);
  await removeBackfill(services, target);
}

/** A detector that is scored by the job may have had a pipeline put for it by hand. */
async function removePipelineOf(
  { elasticsearch, space }: RequestScope,
  { id, detector }: StoredDetector,
  isKnown: boolean,
): Promise<void> {
  try {
    await deletePipeline(elasticsearch, id, { space });
  } catch (error) {
    // A missing privilege is reported only where there is a pipeline.
    const isForbidden = error instanceof DetectionError && error.code === 'forbidden';
    if (isForbidden && !isKnown && detector.scoring !== 'ingest') return;
    throw error;
  }
}
