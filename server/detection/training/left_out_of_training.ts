import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { EXCLUDED_KINDS, excludedTimesOf } from '../../../common/annotations';
import { trainingExclusions } from '../../../common/suppressions';
import type { FrozenWindow } from '../../../common/threshold';
import { withWindows } from '../feedback/expand_calendar';
import type { FeedbackStore, SuppressionStore } from '../ports';
import type { AnnotationReader } from '../ports/annotations';
import type { TrainingSampleRequest } from './training_sample';
import { DAY } from '../../../common/duration';

const WEEK_MILLISECONDS = 7 * DAY;

/** Stores of the times that no model learns from. */
export interface ExcludedTimeStores {
  readonly suppressions: Pick<SuppressionStore, 'list'>;
  readonly annotations: AnnotationReader;
}

/** Returns the times that suppressions and the calendar of changes keep out. */
async function excludedTimes(
  { suppressions, annotations }: ExcludedTimeStores,
  detectorId: string,
  range: { readonly from: number; readonly to: number },
): Promise<Required<TrainingSampleRequest>['exclusions']> {
  const [stored, noted] = await Promise.all([
    suppressions.list(detectorId),
    annotations.during(range, EXCLUDED_KINDS),
  ]);
  return [
    ...trainingExclusions(await withWindows(stored, range), detectorId, range),
    ...excludedTimesOf(noted, range),
  ];
}

/** Returns the logs left out of a training sample: those confirmed as anomalies, and excluded times. */
export async function leftOutOf(
  stores: ExcludedTimeStores & { readonly feedback: Pick<FeedbackStore, 'list'> },
  detectorId: string,
  training: Pick<Detector['training'], 'window' | 'older'>,
  now: number,
): Promise<Required<Pick<TrainingSampleRequest, 'confirmed' | 'exclusions'>>> {
  const older = training.older === undefined ? 0 : training.older.weeks * WEEK_MILLISECONDS;
  const from = now - durationToMilliseconds(training.window) - older - DAY;
  const [given, exclusions] = await Promise.all([
    stores.feedback.list(detectorId),
    excludedTimes(stores, detectorId, { from, to: now }),
  ]);
  return {
    confirmed: given.filter(({ verdict }) => verdict === 'real').map(({ source }) => source),
    exclusions,
  };
}

/** Logs of a run that catches up are seldom older. */
const FROZEN_LOOK_BACK_MILLISECONDS = 7 * DAY;

/** Times that are kept out of training, of all entities: they say nothing of what is usual to a threshold either. */
export async function frozenWindowsOf(
  stores: ExcludedTimeStores,
  detectorId: string,
  { late_window: lateWindow }: Pick<Detector['schedule'], 'late_window'>,
  now: number,
): Promise<FrozenWindow[]> {
  const longest = Math.max(durationToMilliseconds(lateWindow), FROZEN_LOOK_BACK_MILLISECONDS);
  const range = { from: now - longest, to: now };
  const excluded = await excludedTimes(stores, detectorId, range);
  return excluded.filter(({ entity }) => entity === undefined);
}
