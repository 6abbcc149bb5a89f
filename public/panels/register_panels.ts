import { i18n } from '@kbn/i18n';
import type { CoreSetup, PluginsSetup } from '../kibana/contracts';
import { filterTrigger } from '../kibana/kibana_version';
import type { VisualizationType } from '../kibana/panel_contracts';
import type { DataView } from '../kibana/search_contracts';
import { LazyPanelEditor } from './lazy_panel_editor';
import { describePanels, type PanelDescription } from './panel_descriptions';
import {
  defaultSettings,
  PANEL_KINDS,
  type PanelKind,
  type PanelSettings,
  panelTypeOf,
} from '../../common/panels';
import { PANEL_FUNCTION, PANEL_RENDERER, type PanelConfig } from './drawing/panel_kinds';

const text = (help: string, fallback = '') => ({ types: ['string'], default: fallback, help });

/** Arguments of the expression function: the settings, by their names. */
const ARGUMENTS: Record<keyof PanelSettings, { types: string[]; help: string; default?: string | number }> = {
  kind: text(PANEL_KINDS.join(', ')),
  detectorId: text('Detector; empty: all'),
  minSeverity: text('Mildest severity; empty: all'),
  laneBy: text('Lanes by entity or detector', 'entity'),
  limit: { types: ['number'], default: 10, help: 'Most items' },
  entity: text('Entity of values; empty: the most severe'),
  feature: text('Feature of values; empty: what stands out'),
};

/** Fields of the results for the dashboard's search bar. */
async function usedDataViews(core: CoreSetup): Promise<DataView[]> {
  const [[{ http }, plugins], { resultsDataView }] = await Promise.all([
    core.getStartServices(),
    import('./results_data_view'),
  ]);
  const view = await resultsDataView(http, plugins);
  return view === undefined ? [] : [view];
}

const visualizationType = (
  core: CoreSetup,
  kibanaVersion: string,
  kind: PanelKind,
  description: PanelDescription,
): VisualizationType => ({
  name: panelTypeOf(kind),
  ...description,
  titleInWizard: description.title,
  group: 'promoted',
  requiresSearch: false,
  inspectorAdapters: {},
  getSupportedTriggers: () => [filterTrigger(kibanaVersion)],
  getUsedIndexPattern: () => usedDataViews(core),
  visConfig: { defaults: { ...defaultSettings(kind) } },
  editorConfig: { optionsTemplate: LazyPanelEditor(core) },
  options: { showTimePicker: true, showQueryBar: true, showFilterBar: true, showIndexSelection: false },
  toExpressionAst: ({ params }) => {
    const settings = { ...defaultSettings(kind), ...params, kind };
    const names = Object.keys(ARGUMENTS) as (keyof PanelSettings)[];
    return {
      type: 'expression',
      chain: [
        {
          type: 'function',
          function: PANEL_FUNCTION,
          arguments: Object.fromEntries(names.map((name) => [name, [settings[name]]])),
        },
      ],
    };
  },
});

/** Offers the panels to dashboards, where Kibana has them. What draws them loads with the first one shown. */
export function registerPanels(
  core: CoreSetup,
  { visualizations, expressions }: PluginsSetup,
  kibanaVersion: string,
): void {
  if (visualizations === undefined || expressions === undefined) return;
  expressions.registerFunction({
    name: PANEL_FUNCTION,
    type: 'render',
    inputTypes: ['kibana_context', 'null'],
    help: i18n.translate('logAnomalies.panel.function', { defaultMessage: 'A panel of log anomalies' }),
    args: ARGUMENTS,
    fn: (input, settings) => {
      const { timeRange, query, filters } = input ?? {};
      const value = { ...settings, timeRange, query, filters } as unknown as PanelConfig;
      return { type: 'render', as: PANEL_RENDERER, value };
    },
  });
  expressions.registerRenderer(() => ({
    name: PANEL_RENDERER,
    displayName: i18n.translate('logAnomalies.panel.renderer', { defaultMessage: 'Log anomalies' }),
    reuseDomNode: true,
    render: async (element, config, handlers) => {
      const [[coreStart, plugins], { renderPanel }] = await Promise.all([
        core.getStartServices(),
        import('./render_panel'),
      ]);
      handlers.onDestroy(
        renderPanel(coreStart, plugins, { element, config: config as PanelConfig, handlers }),
      );
    },
  }));
  const descriptions = describePanels();
  for (const kind of PANEL_KINDS) {
    const type = visualizationType(core, kibanaVersion, kind, descriptions[kind]);
    if (visualizations.createBaseVisualizationAsync) {
      visualizations.createBaseVisualizationAsync(type.name, async () => type);
    } else visualizations.createBaseVisualization?.(type);
  }
}
