import { revokeKeyOf } from '../keys/api_key';
import { orderOf } from './backfill_order';
import { allObjects } from '../contracts/all_objects';
import {
  API_KEY_TYPE,
  backfillTaskId,
  DETECTOR_TYPE,
  KEY_RECORD_TYPE,
  KEY_SWEEP_TASK_ID,
  KEY_SWEEP_TASK_TYPE,
} from '../contracts/identifiers';
import type { SavedObject, SavedObjectsClient } from '../contracts/saved_object_contracts';
import type {
  ApiKeyAttributes,
  DetectorAttributes,
  KeyRecordAttributes,
} from '../contracts/saved_object_types';
import type { Services } from '../contracts/services';
import type { TaskDefinition, TaskManagerStart } from '../contracts/task_contracts';
import { scheduleLost } from './schedule_detection';

const EVERY = '6h';
/** A key is granted shortly before the detector that names it is saved. */
const YOUNG_MILLISECONDS = 60 * 60_000;

const allOf = <Attributes>(client: SavedObjectsClient, type: string): Promise<SavedObject<Attributes>[]> =>
  allObjects(client, { type, namespaces: ['*'] });

const spaceOf = ({ namespaces = [] }: SavedObject<unknown>): string => namespaces[0] ?? 'default';
const placeOf = (space: string, id: string): string => JSON.stringify([space, id]);

/**
 * Invalidates the keys that no detector works with any more: of detectors that are gone, of spaces that were deleted with all
 * that is in them, of backfills that are over. Keys of the last hour are left alone.
 *
 * @returns how many were invalidated
 */
export async function sweepKeys(services: Services): Promise<number> {
  const { apiKeys, internalSavedObjects: savedObjects, clock, taskManager, log } = services;
  const isYoung = (at: string | undefined): boolean =>
    at !== undefined && clock.now() - Date.parse(at) < YOUNG_MILLISECONDS;
  // Keys before detectors: what is granted in between is not looked at.
  const records = await allOf<KeyRecordAttributes>(savedObjects, KEY_RECORD_TYPE);
  const keys = await allOf<ApiKeyAttributes>(savedObjects, API_KEY_TYPE);
  const used = new Set(
    (await allOf<DetectorAttributes>(savedObjects, DETECTOR_TYPE)).map((detector) =>
      placeOf(spaceOf(detector), detector.attributes.api_key_object ?? ''),
    ),
  );
  const isOfBackfill = async ({ id, attributes }: SavedObject<ApiKeyAttributes>): Promise<boolean> => {
    const { detector_id: detectorId, space } = attributes;
    if (detectorId === undefined || space === undefined) return false;
    const task = await taskManager.get(backfillTaskId({ space, detectorId })).catch(() => undefined);
    return task !== undefined && orderOf(task)?.key === id;
  };
  /** Detectors are saved and made while they are read page by page: the one that a key names has the last word. */
  const isNamed = async (key: SavedObject<ApiKeyAttributes>): Promise<boolean> => {
    const { detector_id: detectorId } = key.attributes;
    if (detectorId === undefined) return false;
    try {
      const namespace = namespaceOfKey(key);
      const found = await savedObjects.get<DetectorAttributes>(DETECTOR_TYPE, detectorId, { namespace });
      return found.attributes.api_key_object === key.id;
    } catch (error) {
      // Nobody can tell: the next sweep asks again.
      return (error as { output?: { statusCode?: number } }).output?.statusCode !== 404;
    }
  };
  let swept = 0;
  for (const key of keys) {
    if (used.has(placeOf(spaceOf(key), key.id)) || isYoung(key.attributes.granted_at)) continue;
    if ((await isNamed(key)) || (await isOfBackfill(key))) continue;
    if (!(await revokeKeyOf(apiKeys, key.attributes.api_key_id))) continue;
    await savedObjects.delete(API_KEY_TYPE, key.id, { namespace: namespaceOfKey(key) });
    swept++;
  }
  const kept = new Set(keys.map(({ attributes }) => attributes.api_key_id));
  for (const { attributes } of records) {
    const { api_key_id: keyId, granted_at: grantedAt } = attributes;
    if (kept.has(keyId) || isYoung(grantedAt)) continue;
    if (await revokeKeyOf(apiKeys, keyId)) swept++;
  }
  if (swept > 0) log.info(`${swept} API keys that no detector works with any more were invalidated.`);
  return swept;
}

const namespaceOfKey = (key: SavedObject<unknown>): string | undefined => {
  const space = spaceOf(key);
  return space === 'default' ? undefined : space;
};

export const createKeySweepTask = (getServices: () => Promise<Services>): TaskDefinition => ({
  title: 'Log Anomalies: schedule detectors without a task, invalidate API keys without a detector',
  timeout: '10m',
  createTaskRunner: () => ({
    run: async () => {
      const services = await getServices();
      await scheduleLost(services);
      await sweepKeys(services);
      return { state: {} };
    },
  }),
});

/** Schedules the sweep, and has it run now: a Kibana that begins repairs what the end of one has cut off. */
export async function scheduleKeySweep(taskManager: TaskManagerStart): Promise<void> {
  await taskManager.ensureScheduled({
    id: KEY_SWEEP_TASK_ID,
    taskType: KEY_SWEEP_TASK_TYPE,
    schedule: { interval: EVERY },
    params: {},
    state: {},
    scope: ['logAnomalies'],
  });
  // Refused while it runs, as for another Kibana.
  await taskManager.runSoon(KEY_SWEEP_TASK_ID).catch(() => undefined);
}
