import { i18n } from '@kbn/i18n';
import type { CoreSetup, PluginsSetup } from '../kibana/contracts';
import type { VisualizationType } from '../kibana/panel_contracts';
import { PANEL_FUNCTION, PANEL_KINDS, PANEL_RENDERER, type PanelConfig, type PanelKind } from './panel_kinds';
import { LazyPanelEditor } from './lazy_panel_editor';

function describe(kind: PanelKind): { title: string; description: string; icon: string } {
  switch (kind) {
    case 'swim_lane':
      return {
        title: i18n.translate('logAnomalies.panel.swimLane', { defaultMessage: 'Log anomalies: swim lane' }),
        description: i18n.translate('logAnomalies.panel.swimLaneDescription', {
          defaultMessage: 'Severity over time, a lane for each entity or detector',
        }),
        icon: 'heatmap',
      };
    case 'timeline':
      return {
        title: i18n.translate('logAnomalies.panel.timeline', { defaultMessage: 'Log anomalies: timeline' }),
        description: i18n.translate('logAnomalies.panel.timelineDescription', {
          defaultMessage: 'Logs scored and anomalies among them over time',
        }),
        icon: 'visBarVertical',
      };
    case 'table':
      return {
        title: i18n.translate('logAnomalies.panel.table', { defaultMessage: 'Log anomalies: table' }),
        description: i18n.translate('logAnomalies.panel.tableDescription', {
          defaultMessage: 'The most severe anomalous logs with their reasons',
        }),
        icon: 'visTable',
      };
  }
}

const visualizationType = (core: CoreSetup, kind: PanelKind): VisualizationType => ({
  name: `log_anomalies_${kind}`,
  ...describe(kind),
  titleInWizard: describe(kind).title,
  group: 'promoted',
  requiresSearch: false,
  inspectorAdapters: {},
  getSupportedTriggers: () => ['FILTER_TRIGGER'],
  visConfig: { defaults: { kind, detectorId: '' } },
  editorConfig: { optionsTemplate: LazyPanelEditor(core) },
  options: { showTimePicker: true, showQueryBar: false, showFilterBar: false, showIndexSelection: false },
  toExpressionAst: ({ params }) => ({
    type: 'expression',
    chain: [
      {
        type: 'function',
        function: PANEL_FUNCTION,
        arguments: { kind: [kind], detectorId: [params.detectorId ?? ''] },
      },
    ],
  }),
});

/** Offers the panels to dashboards, where Kibana has them. What draws them loads with the first one shown. */
export function registerPanels(core: CoreSetup, { visualizations, expressions }: PluginsSetup): void {
  if (visualizations === undefined || expressions === undefined) return;
  expressions.registerFunction({
    name: PANEL_FUNCTION,
    type: 'render',
    inputTypes: ['kibana_context', 'null'],
    help: i18n.translate('logAnomalies.panel.function', { defaultMessage: 'A panel of log anomalies' }),
    args: {
      kind: { types: ['string'], help: PANEL_KINDS.join(', ') },
      detectorId: { types: ['string'], default: '', help: 'Detector; empty: all' },
    },
    fn: (input, { kind, detectorId }) => ({
      type: 'render',
      as: PANEL_RENDERER,
      value: { kind, detectorId, timeRange: input?.timeRange } as PanelConfig,
    }),
  });
  expressions.registerRenderer(() => ({
    name: PANEL_RENDERER,
    displayName: i18n.translate('logAnomalies.panel.renderer', { defaultMessage: 'Log anomalies' }),
    reuseDomNode: true,
    render: async (element, config, handlers) => {
      const [[coreStart], { renderPanel }] = await Promise.all([
        core.getStartServices(),
        import('./render_panel'),
      ]);
      handlers.onDestroy(renderPanel(coreStart, element, config as PanelConfig, handlers));
    },
  }));
  for (const kind of PANEL_KINDS) {
    const type = visualizationType(core, kind);
    if (visualizations.createBaseVisualizationAsync) {
      visualizations.createBaseVisualizationAsync(type.name, async () => type);
    } else visualizations.createBaseVisualization?.(type);
  }
}
