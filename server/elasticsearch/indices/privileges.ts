import type { Detector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { REPAIR_HINT } from '../transport/errors';
import { faultText, findIndexFaults } from './index_resources';
import {
  annotationsIndex,
  auditIndex,
  checkpointsIndex,
  DEFAULT_SPACE,
  feedbackIndex,
  incidentsIndex,
  modelsIndex,
  namesForRights,
  patternsIndex,
  resultsPattern,
} from './names';
import { clusterOf, openWhole } from '../transport/whole_answer';
import { readRestrictedView, warningsOf } from './restricted_view';

export interface IndexPrivileges {
  readonly names: readonly string[];
  readonly privileges: readonly string[];
}

/** A role as `PUT _security/role/<name>` takes it. */
export interface RoleDefinition {
  readonly cluster: readonly string[];
  readonly indices: readonly IndexPrivileges[];
}

export type RoleName = 'owner' | 'detector' | 'reader' | 'pipelines' | 'retention';

/** Puts, tries out, reads and deletes ingest pipelines. */
const PUT_PIPELINES = 'manage_ingest_pipelines';

/**
 * The least that a detector's owner needs: to read logs, and to make, write and read our own indices; with scoring
 * at ingest also to swap the pipeline when a new model is promoted.
 *
 * @param logs indices, data streams and patterns with the logs
 */
export const ownerRole = (
  logs: readonly string[],
  space: string = DEFAULT_SPACE,
  scoring: Detector['scoring'] = 'job',
): RoleDefinition => ({
  cluster: scoring === 'ingest' ? [PUT_PIPELINES] : [],
  indices: [
    ...(logs.length > 0 ? [{ names: [...logs], privileges: ['read'] }] : []),
    {
      names: [resultsPattern(space)],
      privileges: ['create_index', 'view_index_metadata', 'read', 'index'],
    },
    {
      names: [
        modelsIndex(space),
        feedbackIndex(space),
        checkpointsIndex(space),
        incidentsIndex(space),
        patternsIndex(space),
        annotationsIndex(space),
      ],
      privileges: ['create_index', 'view_index_metadata', 'read', 'index', 'delete'],
    },
    {
      names: [auditIndex(space)],
      privileges: ['create_index', 'view_index_metadata', 'read', 'create_doc'],
    },
  ],
});

/** Role of a detector itself, of {@link ownerRole} all that it uses: it reads the calendar of changes, which people and CI jobs write. */
export const detectorRole = (...given: Parameters<typeof ownerRole>): RoleDefinition => {
  const { cluster, indices } = ownerRole(...given);
  const calendar = annotationsIndex(given[1] ?? DEFAULT_SPACE);
  return {
    cluster,
    indices: [
      ...indices.map(({ names, privileges }) => ({
        names: names.filter((name) => name !== calendar),
        privileges,
      })),
      { names: [calendar], privileges: ['view_index_metadata', 'read'] },
    ],
  };
};

/** Role for users who read results, models and feedback but run no detector. */
export const readerRole = (space: string = DEFAULT_SPACE): RoleDefinition => ({
  cluster: [],
  indices: [
    {
      names: [
        resultsPattern(space),
        feedbackIndex(space),
        incidentsIndex(space),
        patternsIndex(space),
        annotationsIndex(space),
        modelsIndex(space),
        checkpointsIndex(space),
        auditIndex(space),
      ],
      privileges: ['read', 'view_index_metadata'],
    },
  ],
});

/**
 * Role beside {@link ownerRole} for users who put pipelines live, attaches them to indices and scores history in the
 * cluster: `manage` sets mapping and final pipeline, `index` lets the backfill write, `monitor` and `cancel_task` follow
 * and stop it.
 */
export const pipelineRole = (logs: readonly string[]): RoleDefinition => ({
  cluster: [PUT_PIPELINES, 'monitor', 'cancel_task'],
  indices: logs.length > 0 ? [{ names: [...logs], privileges: ['read', 'index', 'manage'] }] : [],
});

/** Role for users who delete results of old logs, which is recorded. */
export const retentionRole = (space: string = DEFAULT_SPACE): RoleDefinition => ({
  cluster: [],
  indices: [
    { names: [resultsPattern(space)], privileges: ['view_index_metadata', 'read', 'delete_index'] },
    { names: [incidentsIndex(space), patternsIndex(space)], privileges: ['read', 'delete'] },
    { names: [auditIndex(space)], privileges: ['create_index', 'view_index_metadata', 'create_doc'] },
  ],
});

/** One role that holds the rights of several. */
export const joinedRoles = (...roles: readonly RoleDefinition[]): RoleDefinition => ({
  cluster: [...new Set(roles.flatMap(({ cluster }) => cluster))],
  indices: roles.flatMap(({ indices }) => indices),
});

function roleOf({
  indices,
  space = DEFAULT_SPACE,
  role = 'owner',
  scoring,
}: ConnectionCheckOptions): RoleDefinition {
  switch (role) {
    case 'owner':
      return ownerRole(indices, space, scoring);
    case 'detector':
      return detectorRole(indices, space, scoring);
    case 'reader':
      return readerRole(space);
    case 'pipelines':
      return joinedRoles(ownerRole([], space), pipelineRole(indices));
    case 'retention':
      return retentionRole(space);
  }
}

export interface ConnectionCheck {
  /** `unknown` when the user may not ask (cluster privilege `monitor`). */
  readonly version: string;
  readonly flavor: string;
  readonly licence: string;
  readonly url: string;
  readonly security: boolean;
  readonly user?: string;
  /** e.g. `read on "weblogs-*"` */
  readonly missingPrivileges: readonly string[];
  /** A sentence where the user sees only a part of the logs, which others then see in results. */
  readonly warnings: readonly string[];
  readonly hints: readonly string[];
  /** Role with all that the user needs; only where something is missing. */
  readonly neededRole?: ReturnType<typeof roleOf>;
}

export interface ConnectionCheckOptions {
  /** Indices, data streams, aliases and patterns with the logs; exclusions take no rights. */
  readonly indices: readonly string[];
  readonly space?: string;
  readonly role?: RoleName;
  /** Place where the owner's detector is scored; default `job`. */
  readonly scoring?: Detector['scoring'];
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

const OLDEST_SUPPORTED = [8, 12] as const;

const isRefusal = (error: unknown): boolean =>
  error instanceof DetectionError && (error.code === 'forbidden' || error.code === 'invalid_input');

/**
 * Checks connection, version and privileges. Works without security, too, and for users who may not ask for version or licence.
 *
 * @throws DetectionError `unavailable` when nothing answers, `unauthenticated` when key or password are wrong
 */
export async function checkConnection(
  client: ElasticsearchClient,
  options: ConnectionCheckOptions,
): Promise<ConnectionCheck> {
  const { role = 'owner', policy, signal } = options;
  const readsLogs = role === 'owner' || role === 'detector';
  const ask = async <Answer>(request: () => Promise<Answer>, what: string): Promise<Answer | undefined> => {
    try {
      return await attempt(request, { what, policy, signal });
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  };
  const hints: string[] = [];
  let neededRole: ConnectionCheck['neededRole'];
  const information = await ask(() => client.info({}, { signal }), 'reach Elasticsearch');
  const version = information?.version.number ?? 'unknown';
  const licence = await ask(() => client.license.get({}, { signal }), 'ask for the licence').catch(
    () => undefined,
  );
  const authenticated = await ask(() => client.security.authenticate({}, { signal }), 'ask who we are').catch(
    (error: unknown) => {
      if (
        error instanceof DetectionError &&
        ['unauthenticated', 'unavailable', 'interrupted'].includes(error.code)
      ) {
        throw error;
      }
      return undefined;
    },
  );
  const security = authenticated !== undefined;
  const indices = options.indices.flatMap(namesForRights);
  const local = indices.filter((index) => clusterOf(index) === undefined);
  const wanted = roleOf({ ...options, indices: role === 'pipelines' ? indices : local });
  const missingPrivileges: string[] = [];
  const warnings: string[] = [];
  if (readsLogs) {
    for (const index of indices.filter((each) => !local.includes(each))) {
      const { missing, warning } = await tryRemote(client, index, { policy, signal });
      if (missing !== undefined) {
        missingPrivileges.push(missing);
        hints.push(
          `Rights on a remote cluster are given there, or here by remote_indices: see "Remote clusters" in docs/elasticsearch.md.`,
        );
      }
      if (warning !== undefined) warnings.push(warning);
    }
  }
  if (readsLogs) {
    const faults = await findIndexFaults(client, { space: options.space, policy, signal }).catch(() => []);
    warnings.push(...faults.map(faultText));
    if (faults.length > 0) hints.push(REPAIR_HINT);
  }
  if (security) {
    const view = await readRestrictedView(client, local, { policy, signal }).catch(() => undefined);
    if (view !== undefined) warnings.push(...warningsOf(view));
    const answer = await ask(
      () =>
        client.security.hasPrivileges(
          {
            ...(wanted.cluster.length > 0 && { cluster: [...wanted.cluster] }),
            index: wanted.indices.map(({ names, privileges }) => ({
              names: [...names],
              privileges: [...privileges],
            })),
          },
          { signal },
        ),
      'ask for our privileges',
    );
    const lacking = lackingPrivileges(wanted, answer);
    missingPrivileges.push(...lacking);
    if (lacking.length > 0) {
      neededRole = wanted;
      hints.push(
        `Give the user a role with: ${JSON.stringify(wanted)} (PUT _security/role/log_anomalies_${role}, or Stack Management > Roles).`,
      );
    }
  } else {
    hints.push('Security is off: whoever reaches this address may read and change everything.');
  }
  hints.push(...versionHints(information?.version.number));
  return {
    version,
    flavor: information?.version.build_flavor ?? 'unknown',
    licence: licence?.license?.type ?? 'unknown',
    url: addressOf(client),
    security,
    ...(authenticated ? { user: authenticated.username } : {}),
    missingPrivileges,
    warnings,
    hints,
    ...(neededRole && { neededRole }),
  };
}

/**
 * Opens logs of a remote cluster as reading does, and closes them: `_has_privileges` knows local indices only.
 *
 * @param index such as `berlin:weblogs-*`
 */
async function tryRemote(
  client: ElasticsearchClient,
  index: string,
  options: { readonly policy?: RetryPolicy; readonly signal?: AbortSignal },
): Promise<{ missing?: string; warning?: string }> {
  try {
    const id = await openWhole(client, index, '10s', { what: `open "${index}"`, ...options });
    await client.closePointInTime({ id }).catch(() => {});
    return {};
  } catch (error) {
    if (!(error instanceof DetectionError) || error.code === 'interrupted') throw error;
    const cluster = clusterOf(index) as string;
    return error.code === 'forbidden'
      ? {
          missing: `read, read_cross_cluster on "${index.slice(cluster.length + 1)}" of the remote cluster "${cluster}"`,
        }
      : { warning: `Nobody knows whether you may read "${index}". ${error.message}` };
  }
}

/** The address without user and password. */
function addressOf(client: ElasticsearchClient): string {
  const url = client.transport.connectionPool.connections[0]?.url;
  return url === undefined ? 'unknown' : url.origin;
}

function lackingPrivileges(
  wanted: ReturnType<typeof roleOf>,
  answer: { cluster: Record<string, boolean>; index: Record<string, Record<string, boolean>> } | undefined,
): string[] {
  const missingPrivileges: string[] = [];
  const lacking = wanted.cluster.filter((privilege) => answer?.cluster[privilege] !== true);
  if (lacking.length > 0) missingPrivileges.push(`${lacking.join(', ')} on the cluster`);
  for (const { names, privileges } of wanted.indices) {
    for (const name of names) {
      const absent = privileges.filter((privilege) => answer?.index[name]?.[privilege] !== true);
      if (absent.length > 0) missingPrivileges.push(`${absent.join(', ')} on "${name}"`);
    }
  }
  return missingPrivileges;
}

function versionHints(version: string | undefined): string[] {
  if (version === undefined) {
    return ['Version and licence are unknown: seeing them takes the cluster privilege "monitor".'];
  }
  const [major, minor] = version.split('.').map(Number);
  if (major < OLDEST_SUPPORTED[0] || (major === OLDEST_SUPPORTED[0] && minor < OLDEST_SUPPORTED[1])) {
    return [
      `Elasticsearch ${version} is older than ${OLDEST_SUPPORTED.join('.')}, the oldest that is supported.`,
    ];
  }
  return [];
}
