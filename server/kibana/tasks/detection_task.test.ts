import { savedDetector } from '../../../test/fakes/model_work';
import { detectionTaskId } from '../contracts/identifiers';
import type { Services } from '../contracts/services';
import { jobLimitsSchema } from '../limits/job_limits';
import { createDetectionTask } from './detection_task';

const target = { space: 'default', detectorId: 'shop' };

/** @param seen states of the detector as they are read, the first by the run */
function taskOf(seen: readonly (boolean | undefined)[]) {
  const removed: string[] = [];
  const reported: unknown[] = [];
  const states = [...seen];
  const services = {
    clock: { now: () => 0, sleep: () => Promise.resolve() },
    log: { info: () => undefined },
    internalSavedObjects: {
      get: async () => {
        const enabled = states.shift();
        if (enabled === undefined) throw Object.assign(new Error('gone'), { output: { statusCode: 404 } });
        return {
          id: 'shop',
          version: 'a',
          attributes: { detector: savedDetector(), enabled, model_reads: [] },
        };
      },
    },
    taskManager: { removeIfExists: async (id: string) => void removed.push(id) },
  } as unknown as Services;
  const task = createDetectionTask(
    async () => services,
    (run) => reported.push(run),
    jobLimitsSchema.parse({}),
  );
  const runner = task.createTaskRunner({ taskInstance: { id: 'task', params: target, state: {} } });
  return { removed, reported, run: () => runner.run() };
}

it('ends with the detector', async () => {
  const { removed, reported, run } = taskOf([undefined, undefined]);
  expect(await run()).toEqual({ state: {} });
  expect(removed).toEqual([detectionTaskId(target)]);
  expect(reported).toEqual([{ detectorId: 'shop', outcome: 'gone' }]);
});

it('leaves the task of a detector that is started again while it ends', async () => {
  const { removed, reported, run } = taskOf([undefined, true]);
  expect(await run()).toEqual({ state: {} });
  expect(removed).toEqual([]);
  expect(reported).toEqual([]);
});
