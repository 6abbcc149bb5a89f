import type { DetectorRecord } from '../../common/api';
import { resultsPattern } from '../../server/elasticsearch';
import { API_KEY_TYPE, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { createOpenApiDocument } from '../../server/kibana/routes/open_api';
import { webDetector } from './fixtures/kibana_logs';
import { refusalOf } from './fixtures/kibana_people';
import { startKibanaStandIn, type Person } from './fixtures/kibana_stand_in';
import { RECENT_ODD, webWorld } from './fixtures/kibana_world';

const world = webWorld();
const { admin, index, space, kibana, ok, target, status, resultIds, trained } = world;
const otherSpace = `${space}-b`;
let owner: Person;
let reader: Person;
let stranger: Person;
beforeAll(() => {
  ({ owner, reader, stranger } = world.people);
});

describe('rights', () => {
  it('are those of the owner: who may not read the logs is told what is missing', async () => {
    const body = { detector: webDetector(index) };
    const reply = await kibana.call(stranger, 'createDetector', { body }, space);
    expect(refusalOf(reply)).toMatch(new RegExp(`^403 .*you lack: read on "${index}"`));
    expect(await ok(stranger, 'validateDetector', { body })).toMatchObject({
      valid: false,
      missing_privileges: [`read on "${index}"`],
    });
    expect([...kibana.savedObjects.objects.values()]).toEqual([]);
  });

  it('of Kibana are asked for by every route', async () => {
    expect((await kibana.call(reader, 'createDetector', { body: {} }, space)).status).toBe(403);
    for (const route of kibana.routes.values()) {
      const [privilege] = route.security!.authz.requiredPrivileges;
      expect(privilege).toMatch(/^logAnomalies-(read|write)$/);
      expect(route.options?.tags).toEqual([`access:${privilege}`]);
    }
  });

  it('do not make up for a query that runs scripts or reads other indices: it is refused before it is sent', async () => {
    const hostile: [object, RegExp][] = [
      [{ script: { script: 'while (true) {}' } }, /script/],
      [{ bool: { filter: [{ terms: { user: { index: 'other', id: '1', path: 'user' } } }] } }, /terms/],
      [{ wrapper: { query: 'e30=' } }, /wrapper/],
      [{ nested: { path: 'a', query: { match_all: {} }, inner_hits: { script_fields: {} } } }, /inner_hits/],
    ];
    for (const [query, named] of hostile) {
      const detector = webDetector(index, { source: { index, query } as never });
      const created = refusalOf(await kibana.call(owner, 'createDetector', { body: { detector } }, space));
      expect(created).toMatch(/^400 .*source\.query/);
      expect(created).toMatch(named);
      const filter = JSON.stringify(query);
      for (const operation of ['searchResults', 'summarizeResults'] as const) {
        const given = { query: { filter, ...(operation === 'summarizeResults' && { by: 'detector' }) } };
        const filtered = refusalOf(await kibana.call(reader, operation, given, space));
        expect(filtered).toMatch(/^400 .*filter/);
        expect(filtered).toMatch(named);
      }
    }
    expect([...kibana.savedObjects.objects.values()]).toEqual([]);
  });

  it('end at the border of a space', async () => {
    const { id } = await trained();
    await kibana.tasks.run(detectionTaskId(target(id)));
    const everything: Person = { ...owner, client: admin };
    for (const operation of ['getDetector', 'getStatus', 'listModels', 'listFeedback'] as const) {
      const reply = await kibana.call(everything, operation, { params: { id } }, otherSpace);
      expect([operation, reply.status]).toEqual([operation, 404]);
    }
    await admin.indices.refresh({ index: resultsPattern(space) });
    const [{ id: resultId }] = (
      await ok<{ results: { id: string }[] }>(owner, 'searchResults', { query: { detector_id: id } })
    ).results;
    // The pattern of the first space's results matches those of the other one, whose name begins with it.
    for (const elsewhere of [otherSpace, space.slice(0, -1)]) {
      const reply = await kibana.call(everything, 'searchResults', { query: { detector_id: id } }, elsewhere);
      expect(reply.body).toMatchObject({ total: 0 });
      expect(
        (await kibana.call(everything, 'getResult', { params: { result_id: resultId } }, elsewhere)).status,
      ).toBe(404);
    }
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('that cannot be kept safe are not taken', async () => {
    const keyless = startKibanaStandIn({ administrator: admin, canEncrypt: false });
    const reply = await keyless.call(
      owner,
      'createDetector',
      { body: { detector: webDetector(index) } },
      space,
    );
    expect(refusalOf(reply)).toMatch(/^422 .*set xpack\.encryptedSavedObjects\.encryptionKey/);
    const setup = await keyless.call(owner, 'checkSetup', { query: { index } }, space);
    expect(setup.body).toMatchObject({ encryption_key: false, missing_privileges: [] });
  });

  it('that are taken away show in the status, with what to do', async () => {
    const { id } = await trained();
    const [key] = [...kibana.savedObjects.objects.values()].filter(({ type }) => type === API_KEY_TYPE);
    await admin.security.invalidateApiKey({ ids: [(key.attributes as { api_key_id: string }).api_key_id] });
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await status(id)).toMatchObject({
      state: 'failing',
      last_error: { code: 'unauthenticated', next_step: expect.stringContaining('Save the detector again') },
    });
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    await ok(owner, 'updateDetector', {
      params: { id },
      body: { detector: record.detector, version: record.version },
    });
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect((await status(id)).state).toBe('running');
    await ok(owner, 'deleteDetector', { params: { id } });
  });
});

describe('without security', () => {
  it('works with the plain client and needs no key', async () => {
    const open = startKibanaStandIn({ plain: admin, canEncrypt: false });
    open.now = kibana.now;
    const anybody: Person = { name: '', client: admin, privileges: ['read', 'write'] };
    const created = await open.call(
      anybody,
      'createDetector',
      {
        body: { detector: webDetector(index), start: false },
      },
      space,
    );
    const { id, owner: nobody } = created.body as DetectorRecord;
    expect(nobody).toBeUndefined();
    await open.call(anybody, 'startDetector', { params: { id } }, space);
    await open.tasks.run(trainingTaskId(target(id)));
    await open.tasks.run(detectionTaskId(target(id)));
    expect(await resultIds(id)).toEqual(expect.arrayContaining(RECENT_ODD));
    const gone = await open.call(
      anybody,
      'deleteDetector',
      { params: { id }, query: { delete_results: 'true' } },
      space,
    );
    expect(gone.body).toEqual({ acknowledged: true, warnings: [] });
    expect(await resultIds(id)).toEqual([]);
  });
});

describe('the OpenAPI document', () => {
  it('lists the routes that are registered, and no others', async () => {
    const document = await ok<{
      paths: Record<string, Record<string, { parameters: { name: string; in: string }[] }>>;
    }>(reader, 'getOpenApi');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(described.sort()).toEqual([...kibana.routes.keys()].sort());
    expect(document).toEqual(createOpenApiDocument());
    for (const [path, methods] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      for (const { parameters } of Object.values(methods)) {
        expect(parameters.filter((each) => each.in === 'path').map(({ name }) => name)).toEqual(inPath);
      }
    }
  });

  it('says what the routes refuse', async () => {
    const reply = await kibana.call(reader, 'searchResults', { query: { size: '5000' } }, space);
    expect(refusalOf(reply)).toMatch(/^400 .*size/);
    const deep = await kibana.call(reader, 'searchResults', { query: { size: '1000', page: '11' } }, space);
    expect(refusalOf(deep)).toMatch(/^400 .*narrow the time range/);
  });
});
