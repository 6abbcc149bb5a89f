import { i18n } from '@kbn/i18n';

/**
 * A first check while the form is filled in, small enough for every page of Kibana; the server checks everything
 * with its schema.
 */
type Errors = Record<string, string[]>;

const MOST_RESULTS = 10_000;
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

export function checkLogAnomalyParameters(params: unknown): Errors {
  const { min_confidence: confidence = 0.5, count = 1, window = '5m' } = given(params);
  const errors: Errors = { min_confidence: [], count: [], window: [] };
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
