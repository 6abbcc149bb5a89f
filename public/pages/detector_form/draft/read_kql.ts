import { elasticsearchQuery } from '../../../shared/requests/elasticsearch_query';

/** @returns undefined for an empty text @throws Error saying where the KQL cannot be read */
export function readKql(kql: string): Record<string, unknown> | undefined {
  const query = elasticsearchQuery({ query: kql, language: 'kuery' });
  return query === undefined ? undefined : (JSON.parse(query) as Record<string, unknown>);
}
