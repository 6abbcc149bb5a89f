import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@elastic/elasticsearch';
import type { ApiResponse, DetectorRecord, DetectorStatus, Endpoints, Operation } from '../../common/api';
import type { DetectorInput } from '../../common/detector';
import { parseDetector } from '../../common/detector';
import {
  checkConnection,
  createDetectorSource,
  createLogSource,
  DEFAULT_SPACE,
  ownerRole,
  resultId,
  resultsPattern,
} from '../../server/elasticsearch';
import type { LogRange, LogSource, ReadOptions } from '../../server/detection/ports';
import {
  addLogs,
  administrator,
  createLogs,
  MINUTE,
  QUICK,
  rangeOf,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { outcomeOf, start, type Outcome } from './fixtures/command_line_fixture';
import { isOddRequest, thisMinute, TIME_MAPPINGS, webDetector, webLogs } from './fixtures/kibana_logs';
import { answerOf, personWith, resultIdsOf, type NewPerson } from './fixtures/kibana_people';
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
    const [near, far] = [uniqueName('near'), uniqueName('far')];
    const from = thisMinute() - SECONDS * 1_000;
    const end = from + SECONDS * 1_000;
    let both: string;
    let onlyRemote: string;
    let kibana: KibanaStandIn;
    let owner: NewPerson;
    let folder: string;
    const webMappings = {
      properties: {
        ...TIME_MAPPINGS.properties,
        service: { properties: { name: { type: 'keyword' as const } } },
      },
    };
    /** Every third log is here, the others there. */
    const isNear = ({ id }: { id: string }): boolean => Number(id.slice(id.indexOf('-') + 1)) % 3 === 0;
    beforeAll(async () => {
      onlyRemote = `${remote.alias}:${far}`;
      both = `${near},${onlyRemote}`;
      const logs = webLogs({ from, to: end });
      await createLogs(client, near, logs.filter(isNear), { mappings: webMappings });
      await createLogs(
        client,
        far,
        logs.filter((log) => !isNear(log)),
        { mappings: webMappings },
      );
      const own = ownerRole([near], space);
      const role = {
        ...own,
        indices: [...own.indices, { names: [far], privileges: ['read', 'read_cross_cluster'] }],
      };
      owner = await personWith(client, 'olga', role, ['read', 'write']);
      kibana = startKibanaStandIn({ administrator: client });
      kibana.now = () => end + MINUTE;
      folder = await mkdtemp(join(tmpdir(), 'log-anomalies-remote-'));
      await writeFile(join(folder, 'config.yaml'), `space: ${space}\n`);
    });
    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
      await owner.remove();
      const results = await client.indices.get({ index: resultsPattern(space), allow_no_indices: true });
      await client.indices.delete({
        index: [near, far, ...Object.keys(results)],
        ignore_unavailable: true,
      });
    });
    const ok = <Body>(operation: Operation, given: Parameters<KibanaStandIn['call']>[2]): Promise<Body> =>
      answerOf(kibana, owner, operation, given, space) as Promise<Body>;
    const run = (id: string): Promise<unknown> =>
      kibana.tasks.run(detectionTaskId({ space, detectorId: id }));
    const statusOf = (id: string): Promise<DetectorStatus> => ok('getStatus', { params: { id } });
    async function trained(detector: DetectorInput): Promise<string> {
      const { id } = await ok<DetectorRecord>('createDetector', { body: { detector, start: false } });
      await ok('startDetector', { params: { id } });
      await kibana.tasks.run(trainingTaskId({ space, detectorId: id }));
      const { training } = await statusOf(id);
      expect([training?.state, training?.failure]).toEqual(['promoted', undefined]);
      return id;
    }
    async function isToldThatItIsAway(id: string, checkpoint: DetectorStatus['checkpoint']): Promise<void> {
      expect(await statusOf(id)).toMatchObject({
        state: 'failing',
        checkpoint,
        last_error: {
          message: expect.stringContaining(`the remote cluster "${remote.alias}" did not answer in full`),
        },
      });
    }
    const command = (...parameters: string[]): Promise<Outcome> =>
      outcomeOf(
        start(folder, parameters, {
          ELASTICSEARCH_USERNAME: owner.authorization!.username,
          ELASTICSEARCH_PASSWORD: owner.authorization!.password,
        }),
      );
    async function said(...parameters: string[]): Promise<string> {
      const { code, stdout, stderr } = await command(...parameters);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      return stdout;
    }

    it('are read by the commands, and all of them once after it was away', async () => {
      expect(await said('check-connection', '--index', onlyRemote)).toContain('all that is needed');
      expect(await said('suggest-features', '--index', onlyRemote, '--days', '1')).toContain('response_time');
      const days = ['--days', '1', '--max-rows', '500', '--output', 'rows.ndjson'];
      await said('collect-training-data', '--index', onlyRemote, ...days);
      const lines = (await readFile(join(folder, 'rows.ndjson'), 'utf8')).trim().split('\n');
      expect(lines).toHaveLength(500);
      expect(JSON.parse(lines[0])).toMatchObject({ message: expect.stringMatching(/^GET/), client: {} });

      await said(
        ...['train-model', '--input', 'rows.ndjson', '--name', 'Both', '--contamination', '0.01'],
        ...['--features', 'response_time,http.response.status_code', '--output', 'model.json'],
      );
      const detect = [
        ...['detect', '--model', 'model.json', '--detector-id', 'both', '--index', both, '--from', '1d'],
        ...['--delay', '1s', '--checkpoint', 'both.json', '--once', '--json'],
      ];
      await remote.cut();
      const away = await command(...detect);
      expect(away.code).not.toBe(0);
      expect(JSON.parse(away.stderr)).toMatchObject({
        error: {
          message: expect.stringContaining(`the remote cluster "${remote.alias}" did not answer in full`),
        },
      });
      expect(await resultIdsOf(client, space, 'both')).toEqual([]);
      await remote.mend();
      const lastLine = (await said(...detect)).trimEnd().split('\n').pop()!;
      expect(JSON.parse(lastLine)).toMatchObject({ summary: { logs: SECONDS } });
      const found = await resultIdsOf(client, space, 'both');
      const odd = webLogs({ from, to: end }).filter((_log, i) => isOddRequest(i));
      expect(found).toEqual(expect.arrayContaining(odd.map(({ id }) => id)));
      expect(new Set(found).size).toBe(found.length);
    }, 180_000);

    it('can be made a detector of, whose results have message, host and client, and lines around them', async () => {
      const id = await trained(webDetector(both, { context_fields: ['message', 'client.ip'] }));
      await run(id);
      const odd = Array.from({ length: SECONDS }, (_none, i) => i).filter(
        (i) => isOddRequest(i) && i >= SECONDS - 870,
      );
      const oddIds = odd.map((i) => `log-${i}`);
      const found = await resultIdsOf(client, space, id);
      expect(found).toEqual(expect.arrayContaining(oddIds));
      const remotely = oddIds.find((each) => !isNear({ id: each }))!;
      const number = Number(remotely.slice('log-'.length));
      const result_id = resultId(id, { index: onlyRemote, id: remotely });
      const { result } = await ok<ApiResponse<Endpoints['getResult']>>('getResult', {
        params: { result_id },
      });
      expect(result).toMatchObject({
        message: `GET /page/${number % 7} 500`,
        client: { ip: `10.0.0.${number % 200}` },
        http: { response: { status_code: 500 } },
        anomaly: { entity: 'shop' },
        source: { index: onlyRemote },
      });
      const evidence = await ok<ApiResponse<Endpoints['getEvidence']>>('getEvidence', {
        params: { result_id },
      });
      expect(evidence.neighbours.value?.before.map(({ log }) => log.message)).toHaveLength(5);
      expect(evidence.pattern.value).toMatchObject({ of: 'logs', complete: true });

      // The key reads what the detector reads, there as well, and no more.
      const [record] = await client.security
        .getApiKey({ username: owner.authorization!.username })
        .then(({ api_keys }) => api_keys.filter(({ name }) => name.endsWith('Web requests')));
      expect(record.role_descriptors?.log_anomalies_detector).toMatchObject({
        remote_indices: [{ clusters: [remote.alias], names: [far] }],
      });

      const { checkpoint } = await statusOf(id);
      await remote.cut();
      const cut = await ok<ApiResponse<Endpoints['getEvidence']>>('getEvidence', { params: { result_id } });
      expect([cut.neighbours.failure?.message, cut.pattern.value?.complete ?? false]).toEqual([
        expect.stringContaining(remote.alias),
        false,
      ]);
      kibana.now = () => end + 3 * MINUTE;
      const late = webLogs({ from: end, to: end + MINUTE }, (i) => i === 30 || i === 31, 'late');
      await addLogs(client, near, late.filter(isNear));
      await addLogs(
        client,
        far,
        late.filter((log) => !isNear(log)),
      );
      await run(id);
      await isToldThatItIsAway(id, checkpoint);
      expect(await resultIdsOf(client, space, id)).toEqual(found);
      await remote.mend();
      await run(id);
      expect(await statusOf(id)).toMatchObject({ state: 'running', last_run: { complete: true, logs: 60 } });
      const now = await resultIdsOf(client, space, id);
      expect(now).toEqual(expect.arrayContaining(['late-30', 'late-31', ...found]));
      expect(new Set(now).size).toBe(now.length);
    }, 120_000);

    it('bring annotations of their own into the calendar, each once', async () => {
      const deployments = uniqueName('deployments');
      const index = `${remote.alias}:${deployments}`;
      const at = (minutes: number): string => new Date(end - minutes * MINUTE).toISOString();
      const keyword = { type: 'keyword' as const };
      await createLogs(
        client,
        deployments,
        [
          {
            id: 'd1',
            document: { started_at: at(30), job: { name: 'Release 7' }, service: { name: 'shop' } },
          },
          {
            id: 'd2',
            document: { started_at: at(10), job: { name: 'Release 8' }, service: { name: 'mail' } },
          },
        ],
        {
          mappings: {
            properties: {
              started_at: { type: 'date' },
              job: { properties: { name: keyword } },
              service: { properties: { name: keyword } },
            },
          },
        },
      );
      const role = ownerRole([], space);
      const operator = await personWith(
        client,
        'otto',
        {
          ...role,
          indices: [
            ...role.indices,
            { names: [deployments], privileges: ['read', 'read_cross_cluster', 'view_index_metadata'] },
          ],
        },
        ['read', 'write'],
      );
      const body = { index, fields: { at: ['started_at'], title: ['job.name'] } };
      const asOperator = <Body>(operation: Operation, given: Parameters<KibanaStandIn['call']>[2]) =>
        answerOf(kibana, operator, operation, given, space) as Promise<Body>;
      try {
        await remote.cut();
        const away = await kibana.call(operator, 'importAnnotations', { body }, space);
        expect([away.status, away.body]).toEqual([
          503,
          expect.objectContaining({ message: expect.stringContaining(`"${index}"`) }),
        ]);
        await remote.mend();
        expect(await asOperator('importAnnotations', { body })).toMatchObject({
          found: 2,
          noted: 2,
          failed: 0,
        });
        expect(await asOperator('importAnnotations', { body })).toMatchObject({ noted: 0, unchanged: 2 });
        const { annotations } = await asOperator<ApiResponse<Endpoints['listAnnotations']>>(
          'listAnnotations',
          {
            query: { from: at(60) },
          },
        );
        expect(annotations).toMatchObject([
          { title: 'Release 8', at: at(10), entities: ['mail'] },
          { title: 'Release 7', at: at(30), entities: ['shop'] },
        ]);
      } finally {
        await operator.remove();
        await client.indices.delete({ index: deployments, ignore_unavailable: true });
      }
    });

    it('hold no silence while they are away', async () => {
      kibana.now = () => end + MINUTE;
      const id = await trained({
        ...webDetector(both, { name: 'Buckets', unit: 'bucket', features: [] }),
        bucket: { span: '1m' },
        training: { window: '2h', max_rows: 3_000, min_rows: 32 },
      });
      await run(id);
      const before = await resultIdsOf(client, space, id);
      const { checkpoint } = await statusOf(id);
      const [first, to] = [end + MINUTE, end + 10 * MINUTE];
      kibana.now = () => to + MINUTE;
      const more = webLogs({ from: first, to }, () => false, 'more');
      await addLogs(client, near, more.filter(isNear));
      await addLogs(
        client,
        far,
        more.filter((log) => !isNear(log)),
      );
      await remote.cut();
      await run(id);
      await isToldThatItIsAway(id, checkpoint);
      expect(await resultIdsOf(client, space, id)).toEqual(before);
      await remote.mend();
      await run(id);
      expect(await statusOf(id)).toMatchObject({ state: 'running', last_run: { complete: true } });
      // Both services were there in every minute: nothing is said to be silent.
      expect(await resultIdsOf(client, space, id)).toEqual(before);
    });
  });
});
