import type { LeftOutBy } from '../../../common/api/status';
import { DetectionError } from '../../../common/detection_error';
import type { TrainingExclusion } from './training_sample';

/** Logs that a training would have had, and what keeps so many of them out that too few are left. */
export interface LeftOut {
  readonly by: LeftOutBy;
  /** Logs of the training window, with those that are kept out. */
  readonly logsInWindow: number;
  /** True: their number is reckoned from the rest of the window, since other times of it are kept out. */
  readonly isEstimate?: boolean;
}

/** A sample without some exclusions: the number of its logs, and of the logs of the window. */
type Drawn = Omit<LeftOut, 'by'> & { readonly logs: number };

const KINDS = ['calendar', 'quiet_times'] as const;

/**
 * Finds what leaves a training too few logs, where it is times that are kept out: the calendar of changes, quiet times, or only both
 * together. Draws again, so it is asked for where a training fails anyway.
 *
 * @param draw draws with these exclusions alone
 * @returns undefined where there are enough logs, where there were too few without exclusions, too, and where drawing again
 *   fails: that must not stand in the place of the failure that it explains
 * @throws DetectionError `interrupted`
 */
export async function leftOutCause(
  exclusions: readonly TrainingExclusion[],
  { logs, needed }: { readonly logs: number; readonly needed: number },
  draw: (exclusions: readonly TrainingExclusion[]) => Promise<Drawn>,
): Promise<LeftOut | undefined> {
  if (logs >= needed) return undefined;
  const present = KINDS.filter((kind) => exclusions.some(({ by }) => by === kind));
  const tries: readonly LeftOutBy[] = present.length === 2 ? [...present, 'both'] : present;
  for (const by of tries) {
    const left = exclusions.filter((each) => each.by === undefined || (by !== 'both' && each.by !== by));
    const drawn = await draw(left).catch((error: unknown) => {
      if (error instanceof DetectionError && error.code === 'interrupted') throw error;
      return undefined;
    });
    if (drawn === undefined) return undefined;
    const { logs: found, ...window } = drawn;
    if (found >= needed) return { by, ...window };
  }
  return undefined;
}

const KEEPERS: Record<LeftOutBy, string> = {
  calendar: 'the calendar of changes keeps',
  quiet_times: 'quiet times keep',
  both: 'the calendar of changes and quiet times keep',
};

/** @example leftOutSentence({ by: 'calendar', logsInWindow: 5_320 }) // The training window holds 5,320, many of … */
export const leftOutSentence = ({ by, logsInWindow, isEstimate }: LeftOut): string =>
  `The training window holds ${isEstimate === true ? 'about ' : ''}${logsInWindow.toLocaleString('en')}, many of them in times that ${KEEPERS[by]} out of trainings.`;

/** Returns what a person can do about it, a sentence. */
export function leftOutAdvice(by: LeftOutBy): string {
  switch (by) {
    case 'calendar':
      return 'Remove incidents and maintenance from the calendar that were shorter or did not happen, increase training.window, or lower training.min_rows.';
    case 'quiet_times':
      return 'Let models learn from quiet times that are as usual, increase training.window, or lower training.min_rows.';
    case 'both':
      return 'Remove incidents and maintenance from the calendar that were shorter or did not happen, let models learn from quiet times that are as usual, increase training.window, or lower training.min_rows.';
  }
}
