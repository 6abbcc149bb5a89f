import { z } from 'zod';
import { DetectionError } from '../detection_error';
import { parseWith } from '../detector';
import type { ModelSnapshot } from '../model_snapshot';
import { exceedance, scoreAtExceedance } from './exceedance';
import { learnWeightedQuantiles } from './learn_quantiles';
import type { ScoreQuantiles } from './score_quantiles';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The threshold moves at most once in this time. */
const ADJUST_EVERY = HOUR;
/** What was seen this long ago counts half: a few days, so that nights and weekdays even out. */
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

const changeSchema = z.strictObject({
  /** Epoch milliseconds of the log that brought the change. */
  at: z.number(),
  threshold: z.number(),
  /** For people. */
  reason: z.string().max(300),
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
  /** Epoch milliseconds of the last adjustment; absent before the first log. */
  adjusted_at: z.number().optional(),
  /** In this interval: logs above the threshold that were learned from, and that were not. */
  admitted: z.number().int().nonnegative(),
  held_back: z.number().int().nonnegative(),
  history: z.array(changeSchema).max(HISTORY_LENGTH),
});
export type AdaptiveThresholdState = z.infer<typeof stateSchema>;
export type ThresholdChange = z.infer<typeof changeSchema>;

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
 * An attack must not raise the threshold behind which it hides. SPOT learns nothing from what it reports, which in a
 * budget of many alerts would let the threshold sink; here a few times the budget is learned from in each hour and the
 * rest left out. Steps and range are bounded beside that.
 *
 * All times are passed in: those of the logs, in any order.
 */
export class AdaptiveThreshold {
  private constructor(private readonly state: AdaptiveThresholdState) {}

  /**
   * @param model of a detector whose threshold method is `adaptive`
   * @throws DetectionError `invalid_input` for another method
   */
  static start(
    model: Pick<ModelSnapshot, 'detector' | 'quantiles' | 'threshold' | 'training'>,
  ): AdaptiveThreshold {
    const settings = model.detector.threshold;
    if (settings.method !== 'adaptive') {
      throw new DetectionError('invalid_input', `threshold.method: is ${settings.method}, must be adaptive`);
    }
    const { quantiles, threshold } = model;
    const p = exceedance(quantiles, threshold);
    const { logs, days } = rateOf(model.training);
    const adaptive = new AdaptiveThreshold({
      schema_version: 1,
      alerts_per_day: settings.alerts_per_day,
      threshold,
      lowest: Math.min(threshold, scoreAtExceedance(quantiles, Math.min(0.5, LOWEST_CONTAMINATIONS * p))),
      highest: Math.max(threshold, (threshold + 1) / 2),
      scale: scoreAtExceedance(quantiles, p / Math.E) - threshold,
      bins: priorBins(quantiles),
      logs,
      days,
      admitted: 0,
      held_back: 0,
      history: [],
    });
    if (logs > 0) adaptive.state.threshold = adaptive.target();
    return adaptive;
  }

  /** @throws DetectionError `invalid_input` when `state` is not what {@link toJSON} gave */
  static fromJSON(state: unknown): AdaptiveThreshold {
    return new AdaptiveThreshold(parseWith(stateSchema, state, 'The state of the adaptive threshold'));
  }

  /** JSON-safe; reading it back goes on exactly alike. About 20 kB. */
  toJSON(): AdaptiveThresholdState {
    return structuredClone(this.state);
  }

  get threshold(): number {
    return this.state.threshold;
  }

  /** The latest changes, oldest first. */
  get history(): readonly ThresholdChange[] {
    return this.state.history;
  }

  /**
   * Judges one log, then learns from it.
   *
   * @param score in (0, 1]; anything else is judged but not learned from
   * @param time of the log, epoch milliseconds; the clock of the threshold is the latest one seen
   * @returns whether the score reaches the threshold as it was before
   */
  observe(score: number, time: number): boolean {
    const { state } = this;
    if (state.adjusted_at === undefined) {
      state.adjusted_at = time;
      this.record(time, 'start, from the training sample');
    } else if (time >= state.adjusted_at + ADJUST_EVERY) {
      this.adjust(time);
    }
    const isAnomaly = score >= state.threshold;
    if (!(score > 0 && score <= 1)) return isAnomaly;
    state.logs++;
    if (isAnomaly) {
      if (state.admitted >= this.mostAdmitted()) {
        state.held_back++;
        return true;
      }
      state.admitted++;
    }
    state.bins[Math.min(BIN_COUNT - 1, Math.floor(score * BIN_COUNT))]++;
    return isAnomaly;
  }

  private mostAdmitted(): number {
    const budget = (this.state.alerts_per_day * ADJUST_EVERY) / DAY;
    return Math.max(FEWEST_ADMITTED, Math.round(ADMITTED_BUDGETS * budget));
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
    state.adjusted_at = time;
    state.admitted = 0;
    state.held_back = 0;

    const target = this.target();
    const way = target - state.threshold;
    if (Math.abs(way) < SMALLEST_STEP * state.scale) return;
    const largest = firstRate ? Infinity : LARGEST_STEP * state.scale;
    state.threshold += Math.max(-largest, Math.min(largest, way));
    this.record(time, this.reasonOf(way, firstRate, heldBack));
  }

  /** The score that as many logs a day reach as the budget allows, within the limits. */
  private target(): number {
    const { bins, logs, days, alerts_per_day, lowest, highest, threshold } = this.state;
    if (logs === 0 || days === 0) return threshold;
    const scores: number[] = [];
    const weights: number[] = [];
    for (let bin = 1; bin < BIN_COUNT; bin++) {
      if (bins[bin] === 0) continue;
      scores.push(bin / BIN_COUNT);
      weights.push(bins[bin]);
    }
    const quantiles = learnWeightedQuantiles(Float64Array.from(scores), Float64Array.from(weights));
    const share = Math.min(0.5, (alerts_per_day * days) / logs);
    return Math.min(highest, Math.max(lowest, scoreAtExceedance(quantiles, share)));
  }

  private reasonOf(way: number, firstRate: boolean, heldBack: number): string {
    const { threshold, lowest, highest } = this.state;
    const limit =
      threshold >= highest
        ? '; at its upper limit, time to train again'
        : threshold <= lowest
          ? '; at its lower limit'
          : '';
    const burst = heldBack > 0 ? `; ${heldBack} logs of a burst were not learned from` : '';
    const cause = firstRate
      ? 'the rate of logs is known now'
      : way > 0
        ? 'more alerts than the budget allows'
        : 'fewer alerts than the budget allows';
    return `${cause}${limit}${burst}`;
  }

  private record(at: number, reason: string): void {
    const { history, threshold } = this.state;
    history.push({ at, threshold, reason });
    if (history.length > HISTORY_LENGTH) history.shift();
  }
}

/** The rate of logs in the training window counts as one day seen; nothing where it is not known. */
function rateOf({ window, logs_in_window }: ModelSnapshot['training']): { logs: number; days: number } {
  const span = window === undefined ? NaN : Date.parse(window.to) - Date.parse(window.from);
  if (logs_in_window === undefined || logs_in_window === 0 || !(span > 0)) return { logs: 0, days: 0 };
  return { logs: (logs_in_window * DAY) / span, days: 1 };
}

function priorBins(quantiles: ScoreQuantiles): number[] {
  return Array.from({ length: BIN_COUNT }, (_, bin) => {
    const above = bin === BIN_COUNT - 1 ? 0 : exceedance(quantiles, (bin + 1) / BIN_COUNT);
    return PRIOR_LOGS * (exceedance(quantiles, bin / BIN_COUNT) - above);
  });
}
