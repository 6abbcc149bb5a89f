import { buildEsQuery } from '@kbn/es-query';
import moment from 'moment';
import type { Query } from '../../kibana/search_contracts';

/** Tells whether a query bar is empty: white space chooses nothing, and as a query of Lucene would match nothing. */
export const isBlank = ({ query }: Query): boolean => typeof query === 'string' && query.trim() === '';

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
  const queries = given.filter((each) => !isBlank(each));
  if (queries.length === 0 && filters.length === 0) return undefined;
  const [first, ...others] = queries;
  if (first?.language === 'lucene' && others.length === 0 && filters.length === 0) {
    return JSON.stringify({
      query_string: { query: first.query, analyze_wildcard: true, time_zone: timeZone() },
    });
  }
  const built = buildEsQuery(dataView, queries, filters, {
    allowLeadingWildcards: true,
    queryStringOptions: { analyze_wildcard: true },
    dateFormatTZ: timeZone(),
  });
  // Without a data view the time is a field of no known type, and its zone is left out.
  return JSON.stringify(built, (key, value: unknown) =>
    key === 'range' && value !== null && typeof value === 'object' ? withTimeZone(value) : value,
  );
}

/** Returns the zone that times are shown in: Kibana sets moment to `dateFormat:tz`. */
function timeZone(): string {
  const now: { tz?: () => string | undefined } = moment();
  return now.tz?.() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Takes times without a zone as people see them; only of the field that every log has, since others may be no times. */
function withTimeZone(ranges: object): object {
  const { '@timestamp': time } = ranges as { '@timestamp'?: Record<string, unknown> };
  const isText = Object.values(time ?? {}).some((bound) => typeof bound === 'string');
  if (time === undefined || !isText || 'time_zone' in time || 'format' in time) return ranges;
  return { ...ranges, '@timestamp': { ...time, time_zone: timeZone() } };
}
