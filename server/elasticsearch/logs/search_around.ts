import type { estypes } from '@elastic/elasticsearch';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

export type FoundDocument = estypes.SearchHit<Record<string, unknown>>;

/** Documents of each side. */
const NEIGHBOURS = 5;
const TIME_LIMIT = '5s';

export interface Around {
  /** Field of the time. */
  readonly field: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Id of the document in the middle, which is left out. */
  readonly without: string;
  readonly fields?: string[];
  readonly signal: AbortSignal;
}

/** Reads what stands just before and just after a time. Takes one request. */
export async function searchAround(
  client: ElasticsearchClient,
  where: estypes.SearchRequest,
  { field, time, without, fields, signal }: Around,
): Promise<{ before: FoundDocument[]; after: FoundDocument[] }> {
  const side = (range: object, order: 'asc' | 'desc'): estypes.AggregationsAggregationContainer => ({
    filter: {
      bool: {
        filter: [{ range: { [field]: { ...range, format: 'epoch_millis' } } }],
        must_not: [{ ids: { values: [without] } }],
      },
    },
    aggs: {
      lines: {
        top_hits: {
          size: NEIGHBOURS,
          sort: [{ [field]: { order, unmapped_type: 'date' } }],
          ...(fields && { _source: { includes: fields } }),
        },
      },
    },
  });
  const answer = await attempt(
    () =>
      client.search(
        {
          ...where,
          size: 0,
          timeout: TIME_LIMIT,
          track_total_hits: false,
          aggs: { before: side({ lt: time }, 'desc'), after: side({ gte: time }, 'asc') },
        },
        { signal },
      ),
    { what: `read what stands around it in "${String(where.index)}"`, signal },
  );
  const sides = answer.aggregations as
    Record<'before' | 'after', { lines: { hits: { hits: FoundDocument[] } } }> | undefined;
  return {
    before: (sides?.before.lines.hits.hits ?? []).reverse(),
    after: sides?.after.lines.hits.hits ?? [],
  };
}
