import { PANEL_KINDS, panelTypeOf, type PanelKind } from '../../common/panels';
import { PLUGIN_ID, PLUGIN_NAME } from '../../common/plugin';
import type { CoreStart } from '../kibana/contracts';
import type { AddPanelAction, EmbeddableStart, PanelContainer } from '../kibana/panel_contracts';
import { describePanels } from './panel_descriptions';

/** Application that edits a panel. */
const EDITOR = 'visualize';

/** Below Kibana's own groups. */
const ORDER = 10;

/**
 * Entry of the menu that adds panels to a dashboard; it loads when the menu opens.
 *
 * @param areEmbeddables tells whether a dashboard takes them by themselves, or visualizations that are made in their editor
 */
export function addPanelAction(
  id: string,
  kind: PanelKind,
  {
    core,
    embeddable,
    areEmbeddables,
  }: { core: CoreStart; embeddable: EmbeddableStart; areEmbeddables: boolean },
): AddPanelAction {
  const { title, description, icon } = describePanels()[kind];
  return {
    id,
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
