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
/** Scores that are kept of the hour that is being counted. */
const MOST_KEPT = 64;

const slotSchema = z.strictObject({
  occurrences: z.number().int().nonnegative(),
  /** Since the latest occurrence. */
  absences: z.number().int().nonnegative(),
  /** Score that about as many logs of the hour reach as the budget of an hour allows; absent under a new model. */
  level: z.number().optional(),
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

  /** The events that are known, without their levels: a new model scores on another scale. */
  static underNewModel({ slots, usual }: RecurringState): RecurringState {
    return {
      usual,
      slots: Object.fromEntries(
        Object.entries(slots).map(([key, { level: _level, ...slot }]) => [key, slot]),
      ),
    };
  }

  /** The events by the hours of clocks that are so many hours ahead; the hour that is being counted is left out. */
  static shifted({ slots, usual }: RecurringState, hours: number): RecurringState {
    return {
      usual,
      slots: Object.fromEntries(
        Object.entries(slots).map(([key, slot]) => {
          const [unit, hour] = key.split(':') as [Unit, string];
          return [`${unit}:${modulo(Number(hour) + hours, HOURS_OF[unit])}`, slot];
        }),
      ),
    };
  }

  /**
   * The level of the event that is known for an hour.
   *
   * @param hour local, since a Monday
   */
  levelAt(hour: number): number | undefined {
    const levels = keysOf(hour).flatMap(({ key, unit }) => {
      const slot = this.state.slots[key] as RecurringState['slots'][string] | undefined;
      return slot !== undefined && isKnown(slot, unit) && slot.level !== undefined ? [slot.level] : [];
    });
    return levels.length === 0 ? undefined : Math.max(...levels);
  }

  /**
   * Counts one log; a log of a later hour ends the one that is being counted.
   *
   * @param hour local, since a Monday
   * @param isOver says that it reaches the threshold that holds without any event
   * @returns what has become known by the hour that has ended
   */
  see(hour: number, score: number, isOver: boolean, limits: HourlyLimits): readonly RecurringChange[] {
    const { state } = this;
    let changes: readonly RecurringChange[] = [];
    if (state.hour === undefined || hour > state.hour.at) {
      if (state.hour !== undefined) changes = this.finish(state.hour, limits);
      state.hour = { at: hour, over: 0, top: [] };
    }
    // Late logs belong to hours that are over.
    if (hour !== state.hour.at || !isOver) return changes;
    const { top } = state.hour;
    state.hour.over++;
    if (top.length < MOST_KEPT || score > top[top.length - 1]) {
      let place = top.length;
      while (place > 0 && top[place - 1] < score) place--;
      top.splice(place, 0, score);
      if (top.length > MOST_KEPT) top.pop();
    }
    return changes;
  }

  private finish(
    { at, over, top }: NonNullable<RecurringState['hour']>,
    { fewest, rank }: HourlyLimits,
  ): readonly RecurringChange[] {
    const changes: RecurringChange[] = [];
    const { slots } = this.state;
    const hour = modulo(at, HOURS_OF_DAY);
    // The base follows an increase in all hours.
    const standsOut = over >= fewest && over >= TIMES_THE_OTHERS * this.state.usual;
    this.state.usual += (over - this.state.usual) / HOURS_OF_DAY;
    for (const { key, unit } of keysOf(at)) {
      const before = slots[key] as RecurringState['slots'][string] | undefined;
      if (standsOut) {
        const level = top[Math.min(rank, top.length) - 1];
        const slot = {
          occurrences: Math.min((before?.occurrences ?? 0) + 1, 1_000),
          absences: 0,
          level: before?.level === undefined ? level : before.level + LATEST_WEIGHT * (level - before.level),
          logs: before === undefined ? over : before.logs + LATEST_WEIGHT * (over - before.logs),
        };
        slots[key] = slot;
        if (unit === 'day' && isKnown(slot, unit) && !(before && isKnown(before, unit))) {
          changes.push({ kind: 'recurring', hour, logs: Math.round(slot.logs) });
        }
      } else if (before !== undefined) {
        const absences = before.absences + 1;
        if (absences < ABSENCES[unit]) slots[key] = { ...before, absences };
        else {
          delete slots[key];
          if (unit === 'day' && isKnown(before, unit)) {
            changes.push({ kind: 'recurring_over', hour, logs: Math.round(before.logs) });
          }
        }
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
