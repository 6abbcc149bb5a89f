import type { Annotation } from '../../../common/annotations';
import { SEVERITIES } from '../../../common/anomaly';
import type { CoreStart } from '../../kibana/contracts';
import type { ApiClient } from '../../shared/app/api_client';
import { elasticsearchQuery, isBlank } from '../../shared/requests/elasticsearch_query';
import { readAnnotations } from '../../shared/requests/use_annotations';
import { resolveRange, type Interval, type TimeRange } from '../../shared/values/time_range';
import { incidentFilters, type Choice } from './dashboard_filters';
import type { PanelConfig } from './panel_kinds';

/** Spans of time that logs are counted in, as many as the page of a detector has: both tell the same numbers. */
export const BUCKETS = 80;

const DEFAULT_RANGE: TimeRange = { from: 'now-24h', to: 'now' };

export interface PanelProps {
  readonly core: CoreStart;
  readonly api: ApiClient;
  readonly config: PanelConfig;
  /** Another number asks for new data. */
  readonly drawing: number;
  /** Tells the dashboard that the panel is complete. */
  readonly drawn: () => void;
  readonly choose: (choice: Choice) => void;
}

/** Returns the scope of a panel's request: its settings, and time, query and filters of the dashboard. */
export function scopeOf({ detectorId, minSeverity, timeRange = DEFAULT_RANGE, query, filters }: PanelConfig) {
  const lowest = SEVERITIES.find(({ name }) => name === minSeverity)?.from;
  return {
    detector_id: detectorId || undefined,
    ...resolveRange(timeRange),
    ...(lowest !== undefined && { min_confidence: lowest / 100 }),
    filter: elasticsearchQuery(query, filters),
  };
}

/**
 * Reads the marks of the calendar of changes for a chart over time: those that concern the entity of the dashboard's filters, or all.
 * None where they cannot be read: the chart is shown without them.
 *
 * @param names of the entity that the chart is of, where it is of one
 */
export async function marksOf(
  { api, config }: Pick<PanelProps, 'api' | 'config'>,
  { range, names }: { readonly range: Interval; readonly names?: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Annotation[]> {
  const { entity } = incidentFilters(config.filters);
  const of = names ?? (entity === undefined ? [] : [entity]);
  return readAnnotations(api, { range, names: of }, signal).catch(() => []);
}

/**
 * Incidents choose by detector, entity, severity and time; any other filter and the query of a dashboard are about single anomalies.
 *
 * @returns the scope of a request, undefined where the panel and its dashboard name two different detectors, which have nothing in
 *   common; and whether the dashboard says more than it can hold
 */
export function incidentScopeOf({ detectorId, minSeverity, timeRange, query, filters }: PanelConfig) {
  const { entity, detectorId: filtered, hasOthers } = incidentFilters(filters);
  const isOfTwo = detectorId !== '' && filtered !== undefined && filtered !== detectorId;
  const scope = () => ({
    detector_id: detectorId || filtered,
    entity,
    min_severity: minSeverity || undefined,
    ...resolveRange(timeRange ?? DEFAULT_RANGE),
  });
  return {
    scope: isOfTwo ? undefined : scope,
    isNarrower: hasOthers || [query ?? []].flat().some((each) => !isBlank(each)),
  };
}
