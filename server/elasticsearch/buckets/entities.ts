import { DetectionError } from '../../../common/detection_error';
import { entityFieldsText, type Detector } from '../../../common/detector';
import type { LogRange } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { entityTerms, type EntityKey } from '../transport/entity_terms';
import { queryOf } from '../transport/log_query';
import { searchWhole } from '../transport/whole_answer';

/** Frequent values that are remembered for each field of `bucket.rare`. */
const COMMON_VALUES = 500;
/** A value in a smaller share of the logs that have the field is rare, however few values there are. */
const RARE_SHARE = 0.001;

/** First and last log of an entity, epoch milliseconds. */
export interface Seen {
  readonly first: number;
  readonly last: number;
}

/** @throws DetectionError `refused` naming the setting, its value and what to do */
export function refuseTooMany(detector: Detector, found: number, where: string): void {
  const most = detector.bucket?.max_entities ?? 0;
  if (found <= most) return;
  throw new DetectionError(
    'refused',
    `bucket.max_entities is ${most}, but ${where} more values of ${entityFieldsText(detector)} were found. Choose an entity_field with fewer values, narrow source.query, or raise it (at most 10,000)${detector.bucket?.silence === true ? '; with bucket.silence: false only the entities of one bucket count' : ''}.`,
  );
}

/** All entities with logs in the range; see {@link refuseTooMany}. */
export async function listEntities(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: RequestOptions,
): Promise<Map<string, Seen>> {
  const entities = new Map<string, Seen>();
  if (range.to <= range.from) return entities;
  const { sources, filter, entityOf } = await entityTerms(client, detector, options);
  const pages = compositePages<{
    key: EntityKey;
    first: { value: number };
    last: { value: number };
  }>(
    client,
    {
      index: range.index,
      query: { bool: { filter: [queryOf(range), ...filter] } },
      sources,
      aggs: {
        first: { min: { field: range.timestampField } },
        last: { max: { field: range.timestampField } },
      },
      what: `list ${entityFieldsText(detector)} of "${range.index}"`,
    },
    options,
  );
  for await (const { buckets } of pages) {
    for (const { key, first, last } of buckets) {
      const name = entityOf(key);
      if (name === undefined) continue;
      entities.set(name, { first: first.value, last: last.value });
    }
    refuseTooMany(detector, entities.size, `in ${days(range)} days`);
  }
  return entities;
}

const days = ({ from, to }: LogRange): string => ((to - from) / 86_400_000).toFixed(1).replace(/\.0$/, '');

/**
 * The common values of each field of `bucket.rare`: the 500 most frequent of the range, without those that less than
 * one in a thousand logs with the field has. All others are rare. A field without values in the range is left out.
 */
export async function learnCommonValues(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  options: RequestOptions,
): Promise<Record<string, string[]>> {
  const fields = Object.entries(detector.bucket?.rare ?? {});
  if (fields.length === 0 || range.to <= range.from) return {};
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        {
          index: range.index,
          size: 0,
          track_total_hits: false,
          allow_no_indices: true,
          query: queryOf(range),
          aggs: Object.fromEntries(
            fields.map(([name, field]) => [name, { terms: { field, size: COMMON_VALUES } }]),
          ),
        },
        { signal: options.signal },
      ),
    { what: `learn frequent values of "${range.index}"`, ...options },
  );
  const learned: Record<string, string[]> = {};
  for (const [name] of fields) {
    const found = answer.aggregations?.[name] as
      { buckets: { key: unknown; doc_count: number }[]; sum_other_doc_count: number } | undefined;
    const buckets = found?.buckets ?? [];
    if (buckets.length === 0) continue;
    const total = buckets.reduce((sum, { doc_count: logs }) => sum + logs, found?.sum_other_doc_count ?? 0);
    learned[name] = buckets
      .filter(({ doc_count: logs }) => logs >= RARE_SHARE * total)
      .map(({ key }) => String(key));
  }
  return learned;
}
