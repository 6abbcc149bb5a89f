import type { estypes } from '@elastic/elasticsearch';
import type { ApiRequest, Endpoints } from '../../../common/api';
import { daysWithLogs } from '../../../common/days_with_logs';
import { severitiesFrom, type AnomalyResult } from '../../../common/anomaly';
import { readPartFilter, storedPartField } from '../../../common/detector/entity_fields';
import { resultsPattern } from '../indices/names';

type Query = estypes.QueryDslQueryContainer;

export interface ResultFilter {
  readonly detectorIds?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  /** By the time of writing, half-open. */
  readonly writtenFrom?: number;
  readonly writtenTo?: number;
  /** One, or any of several. */
  readonly entity?: string | readonly string[];
  /** Parts of entities as `field=value`: any of the values of a field, and each of the fields. */
  readonly entityParts?: string | readonly string[];
  readonly minimumConfidence?: number;
  /** One query of Elasticsearch that was checked, see `queryProblem`. */
  readonly query?: Readonly<Record<string, unknown>>;
}

/** Documents of an index of results: `log` are results that count, `judged` these and hidden ones, `lost` what counts no more. */
const TYPES = {
  log: ['log'],
  suppressed: ['suppressed'],
  judged: ['log', 'suppressed'],
  lost: ['suppressed', 'withdrawn'],
  any: ['log', 'suppressed', 'withdrawn'],
  bucket: ['bucket'],
} as const;

/** The results of one space: the pattern of its indices may match those of a space with a longer name. */
export function filterResults(space: string, type: keyof typeof TYPES, filter: ResultFilter): Query[] {
  const between = (field: string, from?: number, to?: number): Query[] =>
    from === undefined && to === undefined
      ? []
      : [
          {
            range: {
              [field]: {
                ...(from !== undefined && { gte: from }),
                ...(to !== undefined && { lt: to }),
                format: 'epoch_millis',
              },
            },
          },
        ];
  return [
    { term: { 'result.space': space } },
    { terms: { 'result.type': [...TYPES[type]] } },
    ...(filter.detectorIds ? [{ terms: { 'detector.id': [...filter.detectorIds] } }] : []),
    ...(filter.entity !== undefined ? [{ terms: { 'anomaly.entity': [filter.entity].flat() } }] : []),
    ...queriesOfParts(filter.entityParts, storedPartField),
    ...(filter.minimumConfidence !== undefined ? [atLeastAsSure(filter.minimumConfidence)] : []),
    ...(filter.query === undefined ? [] : [filter.query as Query]),
    ...between('@timestamp', filter.from, filter.to),
    ...between('event.ingested', filter.writtenFrom, filter.writtenTo),
  ];
}

/**
 * Finds when the logs of a range were first scored, over the summaries of detectors, whatever else a search looks for: numbers
 * a day are counted from then on.
 */
export const firstScored = (
  space: string,
  range: { readonly from: number; readonly to: number },
  detectorIds: readonly string[],
): estypes.AggregationsAggregationContainer => ({
  global: {},
  aggs: {
    summaries: {
      filter: {
        bool: {
          filter: filterResults(space, 'bucket', {
            ...range,
            ...(detectorIds.length > 0 && { detectorIds }),
          }),
        },
      },
      aggs: { first: { min: { field: '@timestamp' } } },
    },
  },
});

/** @param found what {@link firstScored} has found */
export const daysScored = (range: { readonly from: number; readonly to: number }, found: unknown): number =>
  daysWithLogs(
    range,
    (found as { summaries?: { first?: { value?: number | null } } } | undefined)?.summaries?.first?.value ??
      undefined,
  );

const atLeastAsSure = (confidence: number): Query => ({
  range: { 'anomaly.confidence': { gte: confidence } },
});

/**
 * @param parts as `field=value`
 * @param storedAs name of the field that holds the parts of a field
 */
export function queriesOfParts(
  parts: string | readonly string[] | undefined,
  storedAs: (field: string) => string,
): Query[] {
  const values = new Map<string, string[]>();
  for (const text of [parts ?? []].flat()) {
    const part = readPartFilter(text);
    if (part !== undefined) values.set(part.field, [...(values.get(part.field) ?? []), part.value]);
  }
  return [...values].map(([field, any]) => ({ terms: { [storedAs(field)]: any } }));
}

/**
 * Indices of the results of a space; that there are none yet is no error. A month that cannot be read just now is one
 * (`unavailable`): the answer would look like one without its results.
 */
export const resultsOfSpace = (space: string) => ({
  index: resultsPattern(space),
  ignore_unavailable: true,
  allow_no_indices: true,
  allow_partial_search_results: false,
});

/** Returns a result as it is stored; one that was stored with its figures alone may lack attribution and reason. */
export function storedResult(source: unknown): AnomalyResult {
  const result = source as AnomalyResult;
  return { ...result, anomaly: { ...WITHOUT_EXPLANATION, ...result.anomaly } };
}

const WITHOUT_EXPLANATION: Pick<AnomalyResult['anomaly'], 'attribution' | 'reason'> = {
  attribution: [],
  reason: '',
};

/** Returns the conditions on the content of anomalous logs; summaries of logs have none of these fields. */
export function filterByContent(
  query: Pick<
    ApiRequest<Endpoints['summarizeResults']>['query'],
    'min_confidence' | 'severity' | 'min_severity' | 'feature' | 'text' | 'filter'
  >,
): Query[] {
  return [
    ...(query.min_confidence !== undefined ? [atLeastAsSure(query.min_confidence)] : []),
    ...(query.severity ? [{ term: { 'anomaly.severity': query.severity } }] : []),
    ...(query.min_severity ? [{ terms: { 'anomaly.severity': severitiesFrom(query.min_severity) } }] : []),
    ...(query.feature ? [{ term: { 'anomaly.attribution.feature': query.feature } }] : []),
    ...(query.text ? [{ match: { message: { query: query.text, operator: 'and' as const } } }] : []),
    ...(query.filter ? [query.filter as Query] : []),
  ];
}
