import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { allObjects } from '../contracts/all_objects';
import {
  detectionTaskId,
  DETECTION_TASK_TYPE,
  DETECTOR_TYPE,
  taskInterval,
  type TaskTarget,
} from '../contracts/identifiers';
import type { DetectorAttributes } from '../contracts/saved_object_types';
import type { Services } from '../contracts/services';
import { allowedSchedule } from '../limits/usage_limits';
import { createDetectorRepository, inSpace } from '../records/detector_repository';

/** Detectors that are started together run so far apart, and their runs stay apart. */
const APART_MILLISECONDS = 1_000;
const nextRuns = new WeakMap<Services, number>();

/** @returns when the next detector that is started runs first: at once, or after those that were started just before it */
function firstRunAt(services: Services, interval: string): number {
  const now = services.clock.now();
  const at = Math.max(now, nextRuns.get(services) ?? 0);
  // More of them than seconds in the interval begin again at its beginning.
  const within = now + ((at - now) % durationToMilliseconds(interval));
  nextRuns.set(services, within + APART_MILLISECONDS);
  return within;
}

/** @returns false where its first run waits for a moment, so that detectors started together do not all run at once */
export async function scheduleDetection(
  services: Services,
  target: TaskTarget,
  detector: Pick<Detector, 'schedule'>,
): Promise<boolean> {
  const { interval } = allowedSchedule(detector.schedule, services.usage);
  const runAt = firstRunAt(services, interval);
  await services.taskManager.ensureScheduled({
    runAt: new Date(runAt),
    id: detectionTaskId(target),
    taskType: DETECTION_TASK_TYPE,
    schedule: { interval: taskInterval(interval) },
    params: { space: target.space, detectorId: target.detectorId },
    state: {},
    scope: ['logAnomalies'],
  });
  return runAt <= services.clock.now();
}

const TASKS_AT_ONCE = 1_000;

/**
 * Schedules the started detectors of all spaces that have no task, as where Kibana ended between saving one and scheduling it.
 *
 * @returns how many
 */
export async function scheduleLost(services: Services): Promise<number> {
  const { internalSavedObjects: savedObjects, log } = services;
  const saved = await allObjects<DetectorAttributes>(savedObjects, {
    type: DETECTOR_TYPE,
    namespaces: ['*'],
  });
  const started = saved.flatMap(({ id, namespaces: [space = 'default'] = [], attributes }) =>
    attributes.enabled === true ? [{ space, detectorId: id }] : [],
  );
  let scheduled = 0;
  for (const target of await withoutTask(services, started)) {
    const { detectorId, space } = target;
    try {
      // It may have been stopped or deleted meanwhile.
      const { enabled, detector } = await createDetectorRepository(inSpace(savedObjects, space)).get(
        detectorId,
      );
      if (!enabled) continue;
      await scheduleDetection(services, target, detector);
      scheduled++;
      log.warn(`Detector ${detectorId}: it was started and had no task; it runs again.`);
    } catch (error) {
      log.debug(`Detector ${detectorId}: ${(error as Error).message}`);
    }
  }
  return scheduled;
}

async function withoutTask(
  { taskManager }: Services,
  targets: readonly TaskTarget[],
): Promise<readonly TaskTarget[]> {
  const lost: TaskTarget[] = [];
  for (let from = 0; from < targets.length; from += TASKS_AT_ONCE) {
    const some = targets.slice(from, from + TASKS_AT_ONCE);
    const { docs } = await taskManager.fetch({
      // Task Manager stores a task under its id with this in front.
      query: { ids: { values: some.map((target) => `task:${detectionTaskId(target)}`) } },
      sort: [{ 'task.runAt': { order: 'asc' } }],
      size: some.length,
    });
    const found = new Set(docs.map(({ id }) => id));
    lost.push(...some.filter((target) => !found.has(detectionTaskId(target))));
  }
  return lost;
}
