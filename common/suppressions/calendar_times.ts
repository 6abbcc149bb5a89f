import ICAL from 'ical.js';
import { momentOf, offsetIn } from './local_time';
import type { TimeWindow } from './time_windows';

const DAY_SECONDS = 86_400;

/** Local digits of a time as if they were UTC, epoch milliseconds. */
const digitsOf = (time: ICAL.Time): number =>
  Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);

/** True of UTC and of the zones that the calendar defines. */
const isZoned = (time: ICAL.Time): boolean =>
  !time.isDate && time.zone !== null && time.zone !== ICAL.Timezone.localTimezone;

/** A zone that the calendar defines is followed as it says; any other by its IANA name. */
const timeOf = (time: ICAL.Time, zone: string): number =>
  isZoned(time) ? time.toUnixTime() * 1_000 : momentOf(digitsOf(time), offsetIn(zone));

const namedZone = (property: ICAL.Property | null): string | undefined => {
  const given: unknown = property?.getParameter('tzid');
  return typeof given === 'string' ? given : undefined;
};

const UTC = 'UTC';

/** Name of the zone of a time: two with the same name have the same. */
const zoneOf = (time: ICAL.Time, property: ICAL.Property | null, zone: string): string =>
  time.zone === ICAL.Timezone.utcTimezone ? UTC : (namedZone(property) ?? zone);

/**
 * The time that an event takes. An end in the zone of the begin, and days of a duration, follow the clocks there: a night from 22:00 to 6:00 ends
 * at 6:00 also where clocks change. Hours of a duration, and an end in another zone, are as long as they are.
 *
 * @param item the event that says how long it takes and in which zone its times are
 * @param zone IANA name, for an event that names none
 */
export function windowOf(start: ICAL.Time, item: ICAL.Event, zone: string): TimeWindow {
  const { component } = item;
  const begin = component.getFirstProperty('dtstart');
  const named = namedZone(begin) ?? zone;
  const from = timeOf(start, named);
  const later = (seconds: number): number => {
    const end = start.clone();
    const days = Math.trunc(seconds / DAY_SECONDS);
    end.adjust(days, 0, 0, seconds - days * DAY_SECONDS);
    return timeOf(end, named);
  };
  const duration = component.getFirstPropertyValue('duration') as ICAL.Duration | null;
  const end = component.getFirstProperty('dtend');
  const endTime = end?.getFirstValue() as ICAL.Time | null | undefined;
  if (endTime && !(endTime.isDate && !item.startDate.isDate)) {
    const isSame = zoneOf(endTime, end, zone) === zoneOf(item.startDate, begin, zone);
    if (isSame || endTime.isDate)
      return { from, to: later((digitsOf(endTime) - digitsOf(item.startDate)) / 1_000) };
    const length = timeOf(endTime, namedZone(end) ?? zone) - timeOf(item.startDate, named);
    return { from, to: from + length };
  }
  if (duration === null) return { from, to: item.startDate.isDate ? later(DAY_SECONDS) : from };
  const sign = duration.isNegative ? -1 : 1;
  const days = sign * (duration.weeks * 7 + duration.days) * DAY_SECONDS;
  const rest = sign * (duration.hours * 3_600 + duration.minutes * 60 + duration.seconds);
  return { from, to: later(days) + rest * 1_000 };
}

/**
 * States the times that a series leaves out, adds, moves or ends with in the zone of its begin. The library compares times of zones that
 * the calendar does not define by their digits alone.
 *
 * @param components all events of the calendar; changed in place
 * @param zone IANA name, for events that name none
 */
export function stateInOneZone(components: readonly ICAL.Component[], zone: string): void {
  const begins = new Map<unknown, ICAL.Property>();
  const uidOf = (component: ICAL.Component): unknown => component.getFirstPropertyValue('uid');
  for (const component of components) {
    const begin = component.getFirstProperty('dtstart');
    if (begin !== null && !component.hasProperty('recurrence-id') && !begins.has(uidOf(component)))
      begins.set(uidOf(component), begin);
  }
  for (const component of components) {
    const moves = component.hasProperty('recurrence-id');
    const begin = moves ? begins.get(uidOf(component)) : component.getFirstProperty('dtstart');
    const start = begin?.getFirstValue();
    if (!begin || !(start instanceof ICAL.Time) || start.isDate) continue;
    const restated = (time: ICAL.Time, property: ICAL.Property | null): ICAL.Time =>
      stated(time, namedZone(property), { start, name: namedZone(begin) ?? zone });
    for (const name of moves ? ['recurrence-id'] : ['exdate', 'rdate']) {
      for (const property of component.getAllProperties(name)) {
        const values: unknown[] = property.getValues();
        if (!values.every((value) => value instanceof ICAL.Time)) continue;
        const times = values.map((time) => restated(time, property));
        if (property.isMultiValue) property.setValues(times);
        else property.setValue(times[0]);
      }
    }
    for (const property of component.getAllProperties('rrule')) {
      const rule = property.getFirstValue() as unknown as ICAL.Recur;
      if (rule.until instanceof ICAL.Time) rule.until = restated(rule.until, null);
    }
  }
}

/** @param given name of the zone of `time`, where it has one */
function stated(
  time: ICAL.Time,
  given: string | undefined,
  { start, name }: { readonly start: ICAL.Time; readonly name: string },
): ICAL.Time {
  if (time.isDate) return time;
  if (isZoned(start)) {
    if (isZoned(time)) return time;
    if (given !== undefined) return ICAL.Time.fromJSDate(new Date(timeOf(time, given)), true);
    const inZone = time.clone();
    inZone.zone = start.zone;
    return inZone;
  }
  if (!isZoned(time) && (given === undefined || given === name)) return time;
  const moment = timeOf(time, given ?? name);
  const local = ICAL.Time.fromJSDate(new Date(moment + offsetIn(name)(moment)), true);
  local.zone = ICAL.Timezone.localTimezone;
  return local;
}
