import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { fieldTypes } from '../transport/log_query';
import { isWholeAnswer } from '../transport/whole_answer';

type Query = estypes.QueryDslQueryContainer;

/** The cluster may take so long; what it has counted by then is given as incomplete. */
const TIME_LIMIT = '5s';

export interface CountWithTimes {
  readonly count: number;
  /** ISO 8601. */
  readonly first_seen?: string;
  readonly last_seen?: string;
  readonly complete: boolean;
}

/** Counts documents, and says when the first and the last of them were. @param where indices to search */
export async function countWithTimes(
  client: ElasticsearchClient,
  where: estypes.SearchRequest,
  { time, filter, signal }: { readonly time: string; readonly filter: Query[]; readonly signal: AbortSignal },
): Promise<CountWithTimes> {
  const answer = await attempt(
    () =>
      client.search(
        {
          ...where,
          size: 0,
          timeout: TIME_LIMIT,
          allow_partial_search_results: true,
          track_total_hits: true,
          query: { bool: { filter } },
          aggs: { first: { min: { field: time } }, last: { max: { field: time } } },
        },
        { signal },
      ),
    { what: `search "${String(where.index)}" for messages like this`, signal },
  );
  const found = answer.aggregations as Record<'first' | 'last', { value: number | null }> | undefined;
  const seen = (at: number | null | undefined): string | undefined =>
    at === null || at === undefined ? undefined : new Date(at).toISOString();
  return {
    count: hitTotal(answer.hits),
    first_seen: seen(found?.first.value),
    last_seen: seen(found?.last.value),
    complete: isWholeAnswer(answer),
  };
}

/**
 * Returns a query for phrases in their order.
 *
 * @returns undefined when the field cannot be searched for words, or there are none
 */
export async function phraseQuery(
  client: ElasticsearchClient,
  index: string,
  { field, phrases, signal }: { field: string; phrases: readonly string[]; signal: AbortSignal },
): Promise<Query[] | undefined> {
  if (phrases.length === 0) return undefined;
  const { types } = await fieldTypes(client, index, [field], { signal }).catch((error: unknown) => {
    if (error instanceof DetectionError && error.code === 'not_found') return { types: {} as never };
    throw error;
  });
  const names = Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped');
  if (names.length === 0) return undefined;
  if (names.every((type) => type === 'text' || type === 'match_only_text')) {
    return phrases.map((phrase) => ({ match_phrase: { [field]: phrase } }));
  }
  const escaped = phrases.map((phrase) => phrase.replace(/[\\*?]/g, '\\$&'));
  return [{ wildcard: { [field]: { value: `*${escaped.join('*')}*` } } }];
}
