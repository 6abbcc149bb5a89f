import { openDetectorJob } from './detector_job';
import { failureOf } from './failure_advice';
import { detectionTaskId } from './identifiers';
import type { Services } from './services';
import type { TaskDefinition } from './task_contracts';
import { targetOf } from './task_target';
import { trainDetector } from './train_detector';

/** Trains one model, once. What went wrong stands in the status; whoever wants it again asks again. */
export function createTrainingTask(getServices: () => Promise<Services>): TaskDefinition {
  return {
    title: 'Log Anomalies: train a model of a detector',
    timeout: '30m',
    maxAttempts: 2,
    createTaskRunner: ({ taskInstance }) => {
      const interruption = new AbortController();
      return {
        run: async () => {
          const services = await getServices();
          const target = targetOf(taskInstance);
          const { detectorId } = target;
          const { clock, log } = services;
          const job = await openDetectorJob(services, target, interruption.signal).catch((error: Error) => {
            log.warn(`Detector ${detectorId}: it cannot be trained: ${error.message}`);
            return undefined;
          });
          if (job === undefined) return { state: {} };
          const asked = await job.status.readPart(detectorId, 'training').catch(() => undefined);
          const requestedAt = asked?.requested_at ?? new Date(clock.now()).toISOString();
          try {
            await job.status.writePart(detectorId, 'training', {
              state: 'running',
              requested_at: requestedAt,
            });
            const report = await trainDetector(
              services,
              job,
              requestedAt,
              async () => (await openDetectorJob(services, target)) !== undefined,
              interruption.signal,
            );
            await job.status.writePart(detectorId, 'training', report);
            log.info(`Detector ${detectorId}: model ${report.version} ${report.state}`);
            if (job.stored.enabled) {
              await services.taskManager.runSoon(detectionTaskId(target)).catch(() => undefined);
            }
          } catch (error) {
            if ((await openDetectorJob(services, target).catch(() => job)) === undefined)
              return { state: {} };
            log.warn(`Detector ${detectorId}: training failed: ${(error as Error).message}`);
            await job.status
              .writePart(detectorId, 'training', {
                state: 'failed',
                requested_at: requestedAt,
                finished_at: new Date(clock.now()).toISOString(),
                failure: failureOf(error, clock.now()),
              })
              .catch(() => undefined);
          }
          return { state: {} };
        },
        cancel: async () => interruption.abort(),
      };
    },
  };
}
