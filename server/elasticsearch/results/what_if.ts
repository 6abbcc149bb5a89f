import type { estypes } from '@elastic/elasticsearch';
import { WHAT_IF_DAYS, type WhatIf } from '../../../common/api/alerts';
import type { AnomalyResult } from '../../../common/anomaly';
import { DAY, durationToMilliseconds } from '../../../common/duration';
import { lowestConfidence, type CountedParams } from '../../../common/rules';
import {
  countAlerts,
  groupName,
  SHORTEST_WINDOW,
  totalsOf,
  totalsOver,
  type AlertCount,
  type AlertQuestion,
  type CountedGroup,
  type FoundTotals,
} from './alert_counts';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { daysScored, firstScored, resultsOfSpace, storedResult } from './results_query';
import { hitTotal } from '../transport/hit_total';

type Query = estypes.QueryDslQueryContainer;

/** Confirmed anomalies that are looked at one by one, the most confident first. */
const MOST_CONFIRMED = 1_000;
const GROUPS_SHOWN = 10;

interface DayBucket {
  readonly key: number;
  readonly doc_count: number;
}

/**
 * Counts the alerts that a rule with other parameters would have raised in the 30 days before `to`, from stored results alone: one request
 * for results, days and confirmed anomalies, and at most two for alerts, however many results there are.
 *
 * @param to epoch milliseconds
 */
export async function whatIf(
  client: ElasticsearchClient,
  params: CountedParams,
  { space, to }: { readonly space: string; readonly to: number },
  options: RequestOptions = {},
): Promise<WhatIf> {
  const range = { from: to - WHAT_IF_DAYS * DAY, to };
  const window = Math.max(SHORTEST_WINDOW, durationToMilliseconds(params.window));
  const lowest = lowestConfidence(params);
  const inScope: Query[] = [
    { term: { 'result.space': space } },
    ...(params.detector_ids.length > 0 ? [{ terms: { 'detector.id': params.detector_ids } }] : []),
  ];
  const counts: Query[] = [
    { term: { 'result.type': 'log' } },
    { range: { 'anomaly.confidence': { gte: lowest } } },
  ];
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>(
        {
          ...resultsOfSpace(space),
          size: MOST_CONFIRMED,
          track_total_hits: true,
          query: {
            bool: {
              filter: [
                ...inScope,
                { terms: { 'result.type': ['log', 'suppressed'] } },
                { range: { '@timestamp': { gte: range.from, lt: range.to, format: 'epoch_millis' } } },
              ],
            },
          },
          post_filter: { term: { 'result.verdict': 'real' } },
          sort: [{ 'anomaly.confidence': { order: 'desc', unmapped_type: 'double' } }],
          _source: [
            '@timestamp',
            'detector.id',
            'anomaly.entity',
            'anomaly.top_feature',
            'anomaly.confidence',
            'anomaly.reason',
            'result.type',
          ],
          aggs: {
            scored: firstScored(space, range, params.detector_ids),
            counted: {
              filter: { bool: { filter: counts } },
              aggs: { days: byDay(range.from), ...totalsOver(params.group_by) },
            },
          },
        },
        { signal: options.signal },
      ),
    { what: 'count results', ...options },
  );
  const counted = (
    answer.aggregations as { counted?: FoundTotals & { days: { buckets: DayBucket[] } } } | undefined
  )?.counted;
  const totals = totalsOf(counted);
  const question: AlertQuestion = {
    space,
    filter: [...inScope, ...counts],
    range,
    settings: { count: params.count, window, groupBy: params.group_by },
  };
  const alerts = await countAlerts(client, question, totals, options);
  const { groups, complete } = alerts;
  const days = alertsByDay(groups, range.from);
  return {
    from: new Date(range.from).toISOString(),
    to: new Date(range.to).toISOString(),
    alerts: days.reduce((sum, count) => sum + count, 0),
    results: totals.results,
    days_with_logs: daysScored(range, (answer.aggregations as { scored?: unknown } | undefined)?.scored),
    window_ms: window,
    complete,
    days: days.map((count, day) => ({
      time: new Date(range.from + day * DAY).toISOString(),
      alerts: count,
      results: counted?.days.buckets.find(({ key }) => key === range.from + day * DAY)?.doc_count ?? 0,
    })),
    groups: groups
      .map(({ detectorId, key, starts, results: count, maxConfidence }) => ({
        key: params.group_by === 'detector' ? detectorId : key,
        alerts: starts.length,
        results: count,
        max_confidence: maxConfidence,
      }))
      .sort((left, right) => right.alerts - left.alerts || right.results - left.results)
      .slice(0, GROUPS_SHOWN),
    confirmed: hitTotal(answer.hits),
    missed: missedOf(answer.hits.hits, alerts, params, window),
  };
}

/** Buckets of 24 hours from the beginning of the range on. */
export const byDay = (from: number): estypes.AggregationsAggregationContainer => ({
  date_histogram: {
    field: '@timestamp',
    fixed_interval: '1d',
    offset: `${((from % DAY) + DAY) % DAY}ms`,
    min_doc_count: 1,
  },
});

/** @returns alerts that begin on each of the 30 days; a window may begin before the first, and counts there */
export function alertsByDay(groups: readonly CountedGroup[], from: number): number[] {
  const days = new Array<number>(WHAT_IF_DAYS).fill(0);
  for (const { starts } of groups) {
    for (const start of starts) days[Math.max(0, Math.floor((start - from) / DAY))]++;
  }
  return days;
}

function missedOf(
  hits: readonly estypes.SearchHit<AnomalyResult>[],
  { groups, complete }: AlertCount,
  params: CountedParams,
  window: number,
): WhatIf['missed'] {
  const alerting = new Map(
    groups.map(({ detectorId, key, windows }) => [groupName(detectorId, key), new Set(windows)]),
  );
  const reasonOf = (result: AnomalyResult): WhatIf['missed'][number]['why'] | undefined => {
    if (result.result.type === 'suppressed') return 'suppressed';
    if (result.anomaly.confidence < lowestConfidence(params)) return 'below_confidence';
    const { entity = '', top_feature: feature = '' } = result.anomaly;
    const key = { entity, feature, detector: '' }[params.group_by];
    const windows = alerting.get(groupName(result.detector.id, key));
    // Of a group that was not counted nothing is known.
    if (windows === undefined && !complete) return undefined;
    const start = Math.floor(Date.parse(result['@timestamp']) / window) * window;
    return windows?.has(start) ? undefined : 'too_few';
  };
  return hits.flatMap(({ _id, _source: result }) => {
    const why = result && reasonOf(result);
    if (result === undefined || why === undefined) return [];
    const { entity, confidence, reason } = storedResult(result).anomaly;
    return [
      {
        id: _id as string,
        time: result['@timestamp'],
        detector_id: result.detector.id,
        ...(entity !== undefined && { entity }),
        confidence,
        reason,
        why,
      },
    ];
  });
}
