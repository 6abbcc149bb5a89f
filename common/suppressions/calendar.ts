import ICAL from 'ical.js';
import { DetectionError } from '../detection_error';
import { stateInOneZone, windowOf } from './calendar_times';
import { CALENDAR_LIMITS } from './limits';
import { offsetIn } from './local_time';
import { joinWindows, type TimeWindow } from './time_windows';

/** A calendar that was read: what it holds, and when its events take place. */
export interface Calendar {
  readonly name?: string;
  readonly events: number;
  /** @throws DetectionError `refused` where too many occurrences lie before the end of the range */
  windows(range: TimeWindow): TimeWindow[];
  /** {@link windows} with a pause after each occurrence. */
  windowsInSteps(range: TimeWindow): Generator<void, TimeWindow[]>;
}

const refuse = (what: string, cause?: unknown): never => {
  throw new DetectionError('invalid_input', `The calendar ${what}`, { cause });
};

interface Rule {
  readonly freq: string;
  readonly interval?: number;
  readonly parts?: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * Parts of a rule that are taken. The library searches without end for what never comes true, and for some that does, so
 * that is left out: BYMONTHDAY in a daily rule, BYSETPOS in a yearly one, several days apart on a day of the week.
 */
const PARTS: Readonly<Record<string, { parts: readonly string[]; interval: number }>> = {
  DAILY: { parts: ['BYDAY', 'BYMONTH'], interval: 366 },
  WEEKLY: { parts: ['BYDAY'], interval: 52 },
  MONTHLY: { parts: ['BYDAY', 'BYMONTHDAY', 'BYSETPOS'], interval: 12 },
  YEARLY: { parts: ['BYDAY', 'BYMONTH', 'BYMONTHDAY'], interval: 10 },
};
const ANYWHERE = ['BYHOUR', 'BYMINUTE', 'BYSECOND'];
/** Each weekday comes so often in every month. */
const WEEKS_A_MONTH = 4;

function checkRule(rule: Rule): void {
  const allowed = PARTS[rule.freq];
  if (allowed === undefined) {
    return refuse(`repeats an event by FREQ=${rule.freq}; allowed: ${Object.keys(PARTS).join(', ')}.`);
  }
  const given = Object.keys(rule.parts ?? {});
  const odd = given.find((part) => !allowed.parts.includes(part) && !ANYWHERE.includes(part));
  if (odd !== undefined) {
    refuse(
      `repeats an event by ${odd} in FREQ=${rule.freq}; allowed: ${[...allowed.parts, ...ANYWHERE].join(', ')}.`,
    );
  }
  const interval = rule.interval ?? 1;
  const longest =
    rule.freq === 'DAILY' && given.some((part) => allowed.parts.includes(part)) ? 1 : allowed.interval;
  if (interval < 1 || interval > longest) {
    refuse(`repeats an event with INTERVAL=${interval}; allowed with FREQ=${rule.freq}: 1 to ${longest}.`);
  }
  checkDays(rule);
  checkPosition(rule);
}

/** The first Monday is one of a month or a year; both kinds of days at once take the library very long in a year. */
function checkDays({ freq, parts = {} }: Rule): void {
  const numbered = (parts.BYDAY ?? []).map(String).find((day) => /\d/.test(day));
  if (numbered !== undefined && freq !== 'MONTHLY' && freq !== 'YEARLY') {
    refuse(`repeats an event by BYDAY=${numbered} in FREQ=${freq}; allowed there: days without a number.`);
  }
  if (freq === 'YEARLY' && parts.BYDAY !== undefined && parts.BYMONTHDAY !== undefined) {
    refuse('repeats an event by BYDAY and BYMONTHDAY in FREQ=YEARLY; allowed: one of them, or FREQ=MONTHLY.');
  }
}

/** The BYSETPOS-th of the days of a month must exist in every month. */
function checkPosition({ parts = {} }: Rule): void {
  const days = (parts.BYDAY ?? []).map(String);
  for (const position of parts.BYSETPOS ?? []) {
    const most = days.some((day) => /\d/.test(day)) ? 0 : days.length * WEEKS_A_MONTH;
    if (Math.abs(Number(position)) > most) {
      refuse(
        `repeats an event by BYSETPOS=${String(position)} of BYDAY=${days.join(',')}; allowed: days without a number, and up to ${WEEKS_A_MONTH} times as many of them.`,
      );
    }
  }
}

function checkRules(component: ICAL.Component): void {
  for (const property of component.getAllProperties('rrule')) {
    const rule = property.getFirstValue() as unknown as Rule;
    checkRule(rule);
    if (component.name !== 'vevent' && rule.freq !== 'YEARLY') {
      refuse(`has a time zone that changes by FREQ=${rule.freq}; allowed: YEARLY.`);
    }
  }
  for (const inner of component.getAllSubcomponents()) checkRules(inner);
}

/** The last year that the library follows the rules of a time zone to. */
const LAST_ZONE_YEAR = 2_035;

/** A rule of a time zone is followed through all of its years for each text, so what that takes is counted first. */
function checkZones(root: ICAL.Component): void {
  let rules = 0;
  let years = 0;
  let dates = 0;
  const { zoneRules, zoneYears, zoneDates } = CALENDAR_LIMITS;
  for (const zone of root.getAllSubcomponents('vtimezone')) {
    for (const change of zone.getAllSubcomponents()) {
      rules++;
      const start = change.getFirstPropertyValue('dtstart') as { year?: number } | null;
      const from = start?.year ?? 0;
      for (const property of change.getAllProperties('rrule')) {
        const { parts = {} } = property.getFirstValue() as unknown as Rule;
        const several = Object.entries(parts).find(([, values]) => values.length > 1);
        if (several !== undefined) {
          refuse(
            `has a time zone that changes on ${several[1].length} values of ${several[0]}; allowed: one.`,
          );
        }
        const day = (parts.BYDAY ?? []).map(String).find((each) => !/\d/.test(each));
        if (day !== undefined && parts.BYMONTHDAY === undefined) {
          refuse(`has a time zone that changes on each ${day}; allowed: numbered days such as -1${day}.`);
        }
        years += Math.max(1, LAST_ZONE_YEAR - from);
      }
      for (const property of change.getAllProperties('rdate')) dates += property.getValues().length;
    }
  }
  if (rules > zoneRules) refuse(`has time zones with ${rules} offsets; allowed: up to ${zoneRules}.`);
  if (years > zoneYears) {
    refuse(
      `has time zones whose rules hold for ${years} years together; allowed: up to ${zoneYears}. Let them begin later.`,
    );
  }
  if (dates > zoneDates) refuse(`has time zones that change on ${dates} dates; allowed: up to ${zoneDates}.`);
}

function checkYear(component: ICAL.Component): void {
  const { earliestYear, latestYear } = CALENDAR_LIMITS;
  for (const name of ['dtstart', 'dtend', 'recurrence-id']) {
    const year = (component.getFirstPropertyValue(name) as { year?: number } | null)?.year;
    if (year !== undefined && !(year >= earliestYear && year <= latestYear)) {
      refuse(`has an event in the year ${year}; allowed: ${earliestYear} to ${latestYear}.`);
    }
  }
}

/**
 * Reads the events of an iCalendar text (RFC 5545): recurring ones with their exceptions, time zones that it defines itself
 * and IANA names, all-day events. Cancelled events take no place.
 *
 * @param timeZone IANA name, for events that name no zone, unless the calendar does by X-WR-TIMEZONE
 * @throws DetectionError `invalid_input` saying what is wrong with the text
 */
export function readCalendar(text: string, timeZone: string): Calendar {
  if (text.length > CALENDAR_LIMITS.characters) {
    refuse(`has ${text.length} characters; allowed: up to ${CALENDAR_LIMITS.characters}.`);
  }
  let root: ICAL.Component;
  try {
    const parsed: unknown = ICAL.parse(text);
    root = new ICAL.Component(
      (Array.isArray((parsed as unknown[])[0]) ? (parsed as unknown[])[0] : parsed) as never,
    );
    checkRules(root);
    checkZones(root);
  } catch (error) {
    if (error instanceof DetectionError) throw error;
    return refuse(`cannot be read: ${(error as Error).message.slice(0, 300)}`, error);
  }
  if (root.name !== 'vcalendar') refuse(`begins with ${root.name.toUpperCase()}; it must be VCALENDAR.`);
  const components = root.getAllSubcomponents('vevent');
  if (components.length === 0) refuse('has no event.');
  if (components.length > CALENDAR_LIMITS.events) {
    refuse(`has ${components.length} events; allowed: up to ${CALENDAR_LIMITS.events}.`);
  }
  components.forEach(checkYear);
  const named = root.getFirstPropertyValue('x-wr-timezone');
  const zone = typeof named === 'string' ? named : timeZone;
  offsetIn(zone);
  stateInOneZone(components, zone);
  const name = root.getFirstPropertyValue('x-wr-calname');
  const series = seriesOf(components);
  return {
    ...(typeof name === 'string' && { name: name.slice(0, 200) }),
    events: components.length,
    windows: (range) => {
      const steps = windowsInSteps(range);
      for (;;) {
        const step = steps.next();
        if (step.done === true) return step.value;
      }
    },
    windowsInSteps,
  };
  function* windowsInSteps(range: TimeWindow): Generator<void, TimeWindow[]> {
    try {
      let steps = CALENDAR_LIMITS.steps;
      const found: TimeWindow[] = [];
      for (const { event, exceptions } of series) {
        for (const exception of exceptions) {
          if (takesPlace(exception.component)) found.push(windowOf(exception.startDate, exception, zone));
        }
        if (event === undefined || !takesPlace(event.component)) continue;
        const moved = new Set(exceptions.map(({ recurrenceId }) => recurrenceId.toString()));
        const occurrences = event.iterator();
        for (let next = occurrences.next(); next; next = occurrences.next()) {
          if (--steps < 0) {
            throw new DetectionError(
              'refused',
              `The calendar has more than ${CALENDAR_LIMITS.steps} occurrences up to ${new Date(range.to).toISOString()}; let it begin later.`,
            );
          }
          yield;
          const { startDate, item } = event.getOccurrenceDetails(next);
          const window = windowOf(startDate, item, zone);
          // One that was moved says nothing of those after it.
          const due = item === event ? window : windowOf(next, event, zone);
          if (due.from >= range.to && window.from >= range.to) break;
          if (moved.has(next.toString()) || !takesPlace(item.component)) continue;
          if (window.to > range.from) found.push(window);
        }
      }
      return joinWindows(found, range);
    } catch (error) {
      if (error instanceof DetectionError) throw error;
      return refuse(`cannot be followed: ${(error as Error).message.slice(0, 300)}`, error);
    }
  }
}

interface Series {
  /** Absent of changed occurrences of an event that the calendar does not have, as in an invitation to one of them. */
  readonly event?: ICAL.Event;
  readonly exceptions: readonly ICAL.Event[];
}

/** Each event with the exceptions of its own, of which the library would give it those of all; first the exceptions without an event. */
function seriesOf(components: readonly ICAL.Component[]): Series[] {
  const isException = (component: ICAL.Component): boolean => component.hasProperty('recurrence-id');
  const uidOf = (component: ICAL.Component): unknown => component.getFirstPropertyValue('uid');
  const events = components.filter((component) => !isException(component));
  const known = new Set(events.map(uidOf));
  const checkStart = (component: ICAL.Component): void => {
    if (!component.hasProperty('dtstart')) refuse('has an event without DTSTART.');
  };
  components.filter((each) => !isException(each) || takesPlace(each)).forEach(checkStart);
  const alone = components.filter(
    (component) => isException(component) && takesPlace(component) && !known.has(uidOf(component)),
  );
  const bare = (component: ICAL.Component): ICAL.Event => new ICAL.Event(component, { exceptions: [] });
  return [
    { exceptions: alone.map(bare) },
    ...events.map((component) => {
      const exceptions = components.filter(
        (other) => isException(other) && uidOf(other) === uidOf(component),
      );
      // The library takes the times of each exception, which one that is cancelled need not have.
      for (const other of exceptions) {
        if (other.hasProperty('dtstart')) continue;
        other.addPropertyWithValue('dtstart', other.getFirstPropertyValue('recurrence-id') as ICAL.Time);
      }
      return {
        event: new ICAL.Event(component, { strictExceptions: false, exceptions }),
        exceptions: exceptions.map(bare),
      };
    }),
  ];
}

const takesPlace = (component: ICAL.Component): boolean =>
  component.getFirstPropertyValue('status') !== 'CANCELLED';
