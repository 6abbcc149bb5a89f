import type { TrainingReport } from '../../../common/api';
import { trainingTaskId, TRAINING_TASK_TYPE, type TaskTarget } from '../contracts/identifiers';
import type { Services } from '../contracts/services';

/** Trainings that wait, of all spaces. More are not counted. */
const MOST_WAITING = 1_000;

/** @returns the ids of the tasks of the trainings that wait for a place, the next one first */
export async function waitingTrainings({ taskManager }: Services): Promise<readonly string[]> {
  const { docs } = await taskManager.fetch({
    query: {
      bool: {
        filter: [{ term: { 'task.taskType': TRAINING_TASK_TYPE } }, { term: { 'task.status': 'idle' } }],
      },
    },
    sort: [{ 'task.scheduledAt': { order: 'asc' } }],
    size: MOST_WAITING,
  });
  return docs.map(({ id }) => id);
}

/** Adds to the report of a training that waits its place among the others. */
export function withPlace(
  training: TrainingReport | undefined,
  target: TaskTarget,
  waiting: readonly string[],
): TrainingReport | undefined {
  if (training?.state !== 'queued') return training;
  const place = waiting.indexOf(trainingTaskId(target));
  return place < 0 ? training : { ...training, place: place + 1, waiting: waiting.length };
}
