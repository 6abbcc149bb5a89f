import { i18n } from '@kbn/i18n';

/**
 * A first check while the form is filled in, small enough for every page of Kibana; the server checks everything
 * with its schema.
 */
type Errors = Record<string, string[]>;

const MOST_RESULTS = 10_000;
const MOST_INCIDENT_RESULTS = 1_000_000;
const MOST_TIMES = 1_000;
const MOST_ENTITIES = 1_000;
const MOST_FAILURES = 1_000;
const DURATION = /^[1-9][0-9]{0,5}(s|m|h|d|w)$/;

const durationText = (): string =>
  i18n.translate('logAnomalies.rule.badDuration', {
    defaultMessage: 'It must be a duration such as 30s, 5m, 12h or 7d.',
  });
const countText = (most: number): string =>
  i18n.translate('logAnomalies.rule.badCount', {
    defaultMessage: 'It must be a whole number from 1 to {most}.',
    values: { most },
  });

const given = (params: unknown): Record<string, unknown> => (params ?? {}) as Record<string, unknown>;
const isCount = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;

/** KQL stands without a query where the form could not read it. */
const kqlErrors = ({ kql, query }: Record<string, unknown>): string[] =>
  typeof kql === 'string' && kql.trim() !== '' && query === undefined
    ? [
        i18n.translate('logAnomalies.rule.badKql', {
          defaultMessage: 'This KQL cannot be read: check its brackets, quotes and operators.',
        }),
      ]
    : [];

export function checkIncidentParameters(params: unknown): Errors {
  const {
    min_duration: duration,
    min_results: results = 1,
    min_entities: entities = 1,
    ...rest
  } = given(params);
  const isDuration = duration === null || duration === undefined || DURATION.test(String(duration));
  return {
    min_duration: isDuration ? [] : [durationText()],
    min_results: isCount(results, MOST_INCIDENT_RESULTS) ? [] : [countText(MOST_INCIDENT_RESULTS)],
    min_entities: isCount(entities, MOST_ENTITIES) ? [] : [countText(MOST_ENTITIES)],
    kql: kqlErrors(rest),
  };
}

export function checkLogAnomalyParameters(params: unknown): Errors {
  const {
    min_confidence: confidence = 0.5,
    count = 1,
    window = '5m',
    min_entities: entities = 1,
    times_before: times = null,
    ...rest
  } = given(params);
  const errors: Errors = {
    min_confidence: [],
    count: [],
    window: [],
    min_entities: isCount(entities, MOST_ENTITIES) ? [] : [countText(MOST_ENTITIES)],
    times_before: [],
    kql: kqlErrors(rest),
  };
  if (times !== null && !(typeof times === 'number' && times >= 1 && times <= MOST_TIMES)) {
    errors.times_before.push(
      i18n.translate('logAnomalies.rule.badTimes', {
        defaultMessage: 'It must be a number from 1 to {most}.',
        values: { most: MOST_TIMES },
      }),
    );
  }
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) {
    errors.min_confidence.push(
      i18n.translate('logAnomalies.rule.badConfidence', { defaultMessage: 'It must be from 0 to 100.' }),
    );
  }
  if (!isCount(count, MOST_RESULTS)) errors.count.push(countText(MOST_RESULTS));
  if (!DURATION.test(String(window))) errors.window.push(durationText());
  return errors;
}

const HEALTH_DURATIONS = ['max_silence', 'max_lag', 'max_time_without_logs', 'max_model_age'] as const;

export function checkHealthParameters(params: unknown): Errors {
  const values = given(params);
  const errors: Errors = { max_failures: [] };
  for (const name of HEALTH_DURATIONS) {
    const value = values[name];
    errors[name] =
      value === null || value === undefined || DURATION.test(String(value)) ? [] : [durationText()];
  }
  const { max_failures: failures = 3 } = values;
  if (failures !== null && !isCount(failures, MOST_FAILURES)) {
    errors.max_failures.push(countText(MOST_FAILURES));
  }
  return errors;
}
