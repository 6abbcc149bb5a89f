import type { estypes } from '@elastic/elasticsearch';
import { INCIDENT_LIMITS, LONGEST_HOST, type Group, type IncidentScope } from '../../../common/incidents';

type Query = estypes.QueryDslQueryContainer;

/** Source fields that the results index knows, and those among them that hold addresses only. */
const INDEXED_SOURCES: ReadonlySet<string> = new Set([
  'client.ip',
  'source.ip',
  'client.address',
  'source.address',
  'user.name',
]);
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]+)$/i;

const exists = (field: string): Query => ({ exists: { field } });
const within = (from: number, to: number): Query => ({
  range: { '@timestamp': { gte: from, lte: to, format: 'epoch_millis' } },
});

/** An empty name is none. */
const hasHost: Query = {
  bool: { filter: [exists('host.name')], must_not: [{ term: { 'host.name': '' } }] },
};

/** Of a long name the scope holds the beginning, without half a surrogate pair at the end. */
const ofHost = (value: string): Query =>
  value.length < LONGEST_HOST
    ? { term: { 'host.name': value } }
    : { prefix: { 'host.name': value.replace(/\ufffd$/, '') } };

function inScope({ kind, value }: IncidentScope): Query[] {
  switch (kind) {
    case 'entity':
      return [{ term: { 'anomaly.entity': value } }];
    case 'host':
      return [ofHost(value), { bool: { must_not: [exists('anomaly.entity')] } }];
    case 'detector':
      return [
        { term: { 'detector.id': value } },
        { bool: { must_not: [exists('anomaly.entity'), hasHost] } },
      ];
    case 'others':
      return [{ term: { 'detector.id': value } }];
  }
}

/** Results that count: hidden and withdrawn ones, and those that a person called normal, do not. */
export const COUNTING: readonly Query[] = [
  { term: { 'result.type': 'log' } },
  { bool: { must_not: [{ term: { 'result.verdict': 'not_an_anomaly' } }] } },
];

/** The results that a group is made of, in any state; no results of the group of another incident match. */
export function queryOfMembers(group: Group, named: readonly Group[] = []): Query {
  const { scope, from, to, buckets, patterns, sources, quiet } = group;
  if (scope.kind === 'others') {
    return {
      bool: {
        filter: [...inScope(scope), within(from, to)],
        ...(named.length > 0 && { must_not: named.map((each) => queryOfMembers(each)) }),
      },
    };
  }
  const shared: Query[] = [];
  if (patterns.length > 0) shared.push({ terms: { 'anomaly.pattern': [...patterns] } });
  // Beyond that many patterns, results are known by who caused them.
  if (patterns.length >= INCIDENT_LIMITS.keys) shared.push(...queriesOfSources(sources));
  const ways: Query[] = [];
  if (shared.length > 0)
    ways.push({
      bool: { filter: [within(from, to), { bool: { should: shared, minimum_should_match: 1 } }] },
    });
  if (buckets !== undefined) ways.push(within(buckets.from - quiet, buckets.to + quiet));
  return {
    bool: { filter: [...inScope(scope), { bool: { should: ways, minimum_should_match: 1 } }] },
  };
}

function queriesOfSources(sources: readonly string[]): Query[] {
  const values = new Map<string, string[]>();
  for (const source of sources) {
    const at = source.indexOf('=');
    const [field, value] = [source.slice(0, at), source.slice(at + 1)];
    if (!INDEXED_SOURCES.has(field) || (field.endsWith('.ip') && !ADDRESS.test(value))) continue;
    values.set(field, [...(values.get(field) ?? []), value]);
  }
  return [...values].map(([field, of]) => ({ terms: { [field]: of } }));
}
