import type { estypes } from '@elastic/elasticsearch';
import { attempt } from './attempt';
import type { ElasticsearchClient } from './client';
import type { RequestOptions } from './log_query';

/** Buckets of one answer; Elasticsearch gives up to 65,536. */
const BUCKETS_A_REQUEST = 10_000;

export interface CompositeSearch {
  readonly index: string;
  readonly query: estypes.QueryDslQueryContainer;
  readonly sources: Record<string, estypes.AggregationsCompositeAggregationSource>[];
  readonly aggs?: Record<string, estypes.AggregationsAggregationContainer>;
  /** Default: as the index says. */
  readonly requestCache?: boolean;
  /** The operation, as it follows "Could not". */
  readonly what: string;
}

/** All buckets of a composite aggregation, 10,000 at a time. `Bucket` is what `sources` and `aggs` make of one. */
export async function* compositePages<Bucket>(
  client: ElasticsearchClient,
  { index, query, sources, aggs, requestCache, what }: CompositeSearch,
  options: RequestOptions,
): AsyncGenerator<Bucket[], void, undefined> {
  let after: Record<string, estypes.FieldValue> | undefined;
  do {
    const answer = await attempt(
      () =>
        client.search(
          {
            index,
            size: 0,
            track_total_hits: false,
            allow_no_indices: true,
            ...(requestCache !== undefined && { request_cache: requestCache }),
            query,
            aggs: {
              pages: {
                composite: { size: BUCKETS_A_REQUEST, sources, ...(after !== undefined && { after }) },
                ...(aggs && { aggs }),
              },
            },
          },
          { signal: options.signal, querystring: { allow_partial_search_results: false } },
        ),
      { what, ...options },
    );
    const page = answer.aggregations?.pages as unknown as
      { buckets: Bucket[]; after_key?: Record<string, estypes.FieldValue> } | undefined;
    const buckets = page?.buckets ?? [];
    yield buckets;
    after = buckets.length < BUCKETS_A_REQUEST ? undefined : page?.after_key;
  } while (after !== undefined);
}
