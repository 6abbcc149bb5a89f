import { DetectionError } from '../detection_error';
import { SUPPRESSION_LIMITS } from './limits';
import { coverageOf, windowsOf } from './schedule';
import { isExpired, isOfOneLog, type Schedule, type Suppression } from './suppression';
import { DAY, HOUR } from '../duration';

/** Calendars are followed for so long ahead. */
const CALENDAR_AHEAD = 2 * 365 * DAY;

/** Returns true when a suppression must expire: it hides all of an entity or more. A schedule narrows it unless it holds most of the time. */
export function mustExpire(suppression: Pick<Suppression, 'match' | 'schedule'>, now: number): boolean {
  const { match, schedule } = suppression;
  if (match?.source !== undefined || match?.pattern !== undefined) return false;
  if (schedule === undefined) return true;
  return holdsMostly(schedule, now);
}

/** Returns true where a schedule holds most of the next days, or of as many from the begin of a later window on. */
function holdsMostly(schedule: Schedule, now: number): boolean {
  const { replayDays, scheduledShare } = SUPPRESSION_LIMITS;
  const length = replayDays * DAY;
  if (coverageOf(schedule, { from: now, to: now + length }) > scheduledShare) return true;
  if (schedule.type === 'weekly') return false;
  const end = schedule.type === 'once' ? Infinity : now + CALENDAR_AHEAD;
  const windows = windowsOf(schedule, { from: now, to: end });
  return windows.some(({ from }, first) => {
    const to = from + length;
    let covered = 0;
    for (let place = first; place < windows.length && windows[place].from < to; place++) {
      covered += Math.min(to, windows[place].to) - windows[place].from;
    }
    // A night in which clocks go back is longer by an hour.
    return covered > scheduledShare * length + HOUR;
  });
}

/**
 * @param others suppressions of the same detector, expired ones among them
 * @param addedToday how many wider than one log were added for the detector within 24 hours
 * @param now epoch milliseconds
 * @throws DetectionError `refused` or `invalid_input` naming the limit
 */
export function checkLimits(
  suppression: Suppression,
  others: readonly Suppression[],
  addedToday: number,
  now: number,
): void {
  if (isOfOneLog(suppression)) return;
  const { active, newWideADay, longestWideDays } = SUPPRESSION_LIMITS;
  const { expires_at: expiresAt, id } = suppression;
  if (isExpired(suppression, now)) {
    throw new DetectionError('invalid_input', `expires_at is ${expiresAt}; it must lie in the future.`);
  }
  if (mustExpire(suppression, now)) {
    const latest = new Date(now + longestWideDays * DAY).toISOString();
    if (expiresAt === undefined || expiresAt > latest) {
      throw new DetectionError(
        'invalid_input',
        `expires_at is ${expiresAt ?? 'absent'}; what hides an entity or more must end within ${longestWideDays} days, by ${latest}.`,
      );
    }
  }
  const standing = others.filter((other) => other.id !== id && !isOfOneLog(other) && !isExpired(other, now));
  if (standing.length >= active) {
    throw new DetectionError(
      'refused',
      `The detector has ${standing.length} suppressions in effect; allowed: ${active}. Remove some, or use a wider one.`,
    );
  }
  if (addedToday >= newWideADay) {
    throw new DetectionError(
      'refused',
      `${addedToday} suppressions were added for the detector within 24 hours; allowed: ${newWideADay}.`,
    );
  }
}
