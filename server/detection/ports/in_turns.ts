import { setImmediate } from 'node:timers/promises';

/** Milliseconds that one piece of work keeps the thread; Kibana warns of 350 ms, people notice 100. */
const TURN_MILLISECONDS = 12;

/** Shares a thread with whoever else runs on it: work is done in turns of some milliseconds. */
export interface Turns {
  /** Resolves at once within a turn, and after all that waits for the thread where it is over. */
  next(): Promise<void>;
  /** Does work step by step; a step is what cannot be interrupted. */
  finish<Value>(steps: Iterator<unknown, Value>): Promise<Value>;
  /** Milliseconds spent in turns so far, the pauses left out. */
  spent(): number;
}

/** @param now milliseconds, by default of the machine */
export function createTurns(now: () => number = () => performance.now()): Turns {
  let started = now();
  let spent = 0;
  const pause = async (): Promise<void> => {
    spent += now() - started;
    await setImmediate();
    started = now();
  };
  const isOver = (): boolean => now() - started >= TURN_MILLISECONDS;
  return {
    next: async () => {
      if (isOver()) await pause();
    },
    finish: async (steps) => {
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
        if (isOver()) await pause();
      }
    },
    spent: () => spent + now() - started,
  };
}
