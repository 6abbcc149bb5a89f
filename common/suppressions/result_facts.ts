import type { AnomalyResult } from '../anomaly';
import { wellFormed } from '../json_values';
import { getField } from '../log_features/fields/field_access';
import { maskWords } from '../log_features/template/drain_templates';
import type { Match } from './suppression';

const LONGEST_PATTERN = 512;
/** Shares of frequency that an actual value ends in, e.g. ` (<0.1%)`: they differ from model to model. */
const FREQUENCY = / \(<?[\d.e-]+%\)$/;
/** A word of two letters or more that is no mask and has none. */
const WORD = /^[^<]*\p{L}{2}[^<]*$/u;
const MESSAGE_FIELDS = ['message', 'event.original', 'log.original'];

const textOf = (result: AnomalyResult, field: string): string => {
  const value = getField(result, field);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

const bounded = (pattern: string): string => wellFormed(pattern.slice(0, LONGEST_PATTERN));

/** Returns the facts that results are counted by: Elasticsearch keeps the parts of an attribution apart from each other. */
function topOf({ attribution }: AnomalyResult['anomaly']): { top_feature?: string; top_value?: string } {
  if (attribution.length === 0) return {};
  const top = attribution.reduce((best, each) => (each.share > best.share ? each : best));
  return { top_feature: top.feature, top_value: top.actual.replace(FREQUENCY, '') };
}

/**
 * Returns the pattern that similar results share: its message with the variable parts masked; where that has no word of
 * its own, as in an access log, method, path and status of the request; else the feature that stands out most, with its value.
 *
 * @returns at most 512 characters; empty for a result of which nothing is known
 */
export function patternOf(result: AnomalyResult): string {
  const message = MESSAGE_FIELDS.map((field) => textOf(result, field)).find((text) => text.trim() !== '');
  const masked = message === undefined ? [] : maskWords(message);
  if (masked.some((token) => WORD.test(token))) return bounded(masked.join(' '));
  const path = textOf(result, 'url.path') || textOf(result, 'url.original').split('?')[0];
  if (path !== '') {
    const request = [
      textOf(result, 'http.request.method'),
      maskWords(path).join(' '),
      textOf(result, 'http.response.status_code'),
    ];
    return bounded(request.filter((part) => part !== '').join(' '));
  }
  const { top_feature: feature, top_value: value } = topOf(result.anomaly);
  if (feature === undefined) return bounded(masked.join(' '));
  return bounded(value === '' ? feature : `${feature}: ${value}`);
}

/** The result with what it is counted and hidden by, as it is stored. */
export function withFacts(result: AnomalyResult): AnomalyResult {
  const { anomaly } = result;
  if (anomaly.pattern !== undefined) return result;
  return { ...result, anomaly: { ...anomaly, ...topOf(anomaly), pattern: patternOf(result) } };
}

/** Returns the facts that a suppression can match of a result. */
export function factsOf(result: AnomalyResult): Match {
  const { source, anomaly } = withFacts(result);
  return {
    source: { index: source.index, id: source.id },
    ...(anomaly.pattern && { pattern: anomaly.pattern }),
    ...(anomaly.entity !== undefined && { entity: anomaly.entity }),
    ...(anomaly.top_feature !== undefined && { top_feature: anomaly.top_feature }),
  };
}
