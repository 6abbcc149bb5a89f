import type { estypes } from '@elastic/elasticsearch';
import {
  joinedNames,
  sourcesOfIndices,
  type CountedIndex,
  type FoundSource,
  type LeftOut,
  type ResolvedNames,
} from '../../../common/scanning/sources_of_indices';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

/** All that is not hidden by its name. Remote clusters are not looked into. */
const ALL = '*,-.*';
/** Fields that logs keep their time in; those of ECS before others. */
const TIME_FIELDS = ['@timestamp', 'timestamp', 'time', 'datetime', 'date', 'ts', '@time', 'event.created'];
/** Indices with logs in the window that are told apart. */
const MOST_INDICES = 2_000;
const MOST_SOURCES = 100;
/** A search that takes longer ends with what it has. */
const LONGEST_SEARCH = '20s';

const NO_NAMES: ResolvedNames = { indices: [], aliases: [], data_streams: [] };
const isRefusal = (error: unknown): boolean =>
  error instanceof DetectionError && ['forbidden', 'not_found', 'invalid_input'].includes(error.code);

export interface FoundSources {
  readonly sources: readonly FoundSource[];
  readonly leftOut: readonly LeftOut[];
  /** True where some shards did not answer, or not in time: there may be more. */
  readonly isIncomplete: boolean;
}

/**
 * Finds what may be logs in a cluster: indices with a date field and documents in a range of time. Takes four requests, however many
 * indices there are, and no other right than `read`; what the caller may not read is not seen.
 *
 * @param range epoch milliseconds
 */
export async function findSources(
  client: ElasticsearchClient,
  range: { readonly from: number; readonly to: number },
  options: RequestOptions = {},
): Promise<FoundSources> {
  const { signal } = options;
  const orElse =
    <Other>(other: Other) =>
    (error: unknown): Other => {
      if (isRefusal(error)) return other;
      throw error;
    };
  const [names, times] = await Promise.all([
    attempt(() => client.indices.resolveIndex({ name: ALL, expand_wildcards: 'open' }, { signal }), {
      what: 'list the indices',
      ...options,
    }).catch(orElse(NO_NAMES)),
    // Nothing is found by those who may read nothing.
    timeFields(client, options).catch(orElse<string[]>([])),
  ]);
  if (times.length === 0) return { ...sourcesOfIndices([], names, MOST_SOURCES), isIncomplete: false };
  const answer = await attempt(() => countByIndex(client, range, times, signal), {
    what: 'look for logs',
    ...options,
  });
  const { buckets, sum_other_doc_count: others = 0 } = (answer.aggregations?.indices ?? {
    buckets: [],
  }) as CountedIndices;
  const counted = buckets.map((bucket): CountedIndex => {
    const ofField = (place: number): number => bucket[`time_${place}`]?.doc_count ?? 0;
    // The first of those that most logs have: several may hold the same time.
    const best = times.reduce((found, _name, place) => (ofField(place) > ofField(found) ? place : found), 0);
    return { index: bucket.key, logs: ofField(best), timestampField: times[best] };
  });
  const found = sourcesOfIndices(counted, names, MOST_SOURCES);
  return {
    ...found,
    sources: await readableNames(client, found.sources, options),
    isIncomplete: answer.timed_out || answer._shards.failed > 0 || others > 0,
  };
}

interface CountedIndices {
  readonly buckets: readonly ({ readonly key: string; readonly doc_count: number } & Readonly<
    Record<`time_${number}`, { readonly doc_count: number } | undefined>
  >)[];
  readonly sum_other_doc_count?: number;
}

/** Those that are dates in at least one index; elsewhere they may be anything. */
async function timeFields(client: ElasticsearchClient, options: RequestOptions): Promise<string[]> {
  const { fields } = await attempt(
    () =>
      client.fieldCaps(
        { index: ALL, fields: TIME_FIELDS, allow_no_indices: true, filters: '-metadata' },
        { signal: options.signal },
      ),
    { what: 'look for fields of time', ...options },
  );
  return TIME_FIELDS.filter((name) =>
    Object.keys(fields[name] ?? {}).some((type) => type === 'date' || type === 'date_nanos'),
  );
}

/** One index where a field is no date does not spoil the answer of the others. */
function countByIndex(
  client: ElasticsearchClient,
  { from, to }: { readonly from: number; readonly to: number },
  times: readonly string[],
  signal: AbortSignal | undefined,
): Promise<estypes.SearchResponse> {
  const within = times.map((field) => ({
    range: { [field]: { gte: from, lt: to, format: 'epoch_millis' } },
  }));
  return client.search(
    {
      index: ALL,
      allow_no_indices: true,
      ignore_unavailable: true,
      size: 0,
      track_total_hits: false,
      timeout: LONGEST_SEARCH,
      query: { bool: { should: within, minimum_should_match: 1 } },
      aggs: {
        indices: {
          terms: { field: '_index', size: MOST_INDICES },
          aggs: Object.fromEntries(within.map((filter, place) => [`time_${place}`, { filter }])),
        },
      },
    },
    { signal, querystring: { allow_partial_search_results: true } },
  );
}

/**
 * The sources by names that the caller may read as a whole: who has rights on single indices alone gets these, since the pattern that
 * they rotate under would be refused when a detector is saved.
 */
async function readableNames(
  client: ElasticsearchClient,
  sources: readonly FoundSource[],
  options: RequestOptions,
): Promise<FoundSource[]> {
  const patterns = sources.filter(({ reachedAs }) => reachedAs === 'pattern').map(({ index }) => index);
  if (patterns.length === 0) return [...sources];
  const rights = await attempt(
    () =>
      client.security.hasPrivileges(
        { index: [{ names: patterns, privileges: ['read'] }] },
        { signal: options.signal },
      ),
    { what: 'ask for the rights on logs', ...options },
  ).catch((error: unknown) => {
    // Without security everybody may.
    if (isRefusal(error)) return undefined;
    throw error;
  });
  return sources.map((source) =>
    source.reachedAs !== 'pattern' || rights === undefined || rights.index[source.index]?.read === true
      ? source
      : { ...source, index: joinedNames(source.indices), reachedAs: 'index' },
  );
}
