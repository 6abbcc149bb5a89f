import type { Detector } from '../../../common/detector';
import type { LogRange } from '.';

/** The logs of a detector's source from `from` on and before `to`, epoch milliseconds. */
export const rangeOf = (
  { index, query, timestamp_field, ingested_field }: Detector['source'],
  from: number,
  to: number,
): LogRange => ({
  index,
  ...(query === undefined ? {} : { query }),
  timestampField: timestamp_field,
  ingestedField: ingested_field,
  from,
  to,
});
