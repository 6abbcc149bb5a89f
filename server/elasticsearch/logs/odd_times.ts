import { HOUR } from '../../../common/duration';
import type { LogRange } from '../../detection/ports';
import { aggregateLogs } from '../transport/aggregate_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOfSource } from '../transport/log_query';

/** Clocks may differ by so much without a word. */
const AHEAD_MILLISECONDS = HOUR;

export interface OddTimes {
  /** Logs without a value of the timestamp field: no range of time holds them. */
  readonly untimed: number;
  /** Logs that lie more than an hour ahead of now. */
  readonly ahead: number;
}

/** Counts logs of a source that are not read when they arrive, whatever their range. Takes one request. */
export async function countOddTimes(
  client: ElasticsearchClient,
  { index, timestampField, query }: Pick<LogRange, 'index' | 'timestampField' | 'query'>,
  now: number,
  options: RequestOptions = {},
): Promise<OddTimes> {
  const found = await aggregateLogs(
    client,
    {
      index,
      query: { bool: { filter: queryOfSource(query) } },
      aggs: {
        untimed: { missing: { field: timestampField } },
        ahead: {
          filter: {
            range: { [timestampField]: { gte: now + AHEAD_MILLISECONDS, format: 'epoch_millis' } },
          },
        },
      },
      what: `look for logs of "${index}" without a time`,
    },
    options,
  );
  const counted = found as Record<keyof OddTimes, { doc_count: number }> | undefined;
  return { untimed: counted?.untimed.doc_count ?? 0, ahead: counted?.ahead.doc_count ?? 0 };
}
