import type { estypes } from '@elastic/elasticsearch';
import { isRecord } from '../../../common/json_values';
import { withLabels } from '../../detection/scoring/result_context';

type Values = Readonly<Record<string, unknown>>;
type Mapping = Readonly<Record<string, estypes.MappingProperty>>;

/**
 * Puts values of a log where the mapping of results has a place for them. Elasticsearch refuses a document with a text where
 * the mapping has an object, as `host: "web-1"` of Logstash where ECS has `host.name`, or an object where it has a text. The
 * text goes to `name` where the object has one, any other such value to `labels`, under its path.
 *
 * @param document a result; it is left as it is
 * @returns the same document where all fits
 */
export function fitShapes(document: Values, mapping: Mapping): Values {
  const odd: Record<string, unknown> = {};
  const fitted = fitWithin(document, mapping, '', odd);
  return Object.keys(odd).length === 0 ? fitted : withLabels(fitted, odd);
}

function fitWithin(values: Values, mapping: Mapping, prefix: string, odd: Record<string, unknown>): Values {
  const changed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const place = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
    if (place === undefined || value === undefined || value === null || takesAll(place)) continue;
    const path = prefix + name;
    const properties = propertiesOf(place);
    if (properties !== undefined && isRecord(value)) {
      const within = fitWithin(value, properties, `${path}.`, odd);
      if (within !== value) changed[name] = within;
    } else if (properties !== undefined && !isListOfObjects(value)) {
      changed[name] = hasName(properties) ? { name: value } : undefined;
      if (changed[name] === undefined) odd[path] = value;
    } else if (properties === undefined && (isRecord(value) || isListOfObjects(value))) {
      changed[name] = undefined;
      odd[path] = value;
    }
  }
  if (Object.keys(changed).length === 0) return values;
  return Object.fromEntries(
    Object.entries({ ...values, ...changed }).filter(([, value]) => value !== undefined),
  );
}

const isListOfObjects = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord);

const propertiesOf = (place: estypes.MappingProperty): Mapping | undefined =>
  'properties' in place ? place.properties : undefined;

/** Neither looks into what it is given. */
const takesAll = (place: estypes.MappingProperty): boolean =>
  place.type === 'flattened' || ('enabled' in place && place.enabled === false);

const hasName = (properties: Mapping): boolean =>
  Object.hasOwn(properties, 'name') && properties.name.type === 'keyword';
