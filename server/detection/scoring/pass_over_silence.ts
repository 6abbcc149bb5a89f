import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { CheckpointStore, Clock, LogSource } from '../ports';
import { passesOf } from './reading_passes';

export interface SilenceOptions {
  readonly detectorId: string;
  readonly detector: Detector;
  readonly source: LogSource;
  readonly checkpoints: CheckpointStore;
  readonly clock: Clock;
  readonly runId: string;
}

/**
 * Does what a run of a detector does that finds no log, its model aside: the checkpoint moves to now less the query delay. One
 * search tells whether there is any.
 *
 * @returns false where logs have arrived, or the source cannot tell so cheaply: nothing was moved, and a run is due
 * @throws DetectionError `conflict` when another process moved the checkpoint meanwhile
 */
export async function passOverSilence(options: SilenceOptions): Promise<boolean> {
  const { detectorId, detector, source, checkpoints, clock, runId } = options;
  if (source.isEmpty === undefined) return false;
  const stored = await checkpoints.read(detectorId);
  if (stored === undefined) return false;
  const { checkpoint, revision } = stored;
  const to = clock.now() - durationToMilliseconds(detector.schedule.query_delay);
  // After a change of the delay, or of the clock, there is nothing to look at yet.
  if (to <= Math.max(checkpoint.timestampTo, checkpoint.ingestedTo)) return false;
  if (!(await source.isEmpty(passesOf(detector, checkpoint, to, false)))) return false;
  const { timestampPosition: _time, ingestedPosition: _ingested, ...kept } = checkpoint;
  await checkpoints.write({ ...kept, timestampTo: to, ingestedTo: to, runId }, revision);
  return true;
}
