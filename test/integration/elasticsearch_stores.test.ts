import { createHash } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import {
  checkpointsIndex,
  connect,
  createCheckpointStore,
  createFeedbackStore,
  createResultStore,
  createSnapshotStore,
  ensureIndexResources,
  modelsIndex,
  resultId,
  resultsIndex,
} from '../../server/elasticsearch';
import type { Checkpoint } from '../../server/detection/ports';
import {
  administrator,
  anomalyResult,
  bucketSummary,
  MINUTE,
  QUICK,
  START,
  startFaultyProxy,
  uniqueName,
  type FaultyProxy,
} from './fixtures/elasticsearch_fixture';

const MONTH = 31 * 24 * 60 * MINUTE;

describe('Stores on a real Elasticsearch', () => {
  let client: Client;
  let proxy: FaultyProxy;
  let throughProxy: Client;
  const spaces: string[] = [];
  const newSpace = (): string => {
    const space = uniqueName('space');
    spaces.push(space);
    return space;
  };

  beforeAll(async () => {
    client = administrator();
    proxy = await startFaultyProxy();
    throughProxy = connect({
      url: proxy.url,
      username: process.env.ELASTICSEARCH_USERNAME,
      password: process.env.ELASTICSEARCH_PASSWORD,
    });
  });
  afterAll(async () => {
    for (const space of spaces) {
      for (const index of Object.keys(await client.indices.get({ index: `log-anomalies-*.${space}*` }))) {
        await client.indices.delete({ index });
      }
    }
    await throughProxy.close();
    await proxy.close();
    await client.close();
  });
  beforeEach(() => proxy.behave(() => 'pass'));

  describe('results', () => {
    test('are written once, however often they are written', async () => {
      const space = newSpace();
      const store = createResultStore(client, { space, refresh: true });
      const results = [
        anomalyResult({ id: '1' }),
        anomalyResult({ id: '2', time: START + MONTH, confidence: 0.6 }),
      ];
      expect(await store.write(results, [bucketSummary({ page: 'p1', logs: 10 })])).toMatchObject({
        created: 2,
        putAside: 0,
      });
      expect(await store.write(results, [bucketSummary({ page: 'p1', logs: 12 })])).toMatchObject({
        created: 0,
        putAside: 0,
      });
      expect(await store.write([anomalyResult({ id: '1', detector: 'other' })])).toMatchObject({
        created: 1,
      });
      const found = await store.search({});
      expect(found.total).toBe(3);
      expect(found.results[0]).toMatchObject({
        id: resultId('web', { index: 'weblogs', id: '2' }),
        result: results[1],
      });
      const names = Object.keys(await client.indices.get({ index: `log-anomalies-results.${space}.*` }));
      expect(names.sort()).toEqual([resultsIndex(space, START), resultsIndex(space, START + MONTH)]);
      const summaries = await client.search({
        index: names[0],
        query: { term: { 'result.type': 'bucket' } },
      });
      expect(
        summaries.hits.hits.map(({ _source }) => (_source as { bucket: { logs: number } }).bucket.logs),
      ).toEqual([12]);
    });

    test('are found by detector, time, time of writing and confidence, in their own space only', async () => {
      const space = newSpace();
      const store = createResultStore(client, { space, refresh: true });
      await store.write([
        anomalyResult({ id: '1', confidence: 0.6 }),
        anomalyResult({ id: '2', time: START + 60 * MINUTE }),
        anomalyResult({ id: '3', detector: 'other' }),
      ]);
      const neighbour = `${space}-x`;
      spaces.push(neighbour);
      await createResultStore(client, { space: neighbour, refresh: true }).write([
        anomalyResult({ id: '4' }),
      ]);
      const ids = async (query: Parameters<typeof store.search>[0]) =>
        (await store.search(query)).results.map(({ result }) => result.source.id).sort();
      expect(await ids({})).toEqual(['1', '2', '3']);
      expect(await ids({ detectorId: 'web' })).toEqual(['1', '2']);
      expect(await ids({ from: START + MINUTE })).toEqual(['2']);
      expect(await ids({ to: START + MINUTE })).toEqual(['1', '3']);
      expect(await ids({ writtenFrom: START + MINUTE, writtenTo: START + 2 * MINUTE })).toEqual(['1', '3']);
      expect(await ids({ minimumConfidence: 0.8 })).toEqual(['2', '3']);
      expect((await store.search({ size: 1 })).total).toBe(3);
      expect(await createResultStore(client, { space: newSpace() }).search({})).toEqual({
        total: 0,
        results: [],
      });
    });

    test('survive a bulk request of which a part is refused for load: only that part is sent again', async () => {
      const space = newSpace();
      const store = createResultStore(throughProxy, { space, refresh: true, policy: QUICK });
      await store.write([anomalyResult({ id: 'first' })]);
      const sent: number[] = [];
      proxy.behave(({ path, body }) => {
        if (!path.startsWith('/_bulk')) return 'pass';
        const lines = body.trim().split('\n').length / 2;
        sent.push(lines);
        return sent.length > 2 ? 'pass' : { alter: refuseEverySecond };
      });
      // Refused items have been written all the same: the worst case for doubles.
      const results = Array.from({ length: 40 }, (_, number) => anomalyResult({ id: String(number) }));
      await store.write(results);
      expect(sent).toEqual([40, 20, 10]);
      expect((await store.search({ size: 100 })).total).toBe(41);
    });

    test('say how many were written when load does not end', async () => {
      const space = newSpace();
      const store = createResultStore(throughProxy, {
        space,
        refresh: true,
        policy: { ...QUICK, attempts: 3 },
      });
      proxy.behave(({ path }) => (path.startsWith('/_bulk') ? { alter: refuseEverySecond } : 'pass'));
      const results = Array.from({ length: 8 }, (_, number) => anomalyResult({ id: String(number) }));
      await expect(store.write(results)).rejects.toMatchObject({
        code: 'unavailable',
        details: { written: 7, total: 8 },
      });
    });

    test('keep values in shapes other than those of ECS; what is refused all the same is stored without the fields of its log, marked and reported', async () => {
      const space = newSpace();
      const warnings: string[] = [];
      const store = createResultStore(client, { space, refresh: true, warn: (text) => warnings.push(text) });
      const results = [
        anomalyResult({ id: 'good', context: { service: { name: 'shop' } } }),
        anomalyResult({ id: 'plain', context: { service: 'shop', host: 'web-1', message: 'kept' } }),
        anomalyResult({
          id: 'bad',
          context: { url: { original: ['/', { path: '/' }] }, message: 'kept out' },
        }),
        anomalyResult({
          id: 'odd',
          context: { client: { ip: 'no address' }, http: { response: { status_code: {} } } },
        }),
        anomalyResult({
          id: 'huge',
          context: { url: { original: 'y'.repeat(100_000) }, message: 'z'.repeat(1_000_000) },
        }),
      ];
      expect(await store.write(results)).toMatchObject({ created: 5, putAside: 0 });
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('"weblogs"');
      const { results: found } = await store.search({});
      const bad = found.find(({ result }) => result.source.id === 'bad')?.result;
      expect(bad).toMatchObject({ anomaly: { score: 0.7 }, result: { reduced: true } });
      expect(bad).not.toHaveProperty('message');
      const plain = found.find(({ result }) => result.source.id === 'plain')?.result;
      expect(plain).toMatchObject({ service: { name: 'shop' }, host: { name: 'web-1' }, message: 'kept' });
      expect(plain?.result).not.toHaveProperty('reduced');
      const good = found.find(({ result }) => result.source.id === 'good')?.result;
      expect(good).toMatchObject({ service: { name: 'shop' } });
      expect(good?.result).not.toHaveProperty('reduced');
      expect(await store.write(results)).toMatchObject({ created: 0, putAside: 0 });
    });

    test('that no form of fits the index are put aside whole, counted and told; the others are written', async () => {
      const space = newSpace();
      const warnings: string[] = [];
      const store = createResultStore(client, { space, refresh: true, warn: (text) => warnings.push(text) });
      const good = anomalyResult({ id: 'good' });
      const early = { ...anomalyResult({ id: 'early' }), '@timestamp': '2026-11-01T00:00:00.000000000000Z' };
      const bad = anomalyResult({ id: 'bad', context: { service: { name: 'shop' } } });
      const refused = { ...bad, run: 'no object' as never };
      expect(await store.write([good, early, refused])).toMatchObject({ created: 2, putAside: 1 });
      const { results: found } = await store.search({});
      expect(found.map(({ result }) => result.source.id).sort()).toEqual(['early', 'good']);
      expect(found.find(({ result }) => result.source.id === 'early')?.result).toEqual({
        '@timestamp': early.event.ingested,
        event: early.event,
        detector: early.detector,
        model: early.model,
        anomaly: {
          score: 0.7,
          confidence: 0.9,
          severity: 'major',
          threshold: 0.6,
          attribution: [],
          reason: '',
        },
        run: early.run,
        source: early.source,
        result: {
          type: 'log',
          space,
          reduced: true,
          reduced_because: expect.stringMatching(/parse/) as string,
        },
      });
      expect(warnings.some((text) => text.includes('log bad of "weblogs" is refused in every form'))).toBe(
        true,
      );
      // Repeated, it is put at the same place.
      expect(await store.write([refused])).toMatchObject({ created: 0, putAside: 1 });
      await client.indices.refresh({ index: checkpointsIndex(space) });
      const aside = await client.search<{ status: { document: object } }>({
        index: checkpointsIndex(space),
        query: { term: { type: 'put_aside' } },
      });
      expect(aside.hits.hits.map(({ _source }) => _source?.status.document)).toEqual([
        expect.objectContaining({ service: { name: 'shop' }, run: 'no object', source: refused.source }),
      ]);
      await client.indices.delete({ index: checkpointsIndex(space) });
    });

    test('are not written into an index of a newer version', async () => {
      const space = newSpace();
      const index = resultsIndex(space, START);
      await client.indices.create({ index, mappings: { _meta: { schema_version: 2 } } });
      await expect(
        createResultStore(client, { space }).write([anomalyResult({ id: '1' })]),
      ).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('schema version 2'),
      });
    });
  });

  describe('models', () => {
    const record = {
      createdAt: '2026-11-01T00:00:00.000Z',
      threshold: 0.6,
      rows: 1_000,
      evaluation: { alert_share: 0.01, labelled: { recall: 0.9, incidents: [{ id: 'outage' }] }, top: [] },
    };

    test('are saved, listed, promoted, reverted to and deleted', async () => {
      const space = newSpace();
      let time = START;
      const store = createSnapshotStore(client, { space, now: () => (time += MINUTE) });
      expect(await store.active('web')).toBeUndefined();
      await store.save('web', 'v1', '{"model":1}', record);
      await store.save('web', 'v1', '{"model":1}', record);
      await expect(store.save('web', 'v1', '{"model":2}', record)).rejects.toMatchObject({
        code: 'conflict',
      });
      await store.save('web', 'v2', '{"model":2}', { ...record, createdAt: '2026-11-02T00:00:00.000Z' });
      await store.save('other', 'v1', '{"model":3}', record);
      expect(await store.load('web', 'v1')).toBe('{"model":1}');
      expect(await store.promote('web', 'v1')).toEqual({});
      expect(await store.promote('web', 'v2', 'better')).toEqual({ previous: 'v1' });
      expect(await store.list('web')).toMatchObject([
        {
          version: 'v2',
          status: 'active',
          note: 'better',
          promotedAt: '2026-11-01T00:02:00.000Z',
          rows: 1_000,
        },
        { version: 'v1', status: 'retired', evaluation: { alert_share: 0.01, labelled: { recall: 0.9 } } },
      ]);
      // A list is for looking through: only one model at a time brings its whole evaluation.
      for (const { evaluation } of await store.list('web')) {
        expect(evaluation).toEqual({ alert_share: 0.01, labelled: { recall: 0.9 } });
      }
      expect(await store.record('web', 'v1')).toMatchObject({
        status: 'retired',
        evaluation: record.evaluation,
        sha256: createHash('sha256').update('{"model":1}').digest('hex'),
      });
      await expect(store.record('web', 'v9')).rejects.toMatchObject({ code: 'not_found' });
      expect(await store.list()).toHaveLength(3);
      expect(await store.promote('web', 'v1', 'back', { isBack: true })).toEqual({ previous: 'v2' });
      expect(await store.active('web')).toMatchObject({ version: 'v1', note: 'back', threshold: 0.6 });
      expect((await store.list('web')).map(({ promotions }) => promotions)).toEqual([
        undefined,
        [
          { version: 'v1', isBack: false },
          { version: 'v2', isBack: false },
          { version: 'v1', isBack: true },
        ],
      ]);
      expect((await store.list('other'))[0].status).toBe('candidate');
      await expect(store.delete('web', 'v1')).rejects.toMatchObject({ code: 'refused' });
      await store.delete('web', 'v2');
      await expect(store.load('web', 'v2')).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.promote('web', 'v2')).rejects.toMatchObject({ code: 'not_found' });
    });

    test('of several parts come back to the letter, and damage is noticed', async () => {
      const space = newSpace();
      const store = createSnapshotStore(client, { space });
      const text = JSON.stringify({ forest: 'é😀'.repeat(3_300_000) });
      await store.save('web', 'large', text, record);
      expect((await store.load('web', 'large')) === text).toBe(true);
      await client.updateByQuery({
        index: modelsIndex(space),
        refresh: true,
        query: { bool: { filter: [{ term: { space } }, { term: { part: 1 } }] } },
        script: { source: "ctx._source.content.text = 'broken'" },
      });
      await expect(store.load('web', 'large')).rejects.toMatchObject({ code: 'refused' });
    }, 60_000);

    test('one of two promotions at the same time fails with a conflict', async () => {
      const space = newSpace();
      const store = createSnapshotStore(client, { space });
      for (const version of ['v1', 'v2', 'v3']) await store.save('web', version, version, record);
      await store.promote('web', 'v1');
      // The other one comes between our reading and our writing.
      let other: Promise<unknown> | undefined;
      const slow = new Proxy(client, {
        get(target, name: string) {
          const member = target[name as keyof Client] as unknown;
          if (name !== 'index')
            return typeof member === 'function' ? (member.bind(target) as unknown) : member;
          return async (...parameters: Parameters<Client['index']>) => {
            other ??= store.promote('web', 'v2');
            await other;
            return target.index(...parameters);
          };
        },
      });
      await expect(createSnapshotStore(slow, { space }).promote('web', 'v3')).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('"v2"'),
      });
      expect(await store.active('web')).toMatchObject({ version: 'v2' });
      const { promotedAt } = (await store.active('web'))!;
      await expect(store.promote('web', 'v3', undefined, { over: null })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await store.promote('web', 'v3', undefined, { over: promotedAt })).toEqual({ previous: 'v2' });
    });
  });

  describe('checkpoints', () => {
    const checkpoint = (change: Partial<Checkpoint> = {}): Checkpoint => ({
      detectorId: 'web',
      timestampTo: START,
      ingestedTo: START,
      runId: 'run-1',
      ...change,
    });

    test('move only for the process that read them last', async () => {
      const space = newSpace();
      const store = createCheckpointStore(client, { space });
      expect(await store.read('web')).toBeUndefined();
      const first = await store.write(
        checkpoint({ ingestedPosition: { last: ['a.b', 1], '': 0 } }),
        undefined,
      );
      expect((await store.read('web'))?.checkpoint).toEqual(
        checkpoint({ ingestedPosition: { last: ['a.b', 1], '': 0 } }),
      );
      const second = await store.write(checkpoint({ timestampTo: START + 1 }), first);
      await expect(
        store.write(checkpoint({ timestampTo: START + 2, runId: 'run-2' }), first),
      ).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('run-1'),
      });
      await expect(store.write(checkpoint({ runId: 'run-3' }), undefined)).rejects.toMatchObject({
        code: 'conflict',
      });
      await store.write(checkpoint({ timestampTo: START + 3 }), JSON.parse(JSON.stringify(second)));
      expect((await store.read('web'))?.checkpoint.timestampTo).toBe(START + 3);
    });

    test('an answer that is lost on the way is no conflict', async () => {
      const space = newSpace();
      const store = createCheckpointStore(throughProxy, { space, policy: QUICK });
      const first = await store.write(checkpoint(), undefined);
      let writes = 0;
      proxy.behave(({ method }) =>
        method === 'PUT' && ++writes === 1 ? { alter: () => '{"_seq_no": cut off' } : 'pass',
      );
      await store.write(checkpoint({ timestampTo: START + 9 }), first).catch(() => undefined);
      const revision = await store.write(checkpoint({ timestampTo: START + 9 }), first);
      await store.write(checkpoint({ timestampTo: START + 10 }), revision);
      expect((await store.read('web'))?.checkpoint.timestampTo).toBe(START + 10);
    });
  });

  test('feedback is one verdict for each detector and log', async () => {
    const space = newSpace();
    const store = createFeedbackStore(client, { space });
    expect(await store.list('web')).toEqual([]);
    const one = {
      detectorId: 'web',
      source: { index: 'weblogs', id: '1' },
      verdict: 'real' as const,
      at: '2026-11-01T00:00:00.000Z',
    };
    const two = { ...one, source: { index: 'weblogs', id: '2' }, by: 'ann', at: '2026-11-02T00:00:00.000Z' };
    await store.save(one);
    await store.save(two);
    await store.save({ ...one, verdict: 'not_an_anomaly', comment: 'a load test' });
    expect(await store.list('web')).toEqual([
      { ...one, verdict: 'not_an_anomaly', comment: 'a load test' },
      two,
    ]);
    expect(await store.list('other')).toEqual([]);
    await store.remove('web', one.source);
    await store.remove('web', one.source);
    expect(await store.list('web')).toEqual([two]);
  });

  test('indices are made once, and again without harm', async () => {
    const space = newSpace();
    await Promise.all([1, 2, 3].map(() => ensureIndexResources(client, { space, now: START })));
    await ensureIndexResources(client, { space, now: START });
    const index = resultsIndex(space, START);
    const mapping = (await client.indices.getMapping({ index }))[index].mappings;
    expect(mapping).toMatchObject({ dynamic: 'false', _meta: { schema_version: 1, resource: 'results' } });
    await expect(ensureIndexResources(client, { space: 'A/B' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

/** Turns every second item of a bulk answer into a refusal for load. */
function refuseEverySecond(body: string): string {
  const answer = JSON.parse(body) as { errors: boolean; items: Record<string, object>[] };
  answer.errors = true;
  answer.items = answer.items.map((item, position) => {
    if (position % 2 === 0) return item;
    const [action] = Object.keys(item);
    return {
      [action]: {
        ...item[action],
        status: 429,
        error: { type: 'es_rejected_execution_exception', reason: 'rejected execution' },
      },
    };
  });
  return JSON.stringify(answer);
}
