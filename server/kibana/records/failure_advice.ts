import type { Failure } from '../../../common/api';
import type { LeftOutBy } from '../../../common/api/status';
import { DetectionError, isRetryable, type DetectionErrorCode } from '../../../common/detection_error';
import { leftOutAdvice } from '../../detection/training/left_out_cause';

/**
 * Returns the next step for a person after a failed run, a sentence.
 *
 * @param leftOutBy times that leave a training too few logs
 */
export function nextStepFor(code: DetectionErrorCode, leftOutBy?: LeftOutBy): string {
  switch (code) {
    case 'invalid_input':
      return 'Edit the detector: the message names the setting.';
    case 'not_found':
      return 'Check that the index of the log source exists and holds logs; the run is repeated until it does.';
    case 'conflict':
      return 'Nothing: another Kibana has done this work.';
    case 'unauthenticated':
      return 'Save the detector again, so that it gets a new API key from you.';
    case 'forbidden':
      return 'Ask for the missing right on the indices that the message names, then save the detector again.';
    case 'too_few_logs':
      if (leftOutBy !== undefined) return leftOutAdvice(leftOutBy);
      return 'Widen the training window or the query, lower training.min_rows, or wait for more logs.';
    case 'refused':
      return 'The message says which limit was broken; change the limit or the detector.';
    case 'busy':
      return 'Wait as long as the message says, then try again.';
    case 'unavailable':
      return 'Nothing, if it passes by itself: the run is repeated. Otherwise look after the health of Elasticsearch.';
    case 'interrupted':
      return 'Nothing: the next run carries on.';
    case 'internal':
      return "Look into Kibana's log for the time of the failure; it may be a defect.";
  }
}

/** Codes whose cause may pass, or be put right outside, so that a scheduled run is worth repeating. */
const REPEATED: ReadonlySet<DetectionErrorCode> = new Set([
  'not_found',
  'too_few_logs',
  'internal',
  'forbidden',
]);

/** @param isRepeated default: whether it is worth it; the schedule repeats whatever failed */
export function failureOf(error: unknown, at: number, isRepeated?: boolean): Failure {
  const code = error instanceof DetectionError ? error.code : 'internal';
  const { details, said } = error instanceof DetectionError ? error : {};
  const leftOutBy = details?.left_out_by as LeftOutBy | undefined;
  return {
    at: new Date(at).toISOString(),
    code,
    message: error instanceof Error ? error.message.slice(0, 2_000) : String(error).slice(0, 2_000),
    next_step: nextStepFor(code, leftOutBy),
    ...(said !== undefined && { said }),
    ...(leftOutBy !== undefined && { left_out_by: leftOutBy }),
    retried: isRepeated ?? (isRetryable(code) || REPEATED.has(code)),
  };
}

const LONGEST_BACKOFF_MILLISECONDS = 15 * 60_000;

/** Causes that mostly pass within seconds: a connection that was cut, a cluster that is busy. */
const PASSING: ReadonlySet<DetectionErrorCode> = new Set(['unavailable', 'busy']);
const FIRST_PASSING_PAUSE_MILLISECONDS = 5_000;
/** Then the lag is short again within a minute of the end of an outage, however long that was. */
const LONGEST_PASSING_PAUSE_MILLISECONDS = 30_000;

/** Returns true for failures whose cause mostly passes within seconds. */
export const isPassing = (code: DetectionErrorCode): boolean => PASSING.has(code);

/**
 * Pause before a failed run is repeated: the schedule's own interval, doubled with each failure in a row, up to a
 * quarter of an hour (or the interval, where that is longer). After a failure that mostly passes it begins with 5 seconds and
 * ends with 30: that is no more often than a detector runs anyway.
 *
 * @param failures failed runs in a row, at least 1
 */
export function pauseAfter(code: DetectionErrorCode, failures: number, interval: number): number {
  if (isPassing(code)) {
    const first = Math.min(interval, FIRST_PASSING_PAUSE_MILLISECONDS);
    return Math.min(backoffMilliseconds(failures, first), LONGEST_PASSING_PAUSE_MILLISECONDS);
  }
  return Math.min(backoffMilliseconds(failures, interval), Math.max(interval, LONGEST_BACKOFF_MILLISECONDS));
}

/**
 * Pause that doubles with each failure in a row, up to a quarter of an hour (or the first pause, where that is longer).
 *
 * @param failures failed runs in a row, at least 1
 * @param first pause, milliseconds
 */
export function backoffMilliseconds(failures: number, first: number): number {
  const longest = Math.max(first, LONGEST_BACKOFF_MILLISECONDS);
  return Math.min(longest, first * 2 ** Math.min(20, failures - 1));
}
