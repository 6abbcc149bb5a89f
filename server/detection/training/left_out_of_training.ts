import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { trainingExclusions } from '../../../common/suppressions';
import type { FrozenWindow } from '../../../common/threshold';
import { withWindows } from '../feedback/expand_calendar';
import type { FeedbackStore, SuppressionStore } from '../ports';
import type { TrainingSampleRequest } from './training_sample';
import { DAY } from '../../../common/duration';

const WEEK_MILLISECONDS = 7 * DAY;

/** Returns the logs left out of a training sample: those confirmed as anomalies, and excluded times. */
export async function leftOutOf(
  stores: {
    readonly feedback: Pick<FeedbackStore, 'list'>;
    readonly suppressions: Pick<SuppressionStore, 'list'>;
  },
  detectorId: string,
  training: Pick<Detector['training'], 'window' | 'older'>,
  now: number,
): Promise<Required<Pick<TrainingSampleRequest, 'confirmed' | 'exclusions'>>> {
  const [given, stored] = await Promise.all([
    stores.feedback.list(detectorId),
    stores.suppressions.list(detectorId),
  ]);
  const older = training.older === undefined ? 0 : training.older.weeks * WEEK_MILLISECONDS;
  const from = now - durationToMilliseconds(training.window) - older - DAY;
  return {
    confirmed: given.filter(({ verdict }) => verdict === 'real').map(({ source }) => source),
    exclusions: trainingExclusions(await withWindows(stored, { from, to: now }), detectorId, {
      from,
      to: now,
    }),
  };
}

/** Logs of a run that catches up are seldom older. */
const FROZEN_LOOK_BACK_MILLISECONDS = 7 * DAY;

/** Times that are kept out of training, of all entities: they say nothing of what is usual to a threshold either. */
export async function frozenWindowsOf(
  suppressions: Pick<SuppressionStore, 'list'>,
  detectorId: string,
  { late_window: lateWindow }: Pick<Detector['schedule'], 'late_window'>,
  now: number,
): Promise<FrozenWindow[]> {
  const longest = Math.max(durationToMilliseconds(lateWindow), FROZEN_LOOK_BACK_MILLISECONDS);
  const range = { from: now - longest, to: now };
  const stored = await withWindows(await suppressions.list(detectorId), range);
  return trainingExclusions(stored, detectorId, range).filter(({ entity }) => entity === undefined);
}
