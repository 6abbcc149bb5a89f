import type { Client } from '@elastic/elasticsearch';
import type { DetectorRecord, DetectorStatus, Operation } from '../../common/api';
import { checkConnection, ownerRole } from '../../server/elasticsearch';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import {
  DEFAULT_LOCAL_VERSION,
  startLocalElasticsearch,
  type LocalElasticsearch,
} from '../../scripts/local_elasticsearch';
import { connect } from '../../server/elasticsearch/transport/connection';
import { administrator, createLogs, MINUTE, QUICK, userWith } from './fixtures/elasticsearch_fixture';
import { isOddRequest, thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, resultIdsOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn } from './fixtures/kibana_stand_in';

const SECONDS = 3_600;
const ALIAS = 'berlin';
const LOGS = 'weblogs-berlin';
const SPACE = 'berlin';
const NAMES = ['URL', 'USERNAME', 'PASSWORD'].map((name) => `ELASTICSEARCH_${name}`);

const startNode = (settings: string[], secrets = {}): Promise<LocalElasticsearch> =>
  startLocalElasticsearch({
    version: DEFAULT_LOCAL_VERSION,
    security: true,
    heap: '512m',
    shortLived: true,
    settings,
    secrets,
  });

describe('a remote cluster with an API key between the clusters', () => {
  const before = NAMES.map((name) => process.env[name]);
  const end = thisMinute();
  const nodes: LocalElasticsearch[] = [];
  let far: Client;
  let client: Client;
  let kibana: KibanaStandIn;

  beforeAll(async () => {
    const there = await startNode([
      'remote_cluster_server.enabled: true',
      'remote_cluster.port: 0',
      'remote_cluster.host: 127.0.0.1',
      'xpack.security.remote_cluster_server.ssl.enabled: false',
    ]);
    nodes.push(there);
    far = connect({ url: there.url, username: there.username, password: there.password });
    await far.license.postStartTrial({ acknowledge: true });
    const key = await far.transport.request<{ encoded: string }>({
      method: 'POST',
      path: '/_security/cross_cluster/api_key',
      body: { name: 'here', access: { search: [{ names: [LOGS] }] } },
    });
    const { nodes: known } = await far.nodes.info();
    const [{ remote_cluster_server: server }] = Object.values(known) as unknown as {
      remote_cluster_server: { publish_address: string };
    }[];
    await createLogs(far, LOGS, webLogs({ from: end - SECONDS * 1_000, to: end }), {
      mappings: {
        properties: {
          ...TIME_MAPPINGS.properties,
          service: { properties: { name: { type: 'keyword' as const } } },
        },
      },
    });
    const here = await startNode(
      [
        'xpack.security.remote_cluster_client.ssl.enabled: false',
        `cluster.remote.${ALIAS}.mode: proxy`,
        `cluster.remote.${ALIAS}.proxy_address: ${server.publish_address}`,
      ],
      { [`cluster.remote.${ALIAS}.credentials`]: key.encoded },
    );
    nodes.push(here);
    const own = [here.url, here.username, here.password];
    NAMES.forEach((name, place) => (process.env[name] = own[place]));
    client = administrator();
    await client.license.postStartTrial({ acknowledge: true });
    kibana = startKibanaStandIn({ administrator: client });
    kibana.now = () => end + MINUTE;
  }, 300_000);
  afterAll(async () => {
    NAMES.forEach((name, place) => {
      if (before[place] === undefined) delete process.env[name];
      else process.env[name] = before[place];
    });
    await client?.close();
    await far?.close();
    for (const node of nodes) await node.stop();
  }, 120_000);

  it('is read by whoever has remote_indices: connection, training and detection', async () => {
    const index = `${ALIAS}:${LOGS}`;
    const none = ownerRole([], SPACE);
    const remote_indices = [{ clusters: [ALIAS], names: [LOGS], privileges: ['read', 'read_cross_cluster'] }];
    const stranger = await userWith(client, none);
    const owner = await personWith(client, 'olga', { ...none, remote_indices }, ['read', 'write']);
    const options = { indices: [index], space: SPACE, policy: QUICK };
    expect((await checkConnection(stranger.client, options)).missingPrivileges).toEqual([
      expect.stringContaining(`on "${LOGS}" of the remote cluster "${ALIAS}"`),
    ]);
    expect(await checkConnection(owner.client, options)).toMatchObject({
      missingPrivileges: [],
      warnings: [],
    });

    const ok = <Body>(operation: Operation, given: Parameters<KibanaStandIn['call']>[2]): Promise<Body> =>
      answerOf(kibana, owner, operation, given, SPACE) as Promise<Body>;
    const { id } = await ok<DetectorRecord>('createDetector', {
      body: { detector: webDetector(index), start: false },
    });
    await ok('startDetector', { params: { id } });
    await kibana.tasks.run(trainingTaskId({ space: SPACE, detectorId: id }));
    await kibana.tasks.run(detectionTaskId({ space: SPACE, detectorId: id }));
    const status = await ok<DetectorStatus>('getStatus', { params: { id } });
    expect([status.training?.state, status.training?.failure, status.state]).toEqual([
      'promoted',
      undefined,
      'running',
    ]);
    const odd = Array.from({ length: SECONDS }, (_none, i) => i).filter(
      (i) => isOddRequest(i) && i >= SECONDS - 870,
    );
    expect(await resultIdsOf(client, SPACE, id)).toEqual(expect.arrayContaining(odd.map((i) => `log-${i}`)));
    await owner.remove();
    await stranger.remove();
  }, 180_000);
});
