import { repeatWork } from './repeat_work';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('does nothing after it was stopped: turns that have begun are waited for', async () => {
  const done: string[] = [];
  let goOn = (): void => undefined;
  const { stop } = repeatWork(async () => {
    await new Promise<void>((settle) => (goOn = settle));
    done.push('turn');
  }, 2_000);
  await jest.advanceTimersByTimeAsync(2_000);
  const stopped = stop().then(() => done.push('stopped'));
  await jest.advanceTimersByTimeAsync(10_000);
  expect(done).toEqual([]);
  goOn();
  await stopped;
  expect(done).toEqual(['turn', 'stopped']);
  expect(jest.getTimerCount()).toBe(0);
});

it('goes on after a turn that failed', async () => {
  let turns = 0;
  const { stop } = repeatWork(() => Promise.reject(new Error(`turn ${++turns}`)), 1_000);
  await jest.advanceTimersByTimeAsync(3_000);
  await stop();
  expect(turns).toBe(3);
});
