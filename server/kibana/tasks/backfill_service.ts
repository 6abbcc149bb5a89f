import { randomUUID } from 'node:crypto';
import type { ApiRequest, BackfillReport, Endpoints } from '../../../common/api';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import {
  backfillKeyRole,
  backfillTarget,
  createDetectorSource,
  createSnapshotStore,
} from '../../elasticsearch';
import {
  backfillProgress,
  cancelBackfill as cancelInCluster,
  livePipeline,
} from '../../elasticsearch/ingest';
import { missingPrivilegesOf } from '../../elasticsearch/indices/missing_privileges';
import { namesForRights } from '../../elasticsearch/indices/names';
import { grantApiKey, revokeApiKey, usesApiKeys } from '../keys/api_key';
import { opaqueIdOf, orderOf, putOnRecord, steeringOfBackfill, type BackfillOrder } from './backfill_order';
import { createDetectorRepository, inSpace, type StoredDetector } from '../records/detector_repository';
import { checkRights } from '../keys/check_rights';
import { backfillTaskId, BACKFILL_TASK_TYPE, type TaskTarget } from '../contracts/identifiers';
import type { RequestScope, Services } from '../contracts/services';
import type { DetectorJob } from '../records/detector_job';
import { findTask } from '../records/find_task';
import { failureOf } from '../records/failure_advice';
import { createStatusStore } from '../records/status_store';
import { rangeOf } from '../../detection/ports/log_range';

type BackfillRequest = ApiRequest<Endpoints['startBackfill']>['body'];

const isUnderWay = (report: BackfillReport | undefined): boolean =>
  report?.state === 'queued' || report?.state === 'running';

/** Returns true where no task does the backfill that is on record any more, as after several deaths of Kibana in a row. */
async function isLost(services: Services, target: TaskTarget): Promise<boolean> {
  const task = await findTask(services, backfillTaskId(target));
  return task === undefined || task.status === 'failed';
}

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
  const stored = await createDetectorRepository(scope.savedObjects).get(detectorId);
  await checkRights(services, scope, stored.detector);
  const grant = async (order: BackfillOrder): Promise<string | undefined> => {
    if (order.where !== 'cluster' || !(await usesApiKeys(services.apiKeys))) return undefined;
    return grantForCluster(services, scope, stored, order);
  };
  return queueBackfill(services, scope, stored, { request: range, grant });
}

/** A key of the caller ends at the latest so long after it was granted: the longest that a backfill may take. */
const KEY_MILLISECONDS = 30 * 86_400_000;

/**
 * A backfill in the cluster writes where its caller says, so it works with the caller's rights from beginning to end.
 *
 * @throws DetectionError `forbidden` listing what the caller lacks
 */
async function grantForCluster(
  services: Services,
  scope: RequestScope,
  stored: StoredDetector,
  order: BackfillOrder,
): Promise<string | undefined> {
  const { detector } = stored;
  const { space } = scope;
  const logs = namesForRights(detector.source.index);
  const missing = await missingPrivilegesOf(scope.elasticsearch, {
    cluster: ['monitor'],
    indices: [
      { names: logs, privileges: ['read', 'view_index_metadata'] },
      backfillTarget(detector, order.into),
    ],
  });
  if (missing.length > 0) {
    throw sentenceError(
      'forbidden',
      'backfill_rights_missing',
      { rights: missing.join('; ') },
      { details: { missing_privileges: missing } },
    );
  }
  return grantApiKey(services.apiKeys, scope, {
    name: `${detector.name}: backfill`,
    role: backfillKeyRole(detector, space, order.into),
    use: { detectorId: stored.id, space, steering: steeringOfBackfill(stored, order) },
    expiresAfter: KEY_MILLISECONDS,
    now: services.clock.now(),
  });
}

/**
 * Asks for a backfill with a client that may read the logs.
 *
 * @param grant makes a key for what was ordered; absent: it runs with the rights of the detector's owner
 * @throws DetectionError `refused` without a model, `conflict` while another one is under way
 */
export async function queueBackfill(
  services: Services,
  scope: Pick<RequestScope, 'space' | 'elasticsearch'>,
  stored: StoredDetector,
  {
    request,
    grant,
  }: {
    readonly request: BackfillRequest;
    readonly grant?: (order: BackfillOrder) => Promise<string | undefined>;
  },
): Promise<BackfillReport> {
  const { from, to, where, ...inCluster } = request;
  const { id: detectorId, detector } = stored;
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
    throw sentenceError('refused', 'no_model');
  }
  const before = await status.readPart(detectorId, 'backfill');
  if (isUnderWay(before) && !(await isLost(services, { space: scope.space, detectorId }))) {
    throw sentenceError('conflict', 'backfill_under_way');
  }
  if (way === 'cluster') {
    const live = await livePipeline(scope.elasticsearch, detectorId, { space: scope.space });
    if (live === undefined) {
      throw sentenceError('refused', 'no_pipeline');
    }
  }
  const source = createDetectorSource(scope.elasticsearch, detector);
  const total = await source.count(rangeOf(detector.source, from, to));
  const order: BackfillOrder = {
    id: randomUUID(),
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    where: way,
    ...inCluster,
  };
  const key = await grant?.(order);
  return schedule(services, scope, detectorId, {
    order: { ...order, ...(key !== undefined && { key }) },
    total,
    // No message leaves the cluster.
    ...(way === 'cluster' && detector.patterns !== undefined && { patterns_not_counted: true }),
  });
}

/**
 * Asks for a backfill of a detector that has no model yet: it waits for the first one, and runs with the rights of the
 * detector's owner.
 *
 * @param past milliseconds from its beginning to now
 */
export async function queueFirstBackfill(
  services: Services,
  scope: Pick<RequestScope, 'space' | 'elasticsearch'>,
  detectorId: string,
  past: number,
): Promise<void> {
  const now = services.clock.now();
  await schedule(services, scope, detectorId, {
    order: {
      id: randomUUID(),
      from: new Date(now - past).toISOString(),
      to: new Date(now).toISOString(),
      where: 'job',
      awaits_model: true,
    },
  });
}

/** Schedules the task of a backfill, and then puts it on record, which its task does where Kibana ends in between. */
async function schedule(
  services: Services,
  scope: Pick<RequestScope, 'space' | 'elasticsearch'>,
  detectorId: string,
  {
    order,
    ...known
  }: { readonly order: BackfillOrder } & Pick<BackfillReport, 'total' | 'patterns_not_counted'>,
): Promise<BackfillReport> {
  const target = { space: scope.space, detectorId };
  const status = createStatusStore(scope.elasticsearch, scope);
  const { key, awaits_model: _awaits, ...told } = order;
  const report: BackfillReport = {
    ...told,
    state: 'queued',
    requested_at: new Date(services.clock.now()).toISOString(),
    logs: 0,
    ...known,
    anomalies: 0,
    created: 0,
  };
  try {
    await services.taskManager.removeIfExists(backfillTaskId(target));
    await services.taskManager.schedule({
      id: backfillTaskId(target),
      taskType: BACKFILL_TASK_TYPE,
      params: { ...target, order, report },
      state: {},
      scope: ['logAnomalies'],
    });
  } catch (error) {
    // An answer that was lost says nothing; the sweep of keys sees to one that no task works with.
    const scheduled = await findTask(services, backfillTaskId(target)).catch(() => 'unknown' as const);
    const isScheduled =
      scheduled !== 'unknown' && scheduled !== undefined && orderOf(scheduled)?.id === order.id;
    if (!isScheduled) {
      if (key !== undefined && scheduled !== 'unknown') await forgetKeyOf(services, target, order);
      if (scheduled === undefined) {
        // Somebody else may have asked for another one meanwhile.
        await tellFailed(services, { status, target }, { report, error }, (known) => !isUnderWay(known));
      }
      throw error;
    }
  }
  await putOnRecord(status, detectorId, report).catch((error: Error) =>
    services.log.debug(`Detector ${detectorId}: its backfill is put on record by its task: ${error.message}`),
  );
  return report;
}

/** Puts on record that a backfill has failed, as no task does it; a problem with that is told in the log. */
async function tellFailed(
  { clock, log }: Services,
  { status, target: { detectorId } }: Pick<DetectorJob, 'target' | 'status'>,
  { report, error }: { readonly report: BackfillReport; readonly error: unknown },
  isFree: (known: BackfillReport | undefined) => boolean,
): Promise<void> {
  const failure = { ...failureOf(error, clock.now(), false), next_step: 'Start the backfill again.' };
  const failed: BackfillReport = { ...report, state: 'failed', failure, finished_at: failure.at };
  await status
    .claimPart(detectorId, 'backfill', failed, isFree)
    .catch(({ message }: Error) =>
      log.warn(`Detector ${detectorId}: the end of its backfill is not on record: ${message}`),
    );
}

/** Ends a backfill that is on record as under way and that no task does. */
export async function endLostBackfill(
  services: Services,
  { target, status }: Pick<DetectorJob, 'target' | 'status'>,
  report: BackfillReport | undefined,
): Promise<void> {
  if (report === undefined || !isUnderWay(report)) return;
  // A look that fails tells nothing: the next run looks again.
  if (!(await isLost(services, target).catch(() => false))) return;
  const error = new DetectionError('interrupted', 'Kibana ended before the backfill did.');
  // It may have come to its end since it was read, and its task with it.
  await tellFailed(
    services,
    { status, target },
    { report, error },
    (known) => known?.id === report.id && isUnderWay(known),
  );
}

/** The key of a backfill that is over. */
export async function forgetKeyOf(
  services: Services,
  target: TaskTarget,
  { key }: Pick<BackfillOrder, 'key'>,
): Promise<void> {
  if (key === undefined) return;
  const savedObjects = inSpace(services.internalSavedObjects, target.space);
  await revokeApiKey(services.apiKeys, savedObjects, key, target);
}

/** Takes the task of a backfill away, and its key. */
export async function removeBackfill(services: Services, target: TaskTarget): Promise<void> {
  const id = backfillTaskId(target);
  const found = await services.taskManager.get(id).catch(() => undefined);
  await services.taskManager.removeIfExists(id);
  const order = found && orderOf(found);
  if (order !== undefined) await forgetKeyOf(services, target, order);
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
  await askToStop(scope, detectorId, report);
  const target = { space: scope.space, detectorId };
  const found = await findTask(services, backfillTaskId(target));
  if (found?.status === 'running' || found?.status === 'claiming') return;
  if (report.task !== undefined) {
    if (found !== undefined && found.status !== 'failed') {
      // Only whoever began it is sure to have the right to stop it in the cluster.
      await services.taskManager.runSoon(found.id).catch(() => undefined);
      return;
    }
    await stopInCluster(services, scope, report);
  }
  await endBackfill(services, scope, detectorId, report);
}

/** A piece at work looks for it, and then ends itself: otherwise it would write that it goes on. */
const askToStop = (scope: RequestScope, detectorId: string, { id }: BackfillReport): Promise<void> =>
  createStatusStore(scope.elasticsearch, scope).writePart(detectorId, 'backfill_cancelled', { id });

/** Takes the task of a backfill away, and its key, and puts that on record. One of Elasticsearch's own goes on unless a piece at work stops it. */
export async function endBackfill(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  report: BackfillReport | undefined,
): Promise<void> {
  const isOpen = report !== undefined && isUnderWay(report);
  // Whoever may not write this may not write the end below either, which tells it.
  if (isOpen) await askToStop(scope, detectorId, report).catch(() => undefined);
  await removeBackfill(services, { space: scope.space, detectorId });
  if (!isOpen) return;
  await createStatusStore(scope.elasticsearch, scope).writePart(detectorId, 'backfill', {
    ...report,
    state: 'cancelled',
    finished_at: new Date(services.clock.now()).toISOString(),
  });
}

/** Stops what nobody follows any more, if the caller may; what Elasticsearch has begun ends by itself otherwise. */
async function stopInCluster(
  { log }: Services,
  { elasticsearch }: RequestScope,
  { id, task }: BackfillReport,
): Promise<void> {
  try {
    const { complete } = await backfillProgress(elasticsearch, task as string, {
      opaqueId: opaqueIdOf({ id }),
    });
    if (!complete) await cancelInCluster(elasticsearch, task as string);
  } catch (error) {
    log.debug(`The task ${task} was not cancelled in the cluster: ${(error as Error).message}`);
  }
}
