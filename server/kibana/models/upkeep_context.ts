import { durationToMilliseconds } from '../../../common/detector';
import { HOUR } from '../../../common/duration';
import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import { rangeOf } from '../../detection/ports/log_range';
import type { LogRange, ModelRecord } from '../../detection/ports';
import type { Services } from '../contracts/services';
import type { DetectorJob } from '../records/detector_job';
import type { RunState } from '../records/detector_state';
import { isPassing } from '../records/failure_advice';
import { withCurrentSettings } from '../records/effective_snapshot';

/** Context of work on a model that scores. */
export interface UpkeepContext {
  readonly services: Services;
  readonly job: DetectorJob;
  readonly model: ModelRecord;
  /** Logs and anomalies of each model so far. */
  readonly counted: RunState['counted'];
  readonly signal: AbortSignal;
}

export function recent({ stored: { detector } }: DetectorJob, from: number, now: number): LogRange {
  return rangeOf(detector.source, from, now - durationToMilliseconds(detector.schedule.query_delay));
}

/** Says of a model that it was deleted, or may not be read by the detector any more: no later try changes that. */
const LOST: readonly DetectionErrorCode[] = ['not_found', 'refused'];

/**
 * Tells errors after which work is tried once more although its time is over: an interruption, and those that mostly pass,
 * for as long again as the work was to take, at least an hour.
 *
 * @param work its `end` and `now` are epoch milliseconds, its `span` milliseconds
 */
export function isWorthAnotherTry(
  error: unknown,
  { end, span, now }: { readonly end: number; readonly span: number; readonly now: number },
): boolean {
  if (!(error instanceof DetectionError)) return false;
  return error.code === 'interrupted' || (isPassing(error.code) && now < end + Math.max(span, HOUR));
}

/** @returns why a model cannot be had any more; undefined where it can */
export async function whyLost(
  services: Services,
  { stored, models }: DetectorJob,
  version: string,
): Promise<string | undefined> {
  try {
    withCurrentSettings(await services.models.load(models, stored.id, version), stored);
    return undefined;
  } catch (error) {
    if (error instanceof DetectionError && LOST.includes(error.code)) return error.message;
    throw error;
  }
}
