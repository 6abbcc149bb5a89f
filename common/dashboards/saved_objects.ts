import { panelTypeOf, type PanelKind } from '../panels';

const json = JSON.stringify;

/** One line of a Kibana saved-object export. */
export interface SavedObject {
  readonly id: string;
  readonly type: 'index-pattern' | 'search' | 'dashboard';
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly references: readonly { readonly id: string; readonly name: string; readonly type: string }[];
  readonly coreMigrationVersion: string;
  readonly typeMigrationVersion: string;
}

/** Versions of the shapes below; Kibana 8.12 and later migrate them on import. */
const CORE_MIGRATION_VERSION = '8.8.0';
const TYPE_MIGRATION_VERSIONS = { 'index-pattern': '8.0.0', search: '8.0.0', dashboard: '8.9.0' } as const;

const savedObject = (
  type: SavedObject['type'],
  id: string,
  attributes: SavedObject['attributes'],
  references: SavedObject['references'] = [],
): SavedObject => ({
  id,
  type,
  attributes,
  references,
  coreMigrationVersion: CORE_MIGRATION_VERSION,
  typeMigrationVersion: TYPE_MIGRATION_VERSIONS[type],
});

/** A field that Elasticsearch computes for each document that it reads. */
interface ComputedField {
  readonly type: 'keyword';
  /** Painless that emits the value. */
  readonly source: string;
}

/** @param computed fields by their names */
export function dataView(
  id: string,
  name: string,
  { pattern, computed }: { pattern: string; computed: Readonly<Record<string, ComputedField>> },
): SavedObject {
  const fields = Object.entries(computed).map(([field, { type, source }]) => [
    field,
    { type, script: { source } },
  ]);
  return savedObject('index-pattern', id, {
    title: pattern,
    name,
    timeFieldName: '@timestamp',
    runtimeFieldMap: json(Object.fromEntries(fields)),
  });
}

/** A search of Discover: documents that match, the latest first, with some of their fields. */
export function savedSearch(
  id: string,
  {
    title,
    description,
    dataViewId,
    query,
    columns,
  }: {
    readonly title: string;
    readonly description: string;
    readonly dataViewId: string;
    /** KQL. */
    readonly query: string;
    readonly columns: readonly string[];
  },
): SavedObject {
  const reference = 'kibanaSavedObjectMeta.searchSourceJSON.index';
  return savedObject(
    'search',
    id,
    {
      title,
      description,
      columns,
      sort: [['@timestamp', 'desc']],
      grid: {},
      hideChart: false,
      isTextBasedQuery: false,
      kibanaSavedObjectMeta: {
        searchSourceJSON: json({
          query: { query, language: 'kuery' },
          filter: [],
          indexRefName: reference,
        }),
      },
    },
    [{ id: dataViewId, name: reference, type: 'index-pattern' }],
  );
}

/** A column of a Lens layer, as Lens stores it. */
export interface LensColumn {
  readonly label: string;
  readonly dataType: 'date' | 'number' | 'string';
  readonly operationType: 'date_histogram' | 'terms' | 'count' | 'max';
  readonly sourceField: string;
  readonly isBucketed: boolean;
  readonly scale: 'interval' | 'ordinal' | 'ratio';
  readonly params: Readonly<Record<string, unknown>>;
  readonly customLabel: true;
}

export const overTime = (label = 'Time'): LensColumn => ({
  label,
  dataType: 'date',
  operationType: 'date_histogram',
  sourceField: '@timestamp',
  isBucketed: true,
  scale: 'interval',
  params: { interval: 'auto', includeEmptyRows: true, dropPartials: false },
  customLabel: true,
});

/** @param orderBy id of the metric column that decides which values are shown */
export const topValues = (label: string, field: string, size: number, orderBy: string): LensColumn => ({
  label,
  dataType: 'string',
  operationType: 'terms',
  sourceField: field,
  isBucketed: true,
  scale: 'ordinal',
  params: {
    size,
    orderBy: { type: 'column', columnId: orderBy },
    orderDirection: 'desc',
    otherBucket: false,
    missingBucket: false,
  },
  customLabel: true,
});

export const countOf = (label: string): LensColumn => ({
  label,
  dataType: 'number',
  operationType: 'count',
  sourceField: '___records___',
  isBucketed: false,
  scale: 'ratio',
  params: { emptyAsNull: false },
  customLabel: true,
});

export const highest = (label: string, field: string): LensColumn => ({
  label,
  dataType: 'number',
  operationType: 'max',
  sourceField: field,
  isBucketed: false,
  scale: 'ratio',
  params: { emptyAsNull: true },
  customLabel: true,
});

export interface LensPanel {
  readonly title: string;
  readonly dataViewId: string;
  /** Columns in order: one that splits the values comes before time, so that its top values are those of the whole time. */
  readonly columns: Readonly<Record<string, LensColumn>>;
  /** KQL that narrows the panel down. */
  readonly query: string;
  readonly visualization:
    | {
        readonly type: 'lnsXY';
        readonly series: 'bar_stacked' | 'line' | 'bar_horizontal';
        readonly x: string;
        readonly y: readonly string[];
        readonly split?: string;
        /** Colours of values of the split, by value; others have those of Kibana. */
        readonly colors?: Readonly<Record<string, string>>;
      }
    | { readonly type: 'lnsDatatable'; readonly columns: readonly string[] }
    | { readonly type: 'lnsMetric'; readonly metric: string };
  readonly grid: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

/** A panel of our own, where Lens has none like it; Kibana needs the plugin to draw it. */
export interface PluginPanel {
  readonly title: string;
  /** As `common/panels` names it; the panel fills in the rest of its settings. */
  readonly kind: PanelKind;
  /** True for one that bears the names of its figures itself. */
  readonly isTitleHidden?: boolean;
  readonly grid: LensPanel['grid'];
}

const LAYER = 'results';

/** Source: packages/kbn-coloring/src/shared_components/color_mapping/config/types.ts `Config`. */
const colorMappingOf = (colors: Readonly<Record<string, string>>) => ({
  paletteId: 'eui_amsterdam_color_blind',
  colorMode: { type: 'categorical' },
  assignments: Object.entries(colors).map(([value, colorCode]) => ({
    rule: { type: 'matchExactly', values: [value] },
    color: { type: 'colorCode', colorCode },
    touched: true,
  })),
  specialAssignments: [{ rule: { type: 'other' }, color: { type: 'loop' }, touched: false }],
});

function visualizationState(panel: LensPanel): Record<string, unknown> {
  const { visualization } = panel;
  switch (visualization.type) {
    case 'lnsXY':
      return {
        preferredSeriesType: visualization.series,
        legend: {
          isVisible: visualization.split !== undefined || visualization.y.length > 1,
          position: 'right',
        },
        valueLabels: 'hide',
        layers: [
          {
            layerId: LAYER,
            layerType: 'data',
            seriesType: visualization.series,
            xAccessor: visualization.x,
            accessors: visualization.y,
            ...(visualization.split !== undefined && { splitAccessor: visualization.split }),
            ...(visualization.colors !== undefined && { colorMapping: colorMappingOf(visualization.colors) }),
          },
        ],
      };
    case 'lnsDatatable':
      return {
        layerId: LAYER,
        layerType: 'data',
        columns: visualization.columns.map((columnId) => ({ columnId })),
      };
    case 'lnsMetric':
      return { layerId: LAYER, layerType: 'data', metricAccessor: visualization.metric };
  }
}

const NO_SEARCH = json({ query: { query: '', language: 'kuery' }, filter: [] });

const lensPanel = (panel: LensPanel) => ({
  type: 'lens',
  embeddableConfig: {
    enhancements: {},
    // A figure bears its name itself.
    hidePanelTitles: panel.visualization.type === 'lnsMetric',
    attributes: {
      title: panel.title,
      description: '',
      visualizationType: panel.visualization.type,
      state: {
        datasourceStates: {
          formBased: {
            layers: {
              [LAYER]: {
                columnOrder: Object.keys(panel.columns),
                incompleteColumns: {},
                columns: panel.columns,
              },
            },
          },
        },
        visualization: visualizationState(panel),
        query: { query: panel.query, language: 'kuery' },
        filters: [],
        internalReferences: [],
        adHocDataViews: {},
      },
      references: [
        { type: 'index-pattern', id: panel.dataViewId, name: `indexpattern-datasource-layer-${LAYER}` },
      ],
    },
  },
});

const embeddablePanel = ({ kind, isTitleHidden }: PluginPanel) => ({
  type: panelTypeOf(kind),
  embeddableConfig: { ...(isTitleHidden && { hide_title: true }) },
});

const visualizationPanel = ({ kind, isTitleHidden }: PluginPanel) => ({
  type: 'visualization',
  embeddableConfig: {
    enhancements: {},
    ...(isTitleHidden && { hidePanelTitles: true }),
    savedVis: {
      title: '',
      description: '',
      type: panelTypeOf(kind),
      params: { kind },
      uiState: {},
      data: { aggs: [], searchSource: { query: { query: '', language: 'kuery' }, filter: [] } },
    },
  },
});

/**
 * A dashboard whose panels are all by value.
 *
 * @param takesPanels whether it holds our panels by themselves, not as visualizations
 */
export function dashboard(
  id: string,
  {
    title,
    description,
    panels,
    takesPanels = false,
  }: {
    title: string;
    description: string;
    panels: readonly (LensPanel | PluginPanel)[];
    takesPanels?: boolean;
  },
): SavedObject {
  const pluginPanel = takesPanels ? embeddablePanel : visualizationPanel;
  const references = panels.flatMap((panel, position) =>
    'dataViewId' in panel
      ? [
          {
            name: `p${position}:indexpattern-datasource-layer-${LAYER}`,
            type: 'index-pattern',
            id: panel.dataViewId,
          },
        ]
      : [],
  );
  const panelsJSON = panels.map((panel, position) => ({
    version: '8.12.0',
    panelIndex: `p${position}`,
    gridData: { ...panel.grid, i: `p${position}` },
    title: panel.title,
    ...('kind' in panel ? pluginPanel(panel) : lensPanel(panel)),
  }));
  return savedObject(
    'dashboard',
    id,
    {
      title,
      description,
      version: 1,
      timeRestore: true,
      timeFrom: 'now-7d',
      timeTo: 'now',
      refreshInterval: { pause: true, value: 60_000 },
      optionsJSON: json({
        useMargins: true,
        syncColors: false,
        syncCursor: true,
        syncTooltips: false,
        hidePanelTitles: false,
      }),
      panelsJSON: json(panelsJSON),
      kibanaSavedObjectMeta: { searchSourceJSON: NO_SEARCH },
    },
    references,
  );
}

/** @returns what Kibana's import takes: one object a line */
export const toNdjson = (objects: readonly SavedObject[]): string =>
  `${objects.map((object) => json(object)).join('\n')}\n`;
