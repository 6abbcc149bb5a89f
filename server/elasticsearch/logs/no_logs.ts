import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { pageSentence, sentenceError } from '../../../common/sentences/failure_sentences';
import type { LogRange } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { searchWhole } from '../transport/whole_answer';

/** The time of a range: how long it is up to now, such as `7d`, its beginning, or both ends (ISO 8601). */
export type TimeInWords =
  { readonly last: string } | { readonly since: string } | { readonly from: string; readonly to: string };

/**
 * Finds why a range holds no log: no index matches, the index holds none at that time, or holds some of which the query selects none.
 * Two searches for one log each.
 *
 * @param range without logs
 * @returns a failure that names the index and, where there is one, the time of the last log before
 */
export async function noLogsError(
  client: ElasticsearchClient,
  range: LogRange,
  time: TimeInWords,
  options: RequestOptions = {},
): Promise<DetectionError> {
  const { index, query } = range;
  const lastOf = (wanted: LogRange) => lastLogAt(client, wanted, options);
  const hasQuery = query !== undefined && query !== '';
  const [ofAll, selected] = await Promise.all([
    hasQuery ? lastOf({ ...range, query: undefined }) : undefined,
    lastOf({ ...range, from: 0 }),
  ]);
  if (selected === 'no_index') return sentenceError('too_few_logs', 'no_readable_index', { index });
  const within = inWords(time);
  const message =
    ofAll === undefined
      ? `${index} holds no log ${within}${selected === undefined ? '' : `; the last one is of ${selected}`}.`
      : `${index} holds logs ${within}, but none that the query selects${selected === undefined ? '' : `; the last that it selects is of ${selected}`}.`;
  return new DetectionError('too_few_logs', message, {
    said: pageSentence('no_log', {
      index,
      span: 'last' in time ? 'last' : 'since' in time ? 'since' : 'between',
      from: 'last' in time ? time.last : 'since' in time ? time.since : time.from,
      to: 'to' in time ? time.to : '',
      hasOthers: ofAll === undefined ? 'no' : 'yes',
      selected: selected ?? 'none',
    }),
  });
}

function inWords(time: TimeInWords): string {
  if ('last' in time) return `in the last ${time.last}`;
  return 'since' in time ? `since ${time.since}` : `from ${time.from} to ${time.to}`;
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
