import type { estypes } from '@elastic/elasticsearch';
import { DAY } from '../../../common/duration';
import { DetectionError } from '../../../common/detection_error';
import { INCIDENT_LIMITS, scopeKey, type Group } from '../../../common/incidents';
import type { IncidentStore, StoredIncident } from '../../detection/ports/incidents';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, documentId, incidentsIndex } from '../indices/names';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWrite, throwUnlessConflict, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { countIncidents } from './incident_figures';
import { documentOf, keptOf, type IncidentDocument } from './stored_incident';

type Query = estypes.QueryDslQueryContainer;

/** Incidents read by one request. */
const MOST_INCIDENTS = 1_000;
/** Of those that go on although their detector tells nothing of them any more. */
const LEFT_BEHIND_MILLISECONDS = DAY;
const ACTIVE: Query = { terms: { state: ['open', 'acknowledged'] } };

export const touching = (from: number, to: number): Query[] => [
  { range: { from: { lte: to, format: 'epoch_millis' } } },
  { range: { to: { gte: from, format: 'epoch_millis' } } },
];

/** Incidents that follow those of a page, which many may have ended at the same time as. */
function endingBefore(page: readonly StoredIncident[]): Query[] {
  const last = page.at(-1)?.incident.end;
  if (last === undefined) return [];
  const values = page.map(({ incident }) => incident.id);
  return [{ range: { end: { lte: last } } }, { bool: { must_not: [{ ids: { values } }] } }];
}

interface StoreOptions {
  readonly space: string;
  readonly policy: RetryPolicy | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Incidents in `log-anomalies-incidents.<space>`. Needs `read`, `index`, `create_index` and `view_index_metadata` there, and
 * `read` on the results. Every change is written on top of what was read.
 */
export function createIncidentStore(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): IncidentStore {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = incidentsIndex(space);
  let isReady: Promise<void> | undefined;

  const search = (query: Query, sort: estypes.Sort, size = MOST_INCIDENTS): Promise<StoredIncident[]> =>
    searchIncidents(client, { space, policy, signal }, { query, sort, size });
  const NEWEST_FIRST: estypes.Sort = [{ end: { order: 'desc', unmapped_type: 'date' } }];
  const isNotMerged: Query = { bool: { must_not: [{ term: { state: 'merged' } }] } };
  const ofDetector = (id: string): Query => ({ term: { 'detectors.id': id } });

  /** The named incidents beside one of "others": what is theirs is not its own. */
  async function namedBeside(groups: readonly Group[]): Promise<(group: Group) => readonly Group[]> {
    const named = new Map<Group, readonly Group[]>();
    const given = groups.filter(({ scope }) => scope.kind !== 'others');
    for (const group of groups) {
      if (group.scope.kind !== 'others') continue;
      const found = await search(
        {
          bool: {
            filter: [ofDetector(group.scope.value), isNotMerged, ...touching(group.from, group.to)],
            must_not: [{ term: { 'scope.kind': 'others' } }],
          },
        },
        NEWEST_FIRST,
        INCIDENT_LIMITS.open * 4,
      );
      named.set(group, [...given, ...found.map((each) => each.group)]);
    }
    return (group) => named.get(group) ?? [];
  }

  return {
    newId: (scope, detectorId, source) =>
      documentId('incident', scopeKey(scope), detectorId, source.index, source.id),
    near: (places, { from, to }, detectorId) =>
      search(
        {
          bool: {
            filter: [isNotMerged],
            should: [
              {
                bool: {
                  filter: [{ terms: { place: places.map(scopeKey) } }, ...touching(from, to)],
                },
              },
              { bool: { filter: [ACTIVE, ofDetector(detectorId)] } },
            ],
            minimum_should_match: 1,
          },
        },
        NEWEST_FIRST,
      ),
    between: ({ from, to }, { detectorId, after = [] } = {}) =>
      search(
        {
          bool: {
            filter: [
              isNotMerged,
              ...[...touching(from, to), ...endingBefore(after)],
              ...(detectorId === undefined ? [] : [ofDetector(detectorId)]),
            ],
          },
        },
        NEWEST_FIRST,
        INCIDENT_LIMITS.open * 4,
      ),
    find: async (id) => {
      const [found] = await search({ ids: { values: [id] } }, NEWEST_FIRST, 1);
      return found;
    },
    goingOn: (detectorId, time) =>
      search(
        {
          bool: {
            filter: [ACTIVE],
            should: [
              ofDetector(detectorId),
              { range: { closes_at: { lte: time - LEFT_BEHIND_MILLISECONDS, format: 'epoch_millis' } } },
            ],
            minimum_should_match: 1,
          },
        },
        [{ closes_at: { order: 'asc', unmapped_type: 'date' } }],
        INCIDENT_LIMITS.open * 4,
      ),
    figures: async (groups) =>
      groups.length === 0
        ? []
        : countIncidents(client, groups, await namedBeside(groups), { space, policy, signal }),
    write: async (incidents) => {
      if (incidents.length === 0) return true;
      await (isReady ??= ensureIndex(client, index, 'incidents', { policy, signal }));
      return writeIncidents(client, { space, policy, signal }, incidents);
    },
  };
}

async function searchIncidents(
  client: ElasticsearchClient,
  { space, policy, signal }: StoreOptions,
  { query, sort, size }: { query: Query; sort: estypes.Sort; size: number },
): Promise<StoredIncident[]> {
  const index = incidentsIndex(space);
  const answer = await attempt(
    () =>
      client.search<IncidentDocument>(
        {
          index,
          ignore_unavailable: true,
          allow_no_indices: true,
          size,
          track_total_hits: false,
          seq_no_primary_term: true,
          query,
          sort,
        },
        { signal },
      ),
    { what: `read the incidents of space "${space}"`, policy, signal },
  ).catch((error: unknown) => {
    // None was ever written.
    if (error instanceof DetectionError && error.code === 'not_found') return undefined;
    throw error;
  });
  return (answer?.hits.hits ?? []).flatMap((hit) =>
    hit._source === undefined
      ? []
      : [
          {
            ...keptOf(hit._id as string, hit._source),
            revision: {
              sequenceNumber: hit._seq_no as number,
              primaryTerm: hit._primary_term as number,
            },
          },
        ],
  );
}

/** Returns false where an incident was changed by somebody else since it was read. */
async function writeIncidents(
  client: ElasticsearchClient,
  { space, policy, signal }: StoreOptions,
  incidents: Parameters<IncidentStore['write']>[0],
): Promise<boolean> {
  const index = incidentsIndex(space);
  const operations = incidents.map(({ revision, ...kept }): BulkOperation => ({
    action: revision === undefined ? 'create' : 'index',
    index,
    id: kept.incident.id,
    document: documentOf(kept),
    ...(revision && { ifUnchangedSince: revision }),
  }));
  const outcome = await bulkWrite(client, operations, {
    what: `write incidents of space "${space}"`,
    guard: guardOf(client, 'incidents', { policy, signal }),
    refresh: true,
    policy,
    signal,
  });
  throwUnlessConflict(
    outcome,
    'write incidents',
    `Writing incidents takes the rights create_index, read and index on "${index}"`,
  );
  const isCreated = new Set(outcome.created);
  return (
    outcome.refused.length === 0 &&
    operations.every((operation) => operation.action === 'index' || isCreated.has(operation))
  );
}
