/** A time that the tests begin at, so that none depends on the hour or the day that it runs on. */
export const NOON = Date.parse('2026-01-05T12:00:00.000Z');

/** Lets the time stand still; timers run. `jest.setSystemTime` goes on. */
export function stopClock(now = NOON): void {
  jest.useFakeTimers({
    now,
    doNotFake: [
      ...(['nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval'] as const),
      ...(['clearInterval', 'setTimeout', 'clearTimeout', 'hrtime', 'performance'] as const),
    ],
  });
}
