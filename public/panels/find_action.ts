import { i18n } from '@kbn/i18n';
import { PLUGIN_ID } from '../../common/plugin';
import type { CoreStart, PluginsStart } from '../kibana/contracts';
import { panelMenuTrigger } from '../kibana/kibana_version';
import type { PanelAction } from '../kibana/panel_contracts';

/** Puts "Find anomalies in these logs" into the menu of every panel that shows logs: saved searches of Discover, Lens and others. */
export function register(core: CoreStart, { uiActions }: PluginsStart, kibanaVersion: string): void {
  const action: PanelAction = {
    id: `${PLUGIN_ID}.find`,
    order: 5,
    getDisplayName: () =>
      i18n.translate('logAnomalies.find.action', { defaultMessage: 'Find anomalies in these logs' }),
    getIconType: () => 'machineLearningApp',
    isCompatible: async ({ embeddable }) =>
      core.application.capabilities[PLUGIN_ID]?.save === true &&
      (await import('./find_anomalies')).logsOfPanel(embeddable) !== undefined,
    execute: async ({ embeddable }) => (await import('./find_anomalies')).findAnomalies(core, embeddable),
  };
  const trigger = panelMenuTrigger(kibanaVersion);
  try {
    if (uiActions?.addTriggerActionAsync) {
      uiActions.addTriggerActionAsync(trigger, action.id, async () => action);
    } else uiActions?.addTriggerAction?.(trigger, action);
  } catch {
    // It is there already, since dashboards are opened again and again; or there is no such menu.
  }
}
