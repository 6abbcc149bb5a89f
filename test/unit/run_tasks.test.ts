import type { TaskToSchedule } from '../../server/kibana/contracts/task_contracts';
import { sleep } from '../../server/elasticsearch/transport/attempt';
import { keepRunningTasks } from '../browser/run_tasks';
import type { KibanaStandIn } from '../integration/fixtures/kibana_stand_in';

type Scheduled = TaskToSchedule & { status: string };

/** Several looks for tasks that are due. */
const WHILE_MILLISECONDS = 250;

/** Runs one task for a while. @returns how often it ran */
async function runsOf(outcome: (task: Scheduled) => Scheduled): Promise<number> {
  const scheduled = new Map<string, Scheduled>([
    [
      'one',
      {
        id: 'one',
        taskType: 'any',
        schedule: { interval: '1m' },
        params: {},
        state: {},
        runAt: new Date(0),
        status: 'idle',
      },
    ],
  ]);
  let runs = 0;
  const run = async (id: string): Promise<void> => {
    runs++;
    scheduled.set(id, outcome(scheduled.get(id)!));
  };
  const stop = keepRunningTasks({
    tasks: { scheduled, soon: [], run },
    logged: [],
  } as unknown as KibanaStandIn);
  await sleep(WHILE_MILLISECONDS);
  await stop();
  return runs;
}

it('runs a task again when its schedule says, or at the time that it names', async () => {
  expect(await runsOf((task) => ({ ...task, runAt: undefined }))).toBe(1);
  expect(await runsOf((task) => ({ ...task, runAt: new Date(Date.now() + 60_000) }))).toBe(1);
  expect(await runsOf((task) => ({ ...task, runAt: new Date() }))).toBeGreaterThan(1);
});

it('runs one that failed again when its schedule says', async () => {
  const failing = runsOf(() => {
    throw new Error('broken');
  });
  expect(await failing).toBe(1);
});
