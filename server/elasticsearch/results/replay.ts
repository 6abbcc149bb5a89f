import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult } from '../../../common/anomaly';
import { DAY, durationToMilliseconds } from '../../../common/duration';
import { logAnomalyParamsSchema } from '../../../common/rules';
import { SUPPRESSION_LIMITS, type Suppression } from '../../../common/suppressions';
import type { Replay } from '../../detection/ports';
import { countAlerts, totalsOf, totalsOver, type AlertQuestion, type FoundTotals } from './alert_counts';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { daysScored, firstScored, resultsOfSpace, storedResult } from './results_query';
import { queryOfSuppression } from './suppression_query';
import { alertsByDay, byDay } from './what_if';
import { hitTotal } from '../transport/hit_total';

type Query = estypes.QueryDslQueryContainer;

interface Counted extends FoundTotals {
  readonly days: { readonly buckets: readonly { readonly key: number; readonly doc_count: number }[] };
}

/**
 * Counts the effect that a suppression would have had: on results as they are stored, and the alerts that a rule with its default
 * parameters would have raised of them.
 *
 * @param range 30 days by the time of the log, epoch milliseconds
 */
export async function replaySuppression(
  client: ElasticsearchClient,
  suppression: Suppression,
  { space, range }: Pick<AlertQuestion, 'space' | 'range'>,
  options: RequestOptions = {},
): Promise<Replay> {
  const { detector_ids: detectorIds } = suppression;
  const hidden = await queryOfSuppression(suppression, range);
  const shown: Query[] = [
    { term: { 'result.space': space } },
    { term: { 'result.type': 'log' } },
    ...(detectorIds.length > 0 ? [{ terms: { 'detector.id': detectorIds } }] : []),
  ];
  const left: Query = { bool: { must_not: [hidden] } };
  const days = byDay(range.from);
  const rule = logAnomalyParamsSchema.parse({});
  const settings = {
    count: rule.count,
    window: durationToMilliseconds(rule.window),
    groupBy: rule.group_by,
  };
  const totals = totalsOver(rule.group_by);
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>(
        {
          ...resultsOfSpace(space),
          size: SUPPRESSION_LIMITS.listed,
          track_total_hits: true,
          query: {
            bool: {
              filter: [
                ...shown,
                { range: { '@timestamp': { gte: range.from, lt: range.to, format: 'epoch_millis' } } },
              ],
            },
          },
          post_filter: { bool: { filter: [hidden, { term: { 'result.verdict': 'real' } }] } },
          sort: [{ 'anomaly.confidence': { order: 'desc', unmapped_type: 'double' } }],
          aggs: {
            scored: firstScored(space, range, detectorIds),
            before: { filter: { match_all: {} }, aggs: { days, ...totals } },
            after: { filter: left, aggs: { days, ...totals } },
          },
        },
        { signal: options.signal },
      ),
    { what: 'count what would be hidden', ...options },
  );
  const { before, after, scored } = (answer.aggregations ?? {}) as {
    before?: Counted;
    after?: Counted;
    scored?: unknown;
  };
  const alerts = async (filter: readonly Query[], counted: Counted | undefined) => {
    const question = { space, filter, range, settings };
    const { groups, complete } = await countAlerts(client, question, totalsOf(counted), options);
    return { days: alertsByDay(groups, range.from), complete };
  };
  const alertsBefore = await alerts(shown, before);
  const alertsAfter = await alerts([...shown, left], after);
  const resultsOn = (counted: Counted | undefined, day: number): number =>
    counted?.days.buckets.find(({ key }) => key === range.from + day * DAY)?.doc_count ?? 0;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    ...range,
    results: { before: before?.doc_count ?? 0, after: after?.doc_count ?? 0 },
    alerts: { before: sum(alertsBefore.days), after: sum(alertsAfter.days) },
    daysWithLogs: daysScored(range, scored),
    complete: alertsBefore.complete && alertsAfter.complete,
    days: alertsBefore.days.map((alertsOn, day) => ({
      time: range.from + day * DAY,
      alerts: { before: alertsOn, after: alertsAfter.days[day] },
      results: { before: resultsOn(before, day), after: resultsOn(after, day) },
    })),
    confirmed: {
      total: hitTotal(answer.hits),
      results: answer.hits.hits.map((hit) => ({
        id: hit._id as string,
        result: storedResult(hit._source),
      })),
    },
  };
}
