import { durationToMilliseconds, type Detector } from '../../../common/detector';
import type { Checkpoint, CheckpointStore, Clock, LogSource } from '../ports';
import type { PatternProgress } from '../ports/patterns';
import { CoverageRecord, type Coverage } from './coverage';
import { passesOf, type Pass } from './reading_passes';

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
 * @returns up to when nothing can be found any more, epoch milliseconds; undefined where logs have arrived, patterns of a bucket
 *   that is over are to be judged, or the source cannot tell so cheaply: nothing was moved, and a run is due
 * @throws DetectionError `conflict` when another process moved the checkpoint meanwhile
 */
export async function passOverSilence(options: SilenceOptions): Promise<number | undefined> {
  const { detectorId, detector, source, checkpoints, clock, runId } = options;
  if (source.isEmpty === undefined) return undefined;
  const stored = await checkpoints.read(detectorId);
  if (stored === undefined) return undefined;
  const { checkpoint, revision } = stored;
  const to = clock.now() - durationToMilliseconds(detector.schedule.query_delay);
  // After a change of the delay, or of the clock, there is nothing to look at yet.
  if (to <= Math.max(checkpoint.timestampTo, checkpoint.ingestedTo)) return undefined;
  const judgedTo = firstToJudge(detector, checkpoint);
  if (judgedTo + durationToMilliseconds(detector.patterns?.span ?? '0s') <= to) return undefined;
  const passes = passesOf(detector, checkpoint, to, false);
  if (!(await source.isEmpty(passes))) return undefined;
  const { timestampPosition: _time, ingestedPosition: _ingested, ...kept } = checkpoint;
  const moved = { ...kept, timestampTo: to, ingestedTo: to, runId, ...withNoLogs(checkpoint, passes) };
  await checkpoints.write(moved, revision);
  return Math.min(to, judgedTo);
}

/** @returns begin of the first bucket with logs whose patterns are not judged yet, epoch milliseconds; Infinity where there is none */
function firstToJudge({ patterns: settings }: Detector, { patterns }: Checkpoint): number {
  const progress = patterns as PatternProgress | undefined;
  if (settings === undefined || progress === undefined) return Infinity;
  const { open, sealed, hasUnjudged = false, judgedTo } = progress;
  return open.cells.length > 0 || sealed !== undefined || hasUnjudged ? judgedTo : Infinity;
}

/** Logs of the silence that become visible later are found, where numbers of logs are kept. */
function withNoLogs({ coverage }: Checkpoint, passes: readonly Pass[]): { coverage?: Coverage } {
  if (coverage === undefined) return {};
  const record = new CoverageRecord(coverage as Coverage);
  for (const { by, range } of passes) record.close(by, range);
  return { coverage: record.toJSON() };
}
