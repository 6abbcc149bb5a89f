import { withoutKeyword } from '../detector/entity_fields';
import type { AnomalyResult } from '../anomaly';
import type { Detector } from '../detector';
import { entityFieldsOf } from '../detector/entity_fields';
import { MINUTE } from '../duration';

const UNITS: readonly (readonly [milliseconds: number, name: string])[] = [
  [604_800_000, 'week'],
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [MINUTE, 'minute'],
  [1_000, 'second'],
];

/** In words, what judged each log by itself. */
export const FOUND_IN_SINGLE_LOG = 'single log';

/** Ends of field names that say nothing of what the field tells apart. */
const PLAIN_ENDING = /\.(name|ip|id|hostname|address|keyword)$/;

/** @example entityNoun('service.name') // "service" */
export function entityNoun(field: string): string {
  const short = withoutKeyword(field).replace(PLAIN_ENDING, '');
  return (short.split('.').pop() || field).replaceAll('_', ' ');
}

/**
 * @param milliseconds positive
 * @example spanWords(300_000) // "5 minutes"
 * @example spanWords(60_000) // "minute"
 */
export function spanWords(milliseconds: number): string {
  const [size, name] = UNITS.find(([each]) => milliseconds % each === 0) ?? [1, 'millisecond'];
  const count = milliseconds / size;
  return count === 1 ? name : `${count} ${name}s`;
}

/** @example spanUnitWords(300_000, ['service.name', 'host.name']) // "per 5 minutes, service and host" */
const spanUnitWords = (milliseconds: number, entityFields: readonly string[]): string => {
  const words = [spanWords(milliseconds), ...entityFields.map(entityNoun)];
  return `per ${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
};

/** @example sessionWords('order.id') // "per order" */
const sessionWords = (field: string): string => `per ${entityNoun(field)}`;
/** Ids of rows of sessions begin so. */
const SESSION_ID = 'session/';

/**
 * Says in words what a detector judges.
 *
 * @param span of its buckets, milliseconds
 */
export const unitWords = (
  detector: Pick<Detector, 'unit' | 'entity_field' | 'entity_fields'> & Partial<Pick<Detector, 'bucket'>>,
  span: number,
): string => {
  if (detector.unit !== 'bucket') return FOUND_IN_SINGLE_LOG;
  const fields = entityFieldsOf(detector);
  if (detector.bucket?.session !== undefined) return sessionWords(detector.bucket.session.field);
  return spanUnitWords(span, fields.length > 0 ? fields : ['entity']);
};

/** The span of time that a result stands for, where it stands for all logs of an entity, or of a pattern, together. */
export function spanOfResult({
  anomaly,
  event,
}: Pick<AnomalyResult, 'anomaly' | 'event'>): { from: number; to: number } | undefined {
  if (anomaly.entity_field === undefined && anomaly.change === undefined) return undefined;
  const { start, end } = event as { start?: unknown; end?: unknown };
  const [from, to] = [Date.parse(String(start)), Date.parse(String(end))];
  return to > from ? { from, to } : undefined;
}

/** Says in words which unit found a result. What 0.1.0 stored says it as well. */
export function foundBy(result: Pick<AnomalyResult, 'anomaly' | 'event' | 'source'>): string {
  const { entity_field: field } = result.anomaly;
  if (result.source.id.startsWith(SESSION_ID) && typeof field === 'string') return sessionWords(field);
  const span = spanOfResult(result);
  if (span === undefined) return FOUND_IN_SINGLE_LOG;
  if (result.anomaly.change !== undefined) return `pattern per ${spanWords(span.to - span.from)}`;
  return spanUnitWords(span.to - span.from, [result.anomaly.entity_field ?? []].flat());
}
