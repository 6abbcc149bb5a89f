import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate, setTimeout as pause } from 'node:timers/promises';

/** Nanoseconds that the main thread has been on a processor, or undefined where the system does not tell (all but Linux). */
export function mainThreadTime(): number | undefined {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return undefined;
  }
}

/**
 * The longest time for which some work kept this thread from all else, milliseconds of processor time: what other work on the
 * machine takes of it does not count. Where the system does not tell it, the delay of the event loop stands in.
 *
 * @param rounds of the work, of which the least counts: the collection of garbage that others left falls into one of them
 */
export async function longestBlock(work: () => Promise<unknown>, rounds = 1): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) least = Math.min(least, await blockOf(work));
  return least;
}

async function blockOf(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 2 });
  delay.enable();
  let longest = 0;
  let isOver = false;
  const watch = async (): Promise<void> => {
    for (let before = mainThreadTime(); before !== undefined && !isOver;) {
      await setImmediate();
      const now = mainThreadTime() as number;
      longest = Math.max(longest, now - before);
      before = now;
    }
  };
  const watching = watch();
  await pause(5);
  await work();
  await pause(5);
  isOver = true;
  await watching;
  delay.disable();
  return (mainThreadTime() === undefined ? delay.max : longest) / 1e6;
}
