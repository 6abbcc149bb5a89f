import { PLUGIN_CATEGORY, PLUGIN_ID, PLUGIN_NAME } from '../common/plugin';
import type {
  CoreSetup,
  CoreStart,
  PluginInitializerContext,
  PluginsSetup,
  PluginsStart,
} from './kibana/contracts';
import { registerAddPanelActions } from './panels/add_panel_actions';
import { registerEmbeddables } from './panels/native/register_embeddables';
import { registerPanels } from './panels/register_panels';
import { registerRuleForms } from './rule_form/register_rule_forms';

/** After Kibana's own applications of the category: Discover, dashboards, Canvas, maps and machine learning. */
const ORDER = 8_900;

/** Beside the name in Kibana's search; under this name in EUI of every version. */
const ICON = 'outlierDetectionJob';

/** Plugin class, loaded with every page of Kibana: it registers the application, which loads its pages when opened. */
export class LogAnomaliesPlugin {
  private areEmbeddables = false;

  private readonly version: string;

  constructor({ env }: PluginInitializerContext) {
    this.version = env.packageInfo.version;
  }

  setup(core: CoreSetup, plugins: PluginsSetup): void {
    core.application.register({
      id: PLUGIN_ID,
      title: PLUGIN_NAME,
      category: PLUGIN_CATEGORY,
      order: ORDER,
      euiIconType: ICON,
      keywords: ['anomaly', 'outlier', 'isolation forest', 'incident'],
      mount: async (parameters) => {
        const [[coreStart, pluginsStart], { renderApplication }] = await Promise.all([
          core.getStartServices(),
          import('./application'),
        ]);
        return renderApplication(coreStart, pluginsStart, parameters, this.version);
      },
    });
    registerPanels(core, plugins, this.version);
    this.areEmbeddables = registerEmbeddables(core, plugins);
    registerRuleForms(core, plugins);
  }

  start(core: CoreStart, plugins: PluginsStart): void {
    // A part that only dashboards need is not loaded with every page.
    core.application.currentAppId$.subscribe((id) => {
      if (id !== 'dashboards') return;
      void import('./panels/find_action').then((part) => part.register(core, plugins, this.version));
    });
    registerAddPanelActions(core, plugins, this.version, this.areEmbeddables);
  }

  stop(): void {}
}
