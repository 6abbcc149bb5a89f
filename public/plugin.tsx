import { PLUGIN_CATEGORY, PLUGIN_ID, PLUGIN_NAME } from '../common/plugin';
import type { CoreSetup } from './kibana/contracts';

/** After Kibana's own applications of the category. */
const ORDER = 8_900;

/** What loads with every page of Kibana: it registers, and brings in the pages when they are opened. */
export class LogAnomaliesPlugin {
  setup(core: CoreSetup): void {
    core.application.register({
      id: PLUGIN_ID,
      title: PLUGIN_NAME,
      category: PLUGIN_CATEGORY,
      order: ORDER,
      mount: async ({ element }) => {
        const [[coreStart], { renderApplication }] = await Promise.all([
          core.getStartServices(),
          import('./application'),
        ]);
        return renderApplication(coreStart, element);
      },
    });
  }

  start(): void {}

  stop(): void {}
}
