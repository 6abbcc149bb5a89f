import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import type { LogRange } from '../../detection/ports';
import { aggregateLogs } from '../transport/aggregate_logs';
import type { ElasticsearchClient } from '../transport/client';
import { fieldTypes, queryOf } from '../transport/log_query';

/** A number of logs in one stretch of time; null where none has it. */
export interface ValuePoint {
  /** Start, epoch milliseconds. */
  readonly time: number;
  readonly logs: number;
  readonly median: number | null;
  readonly max: number | null;
  readonly min: number | null;
}

const NUMBER_TYPES: ReadonlySet<string> = new Set(
  'long integer short byte double float half_float scaled_float unsigned_long'.split(' '),
);

/**
 * Sums up a number of logs over time: median, least and largest of each of `buckets` stretches of equal length.
 *
 * @throws DetectionError `refused` for a field that Elasticsearch holds no numbers of
 */
export async function readValues(
  client: ElasticsearchClient,
  range: LogRange,
  {
    field,
    buckets,
    signal,
  }: { readonly field: string; readonly buckets: number; readonly signal?: AbortSignal },
): Promise<{ points: ValuePoint[]; intervalMilliseconds: number }> {
  const { index, from, to, timestampField } = range;
  const { types } = await fieldTypes(client, index, [field], { signal });
  const found = Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped');
  if (found.length === 0 || !found.every((type) => NUMBER_TYPES.has(type))) {
    throw new DetectionError(
      'refused',
      `Elasticsearch holds no numbers of "${field}" in "${index}" (${found.join(', ') || 'not mapped'}), so they cannot be summed up.`,
    );
  }
  const intervalMilliseconds = Math.max(1, Math.ceil((to - from) / buckets));
  const summed = await aggregateLogs(
    client,
    {
      index,
      query: queryOf(range),
      aggs: {
        times: {
          date_histogram: {
            field: timestampField,
            fixed_interval: `${intervalMilliseconds}ms`,
            offset: `${from % intervalMilliseconds}ms`,
            min_doc_count: 0,
            extended_bounds: { min: from, max: to - 1 },
          },
          aggs: {
            middle: { percentiles: { field, percents: [50], keyed: false } },
            least: { min: { field } },
            most: { max: { field } },
          },
        },
      },
      what: `read ${field} over time in "${index}"`,
    },
    { signal },
  );
  const { buckets: times } = summed?.times as { buckets: Bucket[] };
  return {
    intervalMilliseconds,
    // The bounds of the histogram do not heed its offset.
    points: times
      .filter(({ key }) => key >= from && key < to)
      .map(({ key, doc_count: logs, middle, least, most }) => ({
        time: key,
        logs,
        median: middle.values[0]?.value ?? null,
        min: least.value,
        max: most.value,
      })),
  };
}

interface Bucket {
  readonly key: number;
  readonly doc_count: number;
  readonly middle: { readonly values: readonly { readonly value: number | null }[] };
  readonly least: estypes.AggregationsMinAggregate;
  readonly most: estypes.AggregationsMaxAggregate;
}
