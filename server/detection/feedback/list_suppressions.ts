import { isExpired, SUPPRESSION_LIMITS, windowsOf, type Suppression } from '../../../common/suppressions';
import { withWindows } from './expand_calendar';
import type { HidingStores } from './suppress_stored_results';
import { DAY } from '../../../common/duration';

const WINDOWS_SHOWN = 5;
/** Of a calendar a list holds no more. */
const LISTED_CALENDAR_CHARACTERS = 200;

export type ListedSuppression = Suppression & {
  readonly expired: boolean;
  /** Stored results that it hides. */
  readonly hidden: number;
  /** Windows to come, ISO 8601, the one that holds now among them; none without a schedule. */
  readonly next: { from: string; to: string }[];
};

/** Lists suppressions, each with the number of results that it hides and its next time. */
export async function listSuppressions(
  { suppressions, results, clock }: Pick<HidingStores, 'suppressions' | 'results' | 'clock'>,
  {
    detectorId,
    origins,
    calendars = 'short',
  }: { detectorId?: string; origins?: readonly Suppression['origin'][]; calendars?: 'short' | 'whole' },
): Promise<ListedSuppression[]> {
  const found = (await suppressions.list(detectorId)).filter(
    ({ origin }) => origins === undefined || origins.includes(origin),
  );
  const hidden = await results.hiddenBy(found.map(({ id }) => id));
  const now = clock.now();
  const ahead = await withWindows(found, { from: now, to: now + SUPPRESSION_LIMITS.replayDays * DAY });
  return found.map((suppression, index) => ({
    ...(calendars === 'whole' ? suppression : shortened(suppression)),
    expired: isExpired(suppression, now),
    hidden: hidden.get(suppression.id) ?? 0,
    next: nextWindows(ahead[index], now),
  }));
}

function shortened(suppression: Suppression): Suppression {
  const { schedule } = suppression;
  if (schedule?.type !== 'icalendar') return suppression;
  const text = schedule.text.slice(0, LISTED_CALENDAR_CHARACTERS);
  return { ...suppression, schedule: { ...schedule, text } };
}

function nextWindows(
  { schedule, expires_at: expiresAt }: Suppression,
  now: number,
): ListedSuppression['next'] {
  const end = now + SUPPRESSION_LIMITS.replayDays * DAY;
  const to = Math.min(end, expiresAt === undefined ? Infinity : Date.parse(expiresAt));
  if (schedule === undefined || to <= now) return [];
  return windowsOf(schedule, { from: now, to })
    .slice(0, WINDOWS_SHOWN)
    .map((window) => ({ from: new Date(window.from).toISOString(), to: new Date(window.to).toISOString() }));
}
