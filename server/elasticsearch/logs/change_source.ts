import type { estypes } from '@elastic/elasticsearch';
import type { BySpan, ChangeFact, FieldScalar, Span } from '../../../common/changes';
import { DetectionError } from '../../../common/detection_error';
import type { LogRange } from '../../detection/ports';
import type { ChangeSource } from '../../detection/ports/changes';
import { attempt, DEFAULT_RETRY_POLICY, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { queryOf } from '../transport/log_query';
import { searchWhole } from '../transport/whole_answer';
import { comparableFields } from './comparable_fields';
import { sampleLogs } from './sample_logs';

type Query = estypes.QueryDslQueryContainer;
type Aggregations = Record<string, estypes.AggregationsAggregationContainer>;

/** Beyond so many logs a random part of them is counted, so that the cost stays bounded. */
const COUNTED_LOGS = 5_000_000;
/** Logs of such a part. */
const COUNTED_PART = 1_000_000;
/** `random_sampler` takes no probability between this and 1. */
const LARGEST_SAMPLER_PROBABILITY = 0.5;
/** The cluster may take so long for what an explanation can do without. */
const TIME_LIMIT = '5s';
/** Risen values of one field. */
const MOST_RISEN = 5;
/** Values of each shard that are looked at more closely. */
const SHARD_VALUES = 100;
const FEWEST_LOGS = 5;
/** Different values of a field up to which their number is precise. */
const COUNTED_PRECISELY = 100;
const SEED = 1;

export interface ChangeSourceOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  /** Fields that a detector names: they are compared before others. */
  readonly preferred?: readonly string[];
  /** Fields whose messages a detector looks at. */
  readonly messages?: readonly string[];
}

/** Reads logs for the comparison of two times. Needs `read` and `view_index_metadata` on them, as a search does. */
export function createChangeSource(
  client: ElasticsearchClient,
  { policy, signal, preferred = [], messages = [] }: ChangeSourceOptions = {},
): ChangeSource {
  /** Runs a search that an explanation can do without. @returns undefined where it fails, or takes too long */
  async function optional(
    what: string,
    request: estypes.SearchRequest,
  ): Promise<Record<string, unknown> | undefined> {
    const once = { ...(policy ?? DEFAULT_RETRY_POLICY), attempts: 1 };
    try {
      const answer = await attempt(
        () => searchWhole(client, { size: 0, timeout: TIME_LIMIT, ...request }, { signal }),
        { what, policy: once, signal },
      );
      return answer.aggregations ?? {};
    } catch (error) {
      const isForCaller =
        error instanceof DetectionError && ['forbidden', 'interrupted'].includes(error.code);
      if (isForCaller) throw error;
      return undefined;
    }
  }

  return {
    fields: (ranges) => comparableFields(client, ranges, { preferred, messages, policy, signal }),
    sample: (range, options) =>
      sampleLogs(client, range, { ...options, fields: options.fields ?? ['*'] }, { policy }),

    async risenValues(window, baseline, fields, logs) {
      const aggs = risenAggregations(fields, baseline);
      const answer = await optional(`look for risen values in "${window.index}"`, {
        index: window.index,
        allow_no_indices: true,
        track_total_hits: false,
        query: queryOf(window),
        aggs: partOf(aggs, probabilityFor(logs)),
      });
      if (answer === undefined) return undefined;
      const found = unpacked(answer);
      const values = fields.flatMap((field, place) => {
        const { buckets } = found[`f${place}`] as { buckets: { key: FieldScalar; key_as_string?: string }[] };
        return buckets.map(({ key, key_as_string: text }) => ({ field, value: keyOf(key, text) }));
      });
      const looked = fields.reduce(
        (sum, _, place) => sum + (found[`n${place}`] as { value: number }).value,
        0,
      );
      return { values, looked };
    },

    async count(range, spans, facts, logs) {
      const probability = probabilityFor(logs);
      const counts = await Promise.all(
        [spans.window, ...spans.pieces].map((span) => countSpan(range, span, facts, probability)),
      );
      if (!counts.every((each) => each !== undefined)) return undefined;
      const bySpan = (pick: (of: number[]) => number): BySpan => {
        const [window, ...pieces] = counts.map(pick);
        return { window, pieces };
      };
      return {
        totals: bySpan((of) => of[0]),
        counts: facts.map((_, place) => bySpan((of) => of[place + 1])),
        share: probability,
      };
    },

    holding: (range, facts) =>
      narrowed(range, { bool: { should: facts.flatMap(queryOfFact), minimum_should_match: 1 } }),
  };

  /** Counts all logs of a span, and those with each fact; of a part of them where there are many. */
  async function countSpan(
    range: LogRange,
    span: Span,
    facts: readonly ChangeFact[],
    probability: number,
  ): Promise<number[] | undefined> {
    const filters = [{ match_all: {} }, ...facts.flatMap(queryOfFact)];
    const answer = await optional(`count logs of "${range.index}"`, {
      index: range.index,
      allow_no_indices: true,
      track_total_hits: false,
      query: queryOf({ ...range, ...span }),
      aggs: partOf({ facts: { filters: { filters } } }, probability),
    });
    if (answer === undefined) return undefined;
    const { buckets } = unpacked(answer).facts as { buckets: { doc_count: number }[] };
    // The sampler scales its counts up.
    return buckets.map(({ doc_count: count }) => Math.round(count * probability));
  }
}

const probabilityFor = (logs: number): number => {
  const probability = logs > COUNTED_LOGS ? COUNTED_PART / logs : 1;
  return probability <= LARGEST_SAMPLER_PROBABILITY ? probability : 1;
};

const partOf = (aggs: Aggregations, probability: number): Aggregations =>
  probability === 1 ? aggs : { part: { random_sampler: { probability, seed: SEED }, aggs } };

const unpacked = (answer: Record<string, unknown>): Record<string, unknown> =>
  (answer.part as Record<string, unknown> | undefined) ?? answer;

/** A boolean comes as 1 and "true". */
const keyOf = (key: FieldScalar, text: string | undefined): FieldScalar =>
  typeof key === 'number' && (text === 'true' || text === 'false') ? text === 'true' : key;

function queryOfFact(fact: ChangeFact): Query[] {
  switch (fact.kind) {
    case 'value':
      return [{ term: { [fact.field]: { value: fact.value } } }];
    case 'missing':
      return [{ bool: { must_not: [{ exists: { field: fact.field } }] } }];
    case 'pattern':
      return [];
  }
}

/** The query of the source itself, without its time. */
function ownQuery({ query }: LogRange): Query[] {
  if (query === undefined || query === '') return [];
  return [typeof query === 'string' ? { query_string: { query } } : query];
}

/** Narrows a range to the logs that match one more query. */
export const narrowed = (range: LogRange, query: Query): LogRange => ({
  ...range,
  query: { bool: { filter: [...ownQuery(range), query] } },
});

/** For each field its values that came more often than before, and the number of values looked at. */
function risenAggregations(fields: readonly string[], baseline: LogRange): Aggregations {
  return Object.fromEntries(
    fields.flatMap((field, place): [string, estypes.AggregationsAggregationContainer][] => [
      [`n${place}`, { cardinality: { field, precision_threshold: COUNTED_PRECISELY } }],
      [
        `f${place}`,
        {
          significant_terms: {
            field,
            size: MOST_RISEN,
            shard_size: SHARD_VALUES,
            min_doc_count: FEWEST_LOGS,
            background_filter: queryOf(baseline),
            chi_square: { include_negatives: false, background_is_superset: false },
          },
        },
      ],
    ]),
  );
}
