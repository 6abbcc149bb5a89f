import { spanOf } from '../../../common/buckets';
import { durationToMilliseconds } from '../../../common/detector';
import type { SpanTimes } from '../../../common/evaluation';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { LogDocument } from '../ports';
import { timestampOf } from '../scoring/log_values';

/** Rows that a model has scored. */
interface ScoredRows {
  readonly snapshot: Pick<ModelSnapshot, 'detector'>;
  readonly documents: readonly LogDocument[];
  /** Epoch milliseconds, NaN where unknown. */
  readonly times: Float64Array;
}

/** Returns the times of rows of buckets or sessions; undefined for single logs. */
export function spanTimesOf({ snapshot, documents, times }: ScoredRows): SpanTimes | undefined {
  const { unit, bucket } = snapshot.detector;
  if (unit !== 'bucket') return undefined;
  if (bucket?.session === undefined) {
    const span = spanOf(snapshot.detector);
    return { lengthOf: () => span, overAfter: () => span };
  }
  const gap = durationToMilliseconds(bucket.session.gap);
  const longest = durationToMilliseconds(bucket.session.max_length);
  // Ends a millisecond after the last log of the session; a row of a file may lack it.
  const lengths = Float64Array.from(documents, (document, row) =>
    Math.max(1, (timestampOf(document, 'event.end') ?? NaN) - times[row] || longest),
  );
  return {
    lengthOf: (row) => lengths[row],
    overAfter: (row) => Math.min(lengths[row] - 1 + gap, longest),
  };
}
