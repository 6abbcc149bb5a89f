import type { estypes } from '@elastic/elasticsearch';
import { SEVERITIES, type Severity } from '../../../common/anomaly';
import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { linksOf, scopeKey, type Group, type Incident } from '../../../common/incidents';
import type { StoredIncident } from '../../detection/ports/incidents';
import { withPreceding } from '../annotations';
import { incidentsIndex } from '../indices/names';
import { filterResults, queriesOfParts, resultsOfSpace } from '../results/results_query';
import { getResult } from '../results/result_search';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { hitTotal } from '../transport/hit_total';
import { pageStart } from '../transport/page_start';
import { createIncidentStore, touching } from './incident_store';
import { COUNTING, queryOfMembers } from './member_query';
import { keptOf, type IncidentDocument } from './stored_incident';

type Query = estypes.QueryDslQueryContainer;

const STATES = ['open', 'acknowledged', 'closed'] as const;
const STATE_FILTERS = {
  active: ['open', 'acknowledged'],
  open: ['open'],
  acknowledged: ['acknowledged'],
  closed: ['closed'],
  all: [...STATES],
} as const;

/** Incidents of at least a severity have at least its confidence. */
const lowestOf = (severity: Severity): number =>
  (SEVERITIES.find(({ name }) => name === severity)?.from ?? 0) / 100;

const sortOf = (
  sort: ApiRequest<Endpoints['listIncidents']>['query']['sort'],
  order: 'asc' | 'desc',
): estypes.Sort => {
  const by = (field: string, type: 'date' | 'double' | 'long'): estypes.SortCombinations => ({
    [field]: { order, unmapped_type: type },
  });
  const recent = by('end', 'date');
  switch (sort) {
    case 'severity':
      return [by('confidence', 'double'), by('score', 'double'), recent];
    case 'recent':
      return [recent];
    case 'start':
      return [by('start', 'date')];
    case 'count':
      return [by('results', 'long'), recent];
  }
};

/** @throws DetectionError `invalid_input` for a page beyond the first 10,000 */
export async function listIncidents(
  client: ElasticsearchClient,
  space: string,
  query: ApiRequest<Endpoints['listIncidents']>['query'],
): Promise<ApiResponse<Endpoints['listIncidents']>> {
  const first = pageStart(query, 'incidents');
  const holder = query.result_id === undefined ? undefined : await holderOf(client, space, query.result_id);
  if (query.result_id !== undefined && holder === undefined) {
    return { total: 0, incidents: [], states: { open: 0, acknowledged: 0, closed: 0 } };
  }
  const filter: Query[] = [
    { terms: { state: [...STATES] } },
    ...(holder === undefined ? [] : [{ ids: { values: [holder] } }]),
    ...(query.min_severity === undefined
      ? []
      : [{ range: { confidence: { gte: lowestOf(query.min_severity) } } }]),
    ...(query.detector_id === undefined ? [] : [{ terms: { 'detectors.id': [query.detector_id].flat() } }]),
    ...(query.entity === undefined ? [] : [{ terms: { entity: [query.entity].flat() } }]),
    ...queriesOfParts(query.entity_part, (field) => `scope.parts.${field}`),
    ...(query.assignee === undefined ? [] : [{ term: { assignee: query.assignee } }]),
    ...(query.from === undefined ? [] : [{ range: { end: { gte: query.from, format: 'epoch_millis' } } }]),
    ...(query.to === undefined ? [] : [{ range: { start: { lt: query.to, format: 'epoch_millis' } } }]),
  ];
  const answer = await attempt(
    () =>
      client.search<IncidentDocument>({
        index: incidentsIndex(space),
        ignore_unavailable: true,
        allow_no_indices: true,
        from: first,
        size: query.size,
        // Up to a megabyte of each, which whoever writes logs can fill.
        _source_excludes: ['kept'],
        track_total_hits: true,
        query: { bool: { filter } },
        post_filter: { terms: { state: [...STATE_FILTERS[query.state]] } },
        sort: sortOf(query.sort, query.order),
        aggs: { states: { terms: { field: 'state', size: STATES.length } } },
      }),
    { what: 'list incidents' },
  );
  const found = answer.aggregations as
    { states?: { buckets: { key: string; doc_count: number }[] } } | undefined;
  const countOf = (state: string): number =>
    found?.states?.buckets.find(({ key }) => key === state)?.doc_count ?? 0;
  const incidents = answer.hits.hits.map(
    (hit) => keptOf(hit._id as string, hit._source as IncidentDocument).incident,
  );
  return {
    total: hitTotal(answer.hits),
    incidents: (await withPreceding(client, space, incidents)).map(bodyOf),
    states: { open: countOf('open'), acknowledged: countOf('acknowledged'), closed: countOf('closed') },
  };
}

/** An incident as the HTTP API gives it. */
export const bodyOf = (incident: Incident) => incident as ApiResponse<Endpoints['getIncident']>['incident'];

/** @throws DetectionError `not_found`, too, for an incident of another space */
async function findIncident(client: ElasticsearchClient, space: string, id: string): Promise<StoredIncident> {
  const found = await createIncidentStore(client, { space }).find(id);
  if (found !== undefined) return found;
  throw sentenceError('not_found', 'incident_missing', { id });
}

/** One incident with the results that count over its time, and how many would be its own and do not count. */
export async function getIncident(
  client: ElasticsearchClient,
  space: string,
  id: string,
  buckets: number,
): Promise<ApiResponse<Endpoints['getIncident']>> {
  const { incident, group } = await findIncident(client, space, id);
  const [from, to] = [Date.parse(incident.start), Date.parse(incident.end)];
  const interval = Math.max(1_000, Math.ceil((to - from + 1) / buckets / 1_000) * 1_000);
  const answer = await attempt(
    async () =>
      client.search({
        ...resultsOfSpace(space),
        size: 0,
        track_total_hits: false,
        query: {
          bool: {
            filter: [
              ...filterResults(space, 'any', {}),
              queryOfMembers(group, await namedBeside(client, space, group)),
            ],
          },
        },
        aggs: {
          hidden: { filter: { bool: { must_not: [{ bool: { filter: [...COUNTING] } }] } } },
          counting: {
            filter: { bool: { filter: [...COUNTING] } },
            aggs: {
              time: {
                date_histogram: {
                  field: '@timestamp',
                  fixed_interval: `${interval}ms`,
                  offset: `${from % interval}ms`,
                  min_doc_count: 0,
                  extended_bounds: { min: from, max: to },
                },
                aggs: { confidence: { max: { field: 'anomaly.confidence' } } },
              },
            },
          },
        },
      }),
    { what: 'count the results of an incident' },
  );
  const found = answer.aggregations as
    | {
        hidden: { doc_count: number };
        counting: {
          time: { buckets: { key: number; doc_count: number; confidence: { value: number | null } }[] };
        };
      }
    | undefined;
  const [shown] = await withPreceding(client, space, [incident]);
  return {
    incident: bodyOf(shown),
    timeline: {
      interval_ms: interval,
      buckets: (found?.counting.time.buckets ?? []).map(({ key, doc_count: results, confidence }) => ({
        time: new Date(key).toISOString(),
        results,
        max_confidence: confidence.value,
      })),
    },
    hidden: found?.hidden.doc_count ?? 0,
  };
}

/** Query DSL for the results of an incident in any state. */
export async function queryOfIncident(
  client: ElasticsearchClient,
  space: string,
  id: string,
): Promise<Query> {
  const { group } = await findIncident(client, space, id);
  return queryOfMembers(group, await namedBeside(client, space, group));
}

/** The named incidents beside one of "others": what is theirs is not its own. */
export async function namedBeside(
  client: ElasticsearchClient,
  space: string,
  group: Group,
): Promise<Group[]> {
  if (group.scope.kind !== 'others') return [];
  const beside = await createIncidentStore(client, { space }).between(group, {
    detectorId: group.scope.value,
  });
  return beside.flatMap((each) => (each.group.scope.kind === 'others' ? [] : [each.group]));
}

/** @returns the id of the incident that holds a result, undefined where none does */
async function holderOf(
  client: ElasticsearchClient,
  space: string,
  resultId: string,
): Promise<string | undefined> {
  const { result } = await getResult(client, space, resultId);
  const links = linksOf(result as never);
  const answer = await attempt(
    () =>
      client.search<IncidentDocument>({
        index: incidentsIndex(space),
        ignore_unavailable: true,
        allow_no_indices: true,
        size: 100,
        _source_includes: ['kept.group'],
        _source_excludes: ['kept.group.routes', 'kept.group.sources'],
        query: {
          bool: {
            filter: [
              { terms: { place: [scopeKey(links.scope), `others:${links.detectorId}`] } },
              { terms: { state: [...STATES] } },
            ],
            should: touching(links.from, links.to),
          },
        },
        sort: [{ _score: { order: 'desc' } }, { end: { order: 'desc', unmapped_type: 'date' } }],
      }),
    { what: 'look for the incident of a result' },
  );
  const kept = answer.hits.hits.map(({ _id: id, _source }) => ({
    id: id as string,
    group: (_source as IncidentDocument).kept.group,
  }));
  const holds = ({ from, to, patterns, buckets, quiet }: Group): boolean =>
    (patterns.includes(links.pattern) && links.from >= from && links.from <= to) ||
    (buckets !== undefined && links.from >= buckets.from - quiet && links.from <= buckets.to + quiet);
  const named = kept.find(({ group }) => group.scope.kind !== 'others' && holds(group));
  const others = kept.find(
    ({ group }) => group.scope.kind === 'others' && links.from >= group.from && links.from <= group.to,
  );
  return (named ?? others)?.id;
}
