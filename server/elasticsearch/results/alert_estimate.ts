import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { durationToMilliseconds } from '../../../common/detector';
import { lowestConfidence, queryOf } from '../../../common/rules';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { daysScored, filterResults, firstScored, resultsOfSpace } from './results_query';

/** Elasticsearch gives at most 65,536 buckets: a week of five minutes for each of so many groups. */
const SHORTEST_WINDOW = 5 * 60_000;
const MOST_GROUPS = 30;

const GROUP_FIELDS = {
  entity: 'anomaly.entity',
  feature: 'anomaly.top_feature',
  detector: 'detector.id',
} as const;

interface FiringGroup {
  readonly windows: { readonly buckets: readonly { readonly key: number }[] };
}

/**
 * Counts what a rule would have raised: windows of a group with enough results, one after another, are one alert. By the
 * time of the logs; the past that was scored later counts, too.
 */
export async function estimateAlerts(
  client: ElasticsearchClient,
  space: string,
  query: ApiRequest<Endpoints['estimateAlerts']>['query'],
): Promise<ApiResponse<Endpoints['estimateAlerts']>> {
  const { detector_ids: detectorIds, group_by: groupBy, from, to } = query;
  const window = Math.max(SHORTEST_WINDOW, durationToMilliseconds(query.window));
  const answer = await attempt(
    () =>
      client.search({
        ...resultsOfSpace(space),
        size: 0,
        track_total_hits: true,
        query: {
          bool: {
            filter: filterResults(space, 'log', {
              ...(detectorIds.length > 0 && { detectorIds }),
              from,
              to,
              minimumConfidence: lowestConfidence(query),
              query: queryOf(query),
            }),
          },
        },
        aggs: {
          scored: firstScored(space, { from, to }, detectorIds),
          groups: {
            terms: { field: GROUP_FIELDS[groupBy], size: MOST_GROUPS, missing: '' },
            aggs: {
              windows: {
                date_histogram: {
                  field: '@timestamp',
                  fixed_interval: `${window}ms`,
                  min_doc_count: query.count,
                },
              },
            },
          },
        },
      }),
    { what: 'estimate alerts' },
  );
  const found = answer.aggregations as { scored?: unknown; groups?: { buckets: FiringGroup[] } } | undefined;
  const starts = (found?.groups?.buckets ?? []).flatMap(({ windows }) =>
    startsOf(
      windows.buckets.map(({ key }) => key),
      window,
    ),
  );
  const interval = Math.ceil((to - from) / query.buckets);
  return {
    alerts: starts.length,
    results: hitTotal(answer.hits),
    days: daysScored({ from, to }, found?.scored),
    window_ms: window,
    interval_ms: interval,
    buckets: Array.from({ length: query.buckets }, (_, place) => {
      const start = from + place * interval;
      return {
        time: new Date(start).toISOString(),
        // A window may begin before the time that was asked for.
        alerts: starts.filter(
          (time) => Math.max(time, from) >= start && Math.max(time, from) < start + interval,
        ).length,
      };
    }),
  };
}

/** @param windows starts of windows with enough results, ascending; adjacent ones are one alert that goes on */
const startsOf = (windows: readonly number[], length: number): number[] =>
  windows.filter((start, place) => place === 0 || start - windows[place - 1] > length);
