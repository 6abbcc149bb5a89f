import type { estypes } from '@elastic/elasticsearch';
import type { LogDocument } from '../../../common/log_document';
import { attempt, DEFAULT_RETRY_POLICY } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { planFields, type Hit } from '../transport/field_plan';
import { searchWhole } from '../transport/whole_answer';
import { toShownLogs } from './source_logs';

export interface FoundDocument {
  readonly id: string;
  readonly document: LogDocument;
}

/** Documents of each side. */
const NEIGHBOURS = 5;
const TIME_LIMIT = '5s';
/** People wait for the answer, and ask again. */
const POLICY = { ...DEFAULT_RETRY_POLICY, attempts: 1 };

export interface Around {
  /** Field of the time. */
  readonly field: string;
  /** Epoch milliseconds. */
  readonly time: number;
  /** Id of the document in the middle, which is left out. */
  readonly without: string;
  /** Read as a detector reads them; default: the whole document as it was written. */
  readonly fields?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Reads what stands just before and just after a time.
 *
 * @throws DetectionError `unavailable` where a shard or a remote cluster does not answer in time
 */
export async function searchAround(
  client: ElasticsearchClient,
  where: Omit<estypes.SearchRequest, 'index'> & { readonly index: string },
  { field, time, without, fields, signal }: Around,
): Promise<{ before: FoundDocument[]; after: FoundDocument[] }> {
  const { index } = where;
  const what = `read what stands around it in "${index}"`;
  const options = { policy: POLICY, signal };
  const plan = await planFields(client, index, { fields }, { ...options, ignoreUnavailable: true });
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
          ...plan.request,
        },
      },
    },
  });
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        {
          ...where,
          size: 0,
          timeout: TIME_LIMIT,
          track_total_hits: false,
          aggs: { before: side({ lt: time }, 'desc'), after: side({ gte: time }, 'asc') },
        },
        { signal },
      ),
    { what, ...options },
  );
  const sides = answer.aggregations as
    Record<'before' | 'after', { lines: { hits: { hits: Hit[] } } }> | undefined;
  const shown = (of: 'before' | 'after'): Promise<FoundDocument[]> =>
    toShownLogs(client, index, plan, { hits: sides?.[of].lines.hits.hits ?? [], options });
  const [before, after] = await Promise.all([shown('before'), shown('after')]);
  return { before: before.reverse(), after };
}
