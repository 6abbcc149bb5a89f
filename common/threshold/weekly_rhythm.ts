import { z } from 'zod';
import { scoreAtExceedance } from './exceedance';
import type { ScoreQuantiles } from './score_quantiles';

const HOUR = 3_600_000;
const HOURS_OF_DAY = 24;
const HOURS_OF_WEEK = 168;
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
  /** Offsets of the score, by the hour of the day and of the week in UTC, Monday first; they add up. */
  daily: z.array(z.number()).length(HOURS_OF_DAY),
  weekly: z.array(z.number()).length(HOURS_OF_WEEK),
  /** Score, less its offset, that {@link HIGH_SHARE} of all logs reach; absent until it is known. */
  high: z.number().optional(),
  /** The hour that is being counted, in hours since 1970: its logs, those above `high`, and those above the threshold. */
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

  /** @param scale score over which the number of alerts falls to 1/e of it */
  constructor(
    private readonly state: RhythmState,
    private readonly scale: number,
  ) {}

  static start(): RhythmState {
    return {
      daily: new Array<number>(HOURS_OF_DAY).fill(0),
      weekly: new Array<number>(HOURS_OF_WEEK).fill(0),
    };
  }

  /** The offsets as they are, with scores on another scale. */
  static onScale({ daily, weekly }: RhythmState, factor: number): RhythmState {
    return { daily: daily.map((offset) => offset * factor), weekly: weekly.map((offset) => offset * factor) };
  }

  /** @param time epoch milliseconds */
  offsetAt(time: number): number {
    const hour = Math.floor(time / HOUR);
    if (hour !== this.known.hour) this.known = { hour, offset: this.offsetOf(hourOfWeek(hour)) };
    return this.known.offset;
  }

  /** For each hour of the week, Monday 00:00 UTC first. */
  offsets(): number[] {
    return Array.from({ length: HOURS_OF_WEEK }, (_none, hour) => this.offsetOf(hour));
  }

  private offsetOf(hour: number): number {
    const { daily, weekly } = this.state;
    const most = LARGEST_OFFSET * this.scale;
    return Math.max(-most, Math.min(most, daily[hour % HOURS_OF_DAY] + weekly[hour]));
  }

  /** @param residual score less its offset */
  see(residual: number, time: number, isAnomaly: boolean): void {
    const { state } = this;
    if (state.high === undefined) return;
    const at = Math.floor(time / HOUR);
    state.hour ??= { at, logs: 0, high: 0, alerts: 0 };
    // Late logs, and those of the next hour until it is begun, belong to hours that are not counted.
    if (state.hour.at !== at) return;
    state.hour.logs++;
    if (residual >= state.high) state.hour.high++;
    if (isAnomaly) state.hour.alerts++;
  }

  /**
   * Learns from the hour that was counted, if it is over, and begins with another one.
   *
   * @param quantiles of the scores less their offsets
   * @param mostAlerts with more of them an hour was an incident
   */
  finishHours(time: number, quantiles: ScoreQuantiles | undefined, mostAlerts: number): void {
    const { state } = this;
    const { hour } = state;
    const at = Math.floor(time / HOUR);
    if (hour !== undefined && hour.at < at && hour.logs >= FEWEST_LOGS && hour.alerts <= mostAlerts) {
      this.learn(hour.at, hour.high, hour.logs);
    }
    if (hour === undefined || hour.at < at) state.hour = { at, logs: 0, high: 0, alerts: 0 };
    if (quantiles !== undefined) state.high = scoreAtExceedance(quantiles, HIGH_SHARE);
  }

  private learn(at: number, high: number, logs: number): void {
    const expected = HIGH_SHARE * logs;
    const shift = Math.log(Math.max(high, 0.5) / expected);
    const chance = 1 / Math.sqrt(expected);
    const folds = Math.sign(shift) * Math.max(0, Math.abs(shift) - chance);
    const step = (rate: number): number =>
      this.scale * Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, rate * folds));
    const hour = hourOfWeek(at);
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

/** @param hour since 1970 @returns 0 for Monday 00:00 UTC */
const hourOfWeek = (hour: number): number =>
  (((hour + EPOCH_HOUR_OF_WEEK) % HOURS_OF_WEEK) + HOURS_OF_WEEK) % HOURS_OF_WEEK;
