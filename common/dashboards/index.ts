import { SEVERITY_COLORS } from '../anomaly/severity_colors';
import { resultsDataViewId, resultsPattern } from '../index_names';
import {
  countOf,
  dashboard,
  dataView,
  highest,
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
/** Of logs that tell of requests, whatever else the detectors of the space read. */
const REQUESTS = `${ANOMALIES} and (http.response.status_code : * or url.path : *)`;
/** Field of the data view: who sent a request, by whichever of these fields the log has. */
const CLIENT = 'request_client';
const CLIENT_FIELDS = ['client.ip', 'source.ip', 'client.address', 'source.address'];
const CLIENT_SCRIPT = [
  `for (String name : [${CLIENT_FIELDS.map((field) => `'${field}'`).join(', ')}]) {`,
  '  if (doc.containsKey(name) && doc[name].size() > 0) { emit(doc[name].value); return; }',
  '}',
].join('\n');
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
    dataView(dataViewId, `Log Anomalies: results (${space})`, {
      pattern: resultsPattern(space),
      computed: { [CLIENT]: { type: 'keyword', source: CLIENT_SCRIPT } },
    }),
    savedSearch(`log-anomalies-anomalies-${space}`, {
      title: 'Log Anomalies: anomalous logs',
      description: 'Without the counters of scored logs, of which an index of results holds many.',
      dataViewId,
      query: ANOMALIES,
      columns: ['anomaly.severity', 'anomaly.entity', 'message', 'anomaly.reason'],
    }),
    dashboard(`log-anomalies-overview-${space}`, {
      title: 'Log Anomalies: overview',
      description: hasPlugin
        ? 'How many logs were scored, how many are anomalous, where and why.'
        : 'How many logs are anomalous, where and why.',
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
    columns: { ...values, count, score: highest('Highest score', 'anomaly.score') },
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

/** Figures of all logs in one panel: Lens would count those twice that a live run and a backfill both scored. */
const FIGURES: PluginPanel = {
  title: 'Figures',
  kind: 'figures',
  isTitleHidden: true,
  grid: { x: 0, y: 0, w: 48, h: TILES_HEIGHT },
};

/** Tiles that Lens tells rightly by itself: each anomalous log is one document, whoever scored it. */
function lensTiles(dataViewId: string): LensPanel[] {
  const { panel, count } = partsOf(dataViewId);
  return [
    {
      ...panel,
      title: 'Anomalies',
      query: ANOMALIES,
      columns: { count },
      visualization: { type: 'lnsMetric', metric: 'count' },
      grid: { x: 0, y: 0, w: 24, h: TILES_HEIGHT },
    },
    {
      ...panel,
      title: 'Highest confidence',
      query: ANOMALIES,
      columns: { confidence: highest('Highest confidence', 'anomaly.confidence') },
      visualization: { type: 'lnsMetric', metric: 'confidence' },
      grid: { x: 24, y: 0, w: 24, h: TILES_HEIGHT },
    },
  ];
}

function overviewPanels(dataViewId: string, hasPlugin: boolean): (LensPanel | PluginPanel)[] {
  const { panel, count, bySeverity } = partsOf(dataViewId);
  /** Room for incidents and the swim lane below the figures. */
  const below = hasPlugin ? INCIDENTS_HEIGHT + SWIM_LANE_HEIGHT : 0;
  return [
    ...(hasPlugin ? [FIGURES] : lensTiles(dataViewId)),
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
      columns: { time: overTime(), score: highest('Highest score', 'bucket.max_score') },
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
      query: REQUESTS,
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
      query: REQUESTS,
      ...bySeverity,
      grid: { x: 24, y: 0, w: 24, h: 12 },
    },
    {
      ...panel,
      title: 'Services',
      query: REQUESTS,
      ...tableOf({ service: topValues('Service', 'service.name', 20, 'count') }),
      grid: { x: 0, y: 12, w: 16, h: 14 },
    },
    {
      ...panel,
      title: 'Requests by method and path',
      query: REQUESTS,
      ...tableOf({
        method: topValues('Method', 'http.request.method', 10, 'count'),
        path: topValues('Path', 'url.path', 20, 'count'),
      }),
      grid: { x: 16, y: 12, w: 32, h: 14 },
    },
    {
      ...panel,
      title: 'Clients',
      query: REQUESTS,
      ...tableOf({ client: topValues('Client', CLIENT, 20, 'count') }),
      grid: { x: 0, y: 26, w: 48, h: 14 },
    },
  ];
}
