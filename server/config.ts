import { schema } from '@kbn/config-schema';
import type { PluginConfigDescriptor } from './kibana/contracts';
import { parseAlertsConfig, type AlertsConfigInput } from './notifications';

/** The settings below `logAnomalies` in kibana.yml. */
export interface LogAnomaliesConfig {
  /** Same keys as the section `alerts` of the command line's config file. */
  readonly alerts?: AlertsConfigInput;
}

/** @returns what is wrong with the settings, naming no value since some are secrets, or undefined */
export function alertsProblem(alerts: unknown): string | undefined {
  try {
    parseAlertsConfig(alerts);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Nothing of it reaches the browser. */
export const config: PluginConfigDescriptor = {
  schema: schema.object({
    alerts: schema.maybe(schema.object({}, { unknowns: 'allow', validate: alertsProblem })),
  }),
  exposeToBrowser: {},
};
