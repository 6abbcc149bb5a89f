import type { estypes } from '@elastic/elasticsearch';
import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { filterByContent, filterResults, resultsOfSpace } from './results_query';

interface Counted {
  readonly key: string;
  readonly doc_count: number;
  readonly worst: { value: number | null };
  readonly first: { value: number };
  readonly last: { value: number };
}
interface CountedFeature extends Counted {
  readonly values?: { readonly buckets: readonly Counted[] };
}

const MEASURES: Record<string, estypes.AggregationsAggregationContainer> = {
  worst: { max: { field: 'anomaly.confidence' } },
  first: { min: { field: '@timestamp' } },
  last: { max: { field: '@timestamp' } },
};

/** Anomalous logs counted by the feature that stands out most, and by its value. */
export async function listPatterns(
  client: ElasticsearchClient,
  space: string,
  query: ApiRequest<Endpoints['listPatterns']>['query'],
): Promise<ApiResponse<Endpoints['listPatterns']>> {
  const filter = [
    ...filterResults(space, 'log', {
      ...(query.detector_id && { detectorIds: [query.detector_id] }),
      from: query.from,
      to: query.to,
      entity: query.entity,
      entityParts: query.entity_part,
    }),
    ...filterByContent(query),
  ];
  const answer = await attempt(
    () =>
      client.search({
        ...resultsOfSpace(space),
        size: 0,
        track_total_hits: true,
        query: { bool: { filter } },
        aggs: {
          features: {
            terms: { field: 'anomaly.top_feature', size: query.features },
            aggs: {
              ...MEASURES,
              ...(query.values > 0 && {
                values: { terms: { field: 'anomaly.top_value', size: query.values }, aggs: MEASURES },
              }),
            },
          },
        },
      }),
    { what: 'count patterns' },
  );
  const found = answer.aggregations as { features?: { buckets: CountedFeature[] } } | undefined;
  return {
    anomalies: hitTotal(answer.hits),
    features: (found?.features?.buckets ?? []).map((feature) => ({
      feature: feature.key,
      ...measuresOf(feature),
      values: (feature.values?.buckets ?? []).map((value) => ({ value: value.key, ...measuresOf(value) })),
    })),
  };
}

const measuresOf = ({ doc_count: anomalies, worst, first, last }: Counted) => ({
  anomalies,
  max_confidence: worst.value ?? 0,
  first_seen: new Date(first.value).toISOString(),
  last_seen: new Date(last.value).toISOString(),
});
