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
import { readEvidence } from '../results/result_evidence';
import type { Handlers } from './handler';

export const resultHandlers: Handlers<
  | keyof typeof resultEndpoints
  | keyof typeof evidenceEndpoints
  | keyof typeof patternEndpoints
  | keyof typeof alertEndpoints
> = {
  searchResults: ({ query }, { scope }) => searchResults(scope.elasticsearch, scope.space, query),
  getResult: ({ params }, { scope }) => getResult(scope.elasticsearch, scope.space, params.result_id),
  getEvidence: ({ params }, { services, scope, signal }) =>
    readEvidence(services, scope, params.result_id, signal),
  summarizeResults: ({ query }, { services, scope }) =>
    summarizeResults(scope.elasticsearch, scope.space, query, services.clock.now()),
  estimateAlerts: ({ query }, { scope }) => estimateAlerts(scope.elasticsearch, scope.space, query),
  whatIf: ({ query: { to, ...params } }, { services, scope, signal }) =>
    whatIf(scope.elasticsearch, scope.space, params, to ?? services.clock.now(), { signal }),
  listPatterns: ({ query }, { scope }) => listPatterns(scope.elasticsearch, scope.space, query),
};
