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
  const nextRun = new Map<string, number>();
  let isOver = false;
  const runDue = async (): Promise<void> => {
    for (const [id, task] of [...tasks.scheduled]) {
      const asked = tasks.soon.indexOf(id);
      if (asked >= 0) tasks.soon.splice(asked, 1);
      else if ((nextRun.get(id) ?? Number(task.runAt)) > Date.now()) continue;
      await tasks.run(id).catch((error: Error) => logged.push(`error task ${id}: ${error.stack}`));
      const after = tasks.scheduled.get(id);
      if (after === undefined) nextRun.delete(id);
      else {
        const interval = after.schedule ? durationToMilliseconds(after.schedule.interval) : 0;
        const isMoved = Number(after.runAt) !== Number(task.runAt);
        nextRun.set(id, isMoved ? Number(after.runAt) : Date.now() + interval);
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
