import { isKibanaAtLeast } from '../../../common/kibana_version';
import { PANEL_KINDS, panelTypeOf, stateOfVisualizationPanel } from '../../../common/panels';
import type { EmbeddableServerSetup } from './panel_contracts';
import { panelSchema, type SchemaLibraries } from './panel_schema';
import { panelTitle } from './panel_titles';
import { transformsOf } from './panel_transforms';

/** The type under which Kibana's Dashboards API knows a visualization. */
const LEGACY_VISUALIZATION = 'legacy_vis';

/**
 * Makes the panels known to Kibana's Dashboards API, where it has one (9.4 on), and has it take over our visualizations where it
 * can (9.6 on). Before, panels are visualizations, which need nothing on the server.
 *
 * @param kibanaVersion such as `9.4.3`
 */
export function registerPanels(
  embeddable: EmbeddableServerSetup | undefined,
  kibanaVersion: string,
  libraries: Omit<SchemaLibraries, 'usesZod'>,
): void {
  if (embeddable?.registerEmbeddableServerDefinition === undefined) return;
  for (const kind of PANEL_KINDS) {
    const type = panelTypeOf(kind);
    embeddable.registerEmbeddableServerDefinition(type, {
      title: panelTitle(kind),
      getSchema: (getDrilldownsSchema) =>
        panelSchema(kind, getDrilldownsSchema, {
          ...libraries,
          usesZod: isKibanaAtLeast(kibanaVersion, 9, 6),
        }),
      getTransforms: transformsOf,
    });
    embeddable.registerPanelTypeMigration?.({
      from: LEGACY_VISUALIZATION,
      to: type,
      migrateOut: (panels) =>
        panels.flatMap(({ id, config }) => {
          const state = stateOfVisualizationPanel(kind, config);
          return state === undefined ? [] : [{ panelId: id, config: state }];
        }),
    });
  }
}
