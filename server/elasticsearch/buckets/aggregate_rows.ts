import type { estypes } from '@elastic/elasticsearch';
import type { BucketRow } from '../../../common/buckets';
import { entityFieldsText, type Detector } from '../../../common/detector';
import type { LogRange } from '../../detection/ports';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages, type CompositeSearch } from '../transport/composite_pages';
import { queryOf } from '../transport/log_query';
import { countEvents } from './count_events';
import { labelMeasures, labelsOf } from './label_fields';
import { logsOfRequest, type RowRequest } from './log_requests';
import { entityTerms, type EntityKey, type EntitySources } from '../transport/entity_terms';
import type { RequestOptions } from '../transport/attempt';

/** Different values are counted exactly up to about so many, estimated by HyperLogLog++ beyond; each bucket keeps 1 kB for it. */
const EXACT_DISTINCT = 100;
/** Elasticsearch's own limit is 1,024 clauses. */
export const MOST_SPANS_A_REQUEST = 200;

export interface Cell {
  readonly key: EntityKey & { readonly start: number };
  readonly doc_count: number;
  readonly [aggregation: string]: unknown;
}

const asQuery = (query: string | Record<string, unknown>): estypes.QueryDslQueryContainer =>
  typeof query === 'string' ? { query_string: { query } } : query;

function timeQuery(request: RowRequest, entity: EntitySources): estypes.QueryDslQueryContainer {
  const { from, to, filter } = logsOfRequest(request, entity);
  return { bool: { filter: [queryOf({ ...request.range, from, to }), ...filter] } };
}

/** Returns the aggregations for each row. */
export function measures(
  detector: Detector,
  { common, labels }: Pick<RowRequest, 'common' | 'labels'>,
): Record<string, estypes.AggregationsAggregationContainer> {
  const { errors, failures, latency, distinct, rare } = detector.bucket as NonNullable<Detector['bucket']>;
  return {
    errors: { filter: asQuery(errors) },
    ...(failures === undefined ? {} : { failures: { filter: asQuery(failures) } }),
    ...(latency === undefined ? {} : { latency: { percentiles: { field: latency, percents: [50, 95] } } }),
    ...Object.fromEntries(
      Object.entries(distinct).map(([name, field]) => [
        `distinct_${name}`,
        // Each value is hashed as it comes: sets of ordinals, the default, take 3 times as long for many small buckets.
        { cardinality: { field, precision_threshold: EXACT_DISTINCT, execution_hint: 'direct' } },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(rare)
        .filter(([name]) => common[name] !== undefined)
        .map(([name, field]) => [
          `rare_${name}`,
          {
            filter: {
              bool: {
                filter: [{ exists: { field } }],
                must_not: [{ terms: { [field]: [...common[name]] } }],
              },
            },
          },
        ]),
    ),
    ...(labels && labelMeasures(labels)),
  };
}

export function rowOf(
  cell: Cell,
  entity: string,
  detector: Detector,
  request: Pick<RowRequest, 'common' | 'labels'>,
): BucketRow {
  const { failures, distinct, rare } = detector.bucket as NonNullable<Detector['bucket']>;
  const countOf = (name: string): number => (cell[name] as { doc_count: number }).doc_count;
  const quantiles = (cell.latency as { values: Record<string, number | null> } | undefined)?.values;
  const [p50, p95] = [quantiles?.['50.0'] ?? undefined, quantiles?.['95.0'] ?? undefined];
  return {
    start: cell.key.start,
    entity,
    count: cell.doc_count,
    errors: countOf('errors'),
    ...(failures === undefined ? {} : { failures: countOf('failures') }),
    ...(p50 === undefined ? {} : { latencyP50: p50 }),
    ...(p95 === undefined ? {} : { latencyP95: p95 }),
    distinct: Object.fromEntries(
      Object.keys(distinct).map((name) => [name, (cell[`distinct_${name}`] as { value: number }).value]),
    ),
    rare: Object.fromEntries(
      Object.keys(rare).map((name) => [
        name,
        request.common[name] === undefined ? undefined : countOf(`rare_${name}`),
      ]),
    ),
    ...(request.labels && { labels: labelsOf(cell.anomalous as Parameters<typeof labelsOf>[0]) }),
  };
}

/**
 * The rows of a request, in the order of time and then of the entity: one composite aggregation, page by page. What
 * leaves the cluster depends on the number of buckets and entities, not on that of the logs. Logs without an entity count
 * nowhere.
 *
 * @param span of a bucket, milliseconds
 */
export async function aggregateRows(
  client: ElasticsearchClient,
  detector: Detector,
  { span, request, options }: { span: number; request: RowRequest; options: RequestOptions },
): Promise<BucketRow[]> {
  const { range } = request;
  if (request.spans.length === 0) return [];
  const entity = await entityTerms(client, detector, options);
  const pages = compositePages<Cell>(
    client,
    {
      index: range.index,
      query: timeQuery(request, entity),
      sources: bucketSources(entity, range, span),
      aggs: measures(detector, request),
      // Each row is read once: keeping answers would only push others out of the cache.
      requestCache: false,
      what: `sum up "${range.index}" by time and ${entityFieldsText(detector)}`,
    },
    options,
  );
  const collected = async (): Promise<BucketRow[]> => {
    const rows: BucketRow[] = [];
    for await (const { buckets } of pages) {
      for (const cell of buckets) {
        const name = entity.entityOf(cell.key);
        if (name !== undefined) rows.push(rowOf(cell, name, detector, request));
      }
    }
    return rows;
  };
  if (detector.bucket?.events === undefined) return collected();
  const [rows, tallyOf] = await Promise.all([
    collected(),
    countEvents(client, detector, { span, request, options }),
  ]);
  return rows.map((row) => ({ ...row, events: tallyOf(row) }));
}

/** Buckets of time and entity, `span` milliseconds long. */
export const bucketSources = (
  { sources }: EntitySources,
  range: LogRange,
  span: number,
): CompositeSearch['sources'] => [
  { start: { date_histogram: { field: range.timestampField, fixed_interval: `${span}ms` } } },
  ...sources,
];
