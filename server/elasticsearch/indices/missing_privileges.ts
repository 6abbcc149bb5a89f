import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import type { RoleDefinition } from './privileges';

/**
 * Returns the privileges of a role that the caller lacks.
 *
 * @returns such as `index on "weblogs"`, `monitor on the cluster`; nothing when all is there
 */
export async function missingPrivilegesOf(
  client: ElasticsearchClient,
  { cluster, indices }: RoleDefinition,
): Promise<string[]> {
  const answer = await attempt(
    () =>
      client.security.hasPrivileges({
        ...(cluster.length > 0 && { cluster: [...cluster] }),
        index: indices.map(({ names, privileges }) => ({ names: [...names], privileges: [...privileges] })),
      }),
    { what: 'ask for our privileges' },
  );
  const onCluster = cluster.filter((privilege) => !answer.cluster[privilege]);
  return [
    ...(onCluster.length > 0 ? [`${onCluster.join(', ')} on the cluster`] : []),
    ...indices.flatMap(({ names, privileges }) =>
      names.flatMap((name) => {
        const absent = privileges.filter((privilege) => !answer.index[name]?.[privilege]);
        return absent.length > 0 ? [`${absent.join(', ')} on "${name}"`] : [];
      }),
    ),
  ];
}
