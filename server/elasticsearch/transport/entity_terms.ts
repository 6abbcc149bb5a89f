import type { estypes } from '@elastic/elasticsearch';
import { entityFieldsOf, partsOfEntity, type Detector } from '../../../common/detector';
import { entityText } from '../../../common/detector/entity_fields';
import type { RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { fieldTypes, type FieldTypes } from './log_query';

/** Types whose values Elasticsearch can put into one order; all others only with their own. */
const FAMILIES: Readonly<Record<string, string>> = {
  long: 'whole',
  integer: 'whole',
  short: 'whole',
  byte: 'whole',
  double: 'fraction',
  float: 'fraction',
  half_float: 'fraction',
  scaled_float: 'fraction',
  constant_keyword: 'keyword',
  wildcard: 'keyword',
};

/** Values as text, which is what rows hold anyway. */
const AS_TEXT = `
List values = new ArrayList();
if (doc.containsKey(params.field)) {
  def column = doc[params.field];
  for (int i = 0; i < column.size(); ++i) values.add(column.get(i).toString());
}
return values;
`;

export interface EntityTerms {
  readonly terms: estypes.AggregationsCompositeTermsAggregation;
  /** Values cannot be searched for by one query: of some indices they are numbers, of others text. */
  readonly isMixed: boolean;
}

/** A field that is mapped otherwise in one of the indices, which may come any day. */
function isMixedField(types: FieldTypes, field: string): boolean {
  const found = Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped');
  return new Set(found.map((type) => FAMILIES[type] ?? type)).size > 1;
}

/**
 * Returns the source of a composite aggregation by a field. Where indices of the pattern map it to types that Elasticsearch does not
 * compare (it fails with a ClassCastException), a script gives its values as text.
 */
function termsOf(types: FieldTypes, field: string): EntityTerms {
  if (!isMixedField(types, field)) return { terms: { field }, isMixed: false };
  return { terms: { script: { source: AS_TEXT, lang: 'painless', params: { field } } }, isMixed: true };
}

/** A new index with another type may come at any time, also during a long run. */
const KNOWN_MILLISECONDS = 60_000;
const known = new WeakMap<Detector, { readonly at: number; readonly terms: Promise<EntitySources> }>();

/** Value of a source in the key of a composite bucket; null where its logs lack the field. */
export type KeyValue = string | number | boolean | null | undefined;
export type EntityKey = Readonly<Record<string, unknown>>;

/** The entity of logs as sources of a composite aggregation, one for each of its fields. */
export interface EntitySources {
  readonly sources: CompositeSources;
  /** Selects logs that have an entity. */
  readonly filter: readonly estypes.QueryDslQueryContainer[];
  /** @returns the entity that the key of a bucket names, or undefined where its logs have none */
  entityOf(key: EntityKey): string | undefined;
  /** Selects the logs of these entities, where one query can; logs of others may come beside them. */
  filterOf(entities: readonly string[]): estypes.QueryDslQueryContainer[];
}
type CompositeSources = Record<string, estypes.AggregationsCompositeAggregationSource>[];

/** @param fields those with doc values that stand for the fields of the entity, in their order */
export function entitySources(types: FieldTypes, fields: readonly string[]): EntitySources {
  const terms = fields.map((field) => termsOf(types, field));
  const names = fields.map((_, place) => (fields.length === 1 ? 'entity' : `entity_${place}`));
  return {
    sources: names.map((name, place) => ({
      [name]: { terms: { ...terms[place].terms, ...(fields.length > 1 && { missing_bucket: true }) } },
    })),
    filter:
      fields.length > 1
        ? [{ bool: { should: fields.map((field) => ({ exists: { field } })), minimum_should_match: 1 } }]
        : [],
    entityOf: (key) => {
      const parts = names.map((name) => {
        const value = key[name] as KeyValue;
        return value === undefined || value === null ? undefined : String(value);
      });
      return parts.length === 1 ? parts[0] : entityText(parts);
    },
    filterOf: (entities) => {
      const parts = entities.map((entity) => partsOfEntity(entity, fields.length));
      return fields.flatMap((field, place) => {
        const values = [...new Set(parts.map((own) => own[place]))];
        return terms[place].isMixed || values.includes(undefined)
          ? []
          : [{ terms: { [field]: values as string[] } }];
      });
    },
  };
}

/** Returns the sources by the entity of a detector of buckets. The types of its fields are looked up once a minute. */
export function entityTerms(
  client: ElasticsearchClient,
  detector: Detector,
  options: RequestOptions,
): Promise<EntitySources> {
  const now = performance.now();
  const before = known.get(detector);
  if (before !== undefined && now - before.at < KNOWN_MILLISECONDS) return before.terms;
  const fields = entityFieldsOf(detector);
  const terms = fieldTypes(client, detector.source.index, fields, options).then(({ types }) =>
    entitySources(types, fields),
  );
  known.set(detector, { at: now, terms });
  terms.catch(() => known.delete(detector));
  return terms;
}
