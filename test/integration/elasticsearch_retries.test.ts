import type { Client } from '@elastic/elasticsearch';
import { connect, createLogSource, createResultStore, type RetryPolicy } from '../../server/elasticsearch';
import {
  administrator,
  anomalyResult,
  createLogs,
  QUICK,
  rangeOf,
  START,
  startFaultyProxy,
  uniqueName,
  type FaultyProxy,
} from './fixtures/elasticsearch_fixture';

/** The client itself waits for seconds after each cut connection, of which two reads at once meet more. */
jest.setTimeout(180_000);

describe('Refusals for load and lost connections', () => {
  const index = uniqueName('retries');
  const LOGS = 1_000;
  let client: Client;
  let proxy: FaultyProxy;
  let throughProxy: Client;

  beforeAll(async () => {
    client = administrator();
    proxy = await startFaultyProxy();
    throughProxy = connect({
      url: proxy.url,
      username: process.env.ELASTICSEARCH_USERNAME,
      password: process.env.ELASTICSEARCH_PASSWORD,
    });
    await createLogs(
      client,
      index,
      Array.from({ length: LOGS }, (_, number) => ({
        id: String(number),
        document: { '@timestamp': new Date(START + number).toISOString(), number },
      })),
      { mappings: { properties: { '@timestamp': { type: 'date' }, number: { type: 'long' } } } },
    );
  });
  afterAll(async () => {
    await client.indices.delete({ index });
    await throughProxy.close();
    await proxy.close();
    await client.close();
  });
  beforeEach(() => proxy.behave(() => 'pass'));

  const source = (policy: RetryPolicy = QUICK) => createLogSource(throughProxy, { policy });

  test.each([
    ['429', { status: 429 }],
    ['503', { status: 503 }],
    ['a cut connection', 'cut'],
  ] as const)('every second request answered by %s loses and doubles nothing', async (_, answer) => {
    proxy.behave(({ count }) => (count % 2 === 1 ? answer : 'pass'));
    const ids: string[] = [];
    for await (const page of source().read(rangeOf(index), { pageSize: 200 })) {
      ids.push(...page.logs.map(({ id }) => id));
    }
    expect(ids).toEqual(Array.from({ length: LOGS }, (__, number) => String(number)));
    expect(
      (await source().sample(rangeOf(index), { size: 100, seed: 1, fields: ['number'] })).logs,
    ).toHaveLength(100);
    const space = uniqueName('space');
    const store = createResultStore(throughProxy, { space, policy: QUICK, refresh: true });
    await store.write(Array.from({ length: 20 }, (__, number) => anomalyResult({ id: String(number) })));
    expect((await store.search({})).total).toBe(20);
    await client.indices.delete({ index: `log-anomalies-results.${space}.2026.11` });
  });

  test('gives up with "unavailable" when it does not end, after as many tries as it should', async () => {
    proxy.behave(() => ({ status: 429 }));
    await expect(source({ ...QUICK, attempts: 4 }).count(rangeOf(index))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(proxy.requests()).toBe(4);
  });

  test('does not repeat what is wrong in itself', async () => {
    proxy.behave(() => ({
      status: 403,
      body: { error: { type: 'security_exception', reason: 'action is unauthorized' }, status: 403 },
    }));
    await expect(source().count(rangeOf(index))).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('action is unauthorized'),
    });
    expect(proxy.requests()).toBe(1);
  });

  test('waits longer each time, between half and all of the doubled delay', async () => {
    const waits: number[] = [];
    const policy: RetryPolicy = {
      attempts: 6,
      firstDelayMs: 100,
      maximumDelayMs: 1_000,
      random: () => 0.5,
      sleep: async (milliseconds) => void waits.push(milliseconds),
    };
    proxy.behave(() => ({ status: 429 }));
    await expect(source(policy).count(rangeOf(index))).rejects.toMatchObject({ code: 'unavailable' });
    expect(waits).toEqual([75, 150, 300, 600, 750]);
  });

  test('an interruption ends the waiting at once', async () => {
    proxy.behave(() => ({ status: 429 }));
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 50);
    const startedAt = Date.now();
    await expect(
      source({ ...QUICK, firstDelayMs: 30_000, maximumDelayMs: 30_000 }).sample(rangeOf(index), {
        size: 10,
        seed: 1,
        fields: [],
        signal: interruption.signal,
      }),
    ).rejects.toMatchObject({ code: 'interrupted' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});
