import { schema } from '@kbn/config-schema';
import { parseSettings } from '../common/validation';
import type { PluginConfigDescriptor } from './kibana/contracts/contracts';
import { jobLimitsSchema, type JobLimitsInput } from './kibana/limits/job_limits';
import { parseKeySettings, type KeySettingsInput } from './kibana/contracts/key_settings';
import { usageLimitsSchema, type UsageLimitsInput } from './kibana/limits/usage_limits';
import { parseAlertsConfig, type AlertsConfigInput } from './notifications';

/** The settings below `logAnomalies` in kibana.yml. */
export interface LogAnomaliesConfig {
  /** Same keys as the section `alerts` of the command line's config file. */
  readonly alerts?: AlertsConfigInput;
  /** Limits of background work; see JobLimits. */
  readonly jobs?: JobLimitsInput;
  /** Limits of users' requests; see UsageLimits. */
  readonly limits?: UsageLimitsInput;
  /** Lifetime of the API keys of detectors; see KeySettings. */
  readonly keys?: KeySettingsInput;
}

const problemOf =
  (check: (given: unknown) => unknown) =>
  (given: unknown): string | undefined => {
    try {
      check(given);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };

/** @returns what is wrong with the settings, naming no value since some are secrets, or undefined */
export const alertsProblem = problemOf(parseAlertsConfig);

/** @returns what is wrong with the settings, or undefined */
export const jobsProblem = problemOf((given) => parseSettings(jobLimitsSchema, given, 'logAnomalies.jobs'));

/** @returns what is wrong with the settings, or undefined */
export const limitsProblem = problemOf((given) =>
  parseSettings(usageLimitsSchema, given, 'logAnomalies.limits'),
);

/** @returns what is wrong with the settings, or undefined */
export const keysProblem = problemOf(parseKeySettings);

/** Nothing of it reaches the browser. */
export const config: PluginConfigDescriptor = {
  schema: schema.object({
    alerts: schema.maybe(schema.object({}, { unknowns: 'allow', validate: alertsProblem })),
    keys: schema.maybe(schema.object({}, { unknowns: 'allow', validate: keysProblem })),
    jobs: schema.maybe(schema.object({}, { unknowns: 'allow', validate: jobsProblem })),
    limits: schema.maybe(schema.object({}, { unknowns: 'allow', validate: limitsProblem })),
  }),
  exposeToBrowser: {},
};
