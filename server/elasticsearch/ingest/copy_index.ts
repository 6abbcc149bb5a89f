import { isDeepStrictEqual } from 'node:util';
import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { errorBodyOf, errorTypes } from '../transport/errors';
import { searchWhole } from '../transport/whole_answer';
import { SCORED_FIELDS } from './scored_fields';

type Properties = Record<string, estypes.MappingProperty>;

/** Elasticsearch's own limit of `index.mapping.total_fields.limit`. */
const DEFAULT_FIELDS = 1_000;
/** Fields that are mapped for logs to come, beside those of today. */
const SPARE_FIELDS = 100;

/** The fields of the first, and of the others those that it has not. */
function joinedProperties([first = {}, ...others]: readonly Properties[]): Properties {
  const joined = { ...first };
  for (const other of others) {
    for (const [name, property] of Object.entries(other)) {
      const known = joined[name] as estypes.MappingProperty | undefined;
      if (known === undefined) joined[name] = property;
      else if (partsOf(known) !== undefined && partsOf(property) !== undefined) {
        const properties = joinedProperties([partsOf(known) as Properties, partsOf(property) as Properties]);
        joined[name] = { ...known, properties } as estypes.MappingProperty;
      }
    }
  }
  return joined;
}

const partsOf = (property: estypes.MappingProperty): Properties | undefined =>
  'properties' in property ? property.properties : undefined;

function countFields(properties: Properties): number {
  return Object.values(properties).reduce((sum, property) => {
    const multiFields = ('fields' in property && property.fields) || {};
    return sum + 1 + countFields(partsOf(property) ?? {}) + countFields(multiFields);
  }, 0);
}

/** Definitions that fields refer to by name, such as analyzers: by kind and name. */
type Definitions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const definitionsOf = ({ settings }: estypes.IndicesIndexState): Definitions => {
  const { analysis, similarity } = settings?.index ?? {};
  return { ...(analysis as Definitions | undefined), ...(similarity && { similarity }) };
};

/** Definitions that hold for all fields of an index that refer to none. */
const FOR_ALL_FIELDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  analyzer: ['default', 'default_search', 'default_search_quoted'],
  similarity: ['default'],
};

function withoutDefinitions(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const {
        analyzer: _analyzer,
        search_analyzer: _search,
        search_quote_analyzer: _quote,
        normalizer: _normalizer,
        similarity,
        ...kept
      } = property as Record<string, unknown>;
      // The one of vectors is a measure that Elasticsearch defines.
      if (property.type === 'dense_vector') kept.similarity = similarity;
      for (const part of ['properties', 'fields']) {
        if (kept[part] !== undefined) kept[part] = withoutDefinitions(kept[part] as Properties);
      }
      return [name, kept];
    }),
  );
}

/**
 * Joins the fields of all indices with what they refer to. Those of an index refer to nothing where it defines a name otherwise than
 * a newer one, or one that would hold for the fields of the newest.
 */
function joinedFields(newestFirst: readonly estypes.IndicesIndexState[]): {
  readonly properties: Properties;
  readonly definitions: Definitions;
} {
  const definitions: Record<string, Record<string, unknown>> = {};
  const fields = newestFirst.map((index, place) => {
    const { properties = {} } = index.mappings ?? {};
    const own = Object.entries(definitionsOf(index));
    const isAtOdds = own.some(([kind, named]) =>
      Object.entries(named).some(([name, definition]) =>
        name in (definitions[kind] ?? {})
          ? !isDeepStrictEqual(definition, definitions[kind][name])
          : place > 0 && FOR_ALL_FIELDS[kind]?.includes(name),
      ),
    );
    if (isAtOdds) return withoutDefinitions(properties);
    for (const [kind, named] of own) definitions[kind] = { ...definitions[kind], ...named };
    return properties;
  });
  return { properties: joinedProperties(fields), definitions };
}

/**
 * Returns mapping and settings for copies of the logs of these indices: where they differ those of the newest hold, as the logs to
 * come are like its own; fields that only others have join them.
 */
export function copyOf(
  found: readonly estypes.IndicesIndexState[],
): Required<Pick<estypes.IndicesCreateRequest, 'mappings' | 'settings'>> {
  const newestFirst = [...found].sort((one, other) => createdAt(other) - createdAt(one));
  const { _data_stream_timestamp: _isStream, ...mappings } = (newestFirst[0]?.mappings ??
    {}) as estypes.MappingTypeMapping & { _data_stream_timestamp?: unknown };
  const joined = joinedFields(newestFirst);
  const properties = { ...joined.properties, ...SCORED_FIELDS };
  const { similarity, ...analysis } = joined.definitions;
  const settings = newestFirst.map((index) => index.settings?.index ?? {});
  const { mapping } = settings[0] ?? {};
  const limits = settings.map((each) => Number(each.mapping?.total_fields?.limit ?? 0));
  const limit = Math.max(DEFAULT_FIELDS, ...limits, countFields(properties) + SPARE_FIELDS);
  const differences = (['max_ngram_diff', 'max_shingle_diff'] as const).flatMap((name) => {
    const most = Math.max(...settings.map((each) => Number(each[name] ?? 0)));
    return most > 0 ? [[name, most] as const] : [];
  });
  return {
    mappings: { ...mappings, properties },
    settings: {
      ...(Object.keys(analysis).length > 0 && { analysis }),
      ...(similarity && { similarity: similarity as estypes.IndicesIndexSettings['similarity'] }),
      ...Object.fromEntries(differences),
      mapping: { ...mapping, total_fields: { ...mapping?.total_fields, limit } },
    },
  };
}

const createdAt = ({ settings }: estypes.IndicesIndexState): number =>
  Number(settings?.index?.creation_date ?? 0);

/** Stands in the mapping of an index whose copies have ids with the names of their indices. */
const IDS_BY_INDEX = { log_anomalies_ids: 'by_index' };
/** Copies whose ids are looked at where the mapping tells nothing. */
const COPIES_LOOKED_AT = 10;

/**
 * Makes an index for scored copies of logs unless it is there.
 *
 * @returns true where the name of its index belongs into the id of a copy: the logs lie, or may come to lie, in several indices, in which two
 *   can have the same id. An index that holds copies keeps to the ids that these have, since a log would be copied twice otherwise
 */
export async function makeCopyIndex(
  client: ElasticsearchClient,
  { logs, into }: { readonly logs: string; readonly into: string },
  options: RequestOptions,
): Promise<boolean> {
  const { policy, signal } = options;
  const found = await attempt(
    () => client.indices.get({ index: logs, features: ['mappings', 'settings'] }, { signal }),
    { what: `read the mapping of "${logs}"`, policy, signal },
  );
  const names = Object.keys(found);
  const areSeveral = names.some((name) => name !== logs);
  const { mappings, settings } = copyOf(Object.values(found));
  // Logs that are copies themselves bring a mark of their own.
  const { log_anomalies_ids: _ids, ...others } = (mappings._meta ?? {}) as Record<string, unknown>;
  const _meta = { ...others, ...(areSeveral && IDS_BY_INDEX) };
  const isNew = await attempt(
    () =>
      client.indices
        .create({ index: into, mappings: { ...mappings, _meta }, settings }, { signal })
        .then(() => true)
        .catch((error: unknown) => {
          if (!errorTypes(errorBodyOf(error)).includes('resource_already_exists_exception')) throw error;
          return false;
        }),
    { what: `make the index "${into}"`, policy, signal },
  );
  if (isNew) return areSeveral;
  const ids = await idsOfCopies(client, into, options);
  return ids === 'by_index' || (ids.length === 0 ? areSeveral : ids.some((id) => hasName(id, names)));
}

const hasName = (id: string, names: readonly string[]): boolean =>
  names.some((name) => id.startsWith(`${name}/`));

/** @returns some of the ids where the mapping does not tell what they are like, as that of an earlier version */
async function idsOfCopies(
  client: ElasticsearchClient,
  into: string,
  { policy, signal }: RequestOptions,
): Promise<'by_index' | readonly string[]> {
  const what = `look at the index "${into}"`;
  const made = await attempt(() => client.indices.getMapping({ index: into }, { signal }), {
    ...{ what, policy, signal },
  });
  if (made[into]?.mappings._meta?.log_anomalies_ids === IDS_BY_INDEX.log_anomalies_ids) return 'by_index';
  const copies = await attempt(
    () => searchWhole(client, { index: into, size: COPIES_LOOKED_AT, _source: false }, { signal }),
    { what, policy, signal },
  );
  return copies.hits.hits.map(({ _id }) => String(_id));
}
