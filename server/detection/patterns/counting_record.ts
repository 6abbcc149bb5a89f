import { durationToMilliseconds, type Detector } from '../../../common/detector';
import { MINUTE } from '../../../common/duration';
import type { LogDocument } from '../../../common/log_document';
import type { Span } from '../../../common/patterns';
import type { CountingRecord, PastCounting } from '../ports/patterns';
import { timestampOf } from '../scoring/log_values';

/** A backfill that has written nothing for so long is not at work: runs of the detector judge on. */
const SILENT_BACKFILL = 15 * MINUTE;

export const isAtWork = ({ at }: PastCounting, now: number): boolean =>
  at !== undefined && now - at < SILENT_BACKFILL;

/** Says of a log, with its time in epoch milliseconds, that backfills count it and the runs of the detector do not. */
export type IsOfPast = (document: LogDocument, time: number) => boolean;

/** @param liveFrom see {@link CountingRecord}; absent: all logs are of the past so far */
export function ofPast({ source, schedule }: Detector, liveFrom = Infinity): IsOfPast {
  // Runs of the detector do not read what arrives later than that.
  const oldest = liveFrom - durationToMilliseconds(schedule.late_window);
  return (document, time) =>
    (timestampOf(document, source.ingested_field) ?? time) < liveFrom || time < oldest;
}

/** Returns times in their order and apart from each other. */
export function unionOf(spans: readonly Span[]): Span[] {
  const joined: Span[] = [];
  for (const span of [...spans].sort((one, other) => one.from - other.from)) {
    const last = joined[joined.length - 1];
    if (span.to <= span.from) continue;
    if (last === undefined || span.from > last.to) joined.push(span);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return joined;
}

/** Returns all times of the past that are counted. */
export const countedPast = ({ past = [], backfill }: CountingRecord): Span[] =>
  unionOf([...past, ...(backfill === undefined ? [] : [backfill.counted])]);
