import moment, { type Moment } from 'moment';
import type { Interval } from '../values/time_range';

/** A place on a time axis, at a round hour or day. */
export interface TimeTick {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly label: string;
  /** The date, where a day begins or the axis does. */
  readonly day?: string;
}

type Unit = 'second' | 'minute' | 'hour' | 'day' | 'month';

/** Distances between ticks, each a whole part of the next larger unit, so that ticks stand at round times. */
const STEPS: readonly (readonly [count: number, unit: Unit, milliseconds: number])[] = [
  ...[1, 5, 15, 30].map((count) => [count, 'second', count * 1_000] as const),
  ...[1, 5, 10, 15, 30].map((count) => [count, 'minute', count * 60_000] as const),
  ...[1, 2, 3, 6, 12].map((count) => [count, 'hour', count * 3_600_000] as const),
  ...[1, 2, 7, 14].map((count) => [count, 'day', count * 86_400_000] as const),
  ...[1, 3, 6, 12].map((count) => [count, 'month', count * 30 * 86_400_000] as const),
];

/** Writes the times of an axis that chooses its ticks by itself, as {@link timeTicks} writes its own. */
export function tickFormatOf({ from, to }: Interval): (time: number) => string {
  const days = (to - from) / 86_400_000;
  const format =
    days <= 1 / 24
      ? 'HH:mm:ss'
      : days <= 1
        ? 'HH:mm'
        : days <= 7
          ? 'MMM D, HH:mm'
          : days <= 366
            ? 'MMM D'
            : 'MMM YYYY';
  return (time) => moment(time).format(format);
}

/**
 * Returns the ticks of a range: whole minutes, hours, days or months in the time zone of moment, which is Kibana's.
 *
 * @param most ticks that there is room for, at least 1
 */
export function timeTicks({ from, to }: Interval, most: number): TimeTick[] {
  const [count, unit] =
    STEPS.find(([, , milliseconds]) => (to - from) / milliseconds <= Math.max(1, most)) ??
    STEPS[STEPS.length - 1];
  const isWithinDays = unit === 'second' || unit === 'minute' || unit === 'hour';
  const ticks: TimeTick[] = [];
  let day = '';
  for (const at = firstTick(from, count, unit); at.valueOf() < to; next(at, count, unit)) {
    const date = at.format('MMM D');
    if (at.valueOf() < from) continue;
    ticks.push(
      isWithinDays
        ? {
            time: at.valueOf(),
            label: at.format(unit === 'second' ? 'HH:mm:ss' : 'HH:mm'),
            ...(date !== day && { day: date }),
          }
        : { time: at.valueOf(), label: unit === 'month' ? at.format('MMM YYYY') : date },
    );
    day = date;
  }
  return ticks;
}

/** A round time at or before the beginning of the range. */
function firstTick(from: number, count: number, unit: Unit): Moment {
  switch (unit) {
    case 'second':
    case 'minute':
      return moment(from).startOf('hour');
    case 'hour':
      return moment(from).startOf('day');
    case 'day': {
      const day = moment(from).startOf('day');
      return count < 7 ? day.subtract(day.dayOfYear() % count, 'days') : day.startOf('isoWeek');
    }
    case 'month':
      return moment(from).startOf(count === 1 ? 'month' : 'year');
  }
}

/** Hours are counted from midnight: a day of 23 or 25 hours keeps its round hours. */
function next(at: Moment, count: number, unit: Unit): void {
  if (unit !== 'hour') {
    at.add(count, unit);
    return;
  }
  const before = at.valueOf();
  const hour = at.hour() + count;
  if (hour >= 24) at.add(1, 'day').startOf('day');
  else at.hour(hour);
  if (at.valueOf() <= before) at.add(count, 'hour');
}
