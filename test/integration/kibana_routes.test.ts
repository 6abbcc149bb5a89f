import {
  ENDPOINTS,
  type DetectorRecord,
  type DetectorStatus,
  type Endpoint,
  type Operation,
} from '../../common/api';
import { ownerRole, readerRole, resultsPattern } from '../../server/elasticsearch';
import {
  detectionTaskId,
  backfillTaskId,
  trainingTaskId,
  API_KEY_TYPE,
} from '../../server/kibana/identifiers';
import { createOpenApiDocument } from '../../server/kibana/open_api';
import { addLogs, administrator, createLogs, MINUTE, uniqueName, userWith } from './elasticsearch_fixture';
import { isOddRequest, thisMinute, webDetector, webLogs } from './kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Person, type Reply } from './kibana_stand_in';

const SECONDS = 7_200;
/** The odd ones of the quarter of an hour before now that a first run reads. */
const RECENT_ODD = ['log-6500', 'log-6700', 'log-6900', 'log-7100'];

const admin = administrator();
const index = uniqueName('weblogs');
const later = `${index}-later`;
const space = uniqueName('space').toLowerCase();
const otherSpace = `${space}-b`;
const start = thisMinute() - SECONDS * 1_000;
let kibana: KibanaStandIn;
let owner: Person;
let reader: Person;
let stranger: Person;
const cleanUp: (() => Promise<unknown>)[] = [];

async function person(
  name: string,
  role: Parameters<typeof userWith>[1],
  privileges: Person['privileges'],
): Promise<Person> {
  const user = await userWith(admin, role);
  cleanUp.push(user.remove);
  return {
    name,
    client: user.client,
    authorization: { username: user.username, password: user.password },
    privileges,
  };
}

/** Calls an operation that must succeed, and holds its answer against its schema. */
async function ok<Body>(
  who: Person,
  operation: Operation,
  given?: Parameters<KibanaStandIn['call']>[2],
  where = space,
): Promise<Body> {
  const reply = await kibana.call(who, operation, given, where);
  if (reply.status !== 200) throw new Error(`${operation}: ${reply.status} ${JSON.stringify(reply.body)}`);
  const { response }: Endpoint = ENDPOINTS[operation];
  if (operation !== 'exportModel') response.parse(JSON.parse(JSON.stringify(reply.body)));
  return reply.body as Body;
}

const refused = (reply: Reply): string => `${reply.status} ${(reply.body as { message: string }).message}`;
const target = (detectorId: string) => ({ space, detectorId });
const status = (id: string): Promise<DetectorStatus> => ok(reader, 'getStatus', { params: { id } });

async function trained(change: Parameters<typeof webDetector>[1] = {}): Promise<DetectorRecord> {
  const detector = await ok<DetectorRecord>(owner, 'createDetector', {
    body: { detector: webDetector(index, change), start: false },
  });
  await ok(owner, 'startDetector', { params: { id: detector.id } });
  await kibana.tasks.run(trainingTaskId(target(detector.id)));
  expect((await status(detector.id)).training).toMatchObject({ state: 'promoted' });
  return detector;
}

async function resultIds(detectorId: string): Promise<string[]> {
  await admin.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });
  const { hits } = await admin.search<{ source: { id: string } }>({
    index: resultsPattern(space),
    size: 1_000,
    query: {
      bool: { filter: [{ term: { 'detector.id': detectorId } }, { term: { 'result.type': 'log' } }] },
    },
  });
  return hits.hits.map((hit) => hit._source!.source.id).sort();
}

beforeAll(async () => {
  await createLogs(admin, index, webLogs({ from: start, to: start + SECONDS * 1_000 }), {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        event: { properties: { ingested: { type: 'date' } } },
      },
    },
  });
  kibana = startKibanaStandIn({ administrator: admin });
  kibana.now = () => start + SECONDS * 1_000 + MINUTE;
  owner = await person('olga', ownerRole([index, later], space), ['read', 'write']);
  reader = await person('rita', readerRole(space), ['read']);
  stranger = await person('sam', ownerRole(['something-else'], space), ['read', 'write']);
});

afterAll(async () => {
  for (const work of cleanUp) await work();
  const results = await admin.indices.get({ index: resultsPattern(space), allow_no_indices: true });
  await admin.indices.delete({ index: [index, later, ...Object.keys(results)], ignore_unavailable: true });
  await admin.close();
});

/** Tests may fail half-way; the next one begins with an empty Kibana. */
afterEach(() => {
  kibana.savedObjects.objects.clear();
  kibana.tasks.scheduled.clear();
});

describe('a detector through the HTTP API', () => {
  it('is created, trained, run, watched and deleted', async () => {
    const detector = await ok<DetectorRecord>(owner, 'createDetector', {
      body: { detector: webDetector(index), start: false },
    });
    const { id } = detector;
    expect(detector).toMatchObject({ enabled: false, owner: 'olga', created_by: 'olga' });
    expect(detector).not.toHaveProperty('apiKeyObject');
    expect((await status(id)).state).toBe('created');

    await ok(owner, 'startDetector', { params: { id } });
    expect((await status(id)).state).toBe('training');
    await kibana.tasks.run(trainingTaskId(target(id)));
    expect(kibana.tasks.soon).toContain(detectionTaskId(target(id)));
    expect(kibana.tasks.scheduled.has(trainingTaskId(target(id)))).toBe(false);

    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await resultIds(id)).toEqual(expect.arrayContaining(RECENT_ODD));
    const after = await status(id);
    expect(after).toMatchObject({ state: 'running', consecutive_failures: 0, lag_ms: 30_000 });
    expect(after.last_run).toMatchObject({ complete: true });
    expect(after.last_run!.logs).toBeGreaterThan(800);
    expect(after.model?.version).toMatch(/^web-requests-/);

    const found = await ok<{ total: number; results: { id: string; result: never }[] }>(
      reader,
      'searchResults',
      {
        query: { detector_id: id, sort: 'score', size: '4' },
      },
    );
    expect(
      found.results.map(({ result }) => (result as { source: { id: string } }).source.id).sort(),
    ).toEqual([...RECENT_ODD].sort());
    const one = await ok(reader, 'getResult', { params: { result_id: found.results[0].id } });
    expect(one).toEqual(found.results[0]);
    const buckets = await ok<{ groups: { key: string; logs: number }[] }>(reader, 'summarizeResults', {
      query: { detector_id: id, by: 'entity', to: String(kibana.now()) },
    });
    expect(buckets.groups.map(({ key }) => key).sort()).toEqual(['blog', 'shop']);
    expect(buckets.groups[0].logs + buckets.groups[1].logs).toBe(after.last_run!.logs);

    const key = [...kibana.savedObjects.objects.values()].find((object) => object.type === API_KEY_TYPE)!;
    const keyId = (key.attributes as { api_key_id: string }).api_key_id;
    const answer = await ok<{ warnings: string[] }>(owner, 'deleteDetector', {
      params: { id },
      query: { delete_results: 'true' },
    });
    expect(answer.warnings).toEqual([
      expect.stringMatching(/were left: deleting them takes the right "delete"/),
    ]);
    expect(kibana.tasks.scheduled.size).toBe(0);
    expect([...kibana.savedObjects.objects.values()]).toEqual([]);
    const { api_keys } = await admin.security.getApiKey({ id: keyId });
    expect(api_keys[0].invalidated).toBe(true);
    expect((await kibana.call(owner, 'getDetector', { params: { id } }, space)).status).toBe(404);
  });

  it('loses and doubles nothing when run again, by two at once, and after late logs', async () => {
    const { id } = await trained();
    const task = detectionTaskId(target(id));
    await Promise.all([kibana.tasks.run(task), kibana.tasks.run(task)]);
    const first = await resultIds(id);
    expect(first).toEqual(expect.arrayContaining(RECENT_ODD));
    expect(new Set(first).size).toBe(first.length);
    expect((await status(id)).state).toBe('running');
    await kibana.tasks.run(task);
    expect(await resultIds(id)).toEqual(first);

    // Twenty minutes late: indexed now, of a time that was scored long ago.
    const [late] = webLogs(
      { from: kibana.now() - 20 * MINUTE, to: kibana.now() - 20 * MINUTE + 1 },
      () => true,
      'late',
    );
    const before = kibana.now;
    (late.document as { event: { ingested: string } }).event.ingested = new Date(before()).toISOString();
    await addLogs(admin, index, [late]);
    kibana.now = () => before() + 2 * MINUTE;
    try {
      await kibana.tasks.run(task);
      await kibana.tasks.run(task);
    } finally {
      kibana.now = before;
    }
    expect(await resultIds(id)).toEqual([...first, 'late-0'].sort());
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('ends a run at its caps and carries on in the next', async () => {
    const { id } = await trained();
    const capped = startKibanaStandIn({
      administrator: admin,
      limits: { max_logs_per_run: 250, page_size: 250 },
    });
    Object.assign(capped.services, {
      internalSavedObjects: kibana.services.internalSavedObjects,
      encrypted: kibana.services.encrypted,
    });
    capped.now = kibana.now;
    await capped.tasks.ensureScheduled({ ...kibana.tasks.scheduled.get(detectionTaskId(target(id)))! });
    const task = detectionTaskId(target(id));
    const counts: number[] = [];
    let isComplete = false;
    while (!isComplete) {
      await capped.tasks.run(task);
      const { last_run: run } = await status(id);
      counts.push(run!.logs);
      isComplete = run!.complete;
    }
    // The first run looks back a quarter of an hour, of which half a minute and the last, empty one are not read.
    expect(counts.length).toBeGreaterThan(1);
    expect(Math.max(...counts)).toBeLessThan(500);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(840);
    expect(await resultIds(id)).toEqual(expect.arrayContaining(RECENT_ODD));
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('is edited by one at a time, and its task follows', async () => {
    const { id } = await trained();
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const keysBefore = [...kibana.savedObjects.objects.values()].filter(({ type }) => type === API_KEY_TYPE);
    const edited = { ...record.detector, schedule: { ...record.detector.schedule, interval: '2w' } };
    await ok(owner, 'updateDetector', {
      params: { id },
      body: { detector: edited, version: record.version },
    });
    expect(kibana.tasks.scheduled.get(detectionTaskId(target(id)))?.schedule).toEqual({ interval: '14d' });
    const keys = [...kibana.savedObjects.objects.values()].filter(({ type }) => type === API_KEY_TYPE);
    expect(keys).toHaveLength(keysBefore.length);
    expect(keys.map((key) => key.id)).not.toEqual(keysBefore.map((key) => key.id));
    const lost = await kibana.call(
      owner,
      'updateDetector',
      { params: { id }, body: { detector: record.detector, version: record.version } },
      space,
    );
    expect(refused(lost)).toMatch(/^409 Somebody else has changed/);

    const copy = await ok<DetectorRecord>(owner, 'cloneDetector', { params: { id }, body: {} });
    expect(copy).toMatchObject({ enabled: false, detector: { name: 'Web requests (copy)' } });
    const listed = await ok<{ total: number }>(reader, 'listDetectors', { query: { search: 'web' } });
    expect(listed.total).toBe(2);
    const { statuses } = await ok<{ statuses: DetectorStatus[] }>(reader, 'listStatus');
    expect(statuses.map(({ state }) => state).sort()).toEqual(['created', 'running']);

    await ok(owner, 'stopDetector', { params: { id } });
    expect((await status(id)).state).toBe('ready');
    expect(kibana.tasks.scheduled.has(detectionTaskId(target(id)))).toBe(false);
    for (const each of [id, copy.id]) {
      await ok(owner, 'deleteDetector', { params: { id: each } });
    }
  });

  it('shows what it would do before it is saved', async () => {
    const preview = await ok<{
      rows: number;
      logs_in_window: number;
      alerts_per_day: number;
      top: { source: { id: string }; is_anomaly: boolean; reason: string }[];
    }>(owner, 'previewDetector', { body: { detector: webDetector(index), rows: 5_000, top: 5 } });
    expect(preview.rows).toBe(5_000);
    expect(preview.logs_in_window).toBeGreaterThan(7_000);
    expect(preview.alerts_per_day).toBeGreaterThan(0);
    expect(preview.top[0]).toMatchObject({
      is_anomaly: true,
      reason: expect.stringContaining('response_time'),
    });
    expect(isOddRequest(Number(preview.top[0].source.id.replace('log-', '')))).toBe(true);
    const wrong = await ok<{ valid: boolean; issues: string[] }>(owner, 'validateDetector', {
      body: { detector: { ...webDetector(index), features: [] } },
    });
    expect(wrong.valid).toBe(false);
    expect(wrong.issues[0]).toMatch(/^features: /);
    const { suggestions } = await ok<{ suggestions: unknown[] }>(owner, 'suggestFeatures', {
      body: { source: { index }, window: '3h' },
    });
    expect(suggestions.length).toBeGreaterThan(2);
    const { total } = await ok<{ total: number }>(reader, 'listDetectors');
    expect(total).toBe(0);
  });
});

describe('models', () => {
  it('are listed, compared, exported, imported, promoted, reverted and deleted', async () => {
    const { id } = await trained();
    const [first] = (await ok<{ models: { version: string }[] }>(reader, 'listModels', { params: { id } }))
      .models;
    const file = await ok<string>(reader, 'exportModel', { params: { id, version: first.version } });
    expect(JSON.parse(file)).toMatchObject({ format: 'log-anomalies-model', version: first.version });

    const clock = kibana.now;
    kibana.now = () => clock() + 1_000;
    await ok(owner, 'trainDetector', { params: { id } });
    await kibana.tasks.run(trainingTaskId(target(id)));
    kibana.now = clock;
    const { models } = await ok<{ models: { version: string; status: string }[] }>(reader, 'listModels', {
      params: { id },
    });
    expect(models.map((model) => model.status).sort()).toEqual(['active', 'retired']);
    const second = models.find((model) => model.status === 'active')!;
    const comparison = await ok<{ logs: number; flagged_by_both: number }>(owner, 'compareModels', {
      params: { id },
      query: { left: first.version, right: second.version },
    });
    expect(comparison.logs).toBe(5_000);
    expect(comparison.flagged_by_both).toBeGreaterThan(0);
    const detail = await ok<{ trees: number }>(reader, 'getModel', {
      params: { id, version: second.version },
    });
    expect(detail.trees).toBe(100);

    expect(await ok(owner, 'revertModel', { params: { id }, body: {} })).toEqual({
      active: first.version,
      previous: second.version,
    });
    const kept = await kibana.call(owner, 'deleteModel', { params: { id, version: first.version } }, space);
    expect(refused(kept)).toMatch(/^422 .*is the active one/);
    await ok(owner, 'deleteModel', { params: { id, version: second.version } });

    const other = await ok<DetectorRecord>(owner, 'cloneDetector', { params: { id }, body: {} });
    const imported = await ok<{ version: string; status: string }>(owner, 'importModel', {
      params: { id: other.id },
      body: JSON.parse(file),
    });
    expect(imported).toMatchObject({ version: first.version, status: 'candidate' });
    const again = await ok<string>(reader, 'exportModel', {
      params: { id: other.id, version: first.version },
    });
    expect(again).toBe(file);
    await ok(owner, 'promoteModel', {
      params: { id: other.id, version: first.version },
      body: { note: 'by test' },
    });
    expect((await status(other.id)).state).toBe('ready');
    const damaged = await kibana.call(
      owner,
      'importModel',
      { params: { id }, body: { ...JSON.parse(file), threshold: 0.1 } },
      space,
    );
    expect(refused(damaged)).toMatch(/^422 The model file is refused/);
    for (const each of [id, other.id]) await ok(owner, 'deleteDetector', { params: { id: each } });
  });
});

describe('backfill', () => {
  it('scores the past once, with progress, and can be cancelled', async () => {
    const { id } = await trained();
    const range = { from: new Date(start).toISOString(), to: start + 4_000_000 };
    const asked = await ok<{ total: number }>(owner, 'startBackfill', { params: { id }, body: range });
    expect(asked.total).toBe(4_000);
    const twice = await kibana.call(owner, 'startBackfill', { params: { id }, body: range }, space);
    expect(refused(twice)).toMatch(/^409 A backfill of this detector is under way/);
    await kibana.tasks.run(backfillTaskId(target(id)));
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done', logs: 4_000 });
    const once = await resultIds(id);
    expect(once).toEqual(expect.arrayContaining(['log-100', 'log-3900']));
    expect(once.every((each) => Number(each.replace('log-', '')) < 4_000)).toBe(true);

    await ok(owner, 'startBackfill', { params: { id }, body: range });
    await kibana.tasks.run(backfillTaskId(target(id)));
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done', created: 0 });
    expect(await resultIds(id)).toEqual(once);
    const buckets = await ok<{ groups: { logs: number }[] }>(reader, 'summarizeResults', {
      query: { detector_id: id, from: String(start), to: String(start + 4_000_000) },
    });
    expect(buckets.groups[0].logs).toBe(4_000);

    await ok(owner, 'startBackfill', { params: { id }, body: range });
    await ok(owner, 'cancelBackfill', { params: { id } });
    expect(await ok(reader, 'getBackfill', { params: { id } })).toMatchObject({
      state: 'cancelled',
      logs: 0,
    });
    expect(kibana.tasks.scheduled.has(backfillTaskId(target(id)))).toBe(false);
    await ok(owner, 'deleteDetector', { params: { id } });
  });
});

describe('feedback', () => {
  it('is saved once for each result, and taken back', async () => {
    const { id } = await ok<DetectorRecord>(owner, 'createDetector', {
      body: { detector: webDetector(index) },
    });
    const source = { index, id: 'log-7000' };
    await ok(owner, 'saveFeedback', { params: { id }, body: { source, verdict: 'real' } });
    await ok(owner, 'saveFeedback', {
      params: { id },
      body: { source, verdict: 'not_an_anomaly', comment: 'drill' },
    });
    const { feedback } = await ok<{ feedback: object[] }>(reader, 'listFeedback', { params: { id } });
    expect(feedback).toEqual([
      expect.objectContaining({
        detector_id: id,
        source,
        verdict: 'not_an_anomaly',
        comment: 'drill',
        by: 'olga',
      }),
    ]);
    await ok(owner, 'removeFeedback', { params: { id }, query: source });
    expect(await ok(reader, 'listFeedback', { params: { id } })).toEqual({
      feedback: [],
      contradictions: [],
    });
    await ok(owner, 'deleteDetector', { params: { id } });
  });
});

describe('rights', () => {
  it('are those of the owner: who may not read the logs is told what is missing', async () => {
    const body = { detector: webDetector(index) };
    const reply = await kibana.call(stranger, 'createDetector', { body }, space);
    expect(refused(reply)).toMatch(new RegExp(`^403 .*you lack: read on "${index}"`));
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
    expect(refused(reply)).toMatch(/^422 .*set xpack\.encryptedSavedObjects\.encryptionKey/);
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

describe('a detector that is deleted while it is trained', () => {
  it('leaves no model behind', async () => {
    const { id } = await ok<DetectorRecord>(owner, 'createDetector', {
      body: { detector: webDetector(index), start: true },
    });
    await ok(owner, 'trainDetector', { params: { id } });
    const { train } = kibana.services;
    Object.assign(kibana.services, {
      train: async (work: never) => {
        const outcome = await train(work);
        kibana.savedObjects.objects.delete(`log-anomalies-detector/${id}`);
        return outcome;
      },
    });
    try {
      await kibana.tasks.run(trainingTaskId(target(id)));
    } finally {
      Object.assign(kibana.services, { train });
    }
    const found = await admin.search({ index: 'log-anomalies-models', query: { term: { detector_id: id } } });
    expect(found.hits.hits).toEqual([]);
  });
});

describe('a run that fails', () => {
  it('backs off, says why, disturbs no other, and recovers', async () => {
    const { id: healthy } = await trained();
    const { id } = await trained({ name: 'Moves' });
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const moved = { ...record.detector, source: { ...record.detector.source, index: later } };
    await ok(owner, 'updateDetector', { params: { id }, body: { detector: moved, version: record.version } });
    const task = detectionTaskId(target(id));
    for (let failures = 1; failures <= 2; failures++) {
      await kibana.tasks.run(task);
      expect(await status(id)).toMatchObject({
        state: 'failing',
        consecutive_failures: failures,
        last_error: { code: 'not_found', message: expect.stringContaining(later), retried: true },
      });
      const next = kibana.tasks.scheduled.get(task)!.runAt!.getTime();
      expect(next - kibana.now()).toBe(MINUTE * 2 ** (failures - 1));
    }
    await kibana.tasks.run(detectionTaskId(target(healthy)));
    expect((await status(healthy)).state).toBe('running');

    await createLogs(
      admin,
      later,
      webLogs({ from: kibana.now() - 5 * MINUTE, to: kibana.now() - 2 * MINUTE }),
      {
        mappings: {
          properties: {
            '@timestamp': { type: 'date' },
            event: { properties: { ingested: { type: 'date' } } },
          },
        },
      },
    );
    await kibana.tasks.run(task);
    expect(await status(id)).toMatchObject({
      state: 'running',
      consecutive_failures: 0,
      last_run: { logs: 180 },
    });
    for (const each of [id, healthy]) await ok(owner, 'deleteDetector', { params: { id: each } });
  });

  it('looks less often while no logs come, and as often as before once one comes', async () => {
    const { id } = await trained();
    const task = detectionTaskId(target(id));
    const nextRun = () => kibana.tasks.scheduled.get(task)!.runAt?.getTime();
    await kibana.tasks.run(task);
    expect(nextRun()).toBeUndefined();
    const before = kibana.now();
    try {
      // The first of these runs still finds what other tests have written.
      for (const minutes of [40, 80]) {
        kibana.now = () => before + minutes * MINUTE;
        await kibana.tasks.run(task);
      }
      expect(nextRun()).toBe(kibana.now() + 10 * MINUTE);
      const now = before + 85 * MINUTE;
      kibana.now = () => now;
      await addLogs(
        admin,
        index,
        webLogs({ from: now - 2 * MINUTE, to: now - MINUTE }, () => false, 'awake'),
      );
      await kibana.tasks.run(task);
      expect((await status(id)).last_run?.logs).toBe(60);
      expect(nextRun()).toBeUndefined();
    } finally {
      kibana.now = () => before;
    }
  });

  it('ends its task when the detector is gone', async () => {
    const { id } = await trained();
    kibana.savedObjects.objects.delete(`log-anomalies-detector/${id}`);
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(kibana.tasks.scheduled.has(detectionTaskId(target(id)))).toBe(false);
    kibana.savedObjects.objects.clear();
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
    expect(refused(reply)).toMatch(/^400 .*size/);
    const deep = await kibana.call(reader, 'searchResults', { query: { size: '1000', page: '11' } }, space);
    expect(refused(deep)).toMatch(/^400 .*narrow the time range/);
  });
});
