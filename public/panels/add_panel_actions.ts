import { PLUGIN_ID, PLUGIN_NAME } from '../../common/plugin';
import type { CoreStart, PluginsStart } from '../kibana/contracts';
import type { AddPanelAction, EmbeddableStart, PanelContainer } from '../kibana/panel_contracts';
import { describePanels, type PanelDescription } from './panel_descriptions';
import { PANEL_KINDS, panelTypeOf, type PanelKind } from '../../common/panels';

/** Kibana's menu of what can be added to a dashboard, and the application that edits a panel. */
const ADD_PANEL_TRIGGER = 'ADD_PANEL_TRIGGER';
const EDITOR = 'visualize';

/** Below Kibana's own groups. */
const ORDER = 10;

/** Minor versions from which on the menu lists actions only, by major version; before, visualizations as well. */
const FIRST_MINOR_WITHOUT_VISUALIZATIONS: Readonly<Record<number, number>> = { 8: 19, 9: 1 };

/** @param kibanaVersion such as `9.1.0` */
export function listsVisualizations(kibanaVersion: string): boolean {
  const [major, minor] = kibanaVersion.split('.').map(Number);
  return major < 10 && minor < (FIRST_MINOR_WITHOUT_VISUALIZATIONS[major] ?? Infinity);
}

function addPanelAction(
  core: CoreStart,
  embeddable: EmbeddableStart,
  kind: PanelKind,
  { title, description, icon }: PanelDescription,
  areEmbeddables: boolean,
): AddPanelAction {
  return {
    id: `${PLUGIN_ID}.add.${kind}`,
    order: PANEL_KINDS.length - PANEL_KINDS.indexOf(kind),
    grouping: [
      {
        id: PLUGIN_ID,
        order: ORDER,
        getDisplayName: () => PLUGIN_NAME,
        getIconType: () => 'machineLearningApp',
      },
    ],
    getDisplayName: () => title,
    getDisplayNameTooltip: () => description,
    getIconType: () => icon,
    isCompatible: async () => core.application.capabilities[PLUGIN_ID]?.show === true,
    execute: async ({ embeddable: container }) => {
      if (areEmbeddables && container?.addNewPanel) {
        await container.addNewPanel(
          { panelType: panelTypeOf(kind), serializedState: {} },
          { displaySuccessMessage: true },
        );
        return;
      }
      await embeddable.getStateTransfer().navigateToEditor(EDITOR, {
        path: `#/create?type=${panelTypeOf(kind)}`,
        state: originOf(container),
      });
    },
  };
}

function originOf(container: PanelContainer | undefined): {
  originatingApp: string;
  originatingPath?: string;
} {
  const application = container?.getAppContext?.();
  const path = application?.getCurrentPath?.();
  return {
    originatingApp: application?.currentAppId ?? '',
    ...(path !== undefined && { originatingPath: path }),
  };
}

/**
 * Puts the panels into the menu of every dashboard, where Kibana does not list them by itself.
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
  const descriptions = describePanels();
  for (const kind of PANEL_KINDS) {
    const action = addPanelAction(core, embeddable, kind, descriptions[kind], areEmbeddables);
    try {
      uiActions.addTriggerActionAsync(ADD_PANEL_TRIGGER, action.id, async () => action);
    } catch {
      // A Kibana without that menu: it must start all the same. The panels are in its Visualize library.
      return;
    }
  }
}
