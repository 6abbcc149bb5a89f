import type { estypes } from '@elastic/elasticsearch';
import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import type { AnomalyResult } from '../../../common/anomaly';
import { storedPartField } from '../../../common/detector/entity_fields';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { BACKFILL_RUN_PREFIX, SUMMARY_MILLISECONDS } from '../../detection/scoring/result_documents';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { isTooManyBuckets } from '../transport/composite_pages';
import { hitTotal } from '../transport/hit_total';
import { pageStart } from '../transport/page_start';
import { filterByContent, filterResults, resultsOfSpace, storedResult } from './results_query';

type Query = estypes.QueryDslQueryContainer;

const STATUS_TYPES = { open: 'log', suppressed: 'suppressed', all: 'judged' } as const;

export async function searchResults(
  client: ElasticsearchClient,
  space: string,
  query: ApiRequest<Endpoints['searchResults']>['query'],
): Promise<ApiResponse<Endpoints['searchResults']>> {
  const from = pageStart(query, 'results');
  const filter: Query[] = [
    ...filterResults(space, STATUS_TYPES[query.status], {
      ...(query.detector_id && { detectorIds: [query.detector_id] }),
      from: query.from,
      to: query.to,
      writtenFrom: query.written_from,
      writtenTo: query.written_to,
      entity: query.entity,
      entityParts: query.entity_part,
    }),
    ...filterByContent(query),
  ];
  const { sort, order = sort === 'entity' ? 'asc' : 'desc' } = query;
  const orderOf = (by: typeof sort) => (by === sort ? order : 'desc');
  const time = { '@timestamp': { order: orderOf('time'), unmapped_type: 'date' } } as const;
  const score = { 'anomaly.score': { order: orderOf('score'), unmapped_type: 'double' } } as const;
  // A threshold that follows the logs makes the severity of a score another one from time to time.
  const severity = {
    'anomaly.confidence': { order: orderOf('severity'), unmapped_type: 'double' },
  } as const;
  const entity = {
    'anomaly.entity': { order: orderOf('entity'), unmapped_type: 'keyword', missing: '_last' },
  } as const;
  const sorts = {
    time: [time, severity, score],
    score: [score, time],
    severity: [severity, score, time],
    entity: [entity, severity, score, time],
  };
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>({
        ...resultsOfSpace(space),
        from,
        size: query.size,
        track_total_hits: true,
        query: { bool: { filter } },
        sort: sorts[sort],
      }),
    { what: 'search results' },
  );
  return {
    total: hitTotal(answer.hits),
    results: answer.hits.hits.map((hit) => ({
      id: hit._id as string,
      result: storedResult(hit._source) as never,
    })),
  };
}

/** @throws DetectionError `not_found`, too, for a result of another space */
export async function getResult(
  client: ElasticsearchClient,
  space: string,
  id: string,
): Promise<ApiResponse<Endpoints['getResult']>> {
  const answer = await attempt(
    () =>
      client.search<AnomalyResult>({
        ...resultsOfSpace(space),
        size: 1,
        query: { bool: { filter: [...filterResults(space, 'any', {}), { ids: { values: [id] } }] } },
      }),
    { what: 'read a result' },
  );
  const [hit] = answer.hits.hits;
  if (hit === undefined) {
    throw sentenceError('not_found', 'result_missing', { id });
  }
  return { id: hit._id as string, result: storedResult(hit._source) as never };
}

interface RunSums {
  logs: { value: number };
  max_score: { value: number | null };
  max_confidence: { value: number | null };
}
interface TimeBucket {
  key: number;
  detectors: { buckets: { live: RunSums; past: { runs: { buckets: RunSums[] } } }[] };
  /** The results themselves. */
  anomalous: {
    doc_count: number;
    max_score: { value: number | null };
    max_confidence: { value: number | null };
  };
  /** Results that the choice leaves out; absent without a choice. */
  left_out?: { doc_count: number };
}
interface Histogram {
  buckets: TimeBucket[];
}

/** Below the threshold, where confidence is 0.5. */
const HIGHEST_OF_NO_ANOMALY = 0.499;

/** As many as a space may have. */
const MOST_DETECTORS = 10_000;

const isLog: Query = { term: { 'result.type': 'log' } };

/** Sums of the summaries by time and detector, those of backfills apart, with the results that the choice takes and leaves out. */
function histogramOf(
  interval: number,
  choice: Query[],
): Record<string, estypes.AggregationsAggregationContainer> {
  const hasChoice = choice.length > 0;
  const sums = {
    logs: { sum: { field: 'bucket.logs' } },
    max_score: { max: { field: 'bucket.max_score' } },
    max_confidence: { max: { field: 'bucket.max_confidence' } },
  };
  const isBackfill: Query = { prefix: { 'run.id': BACKFILL_RUN_PREFIX } };
  return {
    time: {
      date_histogram: { field: '@timestamp', fixed_interval: `${interval}ms`, min_doc_count: 1 },
      aggs: {
        detectors: {
          terms: { field: 'detector.id', size: MOST_DETECTORS },
          aggs: {
            live: { filter: { bool: { must_not: [isBackfill] } }, aggs: sums },
            past: {
              filter: isBackfill,
              aggs: { runs: { terms: { field: 'run.id', size: 20 }, aggs: sums } },
            },
          },
        },
        ...(hasChoice && {
          left_out: { filter: { bool: { filter: [isLog], must_not: [{ bool: { filter: choice } }] } } },
        }),
        anomalous: {
          filter: hasChoice ? { bool: { filter: [isLog, ...choice] } } : isLog,
          aggs: {
            max_score: { max: { field: 'anomaly.score' } },
            max_confidence: { max: { field: 'anomaly.confidence' } },
          },
        },
      },
    },
  };
}

/**
 * Logs scored are those of the summaries added up; a backfill counts logs again that its detector scored live: of
 * the two the larger counts. Where they are more numbers than Elasticsearch gives, spans of time are longer. Anomalies are results themselves, so that hiding one and showing it again is seen at once. Where a
 * choice is made among them, score and confidence are theirs alone; without, those of all logs, of which none is
 * anomalous any more where all results are hidden.
 */
export async function summarizeResults(
  client: ElasticsearchClient,
  space: string,
  query: ApiRequest<Endpoints['summarizeResults']>['query'],
  now: number,
): Promise<ApiResponse<Endpoints['summarizeResults']>> {
  const to = query.to ?? now;
  // A summary carries the start of its bucket.
  const from = Math.floor((query.from ?? to - 86_400_000) / SUMMARY_MILLISECONDS) * SUMMARY_MILLISECONDS;
  const interval =
    Math.max(1, Math.ceil((to - from) / query.buckets / SUMMARY_MILLISECONDS)) * SUMMARY_MILLISECONDS;
  const confidence = { max: { field: 'anomaly.confidence' } };
  const choice = filterByContent(query);
  const hasChoice = choice.length > 0;
  const histogram = histogramOf(interval, choice);
  const entityField =
    query.entity_field === undefined ? 'anomaly.entity' : storedPartField(query.entity_field);
  const field = query.by === 'entity' ? entityField : 'detector.id';
  const range = {
    ...(query.detector_id && { detectorIds: [query.detector_id] }),
    from,
    to,
    entity: query.entity,
    entityParts: query.entity_part,
  };
  const summaries: Query = { bool: { filter: filterResults(space, 'bucket', range) } };
  const answer = await attempt(
    () =>
      client
        .search({
          ...resultsOfSpace(space),
          size: 0,
          track_total_hits: false,
          query: {
            bool: {
              should: [summaries, { bool: { filter: filterResults(space, 'log', range) } }],
              minimum_should_match: 1,
            },
          },
          aggs:
            query.by === 'all'
              ? histogram
              : {
                  groups: {
                    terms: {
                      field,
                      size: query.groups,
                      order: [{ [hasChoice ? 'worst>chosen' : 'worst']: 'desc' }, { highest: 'desc' }],
                      missing: '',
                    },
                    aggs: {
                      ...histogram,
                      worst: hasChoice
                        ? { filter: { bool: { filter: [isLog, ...choice] } }, aggs: { chosen: confidence } }
                        : confidence,
                      highest: { max: { field: 'bucket.max_confidence' } },
                    },
                  },
                },
        })
        .catch((error: unknown) => {
          if (query.buckets === 1 || !isTooManyBuckets(error)) throw error;
          return undefined;
        }),
    { what: 'sum up results' },
  );
  if (answer === undefined) {
    return summarizeResults(client, space, { ...query, buckets: Math.ceil(query.buckets / 2) }, now);
  }
  const found = answer.aggregations as
    { time?: Histogram; groups?: { buckets: { key: string; time: Histogram }[] } } | undefined;
  const groups =
    query.by === 'all' ? [{ key: '', time: found?.time ?? { buckets: [] } }] : (found?.groups?.buckets ?? []);
  return {
    interval_ms: interval,
    groups: groups.map(({ key, time }) => {
      const buckets = time.buckets.map((bucket) => bucketOf(bucket, hasChoice));
      return {
        key,
        logs: buckets.reduce((sum, bucket) => sum + bucket.logs, 0),
        anomalies: buckets.reduce((sum, bucket) => sum + bucket.anomalies, 0),
        buckets,
      };
    }),
  };
}

function bucketOf({ key, detectors, anomalous, left_out: leftOut }: TimeBucket, hasChoice: boolean) {
  const runsOf = detectors.buckets.map(({ live, past }) => [live, ...past.runs.buckets]);
  const runs = runsOf.flat();
  const highest = largest(runs, ({ max_confidence: confidence }) => confidence.value);
  return {
    time: new Date(key).toISOString(),
    logs: runsOf.reduce((sum, each) => sum + (largest(each, ({ logs }) => logs.value) ?? 0), 0),
    anomalies: anomalous.doc_count,
    ...(leftOut !== undefined && { filtered_out: leftOut.doc_count }),
    max_score: hasChoice ? anomalous.max_score.value : largest(runs, ({ max_score: score }) => score.value),
    max_confidence:
      anomalous.max_confidence.value ??
      (hasChoice || highest === null ? null : Math.min(highest, HIGHEST_OF_NO_ANOMALY)),
  };
}

/** Returns null where none has a value. */
const largest = (runs: readonly RunSums[], pick: (run: RunSums) => number | null): number | null =>
  runs.reduce<number | null>((most, run) => {
    const value = pick(run);
    return value === null || (most !== null && most >= value) ? most : value;
  }, null);
