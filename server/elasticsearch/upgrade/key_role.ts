import type { Detector } from '../../../common/detector';
import { demoPrivileges } from '../logs/demo_index';
import { demoIndex, namesForRights } from '../indices/names';
import { oldNamesOf } from './old_names';
import { detectorRole, pipelineRole, type IndexPrivileges, type RoleDefinition } from '../indices/privileges';

/** Rights on indices of another cluster, as `PUT _security/role` and API keys take them. */
interface RemoteIndexPrivileges extends IndexPrivileges {
  readonly clusters: readonly string[];
}

/** Role that bounds an API key; privileges that its owner lacks are not granted either. */
export interface KeyRole extends RoleDefinition {
  readonly remote_indices?: readonly RemoteIndexPrivileges[];
}

/** Logs of another cluster are read by their name there, which stands behind the colon. */
function withRemotes(role: RoleDefinition, index: string): KeyRole {
  const remotes = namesForRights(index).filter((part) => part.includes(':'));
  if (remotes.length === 0) return role;
  const named = remotes.map((part) => ({
    cluster: part.slice(0, part.indexOf(':')),
    name: part.slice(part.indexOf(':') + 1),
  }));
  const privileges = ['read', 'read_cross_cluster', 'view_index_metadata'];
  return {
    ...role,
    indices: [...role.indices, { names: named.map(({ name }) => name), privileges }],
    remote_indices: named.map(({ cluster, name }) => ({ clusters: [cluster], names: [name], privileges })),
  };
}

/**
 * Exactly what one detector takes: its logs, our own indices of its space, pipelines with scoring at ingest, and to read what
 * version 0.1.0 has left of the space, which the first detector that runs moves.
 */
export function detectorKeyRole({ source, scoring }: Detector, space: string): KeyRole {
  const logs = namesForRights(source.index);
  const own = detectorRole(logs, space, scoring);
  const role: RoleDefinition = {
    ...own,
    indices: [...own.indices, { names: oldNamesOf(space), privileges: ['read', 'view_index_metadata'] }],
  };
  const isDemo = logs.includes(demoIndex(space));
  return withRemotes(
    isDemo ? { ...role, indices: [...role.indices, demoPrivileges(space)] } : role,
    source.index,
  );
}

/** Privileges for the target of a backfill in the cluster: the logs, or another index for copies, which takes more. */
export const backfillTarget = ({ source }: Detector, into: string | undefined): IndexPrivileges =>
  into === undefined
    ? { names: namesForRights(source.index), privileges: ['read', 'index'] }
    : { names: [into], privileges: ['read', 'write'] };

/** Returns the role of the key of a backfill in the cluster, beside {@link detectorKeyRole}. */
export function backfillKeyRole(detector: Detector, space: string, into: string | undefined): KeyRole {
  const own = detectorKeyRole(detector, space);
  const { names, privileges } = backfillTarget(detector, into);
  const { cluster } = pipelineRole([]);
  return {
    ...own,
    cluster: [...new Set([...own.cluster, ...cluster])],
    indices: [
      ...own.indices,
      // Fields of scores are added to the mapping, or the index of copies is made like the logs.
      { names, privileges: [...privileges, 'create_index', 'manage'] },
      { names: namesForRights(detector.source.index), privileges: ['view_index_metadata'] },
    ],
  };
}
