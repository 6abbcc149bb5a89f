import type { TaskTarget } from '../contracts/identifiers';
import type { Services } from '../contracts/services';
import type { TaskDefinition, TaskInstance, TaskRunResult } from '../contracts/task_contracts';

/** One run of a task of ours. */
export interface TaskRun {
  readonly services: Services;
  readonly target: TaskTarget;
  /** Parameters of the schedule: nobody but Kibana writes them. */
  readonly params: TaskInstance['params'];
  /** State left by the run before. */
  readonly state: TaskInstance['state'];
  /** Absent for a task that is there for one run. */
  readonly schedule?: TaskInstance['schedule'];
  /** Fires when Task Manager gives the run up, as when Kibana stops or the time is over. */
  readonly interruption: AbortController;
  /** Is true once the run was stopped because it took too long. */
  readonly isOutOfTime: () => boolean;
}

/**
 * Runs of a task, each of which can be interrupted.
 *
 * @param longest the run is interrupted after so many milliseconds; default: only by Task Manager
 */
export const runnerOf =
  (
    getServices: () => Promise<Services>,
    run: (task: TaskRun) => Promise<TaskRunResult>,
    longest?: number,
  ): TaskDefinition['createTaskRunner'] =>
  ({ taskInstance: { params, state, schedule } }) => {
    const interruption = new AbortController();
    const target = { space: String(params.space), detectorId: String(params.detectorId) };
    let isOutOfTime = false;
    return {
      run: async () => {
        const stop =
          longest === undefined
            ? undefined
            : setTimeout(() => {
                isOutOfTime = true;
                interruption.abort();
              }, longest);
        try {
          const services = await getServices();
          return await run({
            services,
            target,
            params,
            state,
            schedule,
            interruption,
            isOutOfTime: () => isOutOfTime,
          });
        } finally {
          clearTimeout(stop);
        }
      },
      cancel: async () => interruption.abort(),
    };
  };
