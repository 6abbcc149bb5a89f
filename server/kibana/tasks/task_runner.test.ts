import type { Services } from '../contracts/services';
import { runnerOf, type TaskRun } from './task_runner';

const services = {} as Services;
const taskInstance = { id: 'task', params: { space: 'ops', detectorId: 'web' }, state: {} };

/** Works until it is interrupted. */
const untilInterrupted = ({ interruption: { signal } }: TaskRun): Promise<void> =>
  new Promise((settle) => signal.addEventListener('abort', () => settle()));

describe('a run of a task', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('stops itself before Task Manager gives it up, and says so', async () => {
    let isOutOfTime: boolean | undefined;
    const { run } = runnerOf(
      async () => services,
      async (task) => {
        await untilInterrupted(task);
        isOutOfTime = task.isOutOfTime();
        return { state: {} };
      },
      20_000,
    )({ taskInstance });
    const ended = run();
    await jest.advanceTimersByTimeAsync(19_999);
    expect(isOutOfTime).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await ended;
    expect(isOutOfTime).toBe(true);
  });

  it('that Task Manager stops was not too slow', async () => {
    let isOutOfTime: boolean | undefined;
    const runner = runnerOf(
      async () => services,
      async (task) => {
        await untilInterrupted(task);
        isOutOfTime = task.isOutOfTime();
        return { state: {} };
      },
      20_000,
    )({ taskInstance });
    const ended = runner.run();
    await jest.advanceTimersByTimeAsync(5_000);
    await runner.cancel?.();
    await ended;
    expect(isOutOfTime).toBe(false);
  });

  it('leaves no timer behind', async () => {
    const runner = runnerOf(
      async () => services,
      async () => ({ state: {} }),
      20_000,
    )({ taskInstance });
    await runner.run();
    expect(jest.getTimerCount()).toBe(0);
  });
});
