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

const PAUSE_MILLISECONDS = 100;

/** Looks now and then whether something is over, and waits so long at most. A look that fails tells nothing. */
export async function waitUntil(
  { sleep }: Pick<Services['clock'], 'sleep'>,
  isOver: () => Promise<boolean>,
  milliseconds: number,
): Promise<void> {
  for (let waited = 0; waited < milliseconds; waited += PAUSE_MILLISECONDS) {
    if (await isOver().catch(() => false)) return;
    await sleep(PAUSE_MILLISECONDS);
  }
}
