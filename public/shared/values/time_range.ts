import datemath from '@kbn/datemath';

/** As in Kibana's time picker, e.g. `now-24h` to `now`. */
export interface TimeRange {
  readonly from: string;
  readonly to: string;
}
export interface Interval {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

const DAY_MILLISECONDS = 86_400_000;

/** The moment that a range means now; a range that cannot be read is the last day. */
export function resolveRange({ from, to }: TimeRange): Interval {
  const start = datemath.parse(from)?.valueOf();
  const end = datemath.parse(to, { roundUp: true })?.valueOf();
  const last = end !== undefined && Number.isFinite(end) ? end : Date.now();
  return {
    from: start !== undefined && Number.isFinite(start) && start < last ? start : last - DAY_MILLISECONDS,
    to: last,
  };
}
