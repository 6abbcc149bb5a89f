import { entityKql } from '../detector/entity_fields';

/** A single log is shown with what happened so long before and after it. */
const SURROUNDINGS_MILLISECONDS = 15 * 60_000;

/** The logs of a pattern that has vanished are looked for so long before the last one, in milliseconds; a result of an earlier version names none. */
const BEFORE_IT_VANISHED = 24 * 3_600_000;

/** Characters of a query that a link holds; without a longer one Discover shows more logs. */
const LONGEST_QUERY = 3_000;
const LONGEST_LABEL = 200;

/** A filter of Kibana. Source: packages/kbn-es-query/src/filters/build_filters/custom_filter.ts. */
export interface QueryFilter {
  readonly $state: { readonly store: 'appState' };
  readonly meta: {
    readonly type: 'custom';
    readonly key: 'query';
    readonly value: string;
    readonly alias: string | null;
    readonly negate: false;
    readonly disabled: false;
  };
  /** In Elasticsearch's query language. */
  readonly query: Readonly<Record<string, unknown>>;
}

interface ReadSource {
  readonly query?: string | Readonly<Record<string, unknown>> | undefined;
  readonly kql?: string | undefined;
}

/** Filters of Discover that leave out logs which the detector does not read. */
export function filtersOfSource({ query: given, kql }: ReadSource): QueryFilter[] {
  if (given === undefined || (typeof given === 'string' && given.trim() === '')) return [];
  const query = typeof given === 'string' ? { query_string: { query: given } } : given;
  const value = JSON.stringify(query);
  if (value.length > LONGEST_QUERY) return [];
  const text = kql ?? (typeof given === 'string' ? given : undefined);
  const alias = text === undefined || text === '' ? null : text.slice(0, LONGEST_LABEL);
  return [
    {
      $state: { store: 'appState' },
      meta: { type: 'custom', key: 'query', value, alias, negate: false, disabled: false },
      query,
    },
  ];
}

/** The logs that a result is about, as Discover selects them. */
export interface LogsOfResult {
  /** In Kibana's query language. */
  readonly query: string;
  /** True for the logs of a bucket or a pattern. */
  readonly isBucket: boolean;
  readonly timeRange: { readonly from: string; readonly to: string };
}

interface ResultOfLogs {
  readonly '@timestamp': string;
  readonly event: object;
  readonly anomaly: {
    readonly entity?: string;
    readonly entity_field?: unknown;
    readonly change?: { readonly kind: string; readonly kql: string; readonly last_seen?: string };
  };
  readonly source: { readonly id: string };
}

/**
 * The log itself, by its id; of a bucket row, which is no document, the logs of its entity from its start to its end; of a change of a
 * pattern those of the pattern, the last ones of one that has vanished.
 */
export function logsOfResult({
  '@timestamp': timestamp,
  event,
  anomaly,
  source,
}: ResultOfLogs): LogsOfResult {
  const { entity, entity_field: entityField, change } = anomaly;
  const { start, end } = event as { start?: unknown; end?: unknown };
  const fields = [entityField].flat().filter((field): field is string => typeof field === 'string');
  if (typeof start === 'string' && typeof end === 'string') {
    const ofEntity = fields.length > 0 ? entityKql({ entity_fields: fields }, entity ?? '') : undefined;
    if (change !== undefined) {
      const isGone = change.kind === 'vanished';
      const lastSeen = Date.parse(change.last_seen ?? start);
      return {
        query: ofEntity === undefined ? change.kql : `${change.kql} and ${ofEntity}`,
        isBucket: true,
        timeRange: {
          from: isGone ? new Date(lastSeen - BEFORE_IT_VANISHED).toISOString() : start,
          to: end,
        },
      };
    }
    if (ofEntity !== undefined) {
      return { query: ofEntity, isBucket: true, timeRange: { from: start, to: end } };
    }
  }
  const time = Date.parse(timestamp);
  return {
    query: `_id : ${JSON.stringify(source.id)}`,
    isBucket: false,
    timeRange: {
      from: new Date(time - SURROUNDINGS_MILLISECONDS).toISOString(),
      to: new Date(time + SURROUNDINGS_MILLISECONDS).toISOString(),
    },
  };
}
