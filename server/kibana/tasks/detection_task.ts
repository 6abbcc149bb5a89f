import type { Failure } from '../../../common/api';
import { detectionTaskId, taskInterval } from '../contracts/identifiers';
import type { ReportedRun } from '../contracts/plugin_status';
import { runDetector } from './run_detector';
import type { Services } from '../contracts/services';
import type { TaskDefinition } from '../contracts/task_contracts';
import { runnerOf } from './task_runner';

/**
 * Kept with the task, since a detector whose API key is gone cannot write its status: what failed and how often in a
 * row.
 */
export interface DetectionTaskState {
  readonly failures?: number;
  readonly last_error?: Failure;
}

/**
 * A detector's recurring task. A Kibana that dies in the middle of a run is replaced after the timeout.
 *
 * @param report is told how each run went
 */
export function createDetectionTask(
  getServices: () => Promise<Services>,
  report: (run: ReportedRun) => void,
): TaskDefinition {
  return {
    title: 'Log Anomalies: score new logs of a detector',
    timeout: '2m',
    createTaskRunner: runnerOf(getServices, async ({ services, target, state, interruption }) => {
      const outcome = await runDetector(
        services,
        target,
        (state as DetectionTaskState).failures ?? 0,
        interruption.signal,
      );
      const { detectorId } = target;
      if (outcome.kind === 'gone') {
        report({ detectorId, outcome: 'gone' });
        services.log.info(`The detector ${detectorId} was deleted or stopped: its task ends.`);
        await services.taskManager.removeIfExists(detectionTaskId(target));
        return { state: {} };
      }
      report({ detectorId, outcome: outcome.failures > 0 ? 'failed' : 'good' });
      return {
        state: {
          failures: outcome.failures,
          ...(outcome.failure && { last_error: outcome.failure }),
        },
        schedule: { interval: taskInterval(outcome.interval) },
        ...(outcome.delay !== undefined && { runAt: new Date(services.clock.now() + outcome.delay) }),
      };
    }),
  };
}
