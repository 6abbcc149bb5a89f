import type { ElasticsearchClient } from '../transport/client';
import { attempt, type RequestOptions } from '../transport/attempt';
import { filterResults, resultsOfSpace } from './results_query';

/** Returns the reader of the entities of a detector that had the surest anomalies, the surest first. Needs `read` on its results. */
export const anomalousEntities =
  (client: ElasticsearchClient, space: string, detectorId: string) =>
  async (
    { from, to }: { readonly from: number; readonly to: number },
    most: number,
    options: RequestOptions,
  ): Promise<string[]> => {
    const answer = await attempt(
      () =>
        client.search(
          {
            ...resultsOfSpace(space),
            size: 0,
            track_total_hits: false,
            query: { bool: { filter: filterResults(space, 'log', { detectorIds: [detectorId], from, to }) } },
            aggs: {
              entities: {
                terms: { field: 'anomaly.entity', size: most, order: { surest: 'desc' } },
                aggs: { surest: { max: { field: 'anomaly.confidence' } } },
              },
            },
          },
          { signal: options.signal },
        ),
      { what: 'find the most anomalous entities', ...options },
    );
    const found = answer.aggregations as { entities?: { buckets: { key: string }[] } } | undefined;
    return (found?.entities?.buckets ?? []).map(({ key }) => key);
  };
