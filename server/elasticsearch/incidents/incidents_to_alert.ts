import type { estypes } from '@elastic/elasticsearch';
import { resultsOf, type Group, type Incident } from '../../../common/incidents';
import { BACKFILL_RUN_PREFIX } from '../../detection/scoring/result_documents';
import { incidentsIndex } from '../indices/names';
import { filterResults, resultsOfSpace } from '../results/results_query';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { countsOf, resultAggregations, type CountedResults } from './incident_figures';
import { namedBeside } from './incident_search';
import { COUNTING, queryOfMembers } from './member_query';
import { keptOf, type IncidentDocument } from './stored_incident';

type Query = estypes.QueryDslQueryContainer;

/** Incidents looked at in one check, the most confident first. */
export const MOST_INCIDENTS_TO_ALERT = 1_000;
/** Incidents whose results are counted by one request; what each is joined by can be some hundred kilobytes. */
const COUNTED_A_REQUEST = 20;

const ACTIVE: Query = { terms: { state: ['open', 'acknowledged'] } };

export interface IncidentConditions {
  readonly detectorIds?: readonly string[];
  readonly minimumConfidence: number;
  readonly minimumResults: number;
  /** Beside those that go on, those that were over by themselves and have changed since (epoch milliseconds). */
  readonly changedFrom: number;
}

/** Incidents that go on or have just been over, and meet the conditions. */
export async function findIncidentsToAlert(
  client: ElasticsearchClient,
  space: string,
  { detectorIds, minimumConfidence, minimumResults, changedFrom }: IncidentConditions,
): Promise<Incident[]> {
  return search(client, space, MOST_INCIDENTS_TO_ALERT, {
    bool: {
      filter: [
        { range: { confidence: { gte: minimumConfidence } } },
        { range: { results: { gte: minimumResults } } },
        ...(detectorIds === undefined ? [] : [{ terms: { 'detectors.id': [...detectorIds] } }]),
      ],
      should: [
        ACTIVE,
        {
          bool: {
            filter: [
              { term: { state: 'closed' } },
              { term: { closed_because: 'quiet' } },
              { range: { updated_at: { gte: changedFrom, format: 'epoch_millis' } } },
            ],
          },
        },
      ],
      minimum_should_match: 1,
    },
  });
}

/** @param ids at most 10,000 @returns incidents in any state; those that are gone are left out */
export async function readIncidents(
  client: ElasticsearchClient,
  space: string,
  ids: readonly string[],
): Promise<Incident[]> {
  return ids.length === 0 ? [] : search(client, space, ids.length, { ids: { values: [...ids] } });
}

async function search(
  client: ElasticsearchClient,
  space: string,
  size: number,
  query: Query,
): Promise<Incident[]> {
  const answer = await attempt(
    () =>
      client.search<IncidentDocument>({
        index: incidentsIndex(space),
        ignore_unavailable: true,
        allow_no_indices: true,
        size,
        track_total_hits: false,
        // Up to a megabyte of each, which whoever writes logs can fill.
        _source_excludes: ['kept'],
        query,
        sort: [
          { confidence: { order: 'desc', unmapped_type: 'double' } },
          { end: { order: 'desc', unmapped_type: 'date' } },
        ],
      }),
    { what: 'look for incidents' },
  );
  return answer.hits.hits.map((hit) => keptOf(hit._id as string, hit._source as IncidentDocument).incident);
}

/** Results of an incident that a rule counts. */
export interface MatchingResults {
  /** Those that match the query of the rule, counted as those of the incident are: each log once. */
  readonly count: number;
  /** Of these, those that no backfill has found. */
  readonly live: number;
}

/**
 * Counts the results of incidents that match a query, hidden and withdrawn ones left out.
 *
 * @param query undefined: all match
 * @returns by the id of the incident
 */
export async function countMatchingResults(
  client: ElasticsearchClient,
  space: string,
  incidents: readonly Incident[],
  query: Record<string, unknown> | undefined,
): Promise<ReadonlyMap<string, MatchingResults>> {
  const counts = new Map<string, MatchingResults>();
  for (let start = 0; start < incidents.length; start += COUNTED_A_REQUEST) {
    const ids = incidents.slice(start, start + COUNTED_A_REQUEST).map(({ id }) => id);
    const groups = await groupsOf(client, space, ids);
    const answer = await attempt(
      () =>
        client.search({
          ...resultsOfSpace(space),
          size: 0,
          track_total_hits: false,
          query: {
            bool: {
              filter: [
                ...filterResults(space, 'log', {}),
                ...COUNTING,
                ...(query === undefined ? [] : [query as Query]),
              ],
            },
          },
          aggs: Object.fromEntries(
            [...groups].map(([id, members]): [string, estypes.AggregationsAggregationContainer] => [
              id,
              {
                filter: members.query,
                aggs: {
                  ...resultAggregations(members.group),
                  live: {
                    filter: { bool: { must_not: [{ prefix: { 'run.id': BACKFILL_RUN_PREFIX } }] } },
                  },
                },
              },
            ]),
          ),
        }),
      { what: 'count the results of incidents' },
    );
    const found = (answer.aggregations ?? {}) as unknown as Record<
      string,
      (CountedResults & { live: { doc_count: number } }) | undefined
    >;
    for (const id of groups.keys()) {
      const counted = found[id];
      counts.set(id, {
        count: counted === undefined ? 0 : resultsOf({ counts: countsOf(counted) }),
        live: counted?.live.doc_count ?? 0,
      });
    }
  }
  return counts;
}

interface Members {
  readonly group: Group;
  /** Selects the results of the group. */
  readonly query: Query;
}

/** @returns what each incident is made of, by its id */
async function groupsOf(
  client: ElasticsearchClient,
  space: string,
  ids: readonly string[],
): Promise<Map<string, Members>> {
  const answer = await attempt(
    () =>
      client.search<IncidentDocument>({
        index: incidentsIndex(space),
        ignore_unavailable: true,
        allow_no_indices: true,
        size: ids.length,
        _source_includes: ['kept.group'],
        query: { ids: { values: [...ids] } },
      }),
    { what: 'read what incidents are made of' },
  );
  const members = new Map<string, Members>();
  for (const { _id: id, _source: source } of answer.hits.hits) {
    const { group } = (source as IncidentDocument).kept;
    const query = queryOfMembers(group, await namedBeside(client, space, group));
    members.set(id as string, { group, query });
  }
  return members;
}
