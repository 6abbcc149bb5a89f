import datemath from '@kbn/datemath';
import { INDEX_PREFIX } from '../../common/index_names';
import { PLUGIN_ID } from '../../common/plugin';
import type { CoreStart } from '../kibana/contracts';
import type { PanelApi, Published } from '../kibana/panel_contracts';
import type { DataView, Query, TimeRange } from '../kibana/search_contracts';
import { writeLocation } from '../shared/app/location';
import { handedQuery } from '../shared/detector/handed_source';
import { elasticsearchQuery } from '../shared/requests/elasticsearch_query';

/** Logs that a panel of a dashboard is made of, with all that narrows them. */
interface PanelLogs {
  readonly dataView: DataView;
  readonly queries: readonly Query[];
  readonly filters: readonly unknown[];
  readonly timeRange: TimeRange | undefined;
}

const valueOf = <Value>(published: Published<Value> | undefined): Value | undefined =>
  published?.getValue?.() ?? published?.value;

/**
 * Reads the data view, queries, filters and time of a panel: of 8.12 by its input and output, later by what it publishes.
 *
 * @returns undefined for a panel without a data view that has a time, such as text, for one of several, and for one of ES|QL, whose
 *   conditions no detector can take over
 */
export function logsOfPanel(panel: PanelApi | undefined): PanelLogs | undefined {
  if (panel === undefined) return undefined;
  const views =
    valueOf(panel.dataViews$) ?? valueOf(panel.dataViews) ?? panel.getOutput?.().indexPatterns ?? [];
  const [dataView, ...others] = views;
  if (dataView?.timeFieldName === undefined || others.length > 0) return undefined;
  // Our own panels show results.
  if (dataView.getIndexPattern().startsWith(INDEX_PREFIX)) return undefined;
  const input = panel.getInput?.();
  const { parentApi } = panel;
  const own = valueOf(panel.query$) ?? valueOf(panel.localQuery);
  const ofDashboard = valueOf(parentApi?.query$) ?? input?.query;
  const isEsql = (query: unknown): boolean =>
    typeof (query as { esql?: unknown } | undefined)?.esql === 'string';
  if (isEsql(own) || isEsql(ofDashboard)) return undefined;
  const isQuery = (query: unknown): query is Query =>
    typeof (query as Query | undefined)?.query === 'string' && (query as Query).query !== '';
  return {
    dataView,
    queries: [own, ofDashboard].filter(isQuery),
    filters: [
      ...(valueOf(panel.filters$) ?? valueOf(panel.localFilters) ?? []),
      ...(valueOf(parentApi?.filters$) ?? input?.filters ?? []),
    ].filter(isUsed),
    timeRange:
      valueOf(panel.timeRange$) ??
      valueOf(panel.localTimeRange) ??
      valueOf(parentApi?.timeRange$) ??
      input?.timeRange,
  };
}

const isUsed = (filter: unknown): boolean =>
  (filter as { meta?: { disabled?: boolean } }).meta?.disabled !== true;

/** The place of the form for a new detector, filled in. */
export function formFor({ dataView, queries, filters, timeRange }: PanelLogs): string {
  const [first, ...others] = queries;
  const isPlain = others.length === 0 && filters.length === 0;
  const narrowed =
    isPlain && first?.language === 'kuery'
      ? { kql: String(first.query) }
      : isPlain && first?.language === 'lucene'
        ? { query: String(first.query) }
        : dslOf(queries, filters);
  const source = {
    index: dataView.getIndexPattern(),
    timestamp_field: dataView.timeFieldName,
    ...narrowed,
  };
  const [from, to] = [timeRange?.from, timeRange?.to].map((time, place) =>
    time === undefined ? undefined : datemath.parse(time, { roundUp: place === 1 })?.valueOf(),
  );
  return writeLocation(
    '/detectors/new',
    handedQuery(source, from === undefined || to === undefined ? undefined : to - from),
  );
}

function dslOf(queries: readonly Query[], filters: readonly unknown[]): { query?: Record<string, unknown> } {
  const query = elasticsearchQuery(queries, filters);
  return query === undefined ? {} : { query: JSON.parse(query) as Record<string, unknown> };
}

/** Opens the form for a new detector over the logs of a panel. */
export async function findAnomalies({ application }: CoreStart, panel: PanelApi | undefined): Promise<void> {
  const logs = logsOfPanel(panel);
  if (logs !== undefined) await application.navigateToApp(PLUGIN_ID, { path: formFor(logs) });
}
