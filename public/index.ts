import type { PluginInitializerContext } from './kibana/contracts';
import { LogAnomaliesPlugin } from './plugin';

/** Kibana calls it once, when the page loads. */
export const plugin = (context: PluginInitializerContext) => new LogAnomaliesPlugin(context);
