import { buildEsQuery } from '@kbn/es-query';
import type { Query } from '../kibana/search_contracts';

/**
 * What Kibana makes of a query bar, and of a dashboard's filters, as the API takes it.
 *
 * @param dataView knows the types of the fields; works without
 * @returns JSON, or undefined where everything matches
 * @throws Error for a KQL query that cannot be read, with a message for people
 */
export function elasticsearchQuery(
  query: Query | undefined,
  filters: readonly unknown[] = [],
  dataView?: unknown,
): string | undefined {
  const isEmpty = query === undefined || query.query === '';
  if (isEmpty && filters.length === 0) return undefined;
  if (!isEmpty && query.language === 'lucene' && filters.length === 0) {
    return JSON.stringify({ query_string: { query: query.query, analyze_wildcard: true } });
  }
  const built = buildEsQuery(dataView, isEmpty ? [] : query, filters, {
    allowLeadingWildcards: true,
    queryStringOptions: { analyze_wildcard: true },
    dateFormatTZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  return JSON.stringify(built);
}
