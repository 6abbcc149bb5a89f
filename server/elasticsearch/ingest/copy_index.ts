import { isDeepStrictEqual } from 'node:util';
import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { errorBodyOf, errorTypes } from '../transport/errors';
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

function withoutDefinitions(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const {
        analyzer: _analyzer,
        search_analyzer: _search,
        search_quote_analyzer: _quote,
        normalizer: _normalizer,
        similarity: _similarity,
        ...kept
      } = property as Record<string, unknown>;
      for (const part of ['properties', 'fields']) {
        if (kept[part] !== undefined) kept[part] = withoutDefinitions(kept[part] as Properties);
      }
      return [name, kept];
    }),
  );
}

/** The fields of all indices with what they refer to; those of an index that defines a name otherwise than a newer one refer to nothing. */
function joinedFields(newestFirst: readonly estypes.IndicesIndexState[]): {
  readonly properties: Properties;
  readonly definitions: Definitions;
} {
  const definitions: Record<string, Record<string, unknown>> = {};
  const fields = newestFirst.map((index) => {
    const { properties = {} } = index.mappings ?? {};
    const own = Object.entries(definitionsOf(index));
    const isAtOdds = own.some(([kind, named]) =>
      Object.entries(named).some(
        ([name, definition]) =>
          name in (definitions[kind] ?? {}) && !isDeepStrictEqual(definition, definitions[kind][name]),
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

/**
 * Makes an index for scored copies of logs unless it is there.
 *
 * @returns true where the logs lie, or may come to lie, in several indices, in which two can have the same id
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
  await attempt(
    () =>
      client.indices
        .create({ index: into, ...copyOf(Object.values(found)) }, { signal })
        .catch((error: unknown) => {
          if (!errorTypes(errorBodyOf(error)).includes('resource_already_exists_exception')) throw error;
        }),
    { what: `make the index "${into}"`, policy, signal },
  );
  return Object.keys(found).some((name) => name !== logs);
}
