import type { estypes } from '@elastic/elasticsearch';
import { mostSevereFirst, type AnomalyResult } from '../../../common/anomaly';
import { INCIDENT_LIMITS, type Group } from '../../../common/incidents';
import type { IncidentFigures } from '../../detection/ports/incidents';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { filterResults, resultsOfSpace, storedResult } from '../results/results_query';
import { COUNTING, queryOfMembers } from './member_query';

/** Incidents counted by one request. */
const GROUPS_A_REQUEST = 50;
/** Logs of one index up to which several detectors' results of them are counted exactly, as far as hashes are. */
const COUNTED_EXACTLY = 10_000;
/** Indices of an incident whose logs are told apart; those of further ones are counted once for each detector. */
const MOST_INDICES = 100;

interface Hits {
  hits: { hits: { _id: string; _source: AnomalyResult }[] };
}
/** Answer to `resultAggregations`. */
export interface CountedResults {
  logs_of: {
    doc_count: number;
    found_by: { buckets: { doc_count: number }[] };
    indices: { sum_other_doc_count: number; buckets: { ids: { value: number } }[] };
  };
  buckets_of: { doc_count: number };
  changes_of: { doc_count: number };
}
interface Counted extends CountedResults {
  doc_count: number;
  score: { value: number | null };
  confidence: { value: number | null };
  detectors: { buckets: { key: string; doc_count: number; name: { buckets: { key: string }[] } }[] };
  first: Hits;
  last: Hits;
  patterns: { buckets: { leading: Hits }[] };
}

const oneHit = (...sort: estypes.SortCombinations[]): estypes.AggregationsAggregationContainer => ({
  top_hits: { size: 1, sort },
});
const byTime = (order: 'asc' | 'desc') =>
  oneHit({ '@timestamp': { order } }, { 'source.id': { order, unmapped_type: 'keyword' } });

const IS_CHANGE = { exists: { field: 'anomaly.change.kind' } };

/** Returns the aggregations that count the results of a group, for `countsOf`. */
export const resultAggregations = ({
  bucketDetectors,
}: Group): Record<string, estypes.AggregationsAggregationContainer> => ({
  logs_of: {
    filter: { bool: { must_not: [{ terms: { 'detector.id': [...bucketDetectors] } }, IS_CHANGE] } },
    aggs: {
      found_by: { terms: { field: 'detector.id', size: 1 } },
      indices: {
        terms: { field: 'source.index', size: MOST_INDICES },
        aggs: { ids: { cardinality: { field: 'source.id', precision_threshold: COUNTED_EXACTLY } } },
      },
    },
  },
  buckets_of: {
    filter: { bool: { filter: [{ terms: { 'detector.id': [...bucketDetectors] } }], must_not: [IS_CHANGE] } },
  },
  changes_of: { filter: IS_CHANGE },
});

const figureAggregations = (group: Group): Record<string, estypes.AggregationsAggregationContainer> => ({
  ...resultAggregations(group),
  score: { max: { field: 'anomaly.score' } },
  confidence: { max: { field: 'anomaly.confidence' } },
  detectors: {
    terms: { field: 'detector.id', size: INCIDENT_LIMITS.detectors },
    aggs: { name: { terms: { field: 'detector.name', size: 1 } } },
  },
  first: byTime('asc'),
  last: byTime('desc'),
  patterns: {
    terms: {
      field: 'anomaly.pattern',
      size: INCIDENT_LIMITS.reasons,
      order: [{ worst: 'desc' }, { highest: 'desc' }, { _key: 'asc' }],
    },
    aggs: {
      worst: { max: { field: 'anomaly.confidence' } },
      highest: { max: { field: 'anomaly.score' } },
      leading: oneHit(
        { 'anomaly.confidence': { order: 'desc' } },
        { 'anomaly.score': { order: 'desc' } },
        { '@timestamp': { order: 'asc' } },
      ),
    },
  },
});

/** Counts the results of each group anew. @param namedOf groups that those of "others" leave out */
export async function countIncidents(
  client: ElasticsearchClient,
  groups: readonly Group[],
  namedOf: (group: Group) => readonly Group[],
  { space, policy, signal }: RequestOptions & { readonly space: string },
): Promise<(IncidentFigures | undefined)[]> {
  const found: (IncidentFigures | undefined)[] = [];
  for (let start = 0; start < groups.length; start += GROUPS_A_REQUEST) {
    const part = groups.slice(start, start + GROUPS_A_REQUEST);
    const reach = (pick: (group: Group) => number, of: (...values: number[]) => number): number =>
      of(...part.map(pick));
    const answer = await attempt(
      () =>
        client.search(
          {
            ...resultsOfSpace(space),
            size: 0,
            track_total_hits: false,
            query: {
              bool: {
                filter: [
                  ...filterResults(space, 'log', {
                    from: reach(({ from, quiet }) => from - quiet, Math.min),
                    to: reach(({ to, quiet }) => to + quiet, Math.max) + 1,
                  }),
                  ...COUNTING,
                ],
              },
            },
            aggs: Object.fromEntries(
              part.map((group, place): [string, estypes.AggregationsAggregationContainer] => [
                `incident_${place}`,
                { filter: queryOfMembers(group, namedOf(group)), aggs: figureAggregations(group) },
              ]),
            ),
          },
          { signal },
        ),
      { what: `count the results of incidents of space "${space}"`, policy, signal },
    );
    const counted = (answer.aggregations ?? {}) as unknown as Record<string, Counted | undefined>;
    found.push(...part.map((_, place) => figuresOf(counted[`incident_${place}`])));
  }
  return found;
}

/**
 * Returns the number of different logs, of which several detectors may have found one. A detector has one result of a log, so there
 * are as many as one of them has found at least, and as many as results at most.
 */
function distinctLogs({ doc_count: results, found_by: by, indices }: CountedResults['logs_of']): number {
  const counted = indices.buckets.reduce((sum, { ids }) => sum + ids.value, indices.sum_other_doc_count);
  return Math.min(results, Math.max(by.buckets[0]?.doc_count ?? 0, counted));
}

/** Returns the counts of an incident: each log once, whichever detectors have found it. */
export const countsOf = (counted: CountedResults): IncidentFigures['counts'] => ({
  logs: distinctLogs(counted.logs_of),
  buckets: counted.buckets_of.doc_count,
  ...(counted.changes_of.doc_count > 0 && { changes: counted.changes_of.doc_count }),
});

function figuresOf(counted: Counted | undefined): IncidentFigures | undefined {
  if (counted === undefined || counted.doc_count === 0) return undefined;
  const hitOf = ({ hits }: Hits) =>
    hits.hits.map(({ _id: id, _source }) => ({ id, result: storedResult(_source) }));
  const [first] = hitOf(counted.first);
  const [last] = hitOf(counted.last);
  const leading = counted.patterns.buckets
    .flatMap((bucket) => hitOf(bucket.leading))
    .sort((one, other) => mostSevereFirst(one.result, other.result));
  return {
    counts: countsOf(counted),
    detectors: counted.detectors.buckets.map(({ key, doc_count: results, name }) => ({
      id: key,
      name: name.buckets[0]?.key ?? key,
      results,
    })),
    score: counted.score.value ?? 0,
    confidence: counted.confidence.value ?? 0,
    first,
    last,
    leading: leading.length > 0 ? leading : [first],
  };
}
