import type { estypes } from '@elastic/elasticsearch';
import type { Detector } from '../../../common/detector';
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
export function termsOf(types: FieldTypes, field: string): EntityTerms {
  if (!isMixedField(types, field)) return { terms: { field }, isMixed: false };
  return { terms: { script: { source: AS_TEXT, lang: 'painless', params: { field } } }, isMixed: true };
}

/** A new index with another type may come at any time, also during a long run. */
const KNOWN_MILLISECONDS = 60_000;
const known = new WeakMap<Detector, { readonly at: number; readonly terms: Promise<EntityTerms> }>();

/** Returns the source by the entity of a detector of buckets. Its types are looked up once a minute. */
export function entityTerms(
  client: ElasticsearchClient,
  detector: Detector,
  options: RequestOptions,
): Promise<EntityTerms> {
  const now = performance.now();
  const before = known.get(detector);
  if (before !== undefined && now - before.at < KNOWN_MILLISECONDS) return before.terms;
  const field = detector.entity_field as string;
  const terms = fieldTypes(client, detector.source.index, [field], options).then(({ types }) =>
    termsOf(types, field),
  );
  known.set(detector, { at: now, terms });
  terms.catch(() => known.delete(detector));
  return terms;
}
