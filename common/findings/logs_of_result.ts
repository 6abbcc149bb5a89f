import { entityKql } from '../detector/entity_fields';

/** A single log is shown with what happened so long before and after it. */
const SURROUNDINGS_MILLISECONDS = 15 * 60_000;

/** The logs that a result is about, as Discover selects them. */
export interface LogsOfResult {
  /** In Kibana's query language. */
  readonly query: string;
  /** True for the logs of a bucket. */
  readonly isBucket: boolean;
  readonly timeRange: { readonly from: string; readonly to: string };
}

interface ResultOfLogs {
  readonly '@timestamp': string;
  readonly event: object;
  readonly anomaly: { readonly entity?: string; readonly entity_field?: unknown };
  readonly source: { readonly id: string };
}

/** The log itself, by its id; of a bucket row, which is no document, the logs of its entity from its start to its end. */
export function logsOfResult({
  '@timestamp': timestamp,
  event,
  anomaly,
  source,
}: ResultOfLogs): LogsOfResult {
  const { entity, entity_field: entityField } = anomaly;
  const { start, end } = event as { start?: unknown; end?: unknown };
  const fields = [entityField].flat().filter((field): field is string => typeof field === 'string');
  if (fields.length > 0 && typeof start === 'string' && typeof end === 'string') {
    return {
      query: entityKql({ entity_fields: fields }, entity ?? ''),
      isBucket: true,
      timeRange: { from: start, to: end },
    };
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
