import { durationToMilliseconds } from '../../common/detector';
import { sleep } from '../../server/elasticsearch/transport/attempt';
import type { KibanaStandIn } from '../integration/fixtures/kibana_stand_in';

const LOOK_MILLISECONDS = 100;

/**
 * Runs the tasks of a stand-in when they are due, one after another, as Task Manager does.
 *
 * @returns ends it, once the task under way is over
 */
export function keepRunningTasks({ tasks, logged }: KibanaStandIn): () => Promise<void> {
  /** Of tasks, as their last run left them, that name no time for the next one. */
  const bySchedule = new WeakMap<object, number>();
  let isOver = false;
  const runDue = async (): Promise<void> => {
    for (const [id, task] of [...tasks.scheduled]) {
      const asked = tasks.soon.indexOf(id);
      if (asked >= 0) tasks.soon.splice(asked, 1);
      else if ((bySchedule.get(task) ?? Number(task.runAt)) > Date.now()) continue;
      await tasks.run(id).catch((error: Error) => logged.push(`error task ${id}: ${error.stack}`));
      const after = tasks.scheduled.get(id);
      // One that failed is as it was.
      if (after?.schedule !== undefined && (after.runAt === undefined || after === task)) {
        bySchedule.set(after, Date.now() + durationToMilliseconds(after.schedule.interval));
      }
      if (isOver) return;
    }
  };
  const work = (async () => {
    while (!isOver) {
      await runDue();
      await sleep(LOOK_MILLISECONDS);
    }
  })();
  return async () => {
    isOver = true;
    await work;
  };
}
