import { entityFieldsText, type Detector } from '../../../common/detector';
import type { BucketRow, EntityBound } from '../../../common/buckets';
import type { LogRange } from '../../detection/ports';
import { aggregateLogs } from '../transport/aggregate_logs';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { entityTerms, type EntityKey } from '../transport/entity_terms';
import { queryOf } from '../transport/log_query';

/** Frequent values that are remembered for each field of `bucket.rare`. */
const COMMON_VALUES = 500;
/** A value in a smaller share of the logs that have the field is rare, however few values there are. */
const RARE_SHARE = 0.001;

/** First and last log of an entity, epoch milliseconds, and the number of its logs. */
export interface Seen {
  readonly first: number;
  readonly last: number;
  readonly logs: number;
}

/** Entities with logs in a range, at most `bucket.max_entities`. */
export interface EntityList {
  readonly entities: ReadonlyMap<string, Seen>;
  /** Absent where none was left out. */
  readonly bound?: EntityBound;
}

/** Share of the places that entities with anomalies of late have first; the busiest have the others. */
const ANOMALOUS_SHARE = 0.5;
/** Anomalies of so long before count, in milliseconds. */
const ANOMALIES_OF = 7 * 86_400_000;
/** Entities are chosen among whenever there are so many times as many as places. */
const CHOSEN_AMONG = 2;

/** Names the entities that had the surest anomalies in a time, the surest first. */
export type AnomalousEntities = (
  range: { readonly from: number; readonly to: number },
  most: number,
  options: RequestOptions,
) => Promise<readonly string[]>;

export interface ListOptions extends RequestOptions {
  readonly anomalous?: AnomalousEntities;
}

/**
 * All entities with logs in the range or, where there are more than `bucket.max_entities`, the busiest and the most anomalous. Entities come
 * page by page, each once, so that those that are put aside never come back: at most twice as many as there are places are held.
 */
export async function listEntities(
  client: ElasticsearchClient,
  detector: Detector,
  range: LogRange,
  { anomalous, ...options }: ListOptions,
): Promise<EntityList> {
  if (range.to <= range.from) return { entities: new Map() };
  const most = detector.bucket?.max_entities ?? 0;
  const { sources, filter, entityOf } = await entityTerms(client, detector, options);
  const pages = compositePages<{
    key: EntityKey;
    doc_count: number;
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
  let entities = new Map<string, Seen>();
  let favoured: ReadonlySet<string> | undefined;
  let [of, logs] = [0, 0];
  const choose = async (): Promise<void> => {
    favoured ??= new Set(
      await anomalous?.(
        { from: Math.min(range.from, range.to - ANOMALIES_OF), to: range.to },
        Math.max(1, Math.floor(most * ANOMALOUS_SHARE)),
        options,
      ),
    );
    entities = new Map(
      chooseEntities([...entities], most, ([entity, seen]) => [favoured?.has(entity) === true, seen.logs]),
    );
  };
  for await (const { buckets } of pages) {
    for (const { key, doc_count: count, first, last } of buckets) {
      const name = entityOf(key);
      if (name === undefined) continue;
      of++;
      logs += count;
      entities.set(name, { first: first.value, last: last.value, logs: count });
    }
    if (entities.size > CHOSEN_AMONG * most) await choose();
  }
  if (of <= most) return { entities };
  await choose();
  const kept = [...entities.values()].reduce((sum, seen) => sum + seen.logs, 0);
  return { entities, bound: { kept: entities.size, of, left_out_logs: logs - kept, logs } };
}

/**
 * The items that there are places for, in their order: first those with anomalies, then those with most logs.
 *
 * @param rankOf says of an item whether it had anomalies, and its number of logs
 */
function chooseEntities<Item>(
  items: readonly Item[],
  most: number,
  rankOf: (item: Item) => readonly [isAnomalous: boolean, logs: number],
): Item[] {
  if (items.length <= most) return [...items];
  const ranked = items.map((item, place) => {
    const [isAnomalous, logs] = rankOf(item);
    return { item, place, isAnomalous, logs };
  });
  ranked.sort(
    (one, other) =>
      Number(other.isAnomalous) - Number(one.isAnomalous) || other.logs - one.logs || one.place - other.place,
  );
  return ranked
    .slice(0, most)
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/**
 * The rows of one bucket. Where silence is not told, entities have places in each bucket anew: those with errors first, then the busiest.
 */
export function rowsWithPlaces(
  rows: readonly BucketRow[],
  { bucket }: Detector,
): { rows: readonly BucketRow[]; bound?: EntityBound } {
  const most = bucket?.max_entities ?? 0;
  if (bucket?.silence !== false || rows.length <= most) return { rows };
  const kept = chooseEntities(rows, most, ({ errors, count }) => [errors > 0, count]);
  const logsOf = (some: readonly BucketRow[]): number => some.reduce((sum, { count }) => sum + count, 0);
  const logs = logsOf(rows);
  return {
    rows: kept,
    bound: { kept: kept.length, of: rows.length, left_out_logs: logs - logsOf(kept), logs },
  };
}

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
  const values = await aggregateLogs(
    client,
    {
      index: range.index,
      query: queryOf(range),
      aggs: Object.fromEntries(
        fields.map(([name, field]) => [name, { terms: { field, size: COMMON_VALUES } }]),
      ),
      what: `learn frequent values of "${range.index}"`,
    },
    options,
  );
  const learned: Record<string, string[]> = {};
  for (const [name] of fields) {
    const found = values?.[name] as
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
