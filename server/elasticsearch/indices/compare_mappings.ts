import type { estypes } from '@elastic/elasticsearch';

type Properties = Record<string, estypes.MappingProperty>;

export interface MappingDifference {
  /** Fields that searches find otherwise than they should, such as `anomaly.entity is text instead of keyword`. */
  readonly wrong: readonly string[];
  /** Fields that are not mapped at all. */
  readonly missing: readonly string[];
}

const isObject = (property: estypes.MappingProperty): boolean =>
  'properties' in property || property.type === undefined || property.type === 'object';

const namedType = (property: estypes.MappingProperty): string =>
  isObject(property) ? 'object' : String(property.type);

/** Returns what of the wanted fields an index maps otherwise, or not. Fields beyond them are none of its business. */
export function compareMappings(
  wanted: estypes.MappingTypeMapping,
  found: estypes.MappingTypeMapping,
): MappingDifference {
  const wrong: string[] = [];
  const missing: string[] = [];
  const compare = (expected: Properties, actual: Properties, path: string): void => {
    for (const [name, property] of Object.entries(expected)) {
      const field = `${path}${name}`;
      const other = actual[name] as estypes.MappingProperty | undefined;
      if (other === undefined) missing.push(field);
      else if (namedType(property) !== namedType(other))
        wrong.push(`${field} is ${namedType(other)} instead of ${namedType(property)}`);
      else if ('enabled' in property && property.enabled === false) {
        if (!('enabled' in other && other.enabled === false)) wrong.push(`${field} is indexed`);
      } else if ('properties' in property && property.properties !== undefined) {
        compare(property.properties, ('properties' in other && other.properties) || {}, `${field}.`);
      }
    }
  };
  compare(wanted.properties ?? {}, found.properties ?? {}, '');
  return { wrong, missing };
}
