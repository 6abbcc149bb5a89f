import { attempt, type RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { statusOf } from './errors';

/** Returns the id that a cluster keeps for its life; undefined without the cluster privilege `monitor`. */
export const clusterIdOf = async (
  client: ElasticsearchClient,
  options: RequestOptions = {},
): Promise<string | undefined> => {
  const answer = await attempt(
    () =>
      client.info({}, { signal: options.signal }).catch((error: unknown) => {
        if (statusOf(error) === 403) return undefined;
        throw error;
      }),
    { what: 'ask for the id of the cluster', ...options },
  );
  return answer?.cluster_uuid;
};
