import { readCalendar } from './calendar';
import { momentOf, offsetIn } from './local_time';
import { WEEKDAYS, type Schedule } from './suppression';
import { joinWindows, lengthOf, type TimeWindow } from './time_windows';
import { DAY, MINUTE } from '../duration';

/** Windows are worked out for so long at a time. */
const SPAN = 7 * DAY;

/**
 * Returns the windows of a schedule within a range, sorted, adjacent ones joined.
 *
 * @throws DetectionError `invalid_input` for a calendar or a time zone that cannot be read
 */
export function windowsOf(schedule: Schedule, range: TimeWindow): TimeWindow[] {
  return windowsIn(schedule)(range);
}

function windowsIn(schedule: Schedule): (range: TimeWindow) => TimeWindow[] {
  switch (schedule.type) {
    case 'once': {
      const windows = schedule.windows.map(({ from, to }) => ({
        from: Date.parse(from),
        to: Date.parse(to),
      }));
      return (range) => joinWindows(windows, range);
    }
    case 'weekly':
      return (range) => joinWindows(weeklyWindows(schedule, range), range);
    case 'icalendar': {
      const calendar = readCalendar(schedule.text, schedule.time_zone);
      return (range) => calendar.windows(range);
    }
  }
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function weeklyWindows(
  { days, from, to, time_zone: timeZone }: Extract<Schedule, { type: 'weekly' }>,
  range: TimeWindow,
): TimeWindow[] {
  const offsetOf = offsetIn(timeZone);
  const begins = minutesOf(from) * MINUTE;
  const ends = (minutesOf(to) + (minutesOf(to) <= minutesOf(from) ? 24 * 60 : 0)) * MINUTE;
  const windows: TimeWindow[] = [];
  // Local days, as if they were UTC; a window that began on the day before may go on.
  const first = Math.floor((range.from + offsetOf(range.from)) / DAY) - 1;
  const last = Math.floor((range.to + offsetOf(range.to)) / DAY);
  for (let day = first; day <= last; day++) {
    // 1 January 1970 was a Thursday.
    const weekday = WEEKDAYS[(((day + 4) % 7) + 7) % 7];
    if (!days.includes(weekday)) continue;
    windows.push({
      from: momentOf(day * DAY + begins, offsetOf),
      to: momentOf(day * DAY + ends, offsetOf),
    });
  }
  return windows;
}

/** Calendars whose windows were worked out lately: a job asks again for each page. */
const calendars = new Map<string, (time: number) => boolean>();
const MOST_CALENDARS = 50;

/** @returns whether a schedule holds at a time in epoch milliseconds; fast where times lie close together */
export function compileSchedule(schedule: Schedule): (time: number) => boolean {
  if (schedule.type !== 'icalendar') return compiled(schedule);
  const key = `${schedule.time_zone}\n${schedule.text}`;
  let known = calendars.get(key);
  if (known === undefined) {
    known = compiled(schedule);
    if (calendars.size >= MOST_CALENDARS) calendars.clear();
    calendars.set(key, known);
  }
  return known;
}

function compiled(schedule: Schedule): (time: number) => boolean {
  const windows = windowsIn(schedule);
  let span = NaN;
  let known: readonly TimeWindow[] = [];
  return (time) => {
    const wanted = Math.floor(time / SPAN);
    if (wanted !== span) {
      known = windows({ from: wanted * SPAN, to: (wanted + 1) * SPAN });
      span = wanted;
    }
    return known.some(({ from, to }) => time >= from && time < to);
  };
}

/** @returns share of a range that a schedule covers, in [0, 1] */
export const coverageOf = (schedule: Schedule, range: TimeWindow): number =>
  lengthOf(windowsOf(schedule, range)) / (range.to - range.from);
