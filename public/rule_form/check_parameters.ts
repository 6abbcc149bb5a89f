import { i18n } from '@kbn/i18n';

/**
 * A first check while the form is filled in, small enough for every page of Kibana; the server checks everything
 * with its schema.
 */
type Errors = Record<string, string[]>;
type Check = (value: unknown) => string | undefined;

const DURATION = /^[1-9][0-9]{0,5}(s|m|h|d|w)$/;

const duration: Check = (value) =>
  DURATION.test(String(value))
    ? undefined
    : i18n.translate('logAnomalies.rule.badDuration', {
        defaultMessage: 'It must be a duration such as 30s, 5m, 12h or 7d.',
      });
const count =
  (most: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
      ? undefined
      : i18n.translate('logAnomalies.rule.badCount', {
          defaultMessage: 'It must be a whole number from 1 to {most}.',
          values: { most },
        });
/** A number that the form shows times `shown`. */
const number =
  (least: number, most: number, shown = 1): Check =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most
      ? undefined
      : i18n.translate('logAnomalies.rule.badNumber', {
          defaultMessage: 'It must be from {least} to {most}.',
          values: { least: least * shown, most: most * shown },
        });

/** Checks what is there and is not null: the rest has a default. */
const checkedBy =
  (checks: Readonly<Record<string, Check>>) =>
  (params: unknown): Errors => {
    const given = (params ?? {}) as Record<string, unknown>;
    const errors: Errors = {};
    for (const name in checks) {
      const problem = given[name] == null ? undefined : checks[name](given[name]);
      errors[name] = problem ? [problem] : [];
    }
    // KQL stands without a query where the form could not read it.
    errors.kql =
      given.kql && given.query === undefined
        ? [
            i18n.translate('logAnomalies.rule.badKql', {
              defaultMessage: 'This KQL cannot be read: check its brackets, quotes and operators.',
            }),
          ]
        : [];
    return errors;
  };

export const checkLogAnomalyParameters = checkedBy({
  min_confidence: number(0, 1, 100),
  count: count(10_000),
  window: duration,
  min_entities: count(1_000),
  times_before: number(1, 1_000),
});

export const checkIncidentParameters = checkedBy({
  min_duration: duration,
  min_results: count(1_000_000),
  min_entities: count(1_000),
});

export const checkHealthParameters = checkedBy({
  max_silence: duration,
  max_lag: duration,
  max_time_without_logs: duration,
  max_model_age: duration,
  max_failures: count(1_000),
});
