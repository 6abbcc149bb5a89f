import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import type { LogRange } from '../../detection/ports';
import { attempt, type RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { refuseUnknownFields } from './whole_answer';

export type ClockOfLogs = 'timestamp' | 'ingested';

export const timeFieldOf = (range: LogRange, by: ClockOfLogs): string =>
  by === 'ingested' ? range.ingestedField : range.timestampField;

/** The half-open time range and the detector's own query, both as filters: nothing is scored or cached by relevance. */
export function queryOf(range: LogRange, by: ClockOfLogs = 'timestamp'): estypes.QueryDslQueryContainer {
  const time = { gte: range.from, lt: range.to, format: 'epoch_millis' };
  return { bool: { filter: [{ range: { [timeFieldOf(range, by)]: time } }, ...queryOfSource(range.query)] } };
}

/** Returns the detector's own query as filters; none where it selects everything. */
export function queryOfSource(query: LogRange['query']): estypes.QueryDslQueryContainer[] {
  if (typeof query === 'string') return query.trim() === '' ? [] : [{ query_string: { query } }];
  return query === undefined ? [] : [query];
}

export type FieldTypes = Readonly<Record<string, estypes.FieldCapsResponse['fields'][string]>>;

/**
 * The types that each field has in the indices, `unmapped` among them where some have none; a field without any is absent.
 *
 * @param options `ignoreUnavailable`: an index that does not exist has no fields
 * @throws DetectionError `not_found` naming the index when it does not exist; a pattern may match nothing
 */
export async function fieldTypes(
  client: ElasticsearchClient,
  index: string,
  fields: readonly string[],
  options: RequestOptions & { readonly ignoreUnavailable?: boolean },
): Promise<{ indices: readonly string[]; types: FieldTypes }> {
  const answer = await attempt(
    () =>
      client
        .fieldCaps(
          // Elasticsearch refuses an empty list; the indices are wanted all the same.
          {
            index,
            fields: fields.length === 0 ? ['_index'] : [...fields],
            allow_no_indices: true,
            include_unmapped: true,
            ...(options.ignoreUnavailable === true && { ignore_unavailable: true }),
          },
          { signal: options.signal },
        )
        .then((capabilities) => {
          refuseUnknownFields(capabilities);
          return capabilities;
        }),
    { what: `read the fields of "${index}"`, ...options },
  );
  const indices = typeof answer.indices === 'string' ? [answer.indices] : answer.indices;
  const mapped = Object.entries(answer.fields).filter(([, types]) =>
    Object.keys(types).some((type) => type !== 'unmapped'),
  );
  return { indices, types: Object.fromEntries(mapped) };
}

/**
 * Compares the indices of a pattern with those that there were.
 *
 * @throws DetectionError `unavailable` naming one that was closed, deleted or renamed since: logs of it may not have been read
 */
export async function refuseVanished(
  client: ElasticsearchClient,
  index: string,
  before: readonly string[],
  options: RequestOptions,
): Promise<void> {
  const now = new Set((await fieldTypes(client, index, [], options)).indices);
  const vanished = before.filter((name) => !now.has(name));
  if (vanished.length === 0) return;
  throw new DetectionError(
    'unavailable',
    `${vanished.map((name) => `"${name}"`).join(', ')} ${vanished.length === 1 ? 'was' : 'were'} closed or deleted while "${index}" was read; the next run goes on from the same place.`,
  );
}

export interface TimeSort {
  readonly sort: estypes.SortCombinations;
  /** True where its values are epoch milliseconds, else ISO 8601. */
  readonly isOfMilliseconds: boolean;
  readonly indices: readonly string[];
}

/**
 * Returns the sort by the time field, and the indices that there are.
 *
 * @returns undefined when no log can have it: no index matches, or the logs do not carry the time of indexing
 * @throws DetectionError `invalid_input` when the timestamp field is missing or is no date
 */
export async function timeSort(
  client: ElasticsearchClient,
  range: LogRange,
  by: ClockOfLogs,
  options: RequestOptions,
): Promise<TimeSort | undefined> {
  const field = timeFieldOf(range, by);
  const { indices, types } = await fieldTypes(client, range.index, [field], options);
  if (indices.length === 0) return undefined;
  const found = Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped');
  const setting = by === 'ingested' ? 'ingested_field' : 'timestamp_field';
  if (found.length === 0) {
    if (by === 'ingested') return undefined;
    throw sentenceError('invalid_input', 'time_field_missing', { setting, field, index: range.index });
  }
  const wrong = found.find((type) => type !== 'date' && type !== 'date_nanos');
  if (wrong !== undefined) {
    throw sentenceError('invalid_input', 'time_field_wrong', {
      setting,
      field,
      type: wrong,
      index: range.index,
    });
  }
  const isOfMilliseconds = found.every((type) => type === 'date');
  const sort = {
    [field]: {
      order: 'asc',
      // Nanoseconds do not fit a JSON number; text also compares alike between date and date_nanos, and takes longer to write.
      ...(!isOfMilliseconds && { format: 'strict_date_optional_time_nanos' }),
      ...(found.length > 1 ? { numeric_type: 'date_nanos' } : {}),
      unmapped_type: found[0],
    } as estypes.FieldSort,
  };
  return { sort, isOfMilliseconds, indices };
}
