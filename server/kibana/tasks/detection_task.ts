import type { Failure } from '../../../common/api';
import { detectionTaskId, taskInterval } from '../contracts/identifiers';
import type { ReportedRun } from '../contracts/plugin_status';
import { longestRun, runGivenUpAfter, type JobLimits } from '../limits/job_limits';
import { isDetectorEnabled } from '../records/detector_job';
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
  /** Share of a page and of a span that the next run takes, once a run was too slow; absent: all. */
  readonly share?: number;
}

/**
 * A detector's recurring task. A run ends itself before Task Manager gives it up, so that a short time is enough until
 * another Kibana takes up a run that died, and two runs do not overlap. One that could not end in time is repeated with
 * half as much.
 *
 * @param limits bound the length of a run
 * @param report is told how each run went
 */
export function createDetectionTask(
  getServices: () => Promise<Services>,
  report: (run: ReportedRun) => void,
  limits: JobLimits,
): TaskDefinition {
  return {
    title: 'Log Anomalies: score new logs of a detector',
    timeout: runGivenUpAfter(limits),
    createTaskRunner: runnerOf(
      getServices,
      async ({ services, target, state, interruption, isOutOfTime }) => {
        const { failures = 0, share = 1 } = state as DetectionTaskState;
        const outcome = await runDetector(services, target, {
          failures,
          share,
          signal: interruption.signal,
          isOutOfTime,
        });
        const { detectorId } = target;
        if (outcome.kind === 'gone') {
          // Started again since the run began: the task that is there now is a new one, under the same id.
          if (await isDetectorEnabled(services, target)) return { state: {} };
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
            ...(outcome.share < 1 && { share: outcome.share }),
          },
          schedule: { interval: taskInterval(outcome.interval) },
          ...(outcome.delay !== undefined && { runAt: new Date(services.clock.now() + outcome.delay) }),
        };
      },
      longestRun(limits),
    ),
  };
}
