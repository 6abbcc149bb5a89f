import { BUCKET_CONTAMINATION } from '../buckets/propose_bucket';
import type { Detector } from '../detector';
import { DAY } from '../duration';

/** Anomalies a day that a new detector keeps to: as many as people look through. */
export const DEFAULT_BUDGET = 10;
/** Of few logs a smaller number is already much: a budget is at most this share of them, or of the rows of a detector of buckets. */
const MOST_OF_LOGS = 0.01;
const SMALLEST_BUDGET = 0.1;
const SMALLEST_SHARE = 1e-7;
const LARGEST_SHARE = 0.5;

/** Two digits are what an estimate is worth. */
const rounded = (value: number): number => Number(value.toPrecision(2));

/** A share of logs as settings may have it: with few digits, and within their limits. */
export const allowedShare = (share: number): number =>
  Math.min(LARGEST_SHARE, Math.max(SMALLEST_SHARE, Number(share.toPrecision(3))));

/** Logs in the window of training, or rows of buckets, that came in `days`. */
export interface LogsInWindow {
  readonly logs: number;
  readonly days: number;
}

/**
 * Returns the rows of buckets to expect before they are counted: as if each entity were always there.
 *
 * @param span of a bucket, milliseconds
 */
export const expectedRows = (entities: number, span: number, days: number): LogsInWindow => ({
  logs: Math.round((Math.max(1, entities) * (days * DAY)) / span),
  days,
});

/** The share of the logs that a number of anomalies a day is, to start an adaptive threshold from. */
export const shareOfBudget = ({ logs, days }: LogsInWindow, budget: number): number =>
  allowedShare((budget * days) / Math.max(1, logs));

const largestProposedShare = (unit: Detector['unit']): number =>
  unit === 'bucket' ? BUCKET_CONTAMINATION : MOST_OF_LOGS;

/** Proposes the number of anomalies a day of a new detector, the same whichever way it is made. */
export const proposeBudget = (unit: Detector['unit'], { logs, days }: LogsInWindow): number =>
  Math.max(SMALLEST_BUDGET, Math.min(DEFAULT_BUDGET, rounded((largestProposedShare(unit) * logs) / days)));

/** Proposes the share of the logs to start from, which stays small where the smallest budget is more of them. */
export const proposeShare = (unit: Detector['unit'], counted: LogsInWindow): number =>
  Math.min(largestProposedShare(unit), shareOfBudget(counted, proposeBudget(unit, counted)));
