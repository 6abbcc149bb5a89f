import { z } from 'zod';
import { offsetsOf } from '../log_features/time/time_encoding';
import { scoreAtExceedance } from './exceedance';
import { HOURS_OF_DAY, HOURS_OF_WEEK, modulo } from './local_hours';
import type { ScoreQuantiles } from './score_quantiles';
import { HOUR, wholeHours } from '../duration';

const QUARTER = HOUR / 4;
/** 1970-01-01 was a Thursday: so many hours after a Monday. */
const EPOCH_HOUR_OF_WEEK = 3 * HOURS_OF_DAY;
/** An hour is compared with the others by its share of logs above the score that this share of all logs reach. */
const HIGH_SHARE = 0.05;
/** Logs of an hour that say something of it. */
const FEWEST_LOGS = 50;
/** Parts of what an hour is off by that go into the offset of the hour of the day, and of that of the week. */
const DAILY_RATE = 0.15;
const WEEKLY_RATE = 0.2;
/** Largest step of an offset and largest offset, in e-folds of the number of alerts. */
const LARGEST_STEP = 0.25;
const LARGEST_OFFSET = 1.5;

export const rhythmSchema = z.strictObject({
  /** Offsets of the score, by the hour of the day and of the week in local time, Monday first; they add up. */
  daily: z.array(z.number()).length(HOURS_OF_DAY),
  weekly: z.array(z.number()).length(HOURS_OF_WEEK),
  /** Score, less its offset, that {@link HIGH_SHARE} of all logs reach; absent until it is known. */
  high: z.number().optional(),
  /** IANA time zone of the hours; absent in states of before: UTC. */
  time_zone: z.string().max(64).optional(),
  /** The hour that is being counted, in local hours since 1970: its logs, those above `high`, and those above the threshold. */
  hour: z
    .strictObject({
      at: z.number().int(),
      logs: z.number().int().nonnegative(),
      high: z.number().int().nonnegative(),
      alerts: z.number().int().nonnegative(),
    })
    .optional(),
});
export type RhythmState = z.infer<typeof rhythmSchema>;

/**
 * By how much scores are higher or lower than usual in each hour of the week, in time that is known in advance: nights
 * in which batch jobs run, quiet weekends.
 *
 * Each hour is compared with all by the share of its logs above the 95th percentile of all: with an exponential tail the
 * logarithm of that share is the shift in e-folds. A small part of the shift goes into the offset of the hour of the day and
 * of the hour of the week (exponential smoothing, as the seasonal part of Holt and Winters' method), less what chance may
 * do. Steps and offsets are bounded, and an hour with an incident teaches nothing.
 */
export class WeeklyRhythm {
  /** Logs mostly come hour by hour. */
  private known = { hour: NaN, offset: 0 };

  private quarter = NaN;
  private hourOfQuarter = NaN;
  private readonly offsetOfZone: (time: number) => number;

  /**
   * @param scale score over which the number of alerts falls to 1/e of it
   * @throws DetectionError `invalid_input` for a time zone that the runtime does not know
   */
  constructor(
    private readonly state: RhythmState,
    private readonly scale: number,
  ) {
    this.offsetOfZone = offsetsOf(state.time_zone ?? 'UTC');
  }

  static start(timeZone: string): RhythmState {
    return {
      daily: new Array<number>(HOURS_OF_DAY).fill(0),
      weekly: new Array<number>(HOURS_OF_WEEK).fill(0),
      time_zone: timeZone,
    };
  }

  /** The offsets as they are, with scores on another scale. */
  static onScale({ daily, weekly, time_zone }: RhythmState, factor: number): RhythmState {
    return {
      daily: daily.map((offset) => offset * factor),
      weekly: weekly.map((offset) => offset * factor),
      ...(time_zone !== undefined && { time_zone }),
    };
  }

  /** Returns the hours by which the clocks of a zone are ahead of those of the rhythm. @param at epoch milliseconds */
  static hoursTo(state: RhythmState, timeZone: string, at: number): number {
    const before = state.time_zone ?? 'UTC';
    return before === timeZone ? 0 : wholeHours(offsetsOf(timeZone)(at) - offsetsOf(before)(at));
  }

  /**
   * The offsets by the hours of another time zone.
   *
   * @param at when the change comes, epoch milliseconds: its difference of hours is that of the zones then
   */
  static inZone(state: RhythmState, timeZone: string, at: number): RhythmState {
    if ((state.time_zone ?? 'UTC') === timeZone) return state;
    const shift = WeeklyRhythm.hoursTo(state, timeZone, at);
    const turned = (offsets: readonly number[]): number[] =>
      offsets.map((_none, hour) => offsets[modulo(hour - shift, offsets.length)]);
    return { daily: turned(state.daily), weekly: turned(state.weekly), time_zone: timeZone };
  }

  /** @param time epoch milliseconds @returns local hours since the Monday before 1970 */
  localHourOf(time: number): number {
    // Offsets of all zones change at whole quarters of an hour.
    const quarter = Math.floor(time / QUARTER);
    if (quarter !== this.quarter) {
      this.quarter = quarter;
      this.hourOfQuarter = Math.floor((time + this.offsetOfZone(time)) / HOUR) + EPOCH_HOUR_OF_WEEK;
    }
    return this.hourOfQuarter;
  }

  /** The begin of the local hour that a time lies in. @param time epoch milliseconds */
  startOfHour(time: number): number {
    return time - modulo(time + this.offsetOfZone(time), HOUR);
  }

  /** @param time epoch milliseconds */
  offsetAt(time: number): number {
    const hour = this.localHourOf(time);
    if (hour !== this.known.hour) this.known = { hour, offset: this.offsetOf(modulo(hour, HOURS_OF_WEEK)) };
    return this.known.offset;
  }

  /** For each hour of the week, Monday 00:00 of local time first. */
  offsets(): number[] {
    return Array.from({ length: HOURS_OF_WEEK }, (_none, hour) => this.offsetOf(hour));
  }

  private offsetOf(hour: number): number {
    const { daily, weekly } = this.state;
    const most = LARGEST_OFFSET * this.scale;
    return Math.max(-most, Math.min(most, daily[hour % HOURS_OF_DAY] + weekly[hour]));
  }

  /**
   * Counts one log; a log of a later hour ends the one that is being counted, whenever within the hour that comes.
   *
   * @param residual score less its offset
   * @param mostAlerts with more of them an hour was an incident, which teaches nothing
   */
  see(residual: number, time: number, isAnomaly: boolean, mostAlerts: number): void {
    const { state } = this;
    if (state.high === undefined) return;
    const at = this.localHourOf(time);
    if (state.hour === undefined || state.hour.at < at) {
      const { hour } = state;
      if (hour !== undefined && hour.logs >= FEWEST_LOGS && hour.alerts <= mostAlerts) {
        this.learn(hour.at, hour.high, hour.logs);
      }
      state.hour = { at, logs: 0, high: 0, alerts: 0 };
    }
    // Late logs belong to hours that are not counted any more.
    if (state.hour.at !== at) return;
    state.hour.logs++;
    if (residual >= state.high) state.hour.high++;
    if (isAnomaly) state.hour.alerts++;
  }

  /** @param quantiles of the scores less their offsets: what counts as high from now on */
  compareWith(quantiles: ScoreQuantiles | undefined): void {
    if (quantiles !== undefined) this.state.high = scoreAtExceedance(quantiles, HIGH_SHARE);
  }

  private learn(at: number, high: number, logs: number): void {
    const expected = HIGH_SHARE * logs;
    const shift = Math.log(Math.max(high, 0.5) / expected);
    const chance = 1 / Math.sqrt(expected);
    const folds = Math.sign(shift) * Math.max(0, Math.abs(shift) - chance);
    const step = (rate: number): number =>
      this.scale * Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, rate * folds));
    const hour = modulo(at, HOURS_OF_WEEK);
    addCentred(this.state.daily, hour % HOURS_OF_DAY, step(DAILY_RATE));
    addCentred(this.state.weekly, hour, step(WEEKLY_RATE));
    this.known = { hour: NaN, offset: 0 };
  }
}

/** The offsets keep adding up to 0: what all hours have in common is for the base to follow. */
function addCentred(offsets: number[], place: number, change: number): void {
  offsets[place] += change;
  const mean = change / offsets.length;
  for (let i = 0; i < offsets.length; i++) offsets[i] -= mean;
}
