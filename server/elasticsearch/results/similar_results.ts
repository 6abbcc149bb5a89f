import type { estypes } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints } from '../../../common/api';
import type { AnomalyResult } from '../../../common/anomaly';
import { factsOf } from '../../../common/suppressions/result_facts';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { filterResults, resultsOfSpace, storedResult } from './results_query';

type Query = estypes.QueryDslQueryContainer;
type Similar = NonNullable<ApiResponse<Endpoints['getEvidence']>['similar']['value']>;

const MOST_SIMILAR = 10;
const TIME_LIMIT = '5s';
/** Scores of {@link readSimilar}: the same pattern comes first, whatever else is alike. */
const SAME_PATTERN = 2;
const SAME_FEATURE = 1;

/** Other results of the detector that are like this one, whenever they were: hidden ones too, since they were judged. */
export async function readSimilar(
  client: ElasticsearchClient,
  space: string,
  {
    id,
    result,
    signal,
  }: { readonly id: string; readonly result: AnomalyResult; readonly signal: AbortSignal },
): Promise<Similar> {
  const { pattern, entity, top_feature: feature } = factsOf(result);
  const kinds: { filter: Query[]; boost: number }[] = [
    ...(pattern === undefined
      ? []
      : [{ filter: [{ term: { 'anomaly.pattern': pattern } }], boost: SAME_PATTERN }]),
    ...(entity === undefined || feature === undefined
      ? []
      : [
          {
            filter: [{ term: { 'anomaly.top_feature': feature } }, { term: { 'anomaly.entity': entity } }],
            boost: SAME_FEATURE,
          },
        ]),
  ];
  if (kinds.length === 0) {
    return { total: 0, judged: { real: 0, not_an_anomaly: 0, unjudged: 0 }, results: [] };
  }
  const alike = kinds.map(({ filter, boost }) => ({
    constant_score: { filter: { bool: { filter } }, boost },
  }));
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>(
        {
          ...resultsOfSpace(space),
          size: MOST_SIMILAR,
          timeout: TIME_LIMIT,
          // Some that are alike are enough.
          allow_partial_search_results: true,
          track_total_hits: true,
          query: {
            bool: {
              filter: filterResults(space, 'judged', { detectorIds: [result.detector.id] }),
              must: [{ dis_max: { queries: alike } }],
              must_not: [{ ids: { values: [id] } }],
            },
          },
          sort: [{ _score: { order: 'desc' } }, { '@timestamp': { order: 'desc', unmapped_type: 'date' } }],
          aggs: { verdicts: { terms: { field: 'result.verdict' } } },
        },
        { signal },
      ),
    { what: 'search results like this one', signal },
  );
  const total = hitTotal(answer.hits);
  const verdicts = answer.aggregations as
    { verdicts?: { buckets: { key: string; doc_count: number }[] } } | undefined;
  const countOf = (verdict: string): number =>
    verdicts?.verdicts?.buckets.find(({ key }) => key === verdict)?.doc_count ?? 0;
  const judged = { real: countOf('real'), not_an_anomaly: countOf('not_an_anomaly') };
  return {
    total,
    judged: { ...judged, unjudged: total - judged.real - judged.not_an_anomaly },
    results: answer.hits.hits.map(({ _id, _score, _source }) => {
      const { '@timestamp': time, anomaly, result: state } = storedResult(_source);
      return {
        id: _id as string,
        time,
        score: anomaly.score,
        confidence: anomaly.confidence,
        ...(anomaly.entity !== undefined && { entity: anomaly.entity }),
        reason: anomaly.reason,
        attribution: anomaly.attribution,
        alike: _score === SAME_PATTERN ? ('pattern' as const) : ('feature' as const),
        suppressed: state.type === 'suppressed',
        ...(state.verdict && { verdict: state.verdict }),
      };
    }),
  };
}
