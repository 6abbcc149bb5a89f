import type { estypes } from '@elastic/elasticsearch';
import { unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';
import type { SourceLog } from '../../../common/log_document';
import type { LogRange, LogSample, SampleOptions } from '../../detection/ports';
import { aggregateLogs } from '../transport/aggregate_logs';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { errorBodyOf, errorTypes, reasonOf } from '../transport/errors';
import { parentsOf, placeOfField, planFields, shortestFloat, type FieldPlace } from '../transport/field_plan';
import { fieldTypes, queryOf } from '../transport/log_query';
import { readLogs } from './read_logs';
import { COLUMN_KINDS, SAMPLE_SCRIPTS, type ColumnKind } from './sample_scripts';
import { MAXIMUM_PAGE } from '../transport/hit_reader';
import { searchPages } from '../transport/search_pages';
import { searchWhole } from '../transport/whole_answer';
import { toSourceLogs } from './source_logs';

/** Drawing each log by itself gives a binomial number of them; so many standard deviations more make too few unlikely. */
const MARGIN_DEVIATIONS = 4;
/** `random_sampler` takes no probability between this and 1. */
const LARGEST_SAMPLER_PROBABILITY = 0.5;
/**
 * Up to so many logs, comparing a hash of each is cheaper than a script that unpacks the documents (measured: 30 ms and
 * 500 ms for 25,600 of 1,000,000); beyond, the sampler's cost stays bounded and that of hashing does not.
 */
const SCAN_LIMIT = 20_000_000;
/**
 * Slices of time read side by side where hits carry documents: fetching a page of them takes one thread of one node
 * (measured for 25,600 of 1,000,000 on two processors: 370 ms in two slices of small pages, 255 ms in four of large ones).
 */
const PARALLEL_SLICES = 4;
/** Random logs tell the size of the others: the page after the first may be as large as its bytes allow. */
const PAGE_GROWTH = 20;
/** Rows of one sampler answer: they are held in the heap of a node. */
const ROWS_A_REQUEST = 50_000;
/** Up to so many logs of a shard are counted one by one; beyond, a random part of them tells how many there are. */
const COUNT_LIMIT = 20_000_000;
/** Of {@link COUNT_LIMIT} logs and more this share gives their number to 0.7% and better (one standard deviation). */
const COUNTED_SHARE = 0.001;
/** A longer string is cut when a script collects it; no feature looks at more characters. */
const CUT_CHARACTERS = 70_000;

const columnKind = ({ from }: FieldPlace): ColumnKind =>
  from === 'column' ? COLUMN_KINDS.value : COLUMN_KINDS.source;

/** A 32-bit float comes as the decimal that it stands for, as when logs are read. */
const valueOf = (value: unknown, { isFloat }: FieldPlace): unknown =>
  !isFloat ? value : Array.isArray(value) ? value.map(shortestFloat) : shortestFloat(value);

const areScriptsOff = (error: unknown): boolean => {
  const body = errorBodyOf(error);
  return (
    errorTypes(body).some((type) => type === 'illegal_argument_exception' || type === 'script_exception') &&
    /cannot execute \[|scripts? .*(disabled|not (allowed|supported))|not allowed|unknown aggregation type/i.test(
      `${reasonOf(body)} ${body?.reason ?? ''} ${body?.caused_by?.reason ?? ''}`,
    )
  );
};

export type FieldSampleOptions = SampleOptions & { readonly fields: readonly string[] };

interface SampleContext {
  readonly client: ElasticsearchClient;
  readonly policy?: RetryPolicy;
  readonly range: LogRange;
  readonly options: FieldSampleOptions;
  readonly what: string;
}

export async function countLogs(
  client: ElasticsearchClient,
  range: LogRange,
  options: { policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<number> {
  if (range.to <= range.from) return 0;
  return attempt(() => countWhole(client, range, { signal: options.signal }), {
    what: `count logs of "${range.index}"`,
    ...options,
  });
}

/** The API `_count` would say nothing of remote clusters that do not answer. @param limit each shard stops at so many */
async function countWhole(
  client: ElasticsearchClient,
  range: LogRange,
  { signal, limit }: { signal?: AbortSignal; limit?: number },
): Promise<number> {
  const answer = await searchWhole(
    client,
    {
      index: range.index,
      query: queryOf(range),
      allow_no_indices: true,
      size: 0,
      track_total_hits: true,
      ...(limit !== undefined && { terminate_after: limit }),
    },
    { signal },
  );
  return (answer.hits.total as estypes.SearchTotalHits).value;
}

/** @returns the time of the first log of the range, epoch milliseconds; undefined where it holds none */
export async function firstLogAt(
  client: ElasticsearchClient,
  range: LogRange,
  options: { policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<number | undefined> {
  const found = await aggregateLogs(
    client,
    {
      index: range.index,
      query: queryOf(range),
      aggs: { first: { min: { field: range.timestampField } } },
      what: `look for the first log of "${range.index}"`,
    },
    options,
  );
  return (found?.first as estypes.AggregationsMinAggregate | undefined)?.value ?? undefined;
}

/**
 * Counts the logs of a range, at a bounded cost however many there are.
 *
 * @returns `error`: standard deviation of `total`; 0 where it is exact
 */
export async function measureLogs(
  client: ElasticsearchClient,
  range: LogRange,
  options: { policy?: RetryPolicy; signal?: AbortSignal; limit?: number } = {},
): Promise<{ total: number; error: number }> {
  if (range.to <= range.from) return { total: 0, error: 0 };
  const { policy, signal, limit = COUNT_LIMIT } = options;
  const { index } = range;
  const query = queryOf(range);
  const request = { what: `count logs of "${index}"`, policy, signal };
  const counted = await attempt(() => countWhole(client, range, { signal, limit }), request);
  if (counted < limit) return { total: counted, error: 0 };
  const answer = await attempt(
    () =>
      searchWhole(
        client,
        {
          index,
          size: 0,
          track_total_hits: false,
          query,
          aggs: {
            part: {
              random_sampler: { probability: COUNTED_SHARE, seed: 1 },
              aggs: { logs: { filter: { match_all: {} } } },
            },
          },
        },
        { signal },
      ),
    request,
  );
  // The answer is scaled up already.
  const part = answer.aggregations?.part as { logs: { doc_count: number } } | undefined;
  const total = part?.logs.doc_count ?? 0;
  return { total, error: Math.sqrt(total / COUNTED_SHARE) };
}

/** Uniform random sample without replacement; see `LogSource.sample` and docs/elasticsearch.md. */
export async function sampleLogs(
  client: ElasticsearchClient,
  range: LogRange,
  options: FieldSampleOptions,
  { policy, countLimit }: { policy?: RetryPolicy; countLimit?: number } = {},
): Promise<LogSample> {
  const { size, signal } = options;
  const context: SampleContext = {
    client,
    policy,
    range,
    options,
    what: `draw a sample of "${range.index}"`,
  };
  const { total, error } = await measureLogs(client, range, { policy, signal, limit: countLimit });
  if (total <= size) {
    const logs: SourceLog[] = [];
    for await (const page of readLogs(client, range, { fields: options.fields, signal, policy })) {
      logs.push(...page.logs);
      options.progress?.(logs.length, Math.max(total, logs.length), 'logs drawn');
    }
    return { logs, total: logs.length, method: 'all' };
  }
  const atLeast = Math.max(size, total - MARGIN_DEVIATIONS * error);
  const probability = Math.min(1, (size + MARGIN_DEVIATIONS * Math.sqrt(size)) / atLeast);
  const sampled =
    probability <= LARGEST_SAMPLER_PROBABILITY
      ? await sampleByScript(context, total, probability)
      : undefined;
  const logs = sampled ?? (await sampleByScore(context, total, probability));
  return {
    logs: chooseUniformly(logs, size, options.seed),
    total,
    method: sampled ? 'random_sampler' : 'random_score',
  };
}

/** @returns undefined where the cluster runs no scripts or they see other values than searches, or where hashing is cheaper */
async function sampleByScript(
  context: SampleContext,
  total: number,
  probability: number,
): Promise<SourceLog[] | undefined> {
  const { client, range, options, policy, what } = context;
  const { signal, fields } = options;
  const names = [...new Set(fields.flatMap((field) => [...parentsOf(field), field]))];
  const { types, indices } = await fieldTypes(client, range.index, names, { policy, signal });
  const named = indices.length > 1;
  const identified = options.identified === true;
  const places = fields.map((field) => placeOfField(types, field));
  if (places.some(({ isUnsigned }) => isUnsigned)) return undefined;
  const kinds = places.map(columnKind);
  const readsDocuments = identified || kinds.includes(COLUMN_KINDS.source);
  if (readsDocuments && total <= SCAN_LIMIT) return undefined;
  const logs: SourceLog[] = [];
  const expected = total * probability;
  const isFound = places.map(({ from }) => from !== 'fetched');
  for (const slice of await slicesOf(context, range, total, probability)) {
    let off = false;
    const answer = await attempt(
      () =>
        searchWhole(
          client,
          {
            index: range.index,
            size: 0,
            track_total_hits: false,
            query: queryOf(slice),
            aggs: {
              sample: {
                random_sampler: { probability, seed: seedOf(options.seed) },
                aggs: {
                  rows: {
                    scripted_metric: {
                      ...SAMPLE_SCRIPTS,
                      params: {
                        fields: [...fields],
                        kinds,
                        named,
                        identified,
                        cut: CUT_CHARACTERS,
                      },
                    },
                  },
                },
              },
            },
          },
          { signal },
        ).catch((error: unknown) => {
          if (!areScriptsOff(error)) throw error;
          off = true;
          return undefined;
        }),
      { what, policy, signal },
    );
    if (off || answer === undefined) return undefined;
    const sample = answer.aggregations?.sample as { rows: { value: unknown[] | null } } | undefined;
    const values = sample?.rows.value ?? [];
    let next = 0;
    while (next < values.length) {
      const index = named ? (values[next++] as string) : indices[0];
      const id = identified ? (values[next++] as string) : '';
      const document: Record<string, unknown> = {};
      for (let column = 0; column < fields.length; column++) {
        const value = valueOf(values[next++], places[column]);
        if (value === null) continue;
        document[fields[column]] = value;
        isFound[column] = true;
      }
      logs.push({ index, id, document });
    }
    options.progress?.(logs.length, Math.max(expected, logs.length), 'logs drawn');
  }
  // A field without doc values that no `_source` holds under its name: an alias, a multi-field, a copy.
  return isFound.every(Boolean) ? logs : undefined;
}

/** Halves the range until no part is expected to give more rows than one answer should hold. */
async function slicesOf(
  context: SampleContext,
  range: LogRange,
  total: number,
  probability: number,
): Promise<LogRange[]> {
  if (total * probability <= ROWS_A_REQUEST || range.to - range.from < 2) return total === 0 ? [] : [range];
  const middle = Math.floor((range.from + range.to) / 2);
  const left = { ...range, to: middle };
  const { total: inLeft } = await measureLogs(context.client, left, {
    policy: context.policy,
    signal: context.options.signal,
  });
  return [
    ...(await slicesOf(context, left, inLeft, probability)),
    ...(await slicesOf(context, { ...range, from: middle }, Math.max(1, total - inLeft), probability)),
  ];
}

/**
 * Without scripts: every log has a random score in [0, 1) that depends on the seed, its shard and its sequence
 * number; those above 1 - probability are read in the order of the index, in a single pass.
 * Slices of the range are read at the same time.
 */
async function sampleByScore(
  context: SampleContext,
  total: number,
  probability: number,
): Promise<SourceLog[]> {
  const { client, range, options, policy, what } = context;
  const { signal, fields } = options;
  const { index, timestampField } = range;
  const plan = await planFields(client, index, { fields, timestampField }, { signal, policy });
  const expected = total * probability;
  let drawn = 0;
  const part = async (from: number, to: number): Promise<SourceLog[]> => {
    const logs: SourceLog[] = [];
    const pages = searchPages(client, {
      index,
      query: {
        function_score: {
          query: queryOf({ ...range, from, to }),
          functions: [{ random_score: { seed: seedOf(options.seed), field: '_seq_no' } }],
          boost_mode: 'replace',
          min_score: 1 - probability,
        },
      },
      sort: [{ _shard_doc: 'asc' }],
      asked: plan.request,
      pageSize: MAXIMUM_PAGE,
      growth: PAGE_GROWTH,
      what,
      policy,
      signal,
    });
    for await (const hits of pages) {
      logs.push(...(await toSourceLogs(client, index, plan, { hits, options: { signal, policy } })));
      drawn += hits.length;
      options.progress?.(drawn, Math.max(expected, drawn), 'logs drawn');
    }
    return logs;
  };
  const border = (slice: number): number =>
    Math.floor(range.from + ((range.to - range.from) * slice) / PARALLEL_SLICES);
  const parts = Array.from({ length: PARALLEL_SLICES }, (_, slice) => part(border(slice), border(slice + 1)));
  return (await Promise.all(parts)).flat();
}

/** Elasticsearch's seeds are 32-bit signed integers. */
const seedOf = (seed: number): number => seed | 0;

/** `size` of the logs, each equally likely (partial Fisher-Yates; Knuth, TAOCP 2, algorithm P). */
export function chooseUniformly(logs: SourceLog[], size: number, seed: number): SourceLog[] {
  if (logs.length <= size) return logs;
  const generator = xoroshiro128plus(seed);
  const chosen = [...logs];
  for (let position = 0; position < size; position++) {
    const other = unsafeUniformIntDistribution(position, chosen.length - 1, generator);
    [chosen[position], chosen[other]] = [chosen[other], chosen[position]];
  }
  return chosen.slice(0, size);
}
