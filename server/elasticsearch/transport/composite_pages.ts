import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { errorBodyOf, errorTypes, reasonOf } from './errors';
import { searchWhole } from './whole_answer';

/** Buckets of one answer, where nothing else is said; Elasticsearch gives up to 65,536. */
const BUCKETS_A_REQUEST = 10_000;

/** By so much fewer are asked for where `search.max_buckets` allows no more. */
const SHRINKING = 4;

export const isTooManyBuckets = (error: unknown): boolean => {
  const body = errorBodyOf(error);
  return (
    errorTypes(body).includes('too_many_buckets_exception') || reasonOf(body).includes('search.max_buckets')
  );
};

export interface CompositeSearch {
  readonly index: string;
  readonly query: estypes.QueryDslQueryContainer;
  readonly sources: Record<string, estypes.AggregationsCompositeAggregationSource>[];
  readonly aggs?: Record<string, estypes.AggregationsAggregationContainer>;
  /** Asked for once, with the first page: what is said of all buckets together. */
  readonly beside?: Record<string, estypes.AggregationsAggregationContainer>;
  /** Buckets of one answer; default 10,000. Fewer where `aggs` make them large. */
  readonly size?: number;
  /** Default: as the index says. */
  readonly requestCache?: boolean;
  /** The operation, as it follows "Could not". */
  readonly what: string;
}

export interface CompositePage<Bucket, Beside> {
  readonly buckets: Bucket[];
  /** On the first page only. */
  readonly beside?: Beside;
}

/**
 * All buckets of a composite aggregation, page by page.
 *
 * @typeParam Bucket what `sources` and `aggs` make of one
 * @typeParam Beside what `beside` answers
 */
export async function* compositePages<Bucket, Beside = never>(
  client: ElasticsearchClient,
  {
    index,
    query,
    sources,
    aggs,
    beside,
    size: largest = BUCKETS_A_REQUEST,
    requestCache,
    what,
  }: CompositeSearch,
  options: RequestOptions,
): AsyncGenerator<CompositePage<Bucket, Beside>, void, undefined> {
  let after: Record<string, estypes.FieldValue> | undefined;
  let size = largest;
  for (;;) {
    const answer = await attempt(
      () =>
        searchWhole(
          client,
          {
            index,
            size: 0,
            track_total_hits: false,
            allow_no_indices: true,
            ...(requestCache !== undefined && { request_cache: requestCache }),
            query,
            aggs: {
              pages: {
                composite: { size, sources, ...(after !== undefined && { after }) },
                ...(aggs && { aggs }),
              },
              ...(after === undefined && beside),
            },
          },
          { signal: options.signal },
        ).catch((error: unknown) => {
          if (size === 1 || !isTooManyBuckets(error)) throw error;
          return undefined;
        }),
      { what, ...options },
    );
    if (answer === undefined) {
      size = Math.max(1, Math.floor(size / SHRINKING));
      continue;
    }
    const { pages, ...others } = (answer.aggregations ?? {}) as unknown as {
      pages?: { buckets: Bucket[]; after_key?: Record<string, estypes.FieldValue> };
    };
    const buckets = pages?.buckets ?? [];
    yield { buckets, ...(after === undefined && beside && { beside: others as Beside }) };
    after = buckets.length < size ? undefined : pages?.after_key;
    if (after === undefined) return;
  }
}
