import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import type { DetectorRecord, Operation } from '../../common/api';
import { parseDetector } from '../../common/detector';
import {
  checkConnection,
  createDetectorSource,
  createLogSource,
  DEFAULT_SPACE,
  ownerRole,
  resultsPattern,
} from '../../server/elasticsearch';
import type { LogRange, LogSource, ReadOptions } from '../../server/detection/ports';
import {
  administrator,
  createLogs,
  MINUTE,
  QUICK,
  rangeOf,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { outcomeOf, start } from './fixtures/command_line_fixture';
import { thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, type NewPerson } from './fixtures/kibana_people';
import { startKibanaStandIn, type KibanaStandIn } from './fixtures/kibana_stand_in';
import { startRemoteCluster, type RemoteCluster } from './fixtures/remote_cluster';

const LOGS = 1_200;
const mappings = {
  properties: {
    '@timestamp': { type: 'date' as const },
    service: { properties: { name: { type: 'keyword' as const } } },
    number: { type: 'long' as const },
  },
};

describe('logs of a remote cluster', () => {
  let client: Client;
  let remote: RemoteCluster;
  let source: LogSource;
  const [here, there] = [uniqueName('here'), uniqueName('there')];
  let index: string;
  beforeAll(async () => {
    client = administrator();
    remote = await startRemoteCluster(client);
    index = `${here},${remote.alias}:${there}`;
    source = createLogSource(client, { policy: QUICK, within: index });
    for (const [name, service] of [
      [here, 'shop'],
      [there, 'mail'],
    ]) {
      await createLogs(
        client,
        name,
        Array.from({ length: LOGS }, (_, number) => ({
          id: `${name}-${number}`,
          document: {
            '@timestamp': new Date(START + number * 1_000).toISOString(),
            service: { name: service },
            number,
          },
        })),
        { mappings },
      );
    }
  });
  afterAll(async () => {
    await remote.remove();
    await client.indices.delete({ index: [here, there], ignore_unavailable: true });
    await client.close();
  });
  beforeEach(() => remote.mend());

  async function idsOf(range: LogRange, options: ReadOptions = {}, from = source): Promise<string[]> {
    const ids: string[] = [];
    for await (const { logs } of from.read(range, options)) ids.push(...logs.map(({ id }) => id));
    return ids;
  }
  const refusedNaming = async (work: Promise<unknown>): Promise<void> => {
    await expect(work).rejects.toMatchObject({ code: 'unavailable' });
    await expect(work).rejects.toThrow(`the remote cluster "${remote.alias}" did not answer in full`);
  };

  it('are read with the local ones', async () => {
    expect(new Set(await idsOf(rangeOf(index))).size).toBe(2 * LOGS);
    expect(await source.count(rangeOf(index))).toBe(2 * LOGS);
  });

  it('are fetched and sampled whole', async () => {
    const asked = [
      { index: here, id: `${here}-7` },
      { index: `${remote.alias}:${there}`, id: `${there}-7` },
      { index: `${remote.alias}:${there}`, id: `${there}-none` },
    ];
    for (const from of [source, createLogSource(client, { policy: QUICK })]) {
      const found = await from.fetch(asked);
      expect(found.map(({ document }) => document.service)).toEqual(
        expect.arrayContaining([{ name: 'shop' }, { name: 'mail' }]),
      );
      expect(found.map(({ index: of, id }) => ({ index: of, id }))).toEqual(
        expect.arrayContaining(asked.slice(0, 2)),
      );
      expect(found).toHaveLength(2);
    }
    const onlyRemote = rangeOf(`${remote.alias}:${there}`);
    const { logs } = await createLogSource(client, { policy: QUICK }).sample(onlyRemote, {
      size: 50,
      seed: 1,
    });
    expect(logs).toHaveLength(50);
    expect(logs.every(({ document }) => typeof document.number === 'number')).toBe(true);
    await remote.cut();
    await refusedNaming(source.fetch(asked));
  });

  it('take rights there, which are tried out', async () => {
    const onlyRemote = `${remote.alias}:${there}`;
    const own = ownerRole([], DEFAULT_SPACE);
    const reader = await userWith(client, {
      ...own,
      indices: [...own.indices, { names: [there], privileges: ['read', 'read_cross_cluster'] }],
    });
    const stranger = await userWith(client, own);
    try {
      const options = { indices: [onlyRemote], policy: QUICK };
      expect(await checkConnection(reader.client, options)).toMatchObject({
        missingPrivileges: [],
        warnings: [],
      });
      const of = createLogSource(reader.client, { policy: QUICK, within: onlyRemote });
      expect(await idsOf(rangeOf(onlyRemote), { fields: ['number'] }, of)).toHaveLength(LOGS);
      expect((await checkConnection(stranger.client, options)).missingPrivileges).toEqual([
        `read, read_cross_cluster on "${there}" of the remote cluster "${remote.alias}"`,
      ]);
      await remote.cut();
      expect((await checkConnection(reader.client, options)).warnings).toEqual([
        expect.stringContaining(`the remote cluster "${remote.alias}" did not answer in full`),
      ]);
    } finally {
      await reader.remove();
      await stranger.remove();
    }
  });

  it('are no end of reading while it is away', async () => {
    await remote.cut();
    await refusedNaming(idsOf(rangeOf(index)));
    // A page that could hold all, and many pages of a point in time.
    await refusedNaming(idsOf(rangeOf(index), { pageSize: 100 }));
    await refusedNaming(source.count(rangeOf(index)));
    await refusedNaming(source.sample(rangeOf(index), { size: 200, seed: 1, fields: ['number'] }));
    const later = rangeOf(index, { from: START + 10 * LOGS * 1_000 });
    await refusedNaming(source.isEmpty!([{ range: later, by: 'timestamp' }]));
  });

  it('go on where they were when it goes away amid reading', async () => {
    const pages = source.read(rangeOf(index), { pageSize: 200 })[Symbol.asyncIterator]();
    const ids: string[] = [];
    let position: unknown;
    const take = async (): Promise<void> => {
      const { value } = await pages.next();
      ids.push(...value.logs.map(({ id }: { id: string }) => id));
      ({ position } = value);
    };
    await take();
    await remote.cut();
    await refusedNaming(
      (async () => {
        for (;;) await take();
      })(),
    );
    await remote.mend();
    ids.push(...(await idsOf(rangeOf(index), { after: position })));
    expect(ids).toHaveLength(2 * LOGS);
    expect(new Set(ids).size).toBe(2 * LOGS);
  });

  it('are no silences of a detector of buckets', async () => {
    const detector = parseDetector({
      name: 'Buckets',
      unit: 'bucket',
      source: { index },
      entity_field: 'service.name',
      bucket: { span: '1m', errors: { term: { number: -1 } } },
    });
    const buckets = createDetectorSource(client, detector, { policy: QUICK });
    const range = rangeOf(index, { from: START, to: START + 15 * MINUTE });
    expect(await idsOf(range, {}, buckets)).toHaveLength(30);
    await remote.cut();
    await refusedNaming(idsOf(range, {}, buckets));
    await refusedNaming(buckets.sample(range, { size: 10, seed: 1 }));
  });

  describe('to which somebody has rights only there', () => {
    const SECONDS = 3_600;
    const space = uniqueName('space').toLowerCase();
    const web = uniqueName('web');
    const from = thisMinute() - SECONDS * 1_000;
    const end = from + SECONDS * 1_000;
    let logs: string;
    let kibana: KibanaStandIn;
    let owner: NewPerson;
    beforeAll(async () => {
      logs = `${remote.alias}:${web}`;
      await createLogs(client, web, webLogs({ from, to: end }), { mappings: TIME_MAPPINGS });
      const own = ownerRole([], space);
      const role = {
        ...own,
        indices: [...own.indices, { names: [web], privileges: ['read', 'read_cross_cluster'] }],
      };
      owner = await personWith(client, 'olga', role, ['read', 'write']);
      kibana = startKibanaStandIn({ administrator: client });
      kibana.now = () => end + MINUTE;
    });
    afterAll(async () => {
      await owner.remove();
      const results = await client.indices.get({ index: resultsPattern(space), allow_no_indices: true });
      await client.indices.delete({ index: [web, ...Object.keys(results)], ignore_unavailable: true });
    });
    const ok = <Body>(operation: Operation, given: Parameters<KibanaStandIn['call']>[2]): Promise<Body> =>
      answerOf(kibana, owner, operation, given, space) as Promise<Body>;

    it('can be saved as the source of a detector', async () => {
      const body = { detector: webDetector(logs), start: false };
      const { id } = await ok<DetectorRecord>('createDetector', { body });
      expect(await ok('getStatus', { params: { id } })).toMatchObject({ state: 'created' });
    });

    it('are read by the commands as well', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'log-anomalies-remote-'));
      const command = async (...parameters: string[]): Promise<string> => {
        const { code, stdout, stderr } = await outcomeOf(
          start(folder, parameters, {
            ELASTICSEARCH_USERNAME: owner.authorization!.username,
            ELASTICSEARCH_PASSWORD: owner.authorization!.password,
          }),
        );
        expect([code, stderr]).toEqual([0, expect.any(String)]);
        return stdout;
      };
      await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
      try {
        expect(await command('check-connection', '--index', logs)).toContain('all that is needed');
        expect(await command('suggest-features', '--index', logs, '--days', '1')).toContain('response_time');
        await command(
          'collect-training-data',
          '--index',
          logs,
          '--days',
          '1',
          '--max-rows',
          '500',
          '--output',
          'a.ndjson',
        );
        const lines = (await readFile(join(folder, 'a.ndjson'), 'utf8')).trim().split('\n');
        expect(lines).toHaveLength(500);
        expect(JSON.parse(lines[0])).toMatchObject({ message: expect.stringMatching(/^GET/), client: {} });
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });
});
