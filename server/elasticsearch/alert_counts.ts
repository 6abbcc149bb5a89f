import type { estypes } from '@elastic/elasticsearch';
import type { LogAnomalyParams } from '../../common/rules';
import { attempt } from './attempt';
import type { ElasticsearchClient } from './client';
import type { RequestOptions } from './log_query';
import { resultsPattern } from './names';

type Query = estypes.QueryDslQueryContainer;

/** Windows of rules are counted by at least so many milliseconds. */
export const SHORTEST_WINDOW = 5 * 60_000;
/** Elasticsearch refuses an answer of more than 65,536 buckets. */
const MOST_BUCKETS = 60_000;
/** With so many results each group and each window of one can be a bucket of its own. */
const MOST_IN_ONE_REQUEST = MOST_BUCKETS / 2;

/** As many as a rule can name. */
const MOST_DETECTORS = 100;

const GROUP_FIELDS = {
  entity: 'anomaly.entity',
  feature: 'anomaly.top_feature',
  detector: undefined,
} as const;

/** What makes one alert: the results of a group in a window. */
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

/** How much there is to count. */
export interface Totals {
  readonly results: number;
  /** About how many detectors these are of. */
  readonly detectors: number;
}

/** Gives {@link Totals}: `doc_count` of what it stands in, and this. */
export const DETECTORS: estypes.AggregationsAggregationContainer = {
  cardinality: { field: 'detector.id' },
};

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

/**
 * Counts the alerts that a rule would have raised of stored results, by the time of the logs. Takes no request where there
 * are no results, one for up to 30,000, and two for any number beyond.
 *
 * @param filter selects the results that count
 * @param range epoch milliseconds, half-open
 */
export async function countAlerts(
  client: ElasticsearchClient,
  space: string,
  filter: readonly Query[],
  totals: Totals,
  range: { readonly from: number; readonly to: number },
  settings: AlertSettings,
  options: RequestOptions = {},
): Promise<AlertCount> {
  const { results, detectors } = totals;
  if (results === 0) return { groups: [], complete: true };
  if (results <= MOST_IN_ONE_REQUEST) {
    const part = await countPart(client, space, filter, range, settings, results, options);
    return { groups: groupsOf([part], settings), complete: part.isWhole };
  }
  const middle = Math.ceil((range.from + range.to) / 2 / settings.window) * settings.window;
  const windows = (middle - range.from) / settings.window + 2;
  const size = Math.max(1, Math.floor(MOST_BUCKETS / windows / Math.max(1, detectors)));
  const parts = [
    await countPart(client, space, filter, { from: range.from, to: middle }, settings, size, options),
    await countPart(client, space, filter, { from: middle, to: range.to }, settings, size, options),
  ];
  return { groups: groupsOf(parts, settings), complete: parts.every(({ isWhole }) => isWhole) };
}

async function countPart(
  client: ElasticsearchClient,
  space: string,
  filter: readonly Query[],
  range: { from: number; to: number },
  { count, window, groupBy }: AlertSettings,
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
          index: resultsPattern(space),
          ignore_unavailable: true,
          allow_no_indices: true,
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
