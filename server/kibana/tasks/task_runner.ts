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
  /** Fires when Task Manager gives the run up, as when Kibana stops or the time is over. */
  readonly interruption: AbortController;
}

/** Runs of a task, each of which can be interrupted. */
export const runnerOf =
  (
    getServices: () => Promise<Services>,
    run: (task: TaskRun) => Promise<TaskRunResult>,
  ): TaskDefinition['createTaskRunner'] =>
  ({ taskInstance: { params, state } }) => {
    const interruption = new AbortController();
    const target = { space: String(params.space), detectorId: String(params.detectorId) };
    return {
      run: async () => run({ services: await getServices(), target, params, state, interruption }),
      cancel: async () => interruption.abort(),
    };
  };
