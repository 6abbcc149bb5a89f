import { HOUR, DAY } from '../duration';
import {
  exposureOf,
  hourOfWeek,
  HOURS_OF_WEEK,
  utcTime,
  type LocalTime,
  type UsualRates,
} from './usual_rate';

const WEEK = 7 * DAY;

/** Half-open, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A time without any log. */
export interface Silence extends Span {
  /** True where logs may have come and were not counted. */
  readonly isUncounted?: true;
}

/** Weighted buckets of each hour of the week, for all patterns that are counted from the same time to the same. */
export class Exposures {
  private readonly known = new Map<number, Map<number, Float64Array>>();

  constructor(
    private readonly time: number,
    private readonly span: number,
    private readonly local: LocalTime = utcTime,
  ) {}

  public since(since: number, until = this.time): Float64Array {
    const { local } = this;
    const ofEnd = this.known.get(until) ?? new Map<number, Float64Array>();
    this.known.set(until, ofEnd);
    let exposures = ofEnd.get(since);
    if (exposures === undefined) {
      exposures = new Float64Array(HOURS_OF_WEEK);
      for (let hour = 0; hour < HOURS_OF_WEEK; hour++) {
        exposures[hour] = exposureOf(hour, local(since), local(until), this.span);
      }
      ofEnd.set(since, exposures);
    }
    return exposures;
  }
}

interface SilentSeries {
  readonly rates: UsualRates;
  readonly share: number;
  readonly dispersion: number;
  readonly span: number;
  readonly silences: readonly Silence[];
  /** Absent: UTC. */
  readonly local?: LocalTime;
}

/**
 * Sums over the buckets of a time without logs.
 *
 * @returns logs that were due, their squares, and the negative logarithm of the chance of none: less than what was due
 *   where logs come in bursts; and the variance of what was due in units of its square, as if all rates were wrong alike
 */
export function silenceOf(
  { rates, share, dispersion, span, silences, local = utcTime }: SilentSeries,
  from: number,
  to: number,
): { readonly due: number; readonly squares: number; readonly hazard: number; readonly variance: number } {
  let due = 0;
  let uncertain = 0;
  let squares = 0;
  let hazard = 0;
  const add = (hour: number, buckets: number): void => {
    const rate = rates.at(hour, dispersion);
    const mean = rate.mean * share;
    due += buckets * mean;
    uncertain += buckets * mean * Math.sqrt(rate.variance);
    squares += buckets * mean * mean;
    hazard += (buckets * Math.log1p(dispersion * mean)) / dispersion;
  };
  const weeks = Math.floor((to - from) / WEEK);
  if (weeks > 0) {
    for (let hour = 0; hour < HOURS_OF_WEEK; hour++) add(hour, (weeks * HOUR) / span);
  }
  const nextHour = (time: number): number => time + HOUR - (((local(time) % HOUR) + HOUR) % HOUR);
  for (let start = from + weeks * WEEK; start < to;) {
    const end = Math.min(to, nextHour(start));
    add(hourOfWeek(local(start)), (end - start) / span);
    start = end;
  }
  for (const silence of silences) {
    for (let start = Math.max(from, silence.from); start < Math.min(to, silence.to);) {
      const end = Math.min(to, silence.to, nextHour(start));
      add(hourOfWeek(local(start)), -(end - start) / span);
      start = end;
    }
  }
  const variance = due > 0 ? (uncertain / due) ** 2 : rates.at(hourOfWeek(local(from)), dispersion).variance;
  return { due: Math.max(0, due), squares: Math.max(0, squares), hazard: Math.max(0, hazard), variance };
}

/**
 * Bound of what is due in a time without logs, without a look at the rates: all that can be due in the hours that it touches.
 * An hour that a change of the clocks gives twice counts once.
 */
export function mostDue(
  { rates, share, span, local = utcTime }: Pick<SilentSeries, 'rates' | 'share' | 'span' | 'local'>,
  from: number,
  to: number,
): number {
  const before = rates.boundsBefore;
  const ofWeek = before[HOURS_OF_WEEK];
  const first = hourOfWeek(local(from));
  const end = first + Math.ceil((to - from) / HOUR) + 1;
  const upTo = Math.floor(end / HOURS_OF_WEEK) * ofWeek + before[end % HOURS_OF_WEEK];
  return ((upTo - before[first]) * share * HOUR) / span;
}
