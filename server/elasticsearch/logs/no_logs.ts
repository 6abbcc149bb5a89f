import type { estypes } from '@elastic/elasticsearch';
import type { LogRange } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { searchWhole } from '../transport/whole_answer';

/**
 * Says why a range holds no log: no index matches, the index holds none at that time, or holds some of which the query selects none.
 * Two searches for one log each.
 *
 * @param range without logs
 * @param within the time of the range in words, e.g. `in the last 7d`
 * @returns a sentence that names the index and, where there is one, the time of the last log before
 */
export async function whyNoLogs(
  client: ElasticsearchClient,
  range: LogRange,
  within: string,
  options: RequestOptions = {},
): Promise<string> {
  const { index, query } = range;
  const lastOf = (wanted: LogRange) => lastLogAt(client, wanted, options);
  const hasQuery = query !== undefined && query !== '';
  const [ofAll, selected] = await Promise.all([
    hasQuery ? lastOf({ ...range, query: undefined }) : undefined,
    lastOf({ ...range, from: 0 }),
  ]);
  if (selected === 'no_index') return `No index that can be read matches ${index}.`;
  return ofAll === undefined
    ? `${index} holds no log ${within}${selected === undefined ? '' : `; the last one is of ${selected}`}.`
    : `${index} holds logs ${within}, but none that the query selects${selected === undefined ? '' : `; the last that it selects is of ${selected}`}.`;
}

/** @returns the time of the last log of the range as ISO 8601; undefined where it holds none; `no_index` where no index matches */
async function lastLogAt(
  client: ElasticsearchClient,
  range: LogRange,
  options: RequestOptions,
): Promise<string | undefined> {
  const { index, timestampField } = range;
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        {
          index,
          allow_no_indices: true,
          size: 1,
          track_total_hits: false,
          _source: false,
          query: queryOf(range),
          sort: [
            { [timestampField]: { order: 'desc', format: 'strict_date_time', unmapped_type: 'date' } },
          ] as estypes.Sort,
        },
        { signal: options.signal },
      ),
    { what: `look for the last log of "${index}"`, ...options },
  );
  if (answer._shards.total === 0) return 'no_index';
  const [hit] = answer.hits.hits;
  return hit?.sort === undefined ? undefined : String(hit.sort[0]);
}
