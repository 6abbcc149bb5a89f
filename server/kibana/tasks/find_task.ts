import { toDetectionError } from '../../elasticsearch';
import type { Services } from '../contracts/services';
import type { TaskInstance } from '../contracts/task_contracts';

/** @returns the task of that id, undefined where there is none */
export async function findTask(
  { taskManager }: Pick<Services, 'taskManager'>,
  id: string,
): Promise<TaskInstance | undefined> {
  try {
    return await taskManager.get(id);
  } catch (thrown) {
    const error = toDetectionError(thrown, 'look at a task');
    if (error.code === 'not_found') return undefined;
    throw error;
  }
}
