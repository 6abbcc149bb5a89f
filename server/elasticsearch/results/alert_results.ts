import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult } from '../../../common/anomaly';
import { BACKFILL_RUN_PREFIX } from '../../detection/scoring/result_documents';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { filterResults, resultsOfSpace, storedResult, type ResultFilter } from './results_query';

const PAGE = 1_000;
/** Lost results looked at, the most confident first. */
const MOST_LOST = 1_000;

export interface FoundResult {
  readonly id: string;
  readonly result: AnomalyResult;
}

/**
 * Yields results that an alert may tell of, page by page, the most confident first. Those of a backfill tell of the past and
 * are left out.
 */
export async function* readResultsToAlert(
  client: ElasticsearchClient,
  space: string,
  filter: ResultFilter,
): AsyncGenerator<{ readonly results: readonly FoundResult[]; readonly isLast: boolean }> {
  const query: estypes.QueryDslQueryContainer = {
    bool: {
      filter: filterResults(space, 'log', filter),
      must_not: [{ prefix: { 'run.id': BACKFILL_RUN_PREFIX } }],
    },
  };
  let after: estypes.SortResults | undefined;
  for (;;) {
    const answer = await attempt(
      () =>
        client.search<AnomalyResult>({
          ...resultsOfSpace(space),
          size: PAGE,
          track_total_hits: false,
          query,
          sort: [
            { 'anomaly.confidence': { order: 'desc', unmapped_type: 'double' } },
            { 'anomaly.score': { order: 'desc', unmapped_type: 'double' } },
            { 'event.ingested': { order: 'asc', unmapped_type: 'date' } },
            { 'source.id': { order: 'asc', unmapped_type: 'keyword' } },
            { 'detector.id': { order: 'asc', unmapped_type: 'keyword' } },
          ],
          ...(after && { search_after: after }),
        }),
      { what: 'look for anomalies' },
    );
    const { hits } = answer.hits;
    const isLast = hits.length < PAGE;
    yield { results: foundIn(hits), isLast };
    if (isLast) return;
    after = hits[hits.length - 1].sort;
  }
}

/** Results that were hidden or withdrawn, the most confident first, with what an alert is grouped by and their history. */
export async function findLostResults(
  client: ElasticsearchClient,
  space: string,
  filter: ResultFilter,
): Promise<readonly FoundResult[]> {
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>({
        ...resultsOfSpace(space),
        size: MOST_LOST,
        track_total_hits: false,
        query: { bool: { filter: filterResults(space, 'lost', filter) } },
        sort: [{ 'anomaly.confidence': { order: 'desc', unmapped_type: 'double' } }],
        _source: ['detector', 'anomaly.entity', 'anomaly.attribution.feature', 'result'],
      }),
    { what: 'look for results that were hidden or withdrawn' },
  );
  return foundIn(answer.hits.hits);
}

const foundIn = (hits: readonly estypes.SearchHit<AnomalyResult>[]): FoundResult[] =>
  hits.flatMap(({ _id, _source }) =>
    _source === undefined ? [] : [{ id: _id as string, result: storedResult(_source) }],
  );
