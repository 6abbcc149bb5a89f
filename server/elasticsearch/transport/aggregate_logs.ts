import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { searchWhole } from './whole_answer';

interface LogAggregation {
  readonly index: string;
  readonly query: estypes.QueryDslQueryContainer;
  readonly aggs: Record<string, estypes.AggregationsAggregationContainer>;
  /** As it follows "Could not". */
  readonly what: string;
}

/**
 * Sums up logs, and brings none of them.
 *
 * @returns the outcome by the names of `aggs`; undefined where no index matches
 * @throws DetectionError as `attempt` does, also where a part of the answer is missing
 */
export async function aggregateLogs(
  client: ElasticsearchClient,
  { index, query, aggs, what }: LogAggregation,
  { policy, signal }: RequestOptions = {},
): Promise<Record<string, estypes.AggregationsAggregate> | undefined> {
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        { index, allow_no_indices: true, size: 0, track_total_hits: false, query, aggs },
        { signal },
      ),
    { what, policy, signal },
  );
  return answer.aggregations;
}
