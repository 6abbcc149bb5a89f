import { buildEsQuery } from '@kbn/es-query';
import type { Query } from '../../kibana/search_contracts';

/**
 * Converts the query of a query bar, and the filters of a dashboard, to the form that the API takes.
 *
 * @param query one, or several that must all match
 * @param dataView knows the types of the fields; works without
 * @returns JSON, or undefined where everything matches
 * @throws Error for a KQL query that cannot be read, with a message for people
 */
export function elasticsearchQuery(
  query: Query | readonly Query[] | undefined,
  filters: readonly unknown[] = [],
  dataView?: unknown,
): string | undefined {
  const given = query === undefined ? [] : [query].flat();
  const queries = given.filter((each) => each.query !== '');
  if (queries.length === 0 && filters.length === 0) return undefined;
  const [first, ...others] = queries;
  if (first?.language === 'lucene' && others.length === 0 && filters.length === 0) {
    return JSON.stringify({ query_string: { query: first.query, analyze_wildcard: true } });
  }
  const built = buildEsQuery(dataView, queries, filters, {
    allowLeadingWildcards: true,
    queryStringOptions: { analyze_wildcard: true },
    dateFormatTZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  return JSON.stringify(built);
}
