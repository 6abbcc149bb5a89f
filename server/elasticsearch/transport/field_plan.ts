import type { estypes } from '@elastic/elasticsearch';
import type { LogDocument } from '../../../common/log_document';
import { DetectionError } from '../../../common/detection_error';
import type { ElasticsearchClient } from './client';
import { fieldTypes, type FieldTypes } from './log_query';

export type Hit = estypes.SearchHit<Record<string, unknown>>;

/** Dates as they are asked for: ISO 8601 in UTC, whatever the format of the field and of the log. */
const TIME_FORMAT = 'strict_date_optional_time_nanos';

/** Types whose doc values are scalars as people write them. */
const COLUMN_TYPES: ReadonlySet<string> = new Set([
  'long',
  'integer',
  'short',
  'byte',
  'double',
  'float',
  'half_float',
  'scaled_float',
  'unsigned_long',
  'boolean',
  'keyword',
  'constant_keyword',
  'wildcard',
  'ip',
  'version',
  'date',
  'date_nanos',
]);
/** Types that the `fields` of a search give as they stand in the log, wherever in it they are. */
const TEXT_TYPES: ReadonlySet<string> = new Set(['text', 'match_only_text', 'annotated_text']);
/** Default of `index.max_docvalue_fields_search`. */
const MOST_COLUMNS = 100;

/**
 * The place that a field's values come from:
 * - `column`: its doc values, which Elasticsearch has for aliases, runtime fields, multi-fields, `copy_to` and constants as well;
 * - `fetched`: the `fields` of a search, for what has no doc values;
 * - `source`: `_source` alone, for what no index maps, and for objects, nested ones and what is in them.
 */
export interface FieldPlace {
  readonly from: 'column' | 'fetched' | 'source';
  readonly isTime: boolean;
  readonly isFloat: boolean;
  /** Scripts see integers beyond 2^63 - 1 as negative ones. */
  readonly isUnsigned: boolean;
  /** Some index of the pattern has no such field: its logs may hold it in `_source`. */
  readonly isPartial: boolean;
}

/** All objects that a field lies in: `a` and `a.b` of `a.b.c`. */
export function parentsOf(field: string): string[] {
  const parents: string[] = [];
  for (let dot = field.indexOf('.'); dot > 0; dot = field.indexOf('.', dot + 1))
    parents.push(field.slice(0, dot));
  return parents;
}

const typesOf = (types: FieldTypes, field: string) =>
  Object.entries(types[field] ?? {}).filter(([type]) => type !== 'unmapped');

/** @param types of the field and of its parents */
export function placeOfField(types: FieldTypes, field: string): FieldPlace {
  const found = typesOf(types, field);
  const isOf = (allowed: ReadonlySet<string>): boolean => found.every(([type]) => allowed.has(type));
  const times = found.filter(([type]) => type.startsWith('date'));
  const rest = {
    isTime: found.length > 0 && times.length === found.length,
    isFloat: found.some(([type]) => type === 'float' || type === 'half_float'),
    isUnsigned: found.some(([type]) => type === 'unsigned_long'),
    isPartial: types[field]?.unmapped !== undefined,
  };
  const isNested = parentsOf(field).some((parent) => types[parent]?.nested !== undefined);
  if (found.length === 0 || isNested) return { from: 'source', ...rest };
  if (isOf(COLUMN_TYPES) && found.every(([, { aggregatable }]) => aggregatable)) {
    // One format cannot be asked for where only some are dates.
    const isMixed = times.length > 0 && !rest.isTime;
    return { from: isMixed ? 'fetched' : 'column', ...rest };
  }
  const isReadable = found.every(([type]) => COLUMN_TYPES.has(type) || TEXT_TYPES.has(type));
  return { from: isReadable ? 'fetched' : 'source', ...rest };
}

/** The shortest decimal that is this 32-bit float: doc values widen 0.1 to 0.10000000149011612. */
export function shortestFloat(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  for (let digits = 6; digits <= 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === Math.fround(value)) return shorter;
  }
  return value;
}

const withoutSource = (index: string): DetectionError =>
  new DetectionError(
    'refused',
    `"${index}" keeps no _source (it is disabled in its mapping), so whole logs cannot be read; name fields that have doc values.`,
  );

/** Asks a search for fields of logs, and makes logs of its hits. */
export interface FieldPlan {
  readonly request: Pick<estypes.SearchRequest, '_source' | 'docvalue_fields' | 'fields'>;
  readonly fields: readonly string[] | undefined;
  /** Makes a log of a hit, by changing its `_source`, or its `fields` where it has none. */
  documentOf(hit: Hit): LogDocument;
  /** Fields that are read from `_source` by Elasticsearch, which gives none and says nothing where it is disabled. */
  readonly texts: readonly string[];
  /** True where Elasticsearch has kept a value of a field out of it: too long a keyword, a malformed number. `_source` holds it. */
  isIgnored(hit: Hit): boolean;
}

export interface PlannedFields {
  /** All of `_source` when absent. */
  readonly fields?: readonly string[];
  /** With whole logs: their time is what Elasticsearch has read. */
  readonly timestampField?: string;
}

/**
 * Decides once, by the field capabilities, where each field is read: what Elasticsearch has indexed counts, so that a detector
 * sees what searches, dashboards and the sample of its training see. What it has kept out of a field is read from `_source`.
 */
export async function planFields(
  client: ElasticsearchClient,
  index: string,
  { fields, timestampField }: PlannedFields,
  options: Parameters<typeof fieldTypes>[3],
): Promise<FieldPlan> {
  const wanted = [...new Set(fields ?? (timestampField === undefined ? [] : [timestampField]))];
  const { types } =
    wanted.length === 0
      ? { types: {} }
      : await fieldTypes(
          client,
          index,
          [...new Set(wanted.flatMap((field) => [...parentsOf(field), field]))],
          options,
        );
  return planOf(fields, wanted, types);
}

export function planOf(
  fields: readonly string[] | undefined,
  wanted: readonly string[],
  types: FieldTypes,
): FieldPlan {
  const places = wanted.map((field) => ({ field, ...placeOfField(types, field) }));
  const asked = ({ field, isTime }: (typeof places)[number]): estypes.QueryDslFieldAndFormat | string =>
    isTime ? { field, format: TIME_FORMAT } : field;
  const all = places.filter(({ from }) => from === 'column');
  const columns = all.slice(0, MOST_COLUMNS);
  const fetched = [...all.slice(MOST_COLUMNS), ...places.filter(({ from }) => from === 'fetched')];
  const sources = places.filter(({ from, isPartial }) => from === 'source' || isPartial);
  const read = [...columns, ...fetched].map(({ field, isFloat }) => ({ field, isFloat }));
  const watched = new Set(read.map(({ field }) => field));
  return {
    fields,
    texts: fetched.map(({ field }) => field),
    request: {
      _source:
        fields === undefined
          ? true
          : sources.length === 0
            ? false
            : { includes: sources.map(({ field }) => field) },
      ...(columns.length > 0 && { docvalue_fields: columns.map(asked) }),
      ...(fetched.length > 0 && { fields: fetched.map(asked) }),
    },
    documentOf: (hit) => {
      if (fields === undefined && hit._source === undefined) throw withoutSource(hit._index);
      // A copy for each log would cost more than all else here.
      const document: Record<string, unknown> = hit._source ?? hit.fields ?? {};
      for (const { field, isFloat } of read) {
        const found = hit.fields?.[field] as unknown[] | undefined;
        if (found === undefined) continue;
        if (found.length === 1) document[field] = isFloat ? shortestFloat(found[0]) : found[0];
        else document[field] = isFloat ? found.map(shortestFloat) : found;
      }
      return document;
    },
    isIgnored: ({ _ignored: ignored }) =>
      ignored !== undefined && ignored.some((field) => watched.has(field)),
  };
}
