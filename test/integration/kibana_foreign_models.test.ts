import type { ApiResponse, DetectorRecord, Endpoints } from '../../common/api';
import { createModelSnapshot, decodeModelSnapshot, encodeModelSnapshot } from '../../common/model_snapshot';
import type { FeatureEncoder } from '../../common/log_features/columns/types';
import { createSnapshotStore, ownerRole, resultsPattern } from '../../server/elasticsearch';
import { livePipeline } from '../../server/elasticsearch/ingest';
import { backfillTaskId, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { webDetector } from './fixtures/kibana_logs';
import { personWith, refusalOf, type NewPerson } from './fixtures/kibana_people';
import type { Person } from './fixtures/kibana_stand_in';
import { webWorld } from './fixtures/kibana_world';

/** Stands in every log, and in no detector. */
const SECRET = 'client.ip';

let pipelines: NewPerson;
afterAll(() => pipelines.remove());
const world = webWorld();
const { admin, index, space, kibana, ok, target, status, trained } = world;
let owner: Person;
/** May write detectors, models and results, but not read the logs. */
let stranger: Person;
beforeAll(async () => {
  ({ owner, stranger } = world.people);
  pipelines = await personWith(admin, 'pia', ownerRole([index], space, 'ingest'), ['read', 'write']);
});

/** The detector shows nothing but its features. */
const bare = { context_fields: [] };
type Forgery = (
  file: ReturnType<typeof decodeModelSnapshot>,
) => Partial<ReturnType<typeof decodeModelSnapshot>>;

/** Features of the model's own copy of the detector, or of its encoding alone, read another field. */
const FORGERIES: Readonly<Record<string, Forgery>> = {
  detector: ({ detector }) => ({
    detector: {
      ...detector,
      features: detector.features.map((feature, i) => (i === 0 ? { ...feature, field: SECRET } : feature)),
    },
  }),
  encoding: ({ encoder }) => {
    const text = JSON.stringify(encoder.toJSON()).replaceAll('"http.response.status_code"', `"${SECRET}"`);
    return { encoder: { toJSON: (): unknown => JSON.parse(text) } as FeatureEncoder };
  },
};

function forged(file: string, forge: Forgery): { text: string; version: string } {
  const snapshot = decodeModelSnapshot(file);
  const changed = createModelSnapshot({ ...snapshot, ...forge(snapshot) });
  const text = encodeModelSnapshot(changed);
  // The file itself is sound: only what it reads is another.
  expect(decodeModelSnapshot(text).version).toBe(changed.version);
  return { text, version: changed.version };
}

async function exported(id: string): Promise<string> {
  const { models } = await ok<ApiResponse<Endpoints['listModels']>>(owner, 'listModels', { params: { id } });
  return ok<string>(owner, 'exportModel', { params: { id, version: models[0].version } });
}

async function resultsWithSecret(id: string): Promise<unknown[]> {
  await admin.indices.refresh({ index: resultsPattern(space), allow_no_indices: true });
  const { hits } = await admin.search({
    index: resultsPattern(space),
    query: { bool: { filter: [{ term: { 'detector.id': id } }] } },
    size: 1_000,
  });
  return hits.hits.filter(({ _source }) => JSON.stringify(_source).includes('10.0.0.'));
}

/** Past the plugin, with the rights on the indices that every owner has. */
async function plant(id: string, { text, version }: { text: string; version: string }): Promise<void> {
  const { training, threshold } = decodeModelSnapshot(text);
  const store = createSnapshotStore(stranger.client, { space });
  await store.save(id, version, text, { createdAt: training.finished_at, threshold, rows: training.rows });
  await store.promote(id, version);
}

describe.each(Object.keys(FORGERIES))('a model with another field in its %s', (name) => {
  it('is neither imported, promoted nor run', async () => {
    const { id } = await trained(bare);
    const model = forged(await exported(id), FORGERIES[name]);
    const importing = { params: { id }, body: JSON.parse(model.text) };
    const refused = await kibana.call(stranger, 'importModel', importing, space);
    expect(refusalOf(refused)).toMatch(/^422 .*reads what nobody has saved in this detector: "client\.ip"\./);
    // Not even by the owner: the field has to stand in the detector.
    expect((await kibana.call(owner, 'importModel', importing, space)).status).toBe(422);

    const [{ version: good }] = (
      await ok<ApiResponse<Endpoints['listModels']>>(owner, 'listModels', { params: { id } })
    ).models;
    await plant(id, model);
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect((await status(id)).last_error).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('"client.ip"'),
    });
    const range = { from: world.start, to: world.start + 600_000 };
    await ok(owner, 'startBackfill', { params: { id }, body: range });
    await kibana.tasks.run(backfillTaskId(target(id)));
    expect(await ok(owner, 'getBackfill', { params: { id } })).toMatchObject({
      state: 'failed',
      failure: { code: 'refused', message: expect.stringContaining('"client.ip"') },
    });
    expect(await resultsWithSecret(id)).toEqual([]);

    const back = { params: { id, version: good }, body: {} };
    await ok(owner, 'promoteModel', back);
    const again = { params: { id, version: model.version }, body: {} };
    expect(refusalOf(await kibana.call(stranger, 'promoteModel', again, space))).toMatch(
      /^422 .*"client\.ip"/,
    );
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect((await status(id)).model?.version).toBe(good);
  });

  it('does not become a pipeline', async () => {
    const { id } = await ok<DetectorRecord>(pipelines, 'createDetector', {
      body: { detector: webDetector(index, { ...bare, scoring: 'ingest' }), start: true },
    });
    await ok(pipelines, 'trainDetector', { params: { id } });
    await kibana.tasks.run(trainingTaskId(target(id)));
    const good = (await status(id)).model!.version;
    const model = forged(await exported(id), FORGERIES[name]);
    await plant(id, model);
    for (const operation of ['putPipeline', 'simulatePipeline'] as const) {
      const reply = await kibana.call(pipelines, operation, { params: { id }, body: {} }, space);
      expect(refusalOf(reply)).toMatch(/^422 .*"client\.ip"/);
    }
    expect((await livePipeline(admin, id, { space }))?.version).toBe(good);
    await ok(pipelines, 'promoteModel', { params: { id, version: good }, body: {} });
    await ok(pipelines, 'deleteDetector', { params: { id } });
  });
});

describe('a model of the detector as it is', () => {
  it('is imported, which stands in the audit trail', async () => {
    const { id } = await trained(bare);
    const text = await exported(id);
    const other = await ok<DetectorRecord>(owner, 'cloneDetector', { params: { id }, body: {} });
    await ok(owner, 'importModel', { params: { id: other.id }, body: JSON.parse(text) });
    const { entries } = await ok<ApiResponse<Endpoints['listAudit']>>(owner, 'listAudit', {
      params: { id: other.id },
    });
    expect(entries[0]).toMatchObject({
      action: 'model_imported',
      by: 'olga',
      to: decodeModelSnapshot(text).version,
      details: { reads: ['http.response.status_code', 'response_time'] },
    });
  });

  it('goes on after an edit that drops a field, until there is a new one', async () => {
    const { id } = await trained();
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const [kept] = record.detector.features;
    const edited = await ok<DetectorRecord>(owner, 'updateDetector', {
      params: { id },
      body: { detector: { ...record.detector, ...bare, features: [kept] }, version: record.version },
    });
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await status(id)).toMatchObject({ state: 'running', consecutive_failures: 0 });
    const before = (await status(id)).model!.version;
    await kibana.tasks.run(trainingTaskId(target(id)));
    const { models } = await ok<ApiResponse<Endpoints['listModels']>>(owner, 'listModels', {
      params: { id },
    });
    const after = models.find(({ version }) => version !== before)!.version;
    await ok(owner, 'promoteModel', { params: { id, version: after }, body: {} });
    const { version } = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    await ok(owner, 'updateDetector', { params: { id }, body: { detector: edited.detector, version } });
    // Saved once more under the new model, what the old one reads is no part of the detector any more.
    const reply = await kibana.call(
      owner,
      'promoteModel',
      { params: { id, version: before }, body: {} },
      space,
    );
    expect(refusalOf(reply)).toMatch(/^422 .*"http\.response\.status_code"/);
  });
});
