import type { TaskTarget } from './identifiers';
import type { TaskInstance } from './task_contracts';

/** Task Manager takes a task away when its run fails so. Source: task_manager/server/task_running/errors.ts. */
export function nothingLeftToDo(message: string): Error {
  return Object.assign(new Error(message), { code: 'TaskManager/unrecoverable' });
}

export function targetOf({ params }: TaskInstance): TaskTarget {
  return { space: String(params.space), detectorId: String(params.detectorId) };
}
