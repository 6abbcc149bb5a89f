/**
 * A first check while the form is filled in, small enough for every page of Kibana; the server checks everything
 * with its schema.
 */
type Errors = Record<string, string[]>;

const DURATION = /^[1-9][0-9]{0,5}(s|m|h|d|w)$/;
const FORM_TEXT = 'must be a duration such as 30s, 5m, 12h or 7d';

const given = (params: unknown): Record<string, unknown> => (params ?? {}) as Record<string, unknown>;
const isCount = (value: unknown, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most;

export function checkLogAnomalyParameters(params: unknown): Errors {
  const { min_confidence: confidence = 0.5, count = 1, window = '5m' } = given(params);
  const errors: Errors = { min_confidence: [], count: [], window: [] };
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1)) {
    errors.min_confidence.push('must be from 0 to 1');
  }
  if (!isCount(count, 10_000)) errors.count.push('must be a whole number from 1 to 10000');
  if (!DURATION.test(String(window))) errors.window.push(FORM_TEXT);
  return errors;
}

export const HEALTH_DURATIONS = ['max_silence', 'max_lag', 'max_time_without_logs', 'max_model_age'] as const;

export function checkHealthParameters(params: unknown): Errors {
  const values = given(params);
  const errors: Errors = { max_failures: [] };
  for (const name of HEALTH_DURATIONS) {
    const value = values[name];
    errors[name] = value === null || value === undefined || DURATION.test(String(value)) ? [] : [FORM_TEXT];
  }
  const { max_failures: failures = 3 } = values;
  if (failures !== null && !isCount(failures, 1_000)) {
    errors.max_failures.push('must be a whole number from 1 to 1000');
  }
  return errors;
}
