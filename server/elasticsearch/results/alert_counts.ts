import type { estypes } from '@elastic/elasticsearch';
import type { LogAnomalyParams } from '../../../common/rules';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { resultsOfSpace } from './results_query';

type Query = estypes.QueryDslQueryContainer;

/** Windows of rules are counted by at least so many milliseconds. */
export const SHORTEST_WINDOW = 5 * 60_000;
/** Elasticsearch refuses an answer of more than 65,536 buckets; numbers of groups are known to a few per cent. */
const MOST_BUCKETS = 55_000;

/** Groups that are asked for beyond those that were counted, which is known to a few per cent. */
const MARGIN = 1_000;
/** Share of the results in the larger half: the middle is known to a few per cent, too. */
const LARGER_HALF = 0.53;
/** As many as a rule can name. */
const MOST_DETECTORS = 100;

const GROUP_FIELDS = {
  entity: 'anomaly.entity',
  feature: 'anomaly.top_feature',
  detector: undefined,
} as const;

/** Subject of one alert: the results of a group in a window. */
export interface CountedGroup {
  readonly detectorId: string;
  /** Entity or feature; empty where the result has none, and by detector. */
  readonly key: string;
  readonly results: number;
  readonly maxConfidence: number;
  /** Starts of windows with enough results, epoch milliseconds, ascending. */
  readonly windows: readonly number[];
  /** Of these, where an alert begins: windows one after another are one alert that goes on. */
  readonly starts: readonly number[];
}

export interface AlertCount {
  readonly groups: readonly CountedGroup[];
  /** False where there are so many results that only the largest groups were counted. */
  readonly complete: boolean;
}

export interface AlertSettings {
  /** Results that make an alert. */
  readonly count: number;
  /** Milliseconds. */
  readonly window: number;
  readonly groupBy: LogAnomalyParams['group_by'];
}

/** Size of the work of counting. */
export interface Totals {
  readonly results: number;
  /** About how many detectors, entities and features these are of. */
  readonly detectors: number;
  readonly keys: number;
  /** Time before which half of the results lie, epoch milliseconds. */
  readonly middle: number;
}

/** Returns the aggregations that {@link totalsOf} needs beside the number of documents. */
export const totalsOver = (
  groupBy: AlertSettings['groupBy'],
): Record<'detectors' | 'keys' | 'middle', estypes.AggregationsAggregationContainer> => ({
  detectors: { cardinality: { field: 'detector.id' } },
  keys: { cardinality: { field: GROUP_FIELDS[groupBy] ?? 'detector.id', precision_threshold: 40_000 } },
  middle: { percentiles: { field: '@timestamp', percents: [50], keyed: false } },
});

export interface FoundTotals {
  readonly doc_count: number;
  readonly detectors: { readonly value: number };
  readonly keys: { readonly value: number };
  readonly middle: { readonly values: readonly { readonly value: number | null }[] };
}

export const totalsOf = (found: FoundTotals | undefined): Totals => ({
  results: found?.doc_count ?? 0,
  detectors: found?.detectors.value ?? 0,
  keys: found?.keys.value ?? 0,
  middle: found?.middle.values[0]?.value ?? 0,
});

interface FoundGroup {
  readonly key: string;
  readonly doc_count: number;
  readonly worst: { value: number | null };
  readonly windows: { readonly buckets: readonly { readonly key: number }[] };
}

interface FoundGroups {
  readonly buckets: readonly FoundGroup[];
  readonly sum_other_doc_count: number;
}
interface FoundDetectors {
  readonly buckets: readonly ({ readonly key: string; readonly groups?: FoundGroups } & FoundGroup)[];
  readonly sum_other_doc_count: number;
}

interface Part {
  readonly groups: readonly {
    readonly detectorId: string;
    readonly key: string;
    readonly found: FoundGroup;
  }[];
  readonly isWhole: boolean;
}

/** The name of a group in a map. */
export const groupName = (detectorId: string, key: string): string => JSON.stringify([detectorId, key]);

/** Results of a space that count, and the parameters of the rule that they are counted for. */
export interface AlertQuestion {
  readonly space: string;
  /** Selects the results that count. */
  readonly filter: readonly Query[];
  /** Epoch milliseconds, half-open. */
  readonly range: { readonly from: number; readonly to: number };
  readonly settings: AlertSettings;
}

/**
 * Counts the alerts that a rule would have raised of stored results, by the time of the logs. Takes no request where there
 * are no results, one for up to about 50,000, and two beyond: exact up to about 100,000, then of the largest groups.
 *
 * @param totals of the same results
 */
export async function countAlerts(
  client: ElasticsearchClient,
  question: AlertQuestion,
  totals: Totals,
  options: RequestOptions = {},
): Promise<AlertCount> {
  const { range, settings } = question;
  const { results, detectors, keys } = totals;
  if (results === 0) return { groups: [], complete: true };
  const count = (part: AlertQuestion['range'], size: number): Promise<Part> =>
    countPart(client, { ...question, range: part }, size, options);
  const finished = (parts: readonly Part[]): AlertCount => ({
    groups: groupsOf(parts, settings),
    complete: parts.every(({ isWhole }) => isWhole),
  });
  // Each result can be alone in its window, and with none missing a group is a bucket, too.
  const groups = Math.min(results, detectors * (keys + 1));
  if (results + groups <= MOST_BUCKETS) return finished([await count(range, groups + MARGIN)]);
  const half = Math.min(Math.max(totals.middle, range.from), range.to);
  const middle = Math.ceil(half / settings.window) * settings.window;
  const isHalved = results * LARGER_HALF + groups <= MOST_BUCKETS;
  const [first, second] = [
    { from: range.from, to: middle },
    { from: middle, to: range.to },
  ];
  const sizeOf = ({ from, to }: { from: number; to: number }): number =>
    isHalved
      ? groups + MARGIN
      : Math.max(1, Math.floor(MOST_BUCKETS / ((to - from) / settings.window + 2) / Math.max(1, detectors)));
  return finished([await count(first, sizeOf(first)), await count(second, sizeOf(second))]);
}

async function countPart(
  client: ElasticsearchClient,
  { space, filter, range, settings: { count, window, groupBy } }: AlertQuestion,
  size: number,
  options: RequestOptions,
): Promise<Part> {
  const field = GROUP_FIELDS[groupBy];
  const within: Query = {
    range: { '@timestamp': { gte: range.from, lt: range.to, format: 'epoch_millis' } },
  };
  const aggs: Record<string, estypes.AggregationsAggregationContainer> = {
    worst: { max: { field: 'anomaly.confidence' } },
    windows: {
      date_histogram: { field: '@timestamp', fixed_interval: `${window}ms`, min_doc_count: count },
    },
  };
  const answer = await attempt(
    () =>
      client.search(
        {
          ...resultsOfSpace(space),
          size: 0,
          track_total_hits: false,
          query: { bool: { filter: [...filter, within] } },
          aggs: {
            detectors: {
              terms: { field: 'detector.id', size: MOST_DETECTORS },
              aggs: field === undefined ? aggs : { groups: { terms: { field, missing: '', size }, aggs } },
            },
          },
        },
        { signal: options.signal },
      ),
    { what: 'count alerts', ...options },
  );
  const found = (answer.aggregations as { detectors?: FoundDetectors } | undefined)?.detectors;
  const detectors = found?.buckets ?? [];
  return {
    groups: detectors.flatMap((detector) =>
      field === undefined
        ? [{ detectorId: detector.key, key: '', found: detector }]
        : (detector.groups?.buckets ?? []).map((group) => ({
            detectorId: detector.key,
            key: group.key,
            found: group,
          })),
    ),
    isWhole:
      (found?.sum_other_doc_count ?? 0) === 0 &&
      detectors.every(({ groups }) => (groups?.sum_other_doc_count ?? 0) === 0),
  };
}

function groupsOf(parts: readonly Part[], { window }: AlertSettings): CountedGroup[] {
  const groups = new Map<string, Omit<CountedGroup, 'starts'>>();
  for (const { detectorId, key, found } of parts.flatMap((part) => part.groups)) {
    const name = groupName(detectorId, key);
    const known = groups.get(name);
    groups.set(name, {
      detectorId,
      key,
      results: (known?.results ?? 0) + found.doc_count,
      maxConfidence: Math.max(known?.maxConfidence ?? 0, found.worst.value ?? 0),
      windows: [...(known?.windows ?? []), ...found.windows.buckets.map((bucket) => bucket.key)],
    });
  }
  return [...groups.values()].map((group) => ({ ...group, starts: startsOf(group.windows, window) }));
}

/** @param windows starts of windows with enough results, ascending */
const startsOf = (windows: readonly number[], length: number): number[] =>
  windows.filter((start, place) => place === 0 || start - windows[place - 1] > length);
