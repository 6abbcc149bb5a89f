import { schema } from '@kbn/config-schema';
import { parseWith } from '../common/detector';
import type { PluginConfigDescriptor } from './kibana/contracts';
import { jobLimitsSchema, type JobLimitsInput } from './kibana/job_limits';
import { parseAlertsConfig, type AlertsConfigInput } from './notifications';

/** The settings below `logAnomalies` in kibana.yml. */
export interface LogAnomaliesConfig {
  /** Same keys as the section `alerts` of the command line's config file. */
  readonly alerts?: AlertsConfigInput;
  /** What background work may take; see JobLimits. */
  readonly jobs?: JobLimitsInput;
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
export const jobsProblem = problemOf((given) => parseWith(jobLimitsSchema, given, 'logAnomalies.jobs'));

/** Nothing of it reaches the browser. */
export const config: PluginConfigDescriptor = {
  schema: schema.object({
    alerts: schema.maybe(schema.object({}, { unknowns: 'allow', validate: alertsProblem })),
    jobs: schema.maybe(schema.object({}, { unknowns: 'allow', validate: jobsProblem })),
  }),
  exposeToBrowser: {},
};
