import { z } from 'zod';
import { joinPhrases, writePhrase } from './change_phrases';
import { DetectionError } from '../detection_error';
import { type Detector } from '../detector';
import { parseWith } from '../validation';
import { exceedance, scoreAtExceedance } from './exceedance';
import { learnWeightedQuantiles } from './learn_quantiles';
import { MOST_SILENT_HOURS, recurringSchema, RecurringHours, type HourlyLimits } from './recurring_hours';
import { rhythmSchema, WeeklyRhythm } from './weekly_rhythm';
import type { ScoreQuantiles } from './score_quantiles';
import { daysWithLogs } from '../days_with_logs';
import { HOUR } from '../duration';

const DAY = 24 * HOUR;
/** The threshold moves at most once in this time. */
const ADJUST_EVERY = HOUR;
/** Age at which an observation counts half: a few days, so that nights and weekdays even out. */
const HALF_LIFE = 2 * DAY;
const BIN_COUNT = 1_024;
/** Logs that the training sample counts for at the start. */
const PRIOR_LOGS = 10_000;
/** The largest move, in e-folds of the number of alerts: a tenth more or less of them. */
const LARGEST_STEP = 0.1;
/** Moves smaller than this, in the same unit, are not worth an entry in the history. */
const SMALLEST_STEP = 0.02;
/** Of the logs above the threshold in one interval this many times the budget, at least five, are learned from. */
const ADMITTED_BUDGETS = 4;
const FEWEST_ADMITTED = 5;
/** The threshold never falls below where this many times the contamination scored, or half of the logs. */
const LOWEST_CONTAMINATIONS = 10;
const HISTORY_LENGTH = 200;
/** Alerts in one interval from which it counts as an incident: so many times the budget, and at least so many. */
const INCIDENT_BUDGETS = 10;
const FEWEST_INCIDENT_ALERTS = 20;
/** Logs above the threshold from which an hour may be one of an event that recurs: so many times the budget, and at least so many. */
const RECURRING_BUDGETS = 4;
const FEWEST_RECURRING = 5;
/** Duration from which an incident no longer stops the threshold, which then follows by its bounded steps. */
const LONGEST_FREEZE = DAY;

const changeSchema = z.strictObject({
  /** Epoch milliseconds of the log that brought the change. */
  at: z.number(),
  threshold: z.number(),
  /** For people. */
  reason: z.string().max(300),
  /** Absent in states of before. `limit`: it moved as far as it may. */
  kind: z.enum(['started', 'moved', 'limit', 'frozen', 'thawed', 'recurring', 'recurring_over']).optional(),
});
const stateSchema = z.strictObject({
  schema_version: z.literal(1),
  alerts_per_day: z.number().positive(),
  threshold: z.number(),
  lowest: z.number(),
  highest: z.number(),
  /** Score over which the number of alerts falls to 1/e of it, at the start. */
  scale: z.number().positive(),
  /** Forgetting histogram of the scores: weight of the logs in [i, i + 1) / {@link BIN_COUNT}. */
  bins: z.array(z.number().nonnegative()).length(BIN_COUNT),
  /** Logs and days that the rate is estimated from, forgetting likewise. */
  logs: z.number().nonnegative(),
  days: z.number().nonnegative(),
  /** Epoch milliseconds of the last adjustment, later by the frozen time since; absent before the first log. */
  adjusted_at: z.number().optional(),
  /** Epoch milliseconds of the latest log; absent in states of before. */
  seen_at: z.number().optional(),
  /** In this interval: logs above the threshold that were learned from, and that were not. */
  admitted: z.number().int().nonnegative(),
  held_back: z.number().int().nonnegative(),
  history: z.array(changeSchema).max(HISTORY_LENGTH),
  /** Absent in states of before. */
  rhythm: rhythmSchema.optional(),
  /** Absent in states of before. */
  recurring: recurringSchema.optional(),
  /** In this interval: logs that reached the threshold. */
  alerts: z.number().int().nonnegative().optional(),
  /** Epoch milliseconds: an incident has been going on since. */
  frozen_since: z.number().optional(),
});
export type AdaptiveThresholdState = z.infer<typeof stateSchema>;
export type ThresholdChange = z.infer<typeof changeSchema>;

/** Part of a model that a threshold starts from. */
export interface ThresholdModel {
  readonly detector: Pick<Detector, 'threshold' | 'features' | 'time_zone'>;
  readonly quantiles: ScoreQuantiles;
  /** Anomaly score from which a log is an anomaly, as set at training. */
  readonly threshold: number;
  readonly training: {
    /** ISO 8601. */
    readonly finished_at: string;
    /** ISO 8601, half-open. */
    readonly window?: { readonly from: string; readonly to: string };
    readonly logs_in_window?: number;
    /** ISO 8601: the first log of the window, where its logs began within it. */
    readonly first_log_at?: string;
  };
}

/** Half-open, epoch milliseconds. */
export interface FrozenWindow {
  readonly from: number;
  readonly to: number;
}

/**
 * A threshold that follows slow change and keeps to a number of alerts a day.
 *
 * After SPOT and DSPOT (Siffer, Fouque, Termier & Largouet 2017): the scores' tail is kept up to date, and the
 * threshold is the score that is reached as often as the budget allows. Instead of SPOT's list of peaks and DSPOT's
 * moving average there is one histogram that forgets (half-life two days): it needs constant memory and time a log,
 * and follows a drift of the whole distribution. It starts from the training scores, is read once an hour by the same
 * estimate as theirs (a table, then a generalised Pareto tail), and the threshold then moves towards that by
 * a bounded step.
 *
 * Daily and weekly rhythms of the scores are followed by offsets for each hour of the week ({@link WeeklyRhythm}): the
 * threshold in force is the base and the offset of the hour, and the histogram is one of scores less these offsets, so
 * that the budget is kept over the week.
 *
 * An attack must not raise the threshold behind which it hides. SPOT learns nothing from what it reports, which in a
 * budget of many alerts would let the threshold sink; here a few times the budget is learned from in each hour and the
 * rest left out. Steps and range are bounded beside that. In an hour with many times the budget of alerts, and in windows
 * that it is told of, nothing moves at all; after a day of that it is no incident any more but how things are.
 *
 * A nightly batch is no attack: what stands out at the same local hour day after day gets a threshold of its own
 * in that hour ({@link RecurringHours}), teaches the base nothing, and the history says so.
 *
 * All times are passed in: those of the logs, in any order.
 */
export class AdaptiveThreshold {
  private readonly rhythm: WeeklyRhythm;
  private readonly recurring: RecurringHours;
  private readonly hourlyLimits: HourlyLimits;
  /** Logs mostly come hour by hour. */
  private known = { hour: NaN, threshold: undefined as number | undefined };
  /** In order, none touches another. */
  private frozenWindows: readonly FrozenWindow[] = [];
  private untold: ThresholdChange[] = [];

  private constructor(private readonly state: AdaptiveThresholdState) {
    this.rhythm = new WeeklyRhythm((state.rhythm ??= WeeklyRhythm.start('UTC')), state.scale);
    this.recurring = new RecurringHours((state.recurring ??= RecurringHours.start()));
    const budget = this.hourlyBudget();
    this.hourlyLimits = {
      fewest: Math.max(FEWEST_RECURRING, Math.ceil(RECURRING_BUDGETS * budget)),
      rank: Math.max(1, Math.round(budget)),
    };
  }

  /**
   * @param model of a detector whose threshold method is `adaptive`
   * @param before state under another model: the rhythm of the logs goes on, on the scale of the new one
   * @throws DetectionError `invalid_input` for another method
   */
  static start(model: ThresholdModel, before?: unknown): AdaptiveThreshold {
    const settings = model.detector.threshold;
    if (settings.method !== 'adaptive') {
      throw new DetectionError('invalid_input', `threshold.method: is ${settings.method}, must be adaptive`);
    }
    const { quantiles, threshold } = model;
    const p = exceedance(quantiles, threshold);
    const { logs, days } = rateOf(model.training);
    const scale = scoreAtExceedance(quantiles, p / Math.E) - threshold;
    const zone = { timeZone: zoneOf(model.detector), at: Date.parse(model.training.finished_at) };
    const adaptive = new AdaptiveThreshold({
      schema_version: 1,
      alerts_per_day: settings.alerts_per_day,
      threshold,
      lowest: Math.min(threshold, scoreAtExceedance(quantiles, Math.min(0.5, LOWEST_CONTAMINATIONS * p))),
      highest: Math.max(threshold, (threshold + 1) / 2),
      scale,
      bins: priorBins(quantiles),
      logs,
      days,
      admitted: 0,
      held_back: 0,
      history: [],
      ...whatWasLearned(before, { threshold, scale }, zone),
    });
    if (logs > 0) adaptive.state.threshold = adaptive.target();
    return adaptive;
  }

  /**
   * Goes on from a state with the settings as they are now: the budget and the time zone may have been changed.
   *
   * @throws DetectionError `invalid_input` when `state` is not what {@link toJSON} gave
   */
  static resume(state: unknown, detector: Detector): AdaptiveThreshold {
    const parsed = parseWith(stateSchema, state, 'The state of the adaptive threshold');
    const settings = detector.threshold;
    if (settings.method === 'adaptive') {
      parsed.alerts_per_day = settings.alerts_per_day;
      const { rhythm, adjusted_at: at = 0 } = parsed;
      if (rhythm !== undefined && (rhythm.time_zone ?? 'UTC') !== zoneOf(detector)) {
        const hours = WeeklyRhythm.hoursTo(rhythm, zoneOf(detector), at);
        parsed.rhythm = WeeklyRhythm.inZone(rhythm, zoneOf(detector), at);
        if (parsed.recurring !== undefined) {
          parsed.recurring = RecurringHours.shifted(parsed.recurring, hours);
        }
      }
    }
    return new AdaptiveThreshold(parsed);
  }

  /** @throws DetectionError `invalid_input` when `state` is not what {@link toJSON} gave */
  static fromJSON(state: unknown): AdaptiveThreshold {
    return new AdaptiveThreshold(parseWith(stateSchema, state, 'The state of the adaptive threshold'));
  }

  /** JSON-safe; reading it back goes on exactly alike. About 20 kB. */
  toJSON(): AdaptiveThresholdState {
    return structuredClone(this.state);
  }

  /** The base, without the rhythm of the week. */
  get threshold(): number {
    return this.state.threshold;
  }

  /** The threshold in force for logs of this time, epoch milliseconds. */
  thresholdAt(time: number): number {
    const { scale } = this.state;
    const usual = this.usualThresholdAt(time);
    const hour = this.rhythm.localHourOf(time);
    if (hour !== this.known.hour) {
      this.known = { hour, threshold: this.recurring.thresholdAt(hour, scale) };
    }
    const { threshold } = this.known;
    return threshold === undefined ? usual : Math.max(usual, Math.min(1, threshold));
  }

  /** The threshold without what recurs. */
  private usualThresholdAt(time: number): number {
    const { threshold, lowest, highest } = this.state;
    return Math.min(highest, Math.max(lowest, threshold + this.rhythm.offsetAt(time)));
  }

  /** Offsets added to the base in each hour of the week, Monday 00:00 of {@link timeZone} first. */
  get offsets(): readonly number[] {
    return this.rhythm.offsets();
  }

  /** IANA name of the zone whose hours the rhythm follows. */
  get timeZone(): string {
    return this.state.rhythm?.time_zone ?? 'UTC';
  }

  /** While an incident goes on: since when, epoch milliseconds. */
  get frozenSince(): number | undefined {
    return this.state.frozen_since;
  }

  /** Logs of these times are judged and not learned from, such as incidents and deployments that people have named. */
  freezeDuring(windows: readonly FrozenWindow[]): void {
    const joined: { from: number; to: number }[] = [];
    for (const { from, to } of [...windows].sort((one, other) => one.from - other.from)) {
      const last = joined.at(-1);
      if (last !== undefined && from <= last.to) last.to = Math.max(last.to, to);
      else joined.push({ from, to });
    }
    this.frozenWindows = joined;
  }

  /** The latest changes, oldest first. */
  get history(): readonly ThresholdChange[] {
    return this.state.history;
  }

  /** @returns changes since this was last asked, or since the state was read; oldest first */
  takeChanges(): ThresholdChange[] {
    const changes = this.untold;
    this.untold = [];
    return changes;
  }

  /**
   * Judges one log, then learns from it.
   *
   * @param score in (0, 1]; anything else is judged but not learned from
   * @param time of the log, epoch milliseconds, none of them ahead of now; the clock of the threshold is the latest one seen
   * @returns whether the score reaches the threshold as it was before
   */
  observe(score: number, time: number): boolean {
    const { state } = this;
    if (state.adjusted_at === undefined) {
      state.adjusted_at = time;
      this.record(time, 'started', writePhrase('started'));
    }
    const since = state.seen_at ?? state.adjusted_at;
    if (time > since) {
      // Time stands still in frozen windows: nothing is forgotten, and the rate of logs stays what it was.
      state.adjusted_at += this.frozenBetween(since, time);
      state.seen_at = time;
    }
    if (this.frozenWindows.some(({ from, to }) => time >= from && time < to)) {
      return score >= this.thresholdAt(time);
    }
    if (time >= state.adjusted_at + ADJUST_EVERY) this.adjust(time);
    if (!(score > 0 && score <= 1)) return score >= this.thresholdAt(time);
    this.beginHour(time);
    const isAnomaly = score >= this.thresholdAt(time);
    const isOver = isAnomaly || score >= this.usualThresholdAt(time);
    if (isOver) this.recurring.see(this.rhythm.localHourOf(time), score, this.hourlyLimits);
    state.logs++;
    // A recurring event says nothing of the other hours.
    if (isOver && !isAnomaly) return false;
    const residual = Math.max(0, Math.min(1, score - this.rhythm.offsetAt(time)));
    this.rhythm.see(residual, time, isAnomaly, this.mostAlerts());
    if (isAnomaly) {
      state.alerts = (state.alerts ?? 0) + 1;
      if (state.admitted >= this.mostAdmitted()) {
        state.held_back++;
        return true;
      }
      state.admitted++;
    }
    state.bins[Math.min(BIN_COUNT - 1, Math.floor(residual * BIN_COUNT))]++;
    return isAnomaly;
  }

  /** Learns from the hours that are over which of them recur. */
  private beginHour(time: number): void {
    const hour = this.rhythm.localHourOf(time);
    const silent = this.silentHours(hour, time);
    const changes = this.recurring.begin(hour, silent, this.hourlyLimits);
    for (const { kind, hour: ofDay, logs } of changes) {
      this.known = { hour: NaN, threshold: undefined };
      const reason =
        kind === 'recurring' ? writePhrase('recurring', logs, ofDay) : writePhrase('recurringOver', ofDay);
      this.record(time, kind, reason);
    }
  }

  /** Local hours without a log before that of a log, in order; those that were frozen as a whole say nothing, and some nights lack one. */
  private silentHours(hour: number, time: number): number[] {
    const counted = this.recurring.countedHour;
    const hours: number[] = [];
    if (counted === undefined || hour <= counted + 1) return hours;
    for (let back = 1; back <= MOST_SILENT_HOURS; back++) {
      const at = time - back * HOUR;
      const local = this.rhythm.localHourOf(at);
      if (local <= counted) break;
      const start = this.rhythm.startOfHour(at);
      const isFrozen = this.frozenBetween(start, start + HOUR) === HOUR;
      if (local < (hours.at(-1) ?? hour) && !isFrozen) hours.push(local);
    }
    return hours.reverse();
  }

  /** @returns milliseconds */
  private frozenBetween(start: number, end: number): number {
    return this.frozenWindows.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, start)),
      0,
    );
  }

  private hourlyBudget(): number {
    return (this.state.alerts_per_day * ADJUST_EVERY) / DAY;
  }

  private mostAdmitted(): number {
    return Math.max(FEWEST_ADMITTED, Math.round(ADMITTED_BUDGETS * this.hourlyBudget()));
  }

  private mostAlerts(): number {
    return Math.max(FEWEST_INCIDENT_ALERTS, INCIDENT_BUDGETS * this.hourlyBudget());
  }

  private adjust(time: number): void {
    const { state } = this;
    const passed = time - (state.adjusted_at as number);
    const firstRate = state.days === 0;
    const keep = 0.5 ** (passed / HALF_LIFE);
    for (let bin = 0; bin < BIN_COUNT; bin++) state.bins[bin] *= keep;
    state.logs *= keep;
    state.days = (state.days + passed / DAY) * keep;
    const heldBack = state.held_back;
    const alerts = state.alerts ?? 0;
    // Without a known rate there is no budget to exceed many times over.
    const isIncident = !firstRate && alerts > this.mostAlerts();
    state.adjusted_at = time;
    state.admitted = 0;
    state.held_back = 0;
    state.alerts = 0;
    const isFrozen = this.freeze(time, isIncident, alerts);

    const quantiles = this.quantiles();
    this.rhythm.compareWith(quantiles);
    if (isFrozen) return;
    const target = this.target(quantiles);
    const way = target - state.threshold;
    if (Math.abs(way) < SMALLEST_STEP * state.scale) return;
    const largest = firstRate ? Infinity : LARGEST_STEP * state.scale;
    state.threshold += Math.max(-largest, Math.min(largest, way));
    const { threshold, lowest, highest } = state;
    const isAtLimit = threshold >= highest || threshold <= lowest;
    this.record(time, isAtLimit ? 'limit' : 'moved', this.reasonOf(way, firstRate, heldBack));
  }

  /** @returns whether nothing moves in this interval */
  private freeze(time: number, isIncident: boolean, alerts: number): boolean {
    const { state } = this;
    if (!isIncident) {
      if (state.frozen_since === undefined) return false;
      delete state.frozen_since;
      this.record(time, 'thawed', writePhrase('thawed'));
      return false;
    }
    if (state.frozen_since === undefined) {
      state.frozen_since = time;
      this.record(time, 'frozen', writePhrase('frozen', alerts, Math.round(alerts / this.hourlyBudget())));
    }
    return time - state.frozen_since < LONGEST_FREEZE;
  }

  private quantiles(): ScoreQuantiles | undefined {
    const { bins } = this.state;
    const scores: number[] = [];
    const weights: number[] = [];
    for (let bin = 1; bin < BIN_COUNT; bin++) {
      if (bins[bin] === 0) continue;
      scores.push(bin / BIN_COUNT);
      weights.push(bins[bin]);
    }
    return scores.length === 0
      ? undefined
      : learnWeightedQuantiles(Float64Array.from(scores), Float64Array.from(weights));
  }

  /** The score that as many logs a day reach as the budget allows, within the limits. */
  private target(quantiles = this.quantiles()): number {
    const { logs, days, alerts_per_day, lowest, highest, threshold } = this.state;
    if (logs === 0 || days === 0 || quantiles === undefined) return threshold;
    const share = Math.min(0.5, (alerts_per_day * days) / logs);
    return Math.min(highest, Math.max(lowest, scoreAtExceedance(quantiles, share)));
  }

  private reasonOf(way: number, firstRate: boolean, heldBack: number): string {
    const { threshold, lowest, highest } = this.state;
    return joinPhrases([
      writePhrase(firstRate ? 'rateKnown' : way > 0 ? 'tooMany' : 'tooFew'),
      ...(threshold >= highest
        ? [writePhrase('highest')]
        : threshold <= lowest
          ? [writePhrase('lowest')]
          : []),
      ...(heldBack > 0 ? [writePhrase('burst', heldBack)] : []),
    ]);
  }

  private record(at: number, kind: ThresholdChange['kind'], reason: string): void {
    const { history, threshold } = this.state;
    const change = { at, threshold, reason, kind };
    history.push(change);
    this.untold.push(change);
    if (history.length <= HISTORY_LENGTH) return;
    // Incidents and events that recur are remembered for longer than the ordinary steps.
    const ordinary = history.findIndex((one) => one.kind === 'moved');
    history.splice(Math.max(0, ordinary), 1);
  }
}

/**
 * The rhythm and the recurring events of a state under another model, on the scale of the new one: a level lies as many e-folds
 * above the threshold of training as it did before.
 */
function whatWasLearned(
  before: unknown,
  { threshold, scale }: { readonly threshold: number; readonly scale: number },
  { timeZone, at }: { readonly timeZone: string; readonly at: number },
): Pick<AdaptiveThresholdState, 'rhythm' | 'recurring'> {
  const parsed = stateSchema.safeParse(before);
  const rhythm = parsed.data?.rhythm;
  if (parsed.data === undefined || rhythm === undefined) return { rhythm: WeeklyRhythm.start(timeZone) };
  const { recurring, highest } = parsed.data;
  const hours = WeeklyRhythm.hoursTo(rhythm, timeZone, at);
  const factor = scale / parsed.data.scale;
  // The upper limit lies half-way from the threshold of training to 1.
  const thresholdBefore = 2 * highest - 1;
  const onNewScale = (score: number): number =>
    Math.max(0, Math.min(1, threshold + factor * (score - thresholdBefore)));
  return {
    rhythm: WeeklyRhythm.inZone(WeeklyRhythm.onScale(rhythm, factor), timeZone, at),
    ...(recurring !== undefined && {
      recurring: RecurringHours.shifted(RecurringHours.underNewModel(recurring, onNewScale), hours),
    }),
  };
}

/** The zone of the adaptive threshold; where none is given, that of the detector, or of the first feature that has one. */
function zoneOf({ threshold, features, time_zone: zone }: ThresholdModel['detector']): string {
  const own = threshold.method === 'adaptive' ? threshold.time_zone : undefined;
  return own ?? zone ?? features.find((each) => each.time_zone !== 'UTC')?.time_zone ?? 'UTC';
}

/**
 * The rate of logs in the training window, over the days of it that had logs, counts as one day seen; nothing where it is
 * not known.
 */
function rateOf({ window, logs_in_window, first_log_at }: ThresholdModel['training']): {
  logs: number;
  days: number;
} {
  const [from, to] = window === undefined ? [NaN, NaN] : [Date.parse(window.from), Date.parse(window.to)];
  if (logs_in_window === undefined || logs_in_window === 0 || !(to > from)) return { logs: 0, days: 0 };
  const first = first_log_at === undefined ? undefined : Date.parse(first_log_at);
  return { logs: logs_in_window / daysWithLogs({ from, to }, first), days: 1 };
}

function priorBins(quantiles: ScoreQuantiles): number[] {
  return Array.from({ length: BIN_COUNT }, (_, bin) => {
    const above = bin === BIN_COUNT - 1 ? 0 : exceedance(quantiles, (bin + 1) / BIN_COUNT);
    return PRIOR_LOGS * (exceedance(quantiles, bin / BIN_COUNT) - above);
  });
}
