import { durationToMilliseconds, type Detector } from '../../../common/detector';

/** A detector that has been without logs for so long looks again after a quarter of it: one that comes back is seen soon. */
const SHARE_OF_SILENCE = 0.25;

/**
 * @param silence milliseconds since the last log
 * @returns milliseconds from a run that found no log to the next one; undefined: as the schedule says
 */
export function idlePause(
  { interval, idle_interval: idleInterval }: Detector['schedule'],
  silence: number,
): number | undefined {
  const pause = Math.min(durationToMilliseconds(idleInterval), silence * SHARE_OF_SILENCE);
  return pause > durationToMilliseconds(interval) ? pause : undefined;
}

/** A new detector whose logs stopped before it was made is idle from the start. @returns how far back is looked, milliseconds */
export const longestSilence = ({ idle_interval: idleInterval }: Detector['schedule']): number =>
  durationToMilliseconds(idleInterval) / SHARE_OF_SILENCE;
