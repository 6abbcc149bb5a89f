import { PANEL_KINDS } from '../../common/panels';
import { PLUGIN_ID } from '../../common/plugin';
import type { CoreStart, PluginsStart } from '../kibana/contracts';

/** Kibana's menu of what can be added to a dashboard. */
const ADD_PANEL_TRIGGER = 'ADD_PANEL_TRIGGER';

/** Minor versions from which on the menu lists actions only, by major version; before, visualizations as well. */
const FIRST_MINOR_WITHOUT_VISUALIZATIONS: Readonly<Record<number, number>> = { 8: 19, 9: 1 };

/** @param kibanaVersion such as `9.1.0` */
export function listsVisualizations(kibanaVersion: string): boolean {
  const [major, minor] = kibanaVersion.split('.').map(Number);
  return major < 10 && minor < (FIRST_MINOR_WITHOUT_VISUALIZATIONS[major] ?? Infinity);
}

/**
 * Puts the panels into the menu of every dashboard, where Kibana does not list them by itself. What the entries are loads with the menu.
 *
 * @param areEmbeddables tells whether a dashboard takes them by themselves, or visualizations that are made in their editor
 */
export function registerAddPanelActions(
  core: CoreStart,
  { uiActions, embeddable }: PluginsStart,
  kibanaVersion: string,
  areEmbeddables = false,
): void {
  if (listsVisualizations(kibanaVersion) || !uiActions?.addTriggerActionAsync || !embeddable) return;
  for (const kind of PANEL_KINDS) {
    const id = `${PLUGIN_ID}.add.${kind}`;
    try {
      uiActions.addTriggerActionAsync(ADD_PANEL_TRIGGER, id, async () => {
        const { addPanelAction } = await import('./add_panel_action');
        return addPanelAction(id, kind, { core, embeddable, areEmbeddables });
      });
    } catch {
      // A Kibana without that menu: it must start all the same. The panels are in its Visualize library.
      return;
    }
  }
}
