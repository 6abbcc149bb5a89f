/** Pauses before a repetition are shorter; what has a time limit (a request, an answer, a task) has longer. */
const LONGEST_PAUSE_MILLISECONDS = 8_000;

/**
 * Makes the pauses of this process a hundredth of what they are. Limits of time stay: a machine that is busy would exceed a
 * hundredth of them without any fault. Not for clients over undici, which counts the ticks of a timer as seconds.
 */
export function shortenWaits(): void {
  const waiting = globalThis.setTimeout;
  globalThis.setTimeout = ((work: () => void, milliseconds = 0, ...rest: []) =>
    waiting(
      work,
      milliseconds <= LONGEST_PAUSE_MILLISECONDS ? milliseconds / 100 : milliseconds,
      ...rest,
    )) as typeof setTimeout;
}
