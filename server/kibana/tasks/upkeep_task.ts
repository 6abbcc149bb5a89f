import { upkeepTaskId } from '../contracts/identifiers';
import type { Services } from '../contracts/services';
import type { TaskDefinition } from '../contracts/task_contracts';
import { keepModelGood } from '../models/model_upkeep';
import { openDetectorJob } from '../records/detector_job';
import { runnerOf } from './task_runner';

/**
 * Looks after the model of a detector, once: a run asks for it when something is due. Task Manager removes it at its end,
 * and starts it again where the Kibana at work has died.
 */
export function createUpkeepTask(getServices: () => Promise<Services>): TaskDefinition {
  return {
    title: 'Log Anomalies: look after the model of a detector',
    timeout: '5m',
    maxAttempts: 3,
    createTaskRunner: runnerOf(getServices, async ({ services, target, schedule, interruption }) => {
      const { detectorId } = target;
      const { signal } = interruption;
      try {
        const job = await openDetectorJob(services, target, signal);
        const model = job?.stored.enabled ? await job.models.active(detectorId) : undefined;
        if (job !== undefined && model !== undefined) {
          const known = (await job.status.read([detectorId])).get(detectorId);
          await keepModelGood({ services, job, model, counted: known?.runs?.counted, signal });
        }
      } catch (error) {
        const { message } = error as Error;
        services.log.warn(`Detector ${detectorId}: looking after its model: ${message}`);
      }
      // One that an earlier version has scheduled would come again.
      if (schedule !== undefined) await services.taskManager.removeIfExists(upkeepTaskId(target));
      return { state: {} };
    }),
  };
}
