import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { EXCLUDED_KINDS, excludedTimesOf, withinShare } from '../../../common/annotations';
import { DetectionError } from '../../../common/detection_error';
import { trainingExclusions } from '../../../common/suppressions';
import { MOST_SILENT_HOURS, type FrozenWindow } from '../../../common/threshold';
import { withWindows } from '../feedback/expand_calendar';
import type { FeedbackStore, SuppressionStore } from '../ports';
import type { AnnotationReader } from '../ports/annotations';
import type { TrainingSampleRequest } from './training_sample';
import { DAY, HOUR } from '../../../common/duration';

const WEEK_MILLISECONDS = 7 * DAY;
/** Entities that a warning names. */
const NAMED = 3;

/** Stores of the times that no model learns from. */
export interface ExcludedTimeStores {
  readonly suppressions: Pick<SuppressionStore, 'list'>;
  readonly annotations: AnnotationReader;
}
type ExcludedRange = { readonly from: number; readonly to: number };

type ExcludedTimes = Required<TrainingSampleRequest>['exclusions'];

/** Returns the times that suppressions keep out. */
const suppressedTimes = async (
  { suppressions }: Pick<ExcludedTimeStores, 'suppressions'>,
  detectorId: string,
  range: ExcludedRange,
): Promise<ExcludedTimes> =>
  trainingExclusions(await withWindows(await suppressions.list(detectorId), range), detectorId, range);

/** Returns the times that the calendar of changes keeps out. */
const notedTimes = async (
  { annotations }: Pick<ExcludedTimeStores, 'annotations'>,
  range: ExcludedRange,
): Promise<ExcludedTimes> => excludedTimesOf(await annotations.during(range, EXCLUDED_KINDS), range);

/**
 * Returns the logs left out of a training sample: those confirmed as anomalies, and excluded times. Annotations of
 * one name that cover, with those of all, more than half of the window are not followed, which is told.
 */
export async function leftOutOf(
  stores: ExcludedTimeStores & {
    readonly feedback: Pick<FeedbackStore, 'list'>;
    readonly warn?: (text: string) => void;
  },
  detectorId: string,
  training: Pick<Detector['training'], 'window' | 'older'>,
  now: number,
): Promise<Required<Pick<TrainingSampleRequest, 'confirmed' | 'exclusions'>>> {
  const older = training.older === undefined ? 0 : training.older.weeks * WEEK_MILLISECONDS;
  const from = now - durationToMilliseconds(training.window) - older - DAY;
  const range = { from, to: now };
  const [given, suppressed, noted] = await Promise.all([
    stores.feedback.list(detectorId),
    suppressedTimes(stores, detectorId, range),
    notedTimes(stores, range),
  ]);
  const recent = { from: now - durationToMilliseconds(training.window), to: now };
  const { excluded, ignored } = withinShare(noted, recent);
  if (ignored.length > 0) {
    const whose = ignored.includes('*')
      ? 'all entities'
      : `${ignored.slice(0, NAMED).join(', ')}, with those of all entities,`;
    stores.warn?.(
      `Incidents and maintenance that are noted of ${whose} cover more than half of the training window, and are learned from.`,
    );
  }
  return {
    confirmed: given.filter(({ verdict }) => verdict === 'real').map(({ source }) => source),
    exclusions: [
      ...suppressed.map((each) => ({ ...each, by: 'quiet_times' as const })),
      ...excluded.map((each) => ({ ...each, by: 'calendar' as const })),
    ],
  };
}

/** Logs of a run that catches up are seldom older. */
const CATCH_UP_MILLISECONDS = 7 * DAY;
/** The threshold follows silence back from a log by so many whole hours. */
const SILENCE_MILLISECONDS = (MOST_SILENT_HOURS + 1) * HOUR;

/**
 * Times that are kept out of training, of all entities: they say nothing of what is usual to a threshold either. Detection goes
 * on where the calendar cannot be read, which is told.
 */
export async function frozenWindowsOf(
  stores: ExcludedTimeStores & { readonly warn?: (text: string) => void },
  detectorId: string,
  { late_window: lateWindow }: Pick<Detector['schedule'], 'late_window'>,
  now: number,
): Promise<FrozenWindow[]> {
  const oldestLog = now - Math.max(durationToMilliseconds(lateWindow), CATCH_UP_MILLISECONDS);
  const range = { from: oldestLog - SILENCE_MILLISECONDS, to: now };
  const noted = notedTimes(stores, range).catch((error: unknown) => {
    if (!(error instanceof DetectionError) || error.code === 'interrupted') throw error;
    stores.warn?.(`The adaptive threshold moves during maintenance that is noted. ${error.message}`);
    return [];
  });
  const excluded = (await Promise.all([suppressedTimes(stores, detectorId, range), noted])).flat();
  return excluded.filter(({ entity, names }) => entity === undefined && names === undefined);
}
