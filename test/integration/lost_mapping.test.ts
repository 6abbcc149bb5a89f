import type { Client } from '@elastic/elasticsearch';
import {
  checkConnection,
  createAuditTrail,
  createCheckpointStore,
  createResultStore,
  createSnapshotStore,
  findIndexFaults,
  modelsIndex,
  ownerRole,
  repairIndices,
  resultsIndex,
} from '../../server/elasticsearch';
import { createStatusDocuments } from '../../server/elasticsearch/stores/status_documents';
import {
  administrator,
  anomalyResult,
  bucketSummary,
  QUICK,
  START,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';

describe('an index of ours that was deleted', () => {
  let client: Client;
  let owner: Awaited<ReturnType<typeof userWith>>;
  const space = uniqueName('lost');
  const settings = { space, policy: QUICK };
  const results = resultsIndex(space, START);
  beforeAll(async () => {
    client = administrator();
    owner = await userWith(client, ownerRole([], space));
  });
  afterAll(async () => {
    await deleteAll();
    await owner.remove();
    await client.close();
  });
  const namesOf = async (): Promise<string[]> =>
    Object.keys(await client.indices.get({ index: `log-anomalies-*.${space}*`, allow_no_indices: true }));
  const deleteAll = async (): Promise<void> => {
    for (const index of await namesOf()) await client.indices.delete({ index, ignore_unavailable: true });
  };
  beforeEach(deleteAll);

  const mappingOf = async (index: string) => (await client.indices.getMapping({ index }))[index].mappings;
  const found = async (id: string): Promise<number> => {
    await client.indices.refresh({ index: results });
    const answer = await client.search({ index: results, query: { term: { 'source.id': id } } });
    return (answer.hits.total as { value: number }).value;
  };

  it('is never made anew by a write of results', async () => {
    const store = createResultStore(owner.client, settings);
    await store.write([anomalyResult({ id: 'first' })]);
    await client.indices.delete({ index: results });
    // It was looked for a moment ago, and is not looked for again.
    const { created, putAside } = await store.write(
      [anomalyResult({ id: 'Second-One' })],
      [bucketSummary({ page: 'p', logs: 7 })],
    );
    expect({ created, putAside }).toEqual({ created: 1, putAside: 0 });
    expect(await mappingOf(results)).toMatchObject({
      dynamic: 'false',
      _meta: { schema_version: 1, resource: 'results' },
      properties: { source: { properties: { id: { type: 'keyword' } } } },
    });
    expect(await found('Second-One')).toBe(1);
    expect(await findIndexFaults(client, settings)).toEqual([]);
  });

  it('is never made anew by other writes either', async () => {
    const status = createStatusDocuments(owner.client, { space });
    const key = { detectorId: 'web', part: 'runs' };
    await status.write(key, { a: 1 });
    const trail = createAuditTrail(owner.client, settings);
    const models = createSnapshotStore(owner.client, settings);
    await models.save('web', 'web-1', 'text', { createdAt: new Date(START).toISOString(), rows: 1 } as never);
    await deleteAll();
    await status.write(key, { a: 2 });
    await trail.append([
      { detectorId: 'web', at: new Date(START).toISOString(), action: 'created', reason: 'why' } as never,
    ]);
    await models.promote('web', 'web-1').catch(() => undefined);
    expect(await status.read([key])).toEqual([{ a: 2 }]);
    expect(await findIndexFaults(client, settings)).toEqual([]);
    expect((await namesOf()).length).toBeGreaterThan(1);
  });

  it('ends the run whose checkpoint is gone, and the next one begins anew', async () => {
    const store = createCheckpointStore(owner.client, settings);
    const checkpoint = { detectorId: 'web', runId: 'one', scoredUntil: START } as never;
    const revision = await store.write(checkpoint, undefined);
    await deleteAll();
    await expect(store.write(checkpoint, revision)).rejects.toThrow('The checkpoint of "web" is gone');
    expect(await store.read('web')).toBeUndefined();
    await store.write(checkpoint, undefined);
    expect(await findIndexFaults(client, settings)).toEqual([]);
  });

  describe('and made anew by a write of somebody else', () => {
    beforeEach(async () => {
      const stray = anomalyResult({ id: 'Stray-One' });
      await client.index({
        index: results,
        id: 'stray',
        document: { ...stray, result: { ...stray.result, space } },
        refresh: true,
      });
      await client.index({
        index: modelsIndex(space),
        id: 'model',
        document: { type: 'model', space, detector_id: 'web', version: 'web-1', parts: 0 },
        refresh: true,
      });
    });

    /** Leaves the complete copy alone: its index is deleted, and the way back does not happen. @returns times that it began */
    const interruptRepair = async (): Promise<number> => {
      const interrupted = new AbortController();
      let begun = 0;
      await repairIndices(client, {
        ...settings,
        signal: interrupted.signal,
        progress: (_documents, what) => {
          if (!what.includes('repairing.results')) return;
          begun++;
          interrupted.abort();
        },
      }).catch(() => undefined);
      await client.indices.delete({ index: results, ignore_unavailable: true });
      return begun;
    };

    it('is not written to, named, and repaired with all that it holds', async () => {
      const store = createResultStore(owner.client, settings);
      const write = () => store.write([anomalyResult({ id: 'next' })]);
      await expect(write()).rejects.toMatchObject({ code: 'refused' });
      await expect(write()).rejects.toThrow(
        `The index "${results}" has lost its mapping (event.kind is text instead of keyword`,
      );
      const { warnings, hints } = await checkConnection(owner.client, { indices: [], ...settings });
      expect(warnings).toEqual([
        expect.stringContaining(`The index "${modelsIndex(space)}" has lost its mapping`),
        expect.stringContaining('has copied it into a proper one'),
      ]);
      expect(hints).toContainEqual(expect.stringContaining('"log-anomalies repair-indices"'));
      expect(await repairIndices(client, settings)).toEqual([
        { index: modelsIndex(space), documents: 1 },
        { index: results, documents: 1 },
      ]);
      expect(await write()).toMatchObject({ created: 1 });
      expect([await found('Stray-One'), await found('next')]).toEqual([1, 1]);
      expect(await createSnapshotStore(client, settings).list('web')).toMatchObject([{ version: 'web-1' }]);
      expect(await repairIndices(client, settings)).toEqual([]);
      expect((await namesOf()).filter((index) => index.includes('repairing'))).toEqual([]);
    });

    it('is left alone where a document does not fit, and named', async () => {
      await client.index({
        index: results,
        id: 'odd',
        document: { drift: { from: 'never' } },
        refresh: true,
      });
      await expect(repairIndices(client, settings)).rejects.toMatchObject({ code: 'refused' });
      await client.indices.refresh({ index: results });
      expect((await client.count({ index: results })).count).toBe(2);
      // It is not blocked any more.
      await client.index({ index: results, id: 'more', document: { note: 'more' } });
    });

    it('is completed from the copy where a repair was interrupted', async () => {
      const { mappings } = (await client.indices.get({ index: results }))[results];
      expect(mappings?._meta).toBeUndefined();
      expect(await interruptRepair()).toBe(1);
      expect(await repairIndices(client, settings)).toEqual([{ index: results, documents: 1 }]);
      expect(await found('Stray-One')).toBe(1);
    });

    it('is repaired by one process at a time', async () => {
      let second: unknown;
      const first = await repairIndices(client, {
        ...settings,
        progress: () => {
          second ??= repairIndices(client, settings).catch((error: unknown) => error);
        },
      });
      expect(await second).toMatchObject({ code: 'conflict' });
      expect(first.map(({ index }) => index)).toEqual([modelsIndex(space), results]);
      expect(await found('Stray-One')).toBe(1);
      expect(await repairIndices(client, settings)).toEqual([]);
    });

    it('keeps what a complete copy holds where the name was written to after an interruption', async () => {
      await interruptRepair();
      const later = anomalyResult({ id: 'Stray-Two' });
      await client.index({
        index: results,
        id: 'later',
        document: { ...later, result: { ...later.result, space } },
        refresh: true,
      });
      expect(await repairIndices(client, settings)).toEqual([{ index: results, documents: 2 }]);
      expect([await found('Stray-One'), await found('Stray-Two')]).toEqual([1, 1]);
      expect((await namesOf()).filter((index) => index.includes('repairing'))).toEqual([]);
    });

    describe('and copied by a repair that was interrupted', () => {
      const copy = results.replace('log-anomalies-', 'log-anomalies-repairing.');
      /** Leaves the copy alone, and without a mark as an early build made it. */
      beforeEach(async () => {
        await interruptRepair();
        const { _meta } = await mappingOf(copy);
        await mark(_meta?.complete, undefined);
      });
      const mark = async (before: unknown, complete: boolean | undefined): Promise<void> => {
        const { _meta } = await mappingOf(copy);
        expect(_meta?.complete).toBe(before);
        const { complete: _complete, ...others } = _meta ?? {};
        await client.indices.putMapping({
          index: copy,
          _meta: { ...others, ...(complete !== undefined && { complete }) },
        });
      };
      const repaired = async (): Promise<number[]> => {
        expect(await repairIndices(client, settings)).toMatchObject([{ index: results }]);
        expect((await namesOf()).filter((index) => index.includes('repairing'))).toEqual([]);
        expect(await findIndexFaults(client, settings)).toEqual([]);
        return [await found('Stray-One'), await found('Stray-Two')];
      };
      const writeWithoutMapping = async (): Promise<void> => {
        const later = anomalyResult({ id: 'Stray-Two' });
        const document = { ...later, result: { ...later.result, space } };
        await client.index({ index: results, id: 'later', document, refresh: true });
      };
      const write = () =>
        createResultStore(owner.client, settings).write([anomalyResult({ id: 'Stray-Two' })]);

      it('comes back from the copy of an early build where a detector has made the index anew', async () => {
        await write();
        expect(await repaired()).toEqual([1, 1]);
      });

      it('comes back from the copy of an early build where the index was made anew without its mapping', async () => {
        await writeWithoutMapping();
        expect(await repaired()).toEqual([1, 1]);
      });

      it.each([
        ['with its mapping', write],
        ['without its mapping', writeWithoutMapping],
      ])('holds all by itself while it takes no writes: %s', async (_mapping, fill) => {
        await fill();
        // Nothing was deleted yet, and what the copy holds beside it is none of the index.
        await client.indices.putSettings({ index: results, settings: { 'index.blocks.write': true } });
        expect(await repaired()).toEqual([0, 1]);
        await client.index({ index: results, id: 'more', document: { note: 'more' } });
      });

      it('holds all by itself beside a copy that is said to be incomplete', async () => {
        await mark(undefined, false);
        await write();
        expect(await repaired()).toEqual([0, 1]);
      });
    });

    it('marks its copies as incomplete until they hold everything', async () => {
      const put = jest.spyOn(client.indices, 'putMapping');
      await repairIndices(client, settings);
      const marks = put.mock.calls.flatMap(([request]) =>
        String(request.index).includes('repairing')
          ? [(request as { _meta?: { complete?: boolean } })._meta?.complete]
          : [],
      );
      put.mockRestore();
      expect(marks).toEqual([false, true, false, true]);
    });

    it('is carried on where the process that repaired it has died', async () => {
      const NOW = START;
      const claims = `log-anomalies-repairing-claim.${space}`;
      const at = new Date(NOW).toISOString();
      await client.index({ index: claims, id: 'claim', document: { by: 'dead', at }, refresh: true });
      await expect(repairIndices(client, { ...settings, now: () => NOW + 60_000 })).rejects.toMatchObject({
        code: 'conflict',
      });
      const repaired = await repairIndices(client, { ...settings, now: () => NOW + 200_000 });
      expect(repaired).toHaveLength(2);
    });
  });
});
