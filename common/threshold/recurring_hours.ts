import { z } from 'zod';
import { HOURS_OF_DAY, HOURS_OF_WEEK, modulo } from './local_hours';

/** Days on which an hour has to stand out, and weeks for an hour of the week, before it counts as one that recurs. */
const OCCURRENCES = { day: 4, week: 3 } as const;
/** Days and weeks without it after which it is forgotten: a weekend without the batch of the working days is none. */
const ABSENCES = { day: 3, week: 2 } as const;
/** Weight of the latest occurrence in what is remembered of all. */
const LATEST_WEIGHT = 0.4;
/** An hour stands out with this many times the logs of the hours of the day before it, on average. */
const TIMES_THE_OTHERS = 4;
/** Scores that are kept of the hour that is being counted; more where the budget of an hour is larger, as far as the state may grow. */
const USUALLY_KEPT = 64;
const MOST_KEPT = 1_024;
/** The threshold in the hour of an event lies above its level by this part of the scale; of a level of another model by all of it. */
const MARGIN = 0.25;
const CARRIED_MARGIN = 1;
/** Hours without a log that count: in so many each event is forgotten. */
export const MOST_SILENT_HOURS = 3 * HOURS_OF_WEEK;

const slotSchema = z.strictObject({
  occurrences: z.number().int().nonnegative(),
  /** Since the latest occurrence. */
  absences: z.number().int().nonnegative(),
  /** Score that about as many logs of the hour reach as the budget of an hour allows; absent in states of before, under a new model. */
  level: z.number().optional(),
  /** The level was learned under another model, and holds until the event comes again. */
  carried: z.literal(true).optional(),
  /** Logs above the threshold, on average. */
  logs: z.number().nonnegative(),
});
export const recurringSchema = z.strictObject({
  /** By the hour of the day, `day:4`, and of the week, `week:28`, in local time, Monday first. */
  slots: z.record(z.string().regex(/^(day|week):\d{1,3}$/), slotSchema),
  /** Logs above the threshold in an hour, on average over a day that forgets. */
  usual: z.number().nonnegative(),
  /** The hour that is being counted, in local hours since a Monday: logs above the threshold, and the highest scores. */
  hour: z
    .strictObject({
      at: z.number().int(),
      over: z.number().int().nonnegative(),
      top: z.array(z.number()).max(MOST_KEPT),
    })
    .optional(),
});
export type RecurringState = z.infer<typeof recurringSchema>;

/** Change in the knowledge of an hour. */
export interface RecurringChange {
  readonly kind: 'recurring' | 'recurring_over';
  /** Of the day, local. */
  readonly hour: number;
  readonly logs: number;
}

/** Limits of an hour, from the budget of alerts. */
export interface HourlyLimits {
  /** Logs above the threshold from which an hour stands out. */
  readonly fewest: number;
  /** Of the highest scores, the one from which the threshold of the hour begins: counted from 1. */
  readonly rank: number;
}

/**
 * Hours that stand out day after day or week after week, such as that of a nightly batch: an event that recurs on four of
 * the latest days (or in three weeks) and was away for less than three days is known, and its hour gets a threshold of its own
 * at the level of its scores. What scores higher in that hour is reported as ever; what comes at another hour, too.
 */
export class RecurringHours {
  constructor(private readonly state: RecurringState) {}

  static start(): RecurringState {
    return { slots: {}, usual: 0 };
  }

  /**
   * The events under a new model, which scores on another scale.
   *
   * @param onNewScale where a score of the model before lies about
   */
  static underNewModel(
    { slots, usual, hour }: RecurringState,
    onNewScale: (score: number) => number,
  ): RecurringState {
    return {
      usual,
      slots: Object.fromEntries(
        Object.entries(slots).map(([key, slot]) => [
          key,
          slot.level === undefined
            ? slot
            : { ...slot, level: onNewScale(slot.level), carried: true as const },
        ]),
      ),
      ...(hour !== undefined && { hour: { ...hour, top: hour.top.map(onNewScale) } }),
    };
  }

  /** The events by the hours of clocks that are so many hours ahead; the hour that is being counted is left out then. */
  static shifted({ slots, usual, hour: counted }: RecurringState, hours: number): RecurringState {
    return {
      usual,
      ...(hours === 0 && counted !== undefined && { hour: counted }),
      slots: Object.fromEntries(
        Object.entries(slots).map(([key, slot]) => {
          const [unit, hour] = key.split(':') as [Unit, string];
          return [`${unit}:${modulo(Number(hour) + hours, HOURS_OF[unit])}`, slot];
        }),
      ),
    };
  }

  /**
   * The threshold of the event that is known for an hour.
   *
   * @param hour local, since a Monday
   * @param scale score over which the number of alerts falls to 1/e of it
   */
  thresholdAt(hour: number, scale: number): number | undefined {
    const thresholds = keysOf(hour).flatMap(({ key, unit }) => {
      const slot = this.state.slots[key] as RecurringState['slots'][string] | undefined;
      if (slot?.level === undefined || !isKnown(slot, unit)) return [];
      return [slot.level + (slot.carried === true ? CARRIED_MARGIN : MARGIN) * scale];
    });
    return thresholds.length === 0 ? undefined : Math.max(...thresholds);
  }

  /** The hour that is being counted, local, since a Monday. */
  get countedHour(): number | undefined {
    return this.state.hour?.at;
  }

  /**
   * Begins the hour of a log, unless it is the one that is being counted, or over.
   *
   * @param hour local, since a Monday
   * @param silent hours without any log between the one that is being counted and this, in order
   * @returns what has become known by the hours that have ended
   */
  begin(hour: number, silent: readonly number[], limits: HourlyLimits): readonly RecurringChange[] {
    const { state } = this;
    if (state.hour !== undefined && hour <= state.hour.at) return [];
    const changes = state.hour === undefined ? [] : this.finish(state.hour, limits);
    // They say nothing of what is usual in hours that have logs: of some sources all logs come in one hour of the day.
    for (const at of silent) changes.push(...this.countAbsence(at));
    state.hour = { at: hour, over: 0, top: [] };
    return changes;
  }

  /**
   * Counts one log above the threshold that holds without any event. Late logs belong to hours that are over.
   *
   * @param hour local, since a Monday
   */
  see(hour: number, score: number, { rank }: HourlyLimits): void {
    const counted = this.state.hour;
    if (counted?.at !== hour) return;
    const { top } = counted;
    const most = Math.min(MOST_KEPT, Math.max(USUALLY_KEPT, rank));
    counted.over++;
    if (top.length < most || score > top[top.length - 1]) {
      let place = top.length;
      while (place > 0 && top[place - 1] < score) place--;
      top.splice(place, 0, score);
      if (top.length > most) top.pop();
    }
  }

  private finish(
    { at, over, top }: NonNullable<RecurringState['hour']>,
    { fewest, rank }: HourlyLimits,
  ): RecurringChange[] {
    // The base follows an increase in all hours.
    const standsOut = over >= fewest && over >= TIMES_THE_OTHERS * this.state.usual;
    this.state.usual += (over - this.state.usual) / HOURS_OF_DAY;
    return standsOut
      ? this.countOccurrence(at, over, top[Math.min(rank, top.length) - 1])
      : this.countAbsence(at);
  }

  /** @param at local hour since a Monday, with so many logs above the threshold */
  private countOccurrence(at: number, over: number, level: number): RecurringChange[] {
    const { slots } = this.state;
    const changes: RecurringChange[] = [];
    for (const { key, unit } of keysOf(at)) {
      const before = slots[key] as RecurringState['slots'][string] | undefined;
      const slot = {
        occurrences: Math.min((before?.occurrences ?? 0) + 1, 1_000),
        absences: 0,
        level:
          before?.level === undefined || before.carried === true
            ? level
            : before.level + LATEST_WEIGHT * (level - before.level),
        logs: before === undefined ? over : before.logs + LATEST_WEIGHT * (over - before.logs),
      };
      slots[key] = slot;
      if (unit === 'day' && isKnown(slot, unit) && !(before && isKnown(before, unit))) {
        changes.push({ kind: 'recurring', hour: modulo(at, HOURS_OF_DAY), logs: Math.round(slot.logs) });
      }
    }
    return changes;
  }

  /** @param at local hour since a Monday in which nothing stood out */
  private countAbsence(at: number): RecurringChange[] {
    const { slots } = this.state;
    const changes: RecurringChange[] = [];
    for (const { key, unit } of keysOf(at)) {
      const before = slots[key] as RecurringState['slots'][string] | undefined;
      if (before === undefined) continue;
      const absences = before.absences + 1;
      if (absences < ABSENCES[unit]) {
        slots[key] = { ...before, absences };
        continue;
      }
      delete slots[key];
      if (unit === 'day' && isKnown(before, unit)) {
        changes.push({
          kind: 'recurring_over',
          hour: modulo(at, HOURS_OF_DAY),
          logs: Math.round(before.logs),
        });
      }
    }
    return changes;
  }
}

type Unit = keyof typeof OCCURRENCES;

const isKnown = ({ occurrences }: { readonly occurrences: number }, unit: Unit): boolean =>
  occurrences >= OCCURRENCES[unit];

const HOURS_OF: Readonly<Record<Unit, number>> = { day: HOURS_OF_DAY, week: HOURS_OF_WEEK };

const keysOf = (hour: number): readonly { readonly key: string; readonly unit: Unit }[] => [
  { key: `day:${modulo(hour, HOURS_OF_DAY)}`, unit: 'day' },
  { key: `week:${modulo(hour, HOURS_OF_WEEK)}`, unit: 'week' },
];
