import type { AnomalyResult } from '../anomaly';
import { getField } from '../log_features/fields/field_access';
import { foundBy, spanOfResult } from './found_by';
import { spanFinder, type EntitySpan, type FieldText } from './span_finder';

/** One row of the list of what was found: one result, or several that tell of the same entity in the same span of time. */
export interface Finding<Each> {
  /** The one with the widest view: of a span rather than of a log in it. */
  readonly lead: Each;
  /** Results within the span of the lead, in their order. */
  readonly parts: readonly Each[];
  /** In words, which units found it, the lead's first. */
  readonly found_by: readonly string[];
  /** The highest of all. */
  readonly confidence: number;
}

/**
 * Makes one list of what several detectors have found: results of single logs that lie within an anomalous span of the same
 * entity, and shorter spans within longer ones, become parts of it, so that nothing is counted twice. Hidden and
 * withdrawn results take nothing in and are taken in by nothing.
 *
 * @param resultOf the stored result of an item
 * @returns in the order of the leads
 */
export function mergeResults<Each>(
  items: readonly Each[],
  resultOf: (item: Each) => AnomalyResult,
): Finding<Each>[] {
  const results = items.map(resultOf);
  const spans = results.map((result) => (result.result.type === 'log' ? entitySpanOf(result) : undefined));
  const placeOfSpan: number[] = [];
  const usable = spans.flatMap((span, place) => {
    if (span === undefined) return [];
    placeOfSpan.push(place);
    return [span];
  });
  const find = spanFinder(usable);
  const leadOf = results.map((result, place): number => {
    if (result.result.type !== 'log') return place;
    const own = spans[place];
    const found = find(
      valuesOf(result),
      own?.from ?? Date.parse(result['@timestamp']),
      own && own.to - own.from,
    );
    if (found === undefined) return place;
    const lead = placeOfSpan[found];
    const span = usable[found];
    // Two neighbours of one detector never share a span; a longer one has to hold the whole of a shorter one.
    return own !== undefined && own.to > span.to ? place : lead;
  });
  const partsOf = new Map<number, number[]>();
  leadOf.forEach((first, place) => {
    if (first === place) return;
    // A part of a part belongs to the widest.
    let lead = first;
    while (leadOf[lead] !== lead) lead = leadOf[lead];
    const parts = partsOf.get(lead);
    if (parts === undefined) partsOf.set(lead, [place]);
    else parts.push(place);
  });
  return items.flatMap((lead, place) => {
    if (leadOf[place] !== place) return [];
    const parts = partsOf.get(place) ?? [];
    const all = [place, ...parts];
    return [
      {
        lead,
        parts: parts.map((part) => items[part]),
        found_by: [...new Set(all.map((each) => foundBy(results[each])))],
        confidence: all.reduce((most, each) => Math.max(most, results[each].anomaly.confidence), -Infinity),
      },
    ];
  });
}

function entitySpanOf(result: AnomalyResult): EntitySpan | undefined {
  const span = spanOfResult(result);
  const { entity, entity_field: entityField, confidence, change } = result.anomaly;
  // A pattern is not all logs of its entity.
  return change !== undefined || span === undefined || entity === undefined || entityField === undefined
    ? undefined
    : { entityField, entity, confidence, ...span };
}

/**
 * Fields of the log that a result copies. The result of a single log that does not copy the field asked for is known by its
 * entity; which field that came from it does not say.
 */
function valuesOf(result: AnomalyResult): FieldText {
  const { entity, entity_field: entityField, entity_parts: parts } = result.anomaly;
  return (field) => {
    if (field === entityField) return entity;
    if (parts?.[field] !== undefined) return parts[field];
    const value = getField(result, field);
    const scalar: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof scalar === 'string' || typeof scalar === 'number' || typeof scalar === 'boolean')
      return String(scalar);
    return entityField === undefined && parts === undefined ? entity : undefined;
  };
}
