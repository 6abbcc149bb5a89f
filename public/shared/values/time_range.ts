import datemath from '@kbn/datemath';
import { DAY } from '../../../common/duration';

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

/** The moment that a range means now; a range that cannot be read is the last day. */
export function resolveRange({ from, to }: TimeRange): Interval {
  const start = datemath.parse(from)?.valueOf();
  const end = datemath.parse(to, { roundUp: true })?.valueOf();
  const last = end !== undefined && Number.isFinite(end) ? end : Date.now();
  return {
    from: start !== undefined && Number.isFinite(start) && start < last ? start : last - DAY,
    to: last,
  };
}
