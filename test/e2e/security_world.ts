import type { Client } from '@elastic/elasticsearch';
import type { DetectorInput } from '../../common/detector';
import {
  connect,
  joinedRoles,
  ownerRole,
  pipelineRole,
  readerRole,
  type RoleDefinition,
} from '../../server/elasticsearch';
import { demoIndex } from '../../server/elasticsearch/indices/names';
import { TIME_MAPPINGS, webDetector, webLogs } from '../integration/fixtures/kibana_logs';
import { PERSONAS, type Persona, type Place } from '../security/declared_access';
import type { Scene } from '../security/requests';
import type { Credentials, KibanaClient } from './kibana_client';
import { waitFor } from './wait_for';
import { train, type World } from './world';

/** Somebody on the real Kibana; `anonymous` has no credentials. */
export interface RealPerson {
  readonly kibana: KibanaClient;
  /** Straight to Elasticsearch with the same user. */
  readonly elasticsearch: Client | undefined;
  readonly username: string | undefined;
}

/** Two spaces, people with rights in one of them alone, and logs that only some may read. */
export interface SecurityWorld {
  readonly spaces: Readonly<Record<Place, string>>;
  readonly people: Readonly<Record<Persona | 'second_owner', RealPerson>>;
  readonly logs: string;
  /** Texts that stand in detectors and logs and nowhere else. */
  readonly marks: { readonly name: string; readonly message: string; readonly secret: string };
  /** Epoch milliseconds of the first log, and of what comes after the last. */
  readonly from: number;
  readonly to: number;
  remove(): Promise<void>;
}

const SECONDS = 3_600;
/** Privilege on the feature that the role of each person grants. */
const FEATURE: Readonly<Record<Exclude<Persona, 'anonymous' | 'superuser'>, 'all' | 'read' | undefined>> = {
  no_feature: undefined,
  reader: 'read',
  owner_without_logs: 'all',
  owner_elsewhere: 'all',
  owner: 'all',
};

const ownerOf = (logs: string, space: string): RoleDefinition =>
  joinedRoles(ownerRole([logs], space), pipelineRole([logs]));

export async function createSecurityWorld(world: World): Promise<SecurityWorld> {
  const { name, admin, elasticsearch } = world;
  // The worst case: a space whose name begins with that of the other, and a hyphen.
  const spaces = { own: `${name}-s`, other: `${name}-s-b` };
  const logs = `${name}-secured`;
  const marks = { name: `name${name}`, message: `message${name}`, secret: `secret${name}` };
  const to = Date.now() - 60_000;
  const from = to - SECONDS * 1_000;
  for (const space of Object.values(spaces)) {
    await admin.expect('post', '/api/spaces/space', { id: space, name: space, disabledFeatures: [] });
  }
  await elasticsearch.indices.create({ index: logs, mappings: TIME_MAPPINGS });
  await elasticsearch.bulk({
    refresh: true,
    operations: webLogs({ from, to }).flatMap(({ id, document }) => [
      { index: { _index: logs, _id: id } },
      {
        ...document,
        message: `${(document as { message: string }).message} ${marks.message}`,
        secret_note: marks.secret,
      },
    ]),
  });
  const demo = {
    names: [demoIndex(spaces.own)],
    privileges: ['create_index', 'index', 'read', 'view_index_metadata', 'delete_index'],
  };
  const owner = joinedRoles(ownerOf(logs, spaces.own), { cluster: [], indices: [demo] });
  const roles: Readonly<
    Record<Exclude<Persona, 'anonymous' | 'superuser'> | 'second_owner', RoleDefinition>
  > = {
    no_feature: ownerOf(logs, spaces.own),
    reader: readerRole(spaces.own),
    owner_without_logs: ownerOf('something-else', spaces.own),
    owner_elsewhere: ownerOf('something-else', spaces.other),
    owner,
    second_owner: owner,
  };
  const people: Record<string, RealPerson> = {
    anonymous: { kibana: admin.as(undefined), elasticsearch: undefined, username: undefined },
  };
  const users: string[] = [];
  const closing: Client[] = [];
  for (const persona of [...PERSONAS, 'second_owner'] as const) {
    if (persona === 'anonymous') continue;
    const user: Credentials = {
      // Apart from the owner and the reader of the other journeys, who stay.
      username: `${name}-matrix-${persona.replace(/_/g, '-')}`,
      password: `pw-${name}-${persona}`,
    };
    if (persona !== 'superuser') {
      const feature = FEATURE[persona === 'second_owner' ? 'owner' : persona];
      const space = persona === 'owner_elsewhere' ? spaces.other : spaces.own;
      await admin.expect('put', `/api/security/role/${user.username}`, {
        elasticsearch: roles[persona],
        kibana: [
          {
            spaces: [space],
            base: [],
            // Somebody with no feature at all could not even sign in.
            feature: feature === undefined ? { dashboard: ['read'] } : { logAnomalies: [feature] },
          },
        ],
      });
    }
    await elasticsearch.security.putUser({
      ...user,
      roles: [persona === 'superuser' ? 'superuser' : user.username],
    });
    users.push(user.username);
    const client = connect({ url: world.environment.ELASTICSEARCH_URL as string, ...user });
    closing.push(client);
    people[persona] = { kibana: admin.as(user), elasticsearch: client, username: user.username };
  }
  return {
    spaces,
    people: people as SecurityWorld['people'],
    logs,
    marks,
    from,
    to,
    remove: async () => {
      await Promise.all(closing.map((client) => client.close()));
      for (const space of Object.values(spaces)) {
        const { body } = await admin.inSpace(space).try('listDetectors', { query: { per_page: 1_000 } });
        for (const { id } of (body as { detectors?: { id: string }[] }).detectors ?? []) {
          await admin
            .inSpace(space)
            .try('deleteDetector', { params: { id }, query: { delete_results: 'true' } });
        }
        await admin.request('delete', `/api/spaces/space/${space}`);
        const ours = await elasticsearch.indices.get({ index: 'log-anomalies-*', allow_no_indices: true });
        const left = Object.keys(ours).filter((index) => index.split('.').includes(space));
        await elasticsearch.indices.delete({ index: left, ignore_unavailable: true }).catch(() => undefined);
      }
      await elasticsearch.indices.delete({ index: logs, ignore_unavailable: true });
      for (const username of users) {
        await elasticsearch.security.deleteUser({ username }).catch(() => undefined);
        await admin.request('delete', `/api/security/role/${username}`);
      }
    },
  };
}

export const detectorOf = (
  { logs, marks }: SecurityWorld,
  change: Partial<DetectorInput> = {},
): DetectorInput => ({
  ...webDetector(logs, { schedule: { interval: '5s', query_delay: '2s' } }),
  name: marks.name,
  ...change,
});

/**
 * A stopped detector with two models, results, a verdict, a suppression, and a live ingest pipeline with a version before it
 * that the logs go through: all that the requests of the matrix name.
 */
export async function sceneOn(world: World, security: SecurityWorld): Promise<Scene> {
  const { spaces, people, logs, from, to } = security;
  const client = people.owner.kibana.inSpace(spaces.own);
  await world.elasticsearch.indices.putSettings({
    index: logs,
    settings: { 'index.final_pipeline': '_none' },
  });
  const { id, detector } = await client.call('createDetector', {
    body: { detector: detectorOf(security), start: false },
  });
  const params = { id };
  const trainingToEnd = () =>
    waitFor('the training to end', async () => {
      const { training } = await client.call('getStatus', { params });
      return training?.state === 'queued' || training?.state === 'running' ? training.state : {};
    });
  const first = await train(client, id);
  await trainingToEnd();
  await client.call('trainDetector', { params });
  const models = await waitFor('a second model', async () => {
    const { models } = await client.call('listModels', { params });
    return models.length > 1 ? models : undefined;
  });
  await trainingToEnd();
  await client.call('startBackfill', { params, body: { from, to } });
  await waitFor('the backfill', async () => {
    const { state, failure } = await client.call('getBackfill', { params });
    if (failure !== undefined) throw new Error(failure.message);
    return state === 'done' ? {} : state;
  });
  const { model } = await client.call('getStatus', { params });
  const active = model?.version ?? first;
  const other = models.map(({ version }) => version).find((version) => version !== active) as string;
  await client.call('putPipeline', { params, body: { version: other } });
  await client.call('putPipeline', { params, body: {} });
  await client.call('attachPipeline', { params, body: {} });
  const modelFile = await client.call('exportModel', { params: { id, version: other } });
  await world.elasticsearch.indices.refresh({ index: 'log-anomalies-*' });
  const { results } = await client.call('searchResults', { query: { detector_id: id } });
  const judged = { index: results[1].result.source.index, id: results[1].result.source.id };
  await client.call('saveFeedback', { params, body: { source: judged, verdict: 'real' } });
  const { suppression: said } = await client.call('addSuppression', {
    body: {
      suppression: {
        detector_ids: [id],
        name: 'Work',
        match: { entity: 'nothing' },
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      },
    },
  });
  const { incidents } = await client.call('listIncidents', { query: { detector_id: id } });
  const { annotation } = await client.call('addAnnotation', {
    body: { kind: 'deployment', title: 'Release', entities: ['no-such-entity'] },
  });
  const { version } = await client.call('getDetector', { params });
  return {
    incidentId: incidents[0]?.id ?? 'none-yet',
    annotationId: annotation.id,
    detectorId: id,
    detector,
    version,
    models: [active, other],
    modelFile,
    result: {
      id: results[0].id,
      index: results[0].result.source.index,
      sourceId: results[0].result.source.id,
    },
    judged,
    suppressionId: said.id,
    from,
    to,
  };
}
