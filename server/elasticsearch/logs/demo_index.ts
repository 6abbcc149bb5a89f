import type { estypes } from '@elastic/elasticsearch';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWriteAll } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { errorBodyOf, errorTypes, statusOf } from '../transport/errors';
import { INDEX_SETTINGS } from '../indices/index_resources';
import { missingPrivilegesOf } from '../indices/missing_privileges';
import { demoIndex } from '../indices/names';
import type { IndexPrivileges } from '../indices/privileges';

/** Privileges for making and removing the sample logs of a space, beside those of an owner. */
export const demoPrivileges = (space: string): IndexPrivileges => ({
  names: [demoIndex(space)],
  privileges: ['create_index', 'index', 'read', 'view_index_metadata', 'delete_index'],
});

const keyword: estypes.MappingProperty = { type: 'keyword' };
const object = (properties: Record<string, estypes.MappingProperty>): estypes.MappingProperty => ({
  properties,
});

/** ECS as in {@link DemoDocument}; the rest is found by dynamic mapping. */
const MAPPINGS: estypes.MappingTypeMapping = {
  properties: {
    '@timestamp': { type: 'date' },
    message: { type: 'text' },
    client: object({ ip: { type: 'ip' } }),
    service: object({ name: keyword }),
    host: object({ name: keyword }),
    url: object({ original: keyword, path: keyword, query: keyword }),
    user_agent: object({ original: keyword }),
    log: object({ level: keyword }),
    trace: object({ id: keyword }),
    response_time: { type: 'double', meta: { unit: 'ms' } },
    status_code: { type: 'long' },
    request_size: { type: 'long', meta: { unit: 'byte' } },
  },
};

/** @returns false when the index was there already */
export async function createDemoIndex(
  client: ElasticsearchClient,
  space: string,
  options: { policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<boolean> {
  const index = demoIndex(space);
  return attempt(
    () =>
      client.indices
        .create({ index, mappings: MAPPINGS, settings: INDEX_SETTINGS }, { signal: options.signal })
        .then(
          () => true,
          (error: unknown) => {
            if (!errorTypes(errorBodyOf(error)).includes('resource_already_exists_exception')) throw error;
            return false;
          },
        ),
    { what: `make the index "${index}"`, ...options },
  );
}

/** Writing the same logs again changes nothing. @param first number of the first one among all sample logs */
export async function writeDemoLogs(
  client: ElasticsearchClient,
  space: string,
  {
    first,
    documents,
    options,
  }: {
    first: number;
    documents: readonly unknown[];
    options: { isLast: boolean; policy?: RetryPolicy; signal?: AbortSignal };
  },
): Promise<void> {
  const { isLast, ...rest } = options;
  const index = demoIndex(space);
  await bulkWriteAll(
    client,
    documents.map((document, place) => ({
      action: 'index' as const,
      index,
      id: String(first + place),
      document,
    })),
    { what: 'write sample logs', refresh: isLast, ...rest },
  );
}

export const demoIndexExists = (client: ElasticsearchClient, space: string): Promise<boolean> =>
  attempt(() => client.indices.exists({ index: demoIndex(space) }), { what: 'look for the sample logs' });

export async function deleteDemoIndex(client: ElasticsearchClient, space: string): Promise<void> {
  const index = demoIndex(space);
  await attempt(
    () =>
      client.indices.delete({ index }).catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error;
      }),
    { what: `delete the index "${index}"` },
  );
}

/** @returns e.g. `create_index on "log-anomalies-sample-default"`; empty when nothing is missing */
export async function missingDemoPrivileges(client: ElasticsearchClient, space: string): Promise<string[]> {
  return missingPrivilegesOf(client, { cluster: [], indices: [demoPrivileges(space)] });
}
