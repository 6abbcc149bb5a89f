import type { Client } from '@elastic/elasticsearch';
import type { DetectorInput } from '../../common/detector';
import type { LogDocument } from '../../common/log_document';
import { presetFor } from '../../common/log_features/suggesting/presets';
import { ownerRole, readerRole } from '../../server/elasticsearch';
import type { Credentials, KibanaClient } from './kibana_client';
import type { KibanaProcess } from './kibana_process';
import type { Report } from './report';
import { waitFor } from './wait_for';

/** Environment of the journeys. Everything that they make has a name that begins with `name`. */
export interface World {
  readonly name: string;
  readonly report: Report;
  /** May do everything. */
  readonly admin: KibanaClient;
  /** Has the smallest role of an owner; without security the same as `admin`. */
  readonly owner: KibanaClient;
  /** Has the smallest role of a reader; absent without security. */
  readonly reader: KibanaClient | undefined;
  readonly elasticsearch: Client;
  /** ELASTICSEARCH_* for the command line. */
  readonly environment: NodeJS.ProcessEnv;
  /** Present where this run started Kibana itself. */
  readonly process: KibanaProcess | undefined;
  /** Folder for files of this run. */
  readonly folder: string;
  readonly indices: {
    readonly web: string;
    readonly many: string;
    readonly pages: string;
    readonly alerts: string;
  };
}

/** Names of what a run makes. */
export const indicesOf = (name: string) => ({
  web: `${name}-web`,
  many: `${name}-many`,
  pages: `${name}-pages`,
  alerts: `${name}-alerts`,
});

/** Creates the smallest roles of an owner and of a reader, and a user for each. */
export async function createUsers(
  admin: KibanaClient,
  elasticsearch: Client,
  name: string,
): Promise<{ owner: Credentials; reader: Credentials }> {
  const { web, many, alerts } = indicesOf(name);
  const owner = ownerRole([web, many]);
  const roles = {
    owner: {
      elasticsearch: {
        cluster: owner.cluster,
        // The connector `.index` of the rule writes with the rights of the rule's owner.
        indices: [...owner.indices, { names: [alerts], privileges: ['create_index', 'index'] }],
      },
      kibana: [{ spaces: ['default'], base: [], feature: { logAnomalies: ['all'], actions: ['read'] } }],
    },
    reader: {
      elasticsearch: readerRole(),
      kibana: [{ spaces: ['default'], base: [], feature: { logAnomalies: ['read'] } }],
    },
  };
  const made = { owner: credentials(`${name}-owner`), reader: credentials(`${name}-reader`) };
  for (const kind of ['owner', 'reader'] as const) {
    const role = `${name}-${kind}`;
    await admin.expect('put', `/api/security/role/${role}`, roles[kind]);
    await elasticsearch.security.putUser({
      username: made[kind].username,
      password: made[kind].password,
      roles: [role],
    });
  }
  return made;
}

const credentials = (username: string): Credentials => ({
  username,
  password: `pw-${Math.random().toString(36).slice(2)}-${Math.random().toString(36).slice(2)}`,
});

/** A detector with the features that suit these logs, on a fast schedule. */
export function detectorFor(
  name: string,
  index: string,
  logs: readonly LogDocument[],
  change: Partial<DetectorInput> = {},
): DetectorInput {
  const features = change.features ?? presetFor(logs)?.definitions;
  if (features === undefined) throw new Error(`No preset suits the logs of ${index}.`);
  return {
    name,
    source: { index },
    features: [...features],
    schedule: { interval: '5s', query_delay: '2s' },
    ...change,
  };
}

/** Trains now and waits for the model. @returns its version */
export async function train(client: KibanaClient, id: string): Promise<string> {
  await client.call('trainDetector', { params: { id } });
  const { model } = await waitFor('a model', async () => {
    const status = await client.call('getStatus', { params: { id } });
    const { state, failure, message } = status.training ?? {};
    if (failure !== undefined || state === 'refused') {
      throw new Error(`Training ended with ${state}: ${failure?.message ?? message}`);
    }
    return status.model === undefined ? `training ${state}` : { model: status.model };
  });
  return model.version;
}

/** All results of a detector. */
export async function resultsOf(client: KibanaClient, id: string) {
  const all = [];
  for (let page = 1; ; page++) {
    const { results, total } = await client.call('searchResults', {
      query: { detector_id: id, size: 1_000, page },
    });
    all.push(...results.map(({ result }) => result));
    if (all.length >= total || results.length === 0) return all;
  }
}
