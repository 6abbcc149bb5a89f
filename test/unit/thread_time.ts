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
 * @param options.rounds of the work, of which the least counts: the collection of garbage that others left falls into one
 *   of them
 * @param options.limit milliseconds; rounds end with the first that stays below
 */
export async function longestBlock(
  work: () => Promise<unknown>,
  { rounds = 1, limit = 0 }: { rounds?: number; limit?: number } = {},
): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < rounds && least >= limit; round++) {
    least = Math.min(least, (await blockOf(work)) / (limit > 0 ? slowness() : 1));
  }
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

/** Milliseconds that {@link yardstick} takes on the machine that the limits of tests were set on, idle. */
const YARDSTICK_MILLISECONDS = 3;
const MOST_ROUNDS = 8;

/** Some work of the kind that tests measure: objects, texts, numbers. */
function yardstick(): number {
  const counts = new Map<string, number>();
  for (let i = 0; i < 8_000; i++) {
    const word = `word ${(i * 7_919) % 1_009} ${i & 15}`;
    counts.set(word, (counts.get(word) ?? 0) + word.split(' ').length);
  }
  return counts.size;
}

/** Milliseconds of processor time of this thread; of the clock where the system does not tell. */
export function threadTime(): number {
  const nanoseconds = mainThreadTime();
  return nanoseconds === undefined ? performance.now() : nanoseconds / 1e6;
}

function timeOf(work: () => unknown): number {
  const before = threadTime();
  work();
  return threadTime() - before;
}

/** Returns how many times longer this thread takes for its work now than where the limits were set; at least 1. */
export const slowness = (): number => Math.max(1, timeOf(yardstick) / YARDSTICK_MILLISECONDS);

/**
 * Measures work against a limit, so that neither a slow machine nor other work on it counts: what the processor takes
 * less than usual from a known piece of work, it is expected to take less from this one.
 *
 * @param limit milliseconds; rounds end with the first that stays below
 * @returns milliseconds of processor time that the work would take on the machine that limits were set on, the least of
 *   eight rounds
 */
export const leastTime = (work: () => unknown, limit = 0): number => leastOf(() => timeOf(work), limit);

/** {@link leastTime} of work that measures itself. @param measure returns milliseconds of {@link threadTime} */
export function leastOf(measure: () => number, limit: number): number {
  let least = Infinity;
  for (let round = 0; round < MOST_ROUNDS && least >= limit; round++) {
    const before = slowness();
    const time = measure();
    least = Math.min(least, time / Math.max(before, slowness()));
  }
  return least;
}
