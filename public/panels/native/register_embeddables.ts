import { PANEL_KINDS, panelTypeOf } from '../../../common/panels';
import type { CoreSetup, PluginsSetup } from '../../kibana/contracts';

/**
 * Offers the panels to dashboards by themselves, where Kibana takes them (9.4 on): its Dashboards API refuses visualizations.
 *
 * @returns false where panels are visualizations
 */
export function registerEmbeddables(core: CoreSetup, { embeddable }: PluginsSetup): boolean {
  if (embeddable?.registerEmbeddablePublicDefinition === undefined) return false;
  for (const kind of PANEL_KINDS) {
    embeddable.registerEmbeddablePublicDefinition(panelTypeOf(kind), async () => {
      const [[coreStart, plugins], { panelFactory }] = await Promise.all([
        core.getStartServices(),
        import('./panel_factory'),
      ]);
      return panelFactory(kind, coreStart, plugins);
    });
  }
  return true;
}
