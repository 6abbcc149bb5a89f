import type { LogAnomaliesConfig } from './config';
import type { CoreSetup, FeaturesSetup, PluginInitializerContext } from './kibana/contracts';
import { registerFeature } from './kibana/feature';

interface PluginsSetup {
  readonly features: FeaturesSetup;
}

/** Wires the parts together; each of them knows only what it is given here. */
export class LogAnomaliesPlugin {
  constructor(private readonly context: PluginInitializerContext<LogAnomaliesConfig>) {}

  setup(_core: CoreSetup<unknown>, plugins: PluginsSetup): void {
    registerFeature(plugins.features, this.context.env.packageInfo.version);
  }

  start(): void {}

  stop(): void {}
}
