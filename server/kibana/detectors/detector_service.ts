import { randomUUID } from 'node:crypto';
import type { DetectorRecord } from '../../../common/api';
import { durationToMilliseconds, entityFieldsOf, type Detector } from '../../../common/detector';
import { newDetectorSchema } from '../../../common/detector/query_limits';
import { parseWith } from '../../../common/validation';
import { readsOf } from '../../../common/model_snapshot/model_reads';
import { createSnapshotStore, detectorKeyRole, ensureIndexResources } from '../../elasticsearch';
import { grantApiKey, openApiKey, revokeApiKey, usesApiKeys, type KeyGrant } from '../keys/api_key';
import { queueFirstBackfill } from '../tasks/backfill_service';
import { checkRights } from '../keys/check_rights';
import { checkGroupField } from './group_field';
import { allowedSchedule, checkDetectorCount, checkInterval } from '../limits/usage_limits';
import {
  changedMeanwhile,
  createDetectorRepository,
  publicRecordOf,
  type StoredDetector,
} from '../records/detector_repository';
import { requestTraining, trainingLife, type RequestedTraining } from '../records/detector_job';
import { needsTraining } from '../records/effective_snapshot';
import { scheduleDetection } from '../tasks/schedule_detection';
import { detectionTaskId, taskInterval, trainingTaskId, type TaskTarget } from '../contracts/identifiers';
import { isEditUntrained, noteEdit, withEditNoted } from '../records/untrained_edit';
import { isAged } from '../records/key_age';
import { checkBinding, steeringOf, type KeyUse } from '../keys/key_binding';
import { saveWithKey } from '../keys/save_with_key';
import type { ApiKeyAttributes } from '../contracts/saved_object_types';
import { modelReadsAfter } from '../models/model_reads_after';
import { swapForEdit } from '../models/pipeline_edit';
import { API_KEY_REALM, type RequestScope, type Services } from '../contracts/services';
import { createStatusStore } from '../records/status_store';
import { ensureUpgraded } from '../records/upgrade_service';

const targetOf = (scope: RequestScope, detectorId: string): TaskTarget => ({
  space: scope.space,
  detectorId,
});
const isoNow = (services: Services): string => new Date(services.clock.now()).toISOString();

/** A detector's key may what the detector takes, and no more. */
const grantOf = ({ clock, keys }: Services, detector: Detector, use: KeyUse): KeyGrant => ({
  name: detector.name,
  role: detectorKeyRole(detector, use.space),
  use,
  expiresAfter: keys.expiresAfter,
  now: clock.now(),
});

const withWarnings = (record: DetectorRecord, warnings: readonly string[]): DetectorRecord =>
  warnings.length === 0 ? record : { ...record, warnings: [...warnings] };

export async function createDetector(
  services: Services,
  scope: RequestScope,
  detector: Detector,
  {
    start,
    scorePast,
    id = randomUUID(),
  }: {
    readonly start: boolean;
    /** Logs from so long before are scored as well, once there is a model. */
    readonly scorePast?: string;
    /** A random UUID; default: a new one. */
    readonly id?: string;
  },
): Promise<DetectorRecord> {
  const { usage } = services;
  checkInterval(detector, usage);
  checkDetectorCount(await createDetectorRepository(scope.savedObjects).count(), 1, usage);
  const warnings = await checkRights(services, scope, detector);
  await checkGroupField(services, scope, detector);
  const steered = { detector, model_reads: readsOf(detector) };
  const { apiKeys } = services;
  const use = { detectorId: id, space: scope.space, steering: steeringOf(steered) };
  const resources = ensureIndexResources(scope.elasticsearch, {
    space: scope.space,
    now: services.clock.now(),
  });
  // Awaited below; a key that is refused ends this before.
  resources.catch(() => undefined);
  const apiKeyObject = await grantApiKey(apiKeys, scope, grantOf(services, detector, use));
  const now = isoNow(services);
  try {
    await resources;
  } catch (error) {
    if (apiKeyObject !== undefined) await revokeApiKey(apiKeys, scope.savedObjects, apiKeyObject, use);
    throw error;
  }
  const repository = createDetectorRepository(scope.savedObjects);
  const attributes = {
    name: detector.name,
    ...steered,
    enabled: start,
    api_key_object: apiKeyObject ?? null,
    owner: scope.user ?? null,
    created_at: now,
    created_by: scope.user ?? null,
    updated_at: now,
    updated_by: scope.user ?? null,
  };
  const stored = await saveWithKey(
    apiKeys,
    scope.savedObjects,
    { object: apiKeyObject, use },
    {
      save: () => repository.create(id, attributes),
      read: () => repository.get(id),
      // Nobody else has its id.
      isSaved: () => true,
    },
  );
  const begun = start ? await begin(services, scope, stored) : { stored, warnings: [] };
  const past = scorePast === undefined ? [] : await orderPast(services, scope, stored, scorePast);
  return withWarnings(publicRecordOf(begun.stored), [...warnings, ...begun.warnings, ...past]);
}

/** Has the past scored after the first training. @returns what failed, a sentence for each: the detector is saved already */
async function orderPast(
  services: Services,
  scope: RequestScope,
  stored: StoredDetector,
  past: string,
): Promise<string[]> {
  try {
    await queueFirstBackfill(services, scope, stored.id, durationToMilliseconds(past));
    return [];
  } catch (error) {
    services.log.warn(
      `Detector ${stored.id}: its past is not going to be scored: ${(error as Error).message}`,
    );
    return ['The detector is saved; have the logs of the past scored on its tab Jobs, once it has learned.'];
  }
}

/** A detector is saved already when it is begun: what fails then is told, and starting it tries again. */
async function begin(
  services: Services,
  scope: RequestScope,
  stored: StoredDetector,
): Promise<{ readonly stored: StoredDetector; readonly warnings: readonly string[] }> {
  try {
    await scheduleDetection(services, targetOf(scope, stored.id), stored.detector);
    return { stored, warnings: [] };
  } catch (error) {
    services.log.warn(`Detector ${stored.id}: it was saved and not started: ${(error as Error).message}`);
    const warnings = ['The detector is saved, and could not be started; start it in a moment.'];
    const repository = createDetectorRepository(scope.savedObjects);
    const stopped = await repository
      .update(stored.id, { enabled: false }, stored.version)
      .catch(() => stored);
    return { stored: stopped, warnings };
  }
}

export async function updateDetector(
  services: Services,
  scope: RequestScope,
  id: string,
  { detector, version }: { readonly detector: Detector; readonly version: string },
): Promise<DetectorRecord> {
  const repository = createDetectorRepository(scope.savedObjects);
  const before = await repository.get(id);
  // Before anything is changed; saving asks once more.
  if (before.version !== version) throw changedMeanwhile(id);
  checkInterval(detector, services.usage);
  const warnings = await checkRights(services, scope, detector);
  if (entityFieldsOf(detector).join() !== entityFieldsOf(before.detector).join())
    await checkGroupField(services, scope, detector);
  await ensureUpgraded(services, scope.elasticsearch, targetOf(scope, id));
  const status = createStatusStore(scope.elasticsearch, scope);
  const now = services.clock.now();
  const edit = { before: before.detector, after: detector, now };
  const stored = await withEditNoted(status, id, edit, async () => {
    const undoSwap = await swapForEdit(services, scope, before, detector);
    try {
      return await saveWithNewKey(services, scope, before, { detector, version });
    } catch (error) {
      await undoSwap();
      throw error;
    }
  });
  const problems = stored.enabled ? await follow(services, scope, { before, stored }) : [];
  return withWarnings(publicRecordOf(stored), [...warnings, ...problems]);
}

/** Lets the tasks of a started detector follow an edit that is saved already. @returns what failed, a sentence for each */
async function follow(
  services: Services,
  scope: RequestScope,
  { before, stored }: { readonly before: StoredDetector; readonly stored: StoredDetector },
): Promise<string[]> {
  const { detector, id } = stored;
  const target = targetOf(scope, id);
  try {
    const interval = taskInterval(allowedSchedule(detector.schedule, services.usage).interval);
    await services.taskManager.bulkUpdateSchedules([detectionTaskId(target)], { interval });
    await scheduleDetection(services, targetOf(scope, stored.id), stored.detector);
    if (needsTraining(before.detector, detector)) {
      const status = createStatusStore(scope.elasticsearch, scope);
      await requestTraining(services, { target, status }, 'edit', scope.user);
    }
    return [];
  } catch (error) {
    // The next run takes the schedule over, and trains after an edit that is on record.
    services.log.warn(`Detector ${id}: its tasks do not know of an edit yet: ${(error as Error).message}`);
    return ['The detector is saved; its schedule and its training follow with its next run.'];
  }
}

/**
 * Saves under a key of whoever saves, who owns the detector from then on, and revokes the one before.
 *
 * @param edit its `version` is the one that it started from: that of `before` unless it is given
 */
async function saveWithNewKey(
  services: Services,
  scope: RequestScope,
  before: StoredDetector,
  edit: { readonly detector?: Detector; readonly enabled?: boolean; readonly version?: string },
): Promise<StoredDetector> {
  const { apiKeys } = services;
  const { version = before.version, ...change } = edit;
  const detector = change.detector ?? before.detector;
  const models = createSnapshotStore(scope.elasticsearch, { space: scope.space });
  const steered = { detector, model_reads: await modelReadsAfter(services, models, before, detector) };
  const use = { detectorId: before.id, space: scope.space, steering: steeringOf(steered) };
  const key = await grantApiKey(apiKeys, scope, grantOf(services, detector, use));
  const repository = createDetectorRepository(scope.savedObjects);
  const attributes = {
    ...change,
    name: detector.name,
    ...steered,
    api_key_object: key ?? null,
    owner: scope.user ?? null,
    updated_at: isoNow(services),
    updated_by: scope.user ?? null,
  };
  const stored = await saveWithKey(
    apiKeys,
    scope.savedObjects,
    { object: key, use },
    {
      save: () => repository.update(before.id, attributes, version),
      read: () => repository.get(before.id),
      isSaved: (found) =>
        found.version !== version &&
        found.updated_at === attributes.updated_at &&
        found.steering === use.steering,
    },
  );
  if (before.apiKeyObject !== undefined) {
    await revokeApiKey(apiKeys, scope.savedObjects, before.apiKeyObject, use);
  }
  return stored;
}

export async function cloneDetector(
  services: Services,
  scope: RequestScope,
  id: string,
  name: string | undefined,
): Promise<DetectorRecord> {
  const { detector } = await createDetectorRepository(scope.savedObjects).get(id);
  const copy = parseWith(
    newDetectorSchema,
    { ...detector, name: name ?? `${detector.name.slice(0, 190)} (copy)` },
    'The detector',
  );
  return createDetector(services, scope, copy, { start: false });
}

/** Whoever starts the detector of somebody else owns it from then on: it does not run with rights that the starter lacks. */
async function needsNewKey(
  { apiKeys, encrypted, clock }: Services,
  { space, user, realm }: RequestScope,
  stored: StoredDetector,
): Promise<boolean> {
  if (!(await usesApiKeys(apiKeys))) return false;
  if (encrypted === undefined || stored.owner !== user) return true;
  const use = { detectorId: stored.id, space, steering: stored.steering };
  const key = await openApiKey(encrypted, stored.apiKeyObject, use).catch(() => undefined);
  // An API key of the owner may be limited, but it has passed the check of rights.
  if (key === undefined) return true;
  if (realm === API_KEY_REALM) return false;
  return key.attributes.owner_realm !== realm || isAged(key.attributes, clock.now());
}

/** By detector, when a renewal was last tried: a page asks for the status every few seconds. */
const renewals = new WeakMap<Services, Map<string, number>>();
const RENEW_AGAIN_MILLISECONDS = 60 * 60_000;

/**
 * Renews the key of a detector whose owner comes by, once it has lived half of its time: only a request can have one made.
 * What fails is told in the log; the key of before goes on then.
 */
export async function renewOwnKey(
  services: Services,
  scope: RequestScope,
  stored: StoredDetector,
  attributes: ApiKeyAttributes,
): Promise<void> {
  const { user, realm, space } = scope;
  const now = services.clock.now();
  const isOwner =
    user !== undefined &&
    user === stored.owner &&
    realm === attributes.owner_realm &&
    realm !== API_KEY_REALM;
  if (!isOwner || attributes.detector_id !== stored.id || !isAged(attributes, now)) return;
  const tried = renewals.get(services) ?? new Map<string, number>();
  renewals.set(services, tried);
  const name = JSON.stringify([space, stored.id]);
  if (now - (tried.get(name) ?? -Infinity) < RENEW_AGAIN_MILLISECONDS) return;
  for (const [each, at] of tried) if (now - at >= RENEW_AGAIN_MILLISECONDS) tried.delete(each);
  tried.set(name, now);
  try {
    // A detector that was changed past us is looked through by a person first.
    const use = { detectorId: stored.id, space, steering: stored.steering };
    checkBinding(attributes, use);
    await checkRights(services, scope, stored.detector);
    await saveWithNewKey(services, scope, stored, {});
    tried.delete(name);
  } catch (error) {
    services.log.warn(`Detector ${stored.id}: its API key was not renewed: ${(error as Error).message}`);
  }
}

export async function startDetector(
  services: Services,
  scope: RequestScope,
  id: string,
): Promise<DetectorRecord> {
  const repository = createDetectorRepository(scope.savedObjects);
  let stored = await repository.get(id);
  await checkRights(services, scope, stored.detector);
  await ensureUpgraded(services, scope.elasticsearch, targetOf(scope, id));
  if (await needsNewKey(services, scope, stored)) {
    stored = await saveWithNewKey(services, scope, stored, { enabled: true });
  } else if (!stored.enabled) {
    stored = await repository.update(id, { enabled: true, updated_at: isoNow(services) }, stored.version);
  }
  const isDue = await scheduleDetection(services, targetOf(scope, stored.id), stored.detector);
  const target = targetOf(scope, id);
  const models = createSnapshotStore(scope.elasticsearch, { space: scope.space });
  const model = await models.active(id);
  const status = createStatusStore(scope.elasticsearch, scope);
  if (model === undefined) {
    await requestTraining(services, { target, status }, 'first', scope.user);
  } else {
    const edited = await status.readPart(id, 'edited');
    const work = { target, stored, models, status };
    if (await isEditUntrained(services, work, { edited, model })) {
      // Trainings that fail are repeated with pauses that grow with its age.
      await noteEdit(status, id, services.clock.now());
      await requestTraining(services, work, 'edit', scope.user);
    }
    if (isDue) await services.taskManager.runSoon(detectionTaskId(target)).catch(() => undefined);
  }
  return publicRecordOf(stored);
}

export async function stopDetector(
  services: Services,
  scope: RequestScope,
  id: string,
): Promise<DetectorRecord> {
  const repository = createDetectorRepository(scope.savedObjects);
  let stored = await repository.get(id);
  if (stored.enabled) {
    stored = await repository.update(id, { enabled: false, updated_at: isoNow(services) }, stored.version);
  }
  await services.taskManager.removeIfExists(detectionTaskId(targetOf(scope, id)));
  services.forgetRuns(id);
  return publicRecordOf(stored);
}

/**
 * Stops a training: its task sees it within seconds; one that never began, or whose Kibana died, is ended here.
 *
 * @returns what was done
 */
export async function cancelTraining(
  services: Services,
  scope: RequestScope,
  id: string,
): Promise<'none' | 'stopping' | 'stopped'> {
  await createDetectorRepository(scope.savedObjects).get(id);
  const status = createStatusStore(scope.elasticsearch, scope);
  const training = await status.readPart(id, 'training');
  if (training?.state !== 'queued' && training?.state !== 'running') return 'none';
  await status.writePart(id, 'training_cancelled', { requested_at: training.requested_at });
  const target = targetOf(scope, id);
  const life = await trainingLife(services, target, training);
  const found = await services.taskManager.get(trainingTaskId(target)).catch(() => undefined);
  // The task of the sample logs trains as well, and then there is none of the training.
  const isRunning =
    training.state === 'running' || found?.status === 'running' || found?.status === 'claiming';
  if (life === 'alive' && isRunning) return 'stopping';
  await services.taskManager.removeIfExists(trainingTaskId(target));
  await status.writePart(id, 'training', {
    state: 'cancelled',
    requested_at: training.requested_at,
    finished_at: isoNow(services),
  });
  return 'stopped';
}

export async function trainDetectorNow(
  services: Services,
  scope: RequestScope,
  id: string,
): Promise<RequestedTraining> {
  await createDetectorRepository(scope.savedObjects).get(id);
  const status = createStatusStore(scope.elasticsearch, scope);
  return requestTraining(services, { target: targetOf(scope, id), status }, 'hand', scope.user);
}
