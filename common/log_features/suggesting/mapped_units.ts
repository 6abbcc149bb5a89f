import { unitOf } from '../../detector/value_units';
import type { FeatureDefinition, ValueUnit } from '../../detector';

/** The units that Elasticsearch documents for `meta.unit` of a mapping: a percent of it is a share of 1. */
const UNIT_OF_META: ReadonlyMap<unknown, ValueUnit> = new Map([
  ['nanos', 'ns'],
  ['micros', 'us'],
  ['ms', 'ms'],
  ['s', 's'],
  ['m', 'min'],
  ['h', 'h'],
  ['byte', 'bytes'],
  ['percent', 'share'],
]);

/** Field capabilities of Elasticsearch, by field and by type. */
export type FieldsWithMeta = Readonly<
  Record<string, Readonly<Record<string, { readonly meta?: Readonly<Record<string, unknown>> }>> | undefined>
>;

/**
 * Adds the unit that the mapping gives a field to suggestions whose field's name tells none or another one. Indices that do
 * not agree on it say nothing.
 *
 * @param fields of the indices that the logs came from
 */
export function withMappedUnits<Suggestion extends { readonly definition: FeatureDefinition }>(
  suggestions: readonly Suggestion[],
  fields: FieldsWithMeta,
): Suggestion[] {
  return suggestions.map((suggestion) => {
    const { definition } = suggestion;
    if (definition.type !== 'number' && definition.type !== 'deviation') return suggestion;
    const unit = mappedUnit(fields[definition.field] ?? {});
    if (unit === undefined || unit === unitOf(definition)) return suggestion;
    return { ...suggestion, definition: { ...definition, unit } };
  });
}

function mappedUnit(types: NonNullable<FieldsWithMeta[string]>): ValueUnit | undefined {
  // Field capabilities list all values that the indices have, for each type of the field.
  const told = new Set(Object.values(types).flatMap(({ meta }) => meta?.unit ?? []));
  return told.size === 1 ? UNIT_OF_META.get([...told][0]) : undefined;
}
