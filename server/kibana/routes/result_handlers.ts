import type { alertEndpoints } from '../../../common/api/alerts';
import type { evidenceEndpoints } from '../../../common/api/evidence';
import type { patternEndpoints } from '../../../common/api/patterns';
import type { resultEndpoints } from '../../../common/api/results';
import {
  estimateAlerts,
  getResult,
  listPatterns,
  searchResults,
  summarizeResults,
  whatIf,
} from '../../elasticsearch';
import { queryOfIncident } from '../../elasticsearch/incidents';
import type { RequestScope } from '../contracts/services';
import { explainDetectorChange } from '../results/detector_change';
import { readEvidence } from '../results/result_evidence';
import { readValueOverTime } from '../results/value_over_time';
import type { Handlers } from './handler';

/** The results of an incident are chosen by one more condition. */
async function withIncident<Query extends { incident_id?: string; filter?: Record<string, unknown> }>(
  query: Query,
  { elasticsearch, space }: RequestScope,
): Promise<Query> {
  if (query.incident_id === undefined) return query;
  const members = await queryOfIncident(elasticsearch, space, query.incident_id);
  return { ...query, filter: { bool: { filter: [members, ...(query.filter ? [query.filter] : [])] } } };
}

export const resultHandlers: Handlers<
  | keyof typeof resultEndpoints
  | keyof typeof evidenceEndpoints
  | keyof typeof patternEndpoints
  | keyof typeof alertEndpoints
> = {
  searchResults: async ({ query }, { scope }) =>
    searchResults(scope.elasticsearch, scope.space, await withIncident(query, scope)),
  getResult: ({ params }, { scope }) => getResult(scope.elasticsearch, scope.space, params.result_id),
  getEvidence: ({ params }, { services, scope, signal }) =>
    readEvidence(services, scope, params.result_id, signal),
  explainChange: ({ params, query }, { scope, signal }) =>
    explainDetectorChange(scope, params.id, query, signal),
  getValueOverTime: ({ params, query }, { services, scope, signal }) =>
    readValueOverTime(services, scope, params.result_id, { ...query, signal }),
  summarizeResults: async ({ query }, { services, scope }) =>
    summarizeResults(
      scope.elasticsearch,
      scope.space,
      await withIncident(query, scope),
      services.clock.now(),
    ),
  estimateAlerts: ({ query }, { scope }) => estimateAlerts(scope.elasticsearch, scope.space, query),
  whatIf: ({ query: { to, ...params } }, { services, scope, signal }) =>
    whatIf(scope.elasticsearch, params, { space: scope.space, to: to ?? services.clock.now() }, { signal }),
  listPatterns: async ({ query }, { scope }) =>
    listPatterns(scope.elasticsearch, scope.space, await withIncident(query, scope)),
};
