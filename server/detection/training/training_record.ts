import { setTimeout as pause } from 'node:timers/promises';
import type { TrainingReport } from '../../../common/api/status';
import type { TellTraining } from './training_work';

/** Training tells of each tree; people look every few seconds. */
const LEAST_PAUSE_MILLISECONDS = 1_000;

export type Told = Required<Pick<TrainingReport, 'step'>> & Pick<TrainingReport, 'step_done'>;

/**
 * Writes down how far a training has come: the first word at once, then the latest one after each pause. What cannot be
 * written is left out, since the training matters more than what is told of it.
 *
 * @returns `stop`: nothing is written after it
 */
export function tellNowAndThen(
  write: (told: Told) => Promise<void>,
  pauseMilliseconds = LEAST_PAUSE_MILLISECONDS,
): { readonly tell: TellTraining; stop(): Promise<void> } {
  const end = new AbortController();
  const { signal } = end;
  let latest: Told | undefined;
  let writing: Promise<void> | undefined;
  const writeAll = async (): Promise<void> => {
    while (latest !== undefined && !signal.aborted) {
      const told = latest;
      latest = undefined;
      await write(told).catch(() => undefined);
      await pause(pauseMilliseconds, undefined, { signal }).catch(() => undefined);
    }
    writing = undefined;
  };
  return {
    tell: (step, done) => {
      // Two digits are more than a bar shows.
      latest = { step, ...(done !== undefined && { step_done: Math.round(100 * done) / 100 }) };
      writing ??= writeAll();
    },
    stop: async () => {
      end.abort();
      await writing;
    },
  };
}
