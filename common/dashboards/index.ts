import { SEVERITY_COLORS } from '../anomaly/severity_colors';
import { resultsDataViewId, resultsPattern } from '../index_names';
import {
  countOf,
  dashboard,
  dataView,
  measure,
  overTime,
  savedSearch,
  topValues,
  type LensColumn,
  type LensPanel,
  type PluginPanel,
  type SavedObject,
} from './saved_objects';

export { toNdjson, type SavedObject } from './saved_objects';

const ANOMALIES = 'result.type : "log"';
const BUCKETS = 'result.type : "bucket"';
const SWIM_LANE_HEIGHT = 14;
const TILES_HEIGHT = 5;
const INCIDENTS_HEIGHT = 16;

/**
 * Data view and dashboards of one space, made from code; ids carry the space so that spaces do not meet.
 *
 * @param space as in `log-anomalies-results.<space>.*`
 * @param options.hasPlugin whether that Kibana draws our own panels; without them Lens stands alone
 * @param options.takesPanels whether its dashboards hold them by themselves, not as visualizations
 */
export function resultDashboards(
  space: string,
  { hasPlugin, takesPanels = false }: { hasPlugin: boolean; takesPanels?: boolean },
): SavedObject[] {
  const dataViewId = resultsDataViewId(space);

  return [
    dataView(dataViewId, `Log Anomalies: results (${space})`, resultsPattern(space)),
    savedSearch(`log-anomalies-anomalies-${space}`, {
      title: 'Log Anomalies: anomalous logs',
      description: 'Without the counters of scored logs, of which an index of results holds many.',
      dataViewId,
      query: ANOMALIES,
      columns: ['anomaly.severity', 'anomaly.entity', 'message', 'anomaly.reason'],
    }),
    dashboard(`log-anomalies-overview-${space}`, {
      title: 'Log Anomalies: overview',
      description: 'How many logs were scored, how many are anomalous, where and why.',
      panels: overviewPanels(dataViewId, hasPlugin),
      takesPanels,
    }),
    dashboard(`log-anomalies-http-${space}`, {
      title: 'Log Anomalies: HTTP service',
      description: 'Anomalous requests by status, method, path and client.',
      panels: httpPanels(dataViewId),
    }),
  ];
}

/** Returns what several panels share. */
function partsOf(dataViewId: string) {
  const panel = { dataViewId } as const;
  const count = countOf('Anomalies');
  const bySeverity = {
    columns: {
      severity: topValues('Severity', 'anomaly.severity', 4, 'count'),
      time: overTime(),
      count,
    },
    visualization: {
      type: 'lnsXY',
      series: 'bar_stacked',
      x: 'time',
      y: ['count'],
      split: 'severity',
      colors: SEVERITY_COLORS,
    },
  } as const;
  /** Anomalies counted by the values of some columns, with the highest score of each. */
  const tableOf = (values: Readonly<Record<string, LensColumn>>) => ({
    columns: { ...values, count, score: measure('Highest score', 'max', 'anomaly.score') },
    visualization: { type: 'lnsDatatable' as const, columns: [...Object.keys(values), 'count', 'score'] },
  });
  return { panel, count, bySeverity, tableOf };
}

/** Our own panels, for a Kibana that has the plugin. */
function pluginPanels(below: number): PluginPanel[] {
  return [
    {
      title: 'Incidents',
      kind: 'incidents' as const,
      grid: { x: 0, y: TILES_HEIGHT, w: 28, h: INCIDENTS_HEIGHT },
    },
    {
      title: 'Actual against expected',
      kind: 'values' as const,
      grid: { x: 28, y: TILES_HEIGHT, w: 20, h: INCIDENTS_HEIGHT },
    },
    {
      title: 'Severity by entity',
      kind: 'swim_lane' as const,
      grid: { x: 0, y: TILES_HEIGHT + INCIDENTS_HEIGHT, w: 48, h: SWIM_LANE_HEIGHT },
    },
    {
      title: 'What stands out',
      kind: 'patterns' as const,
      grid: { x: 0, y: TILES_HEIGHT + 25 + below, w: 24, h: 16 },
    },
    {
      title: 'Most anomalous logs',
      kind: 'table' as const,
      grid: { x: 24, y: TILES_HEIGHT + 25 + below, w: 24, h: 16 },
    },
  ];
}

function overviewPanels(dataViewId: string, hasPlugin: boolean): (LensPanel | PluginPanel)[] {
  const { panel, count, bySeverity } = partsOf(dataViewId);
  /** Room for incidents and the swim lane below the figures. */
  const below = hasPlugin ? INCIDENTS_HEIGHT + SWIM_LANE_HEIGHT : 0;
  return [
    {
      ...panel,
      title: 'Anomalies',
      query: ANOMALIES,
      columns: { count },
      visualization: { type: 'lnsMetric', metric: 'count' },
      grid: { x: 0, y: 0, w: 12, h: TILES_HEIGHT },
    },
    {
      ...panel,
      title: 'Logs scored',
      query: BUCKETS,
      columns: { logs: measure('Logs scored', 'sum', 'bucket.logs') },
      visualization: { type: 'lnsMetric', metric: 'logs' },
      grid: { x: 12, y: 0, w: 12, h: TILES_HEIGHT },
    },
    {
      ...panel,
      title: 'Highest confidence',
      query: ANOMALIES,
      columns: { confidence: measure('Highest confidence', 'max', 'anomaly.confidence') },
      visualization: { type: 'lnsMetric', metric: 'confidence' },
      grid: { x: 24, y: 0, w: 12, h: TILES_HEIGHT },
    },
    {
      ...panel,
      title: 'Mean score of all logs',
      query: BUCKETS,
      columns: { score: measure('Mean score', 'average', 'bucket.mean_score') },
      visualization: { type: 'lnsMetric', metric: 'score' },
      grid: { x: 36, y: 0, w: 12, h: TILES_HEIGHT },
    },
    {
      ...panel,
      title: 'Anomalies by severity',
      query: ANOMALIES,
      ...bySeverity,
      grid: { x: 0, y: TILES_HEIGHT + below, w: 48, h: 12 },
    },
    {
      ...panel,
      title: 'Anomalies by entity',
      query: ANOMALIES,
      columns: { entity: topValues('Entity', 'anomaly.entity', 8, 'count'), time: overTime(), count },
      visualization: { type: 'lnsXY', series: 'bar_stacked', x: 'time', y: ['count'], split: 'entity' },
      grid: { x: 0, y: TILES_HEIGHT + 12 + below, w: 24, h: 13 },
    },
    {
      ...panel,
      title: 'Highest score of all logs',
      query: BUCKETS,
      columns: { time: overTime(), score: measure('Highest score', 'max', 'bucket.max_score') },
      visualization: { type: 'lnsXY', series: 'line', x: 'time', y: ['score'] },
      grid: { x: 24, y: TILES_HEIGHT + 12 + below, w: 24, h: 13 },
    },
    ...(hasPlugin ? pluginPanels(below) : []),
  ];
}

function httpPanels(dataViewId: string): LensPanel[] {
  const { panel, count, bySeverity, tableOf } = partsOf(dataViewId);
  return [
    {
      ...panel,
      title: 'Anomalous requests by status',
      query: ANOMALIES,
      columns: {
        status: topValues('Status', 'http.response.status_code', 8, 'count'),
        time: overTime(),
        count,
      },
      visualization: { type: 'lnsXY', series: 'bar_stacked', x: 'time', y: ['count'], split: 'status' },
      grid: { x: 0, y: 0, w: 24, h: 12 },
    },
    {
      ...panel,
      title: 'Anomalous requests by severity',
      query: ANOMALIES,
      ...bySeverity,
      grid: { x: 24, y: 0, w: 24, h: 12 },
    },
    {
      ...panel,
      title: 'Services',
      query: ANOMALIES,
      ...tableOf({ service: topValues('Service', 'service.name', 20, 'count') }),
      grid: { x: 0, y: 12, w: 16, h: 14 },
    },
    {
      ...panel,
      title: 'Requests by method and path',
      query: ANOMALIES,
      ...tableOf({
        method: topValues('Method', 'http.request.method', 10, 'count'),
        path: topValues('Path', 'url.path', 20, 'count'),
      }),
      grid: { x: 16, y: 12, w: 32, h: 14 },
    },
    {
      ...panel,
      title: 'Clients',
      query: ANOMALIES,
      ...tableOf({ client: topValues('Client', 'client.ip', 20, 'count') }),
      grid: { x: 0, y: 26, w: 24, h: 14 },
    },
    {
      ...panel,
      title: 'Source addresses',
      query: ANOMALIES,
      ...tableOf({ source: topValues('Source', 'source.ip', 20, 'count') }),
      grid: { x: 24, y: 26, w: 24, h: 14 },
    },
  ];
}
