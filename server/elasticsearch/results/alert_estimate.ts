import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { durationToMilliseconds } from '../../../common/detector';
import { lowestConfidence, queryOf } from '../../../common/rules';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { countAlerts, SHORTEST_WINDOW, totalsOf, totalsOver, type FoundTotals } from './alert_counts';
import { daysScored, filterResults, firstScored, resultsOfSpace } from './results_query';

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
  const filter = filterResults(space, 'log', {
    ...(detectorIds.length > 0 && { detectorIds }),
    from,
    to,
    minimumConfidence: lowestConfidence(query),
    query: queryOf(query),
  });
  const answer = await attempt(
    () =>
      client.search({
        ...resultsOfSpace(space),
        size: 0,
        track_total_hits: true,
        query: { bool: { filter } },
        aggs: {
          scored: firstScored(space, { from, to }, detectorIds),
          counted: { filter: { match_all: {} }, aggs: totalsOver(groupBy) },
        },
      }),
    { what: 'estimate alerts' },
  );
  const found = answer.aggregations as { scored?: unknown; counted?: FoundTotals } | undefined;
  const { groups } = await countAlerts(
    client,
    { space, filter, range: { from, to }, settings: { count: query.count, window, groupBy } },
    totalsOf(found?.counted),
  );
  const starts = groups.flatMap((group) => group.starts);
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
