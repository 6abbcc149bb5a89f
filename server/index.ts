import type { LogAnomaliesConfig } from './config';
import type { PluginInitializerContext } from './kibana/contracts/contracts';

export { config } from './config';

/** Kibana calls it once. The plugin's code is loaded here, not when Kibana reads the configuration schema. */
export const plugin = async (context: PluginInitializerContext<LogAnomaliesConfig>) => {
  const { LogAnomaliesPlugin } = await import('./plugin');
  return new LogAnomaliesPlugin(context);
};
