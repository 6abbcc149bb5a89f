import type { DetectorRecord, DetectorStatus } from '../../common/api';
import { API_KEY_TYPE, detectionTaskId, trainingTaskId } from '../../server/kibana/contracts/identifiers';
import { isOddRequest, webDetector } from './fixtures/kibana_logs';
import { refusalOf } from './fixtures/kibana_people';
import type { Person } from './fixtures/kibana_stand_in';
import { RECENT_ODD, webWorld } from './fixtures/kibana_world';

const world = webWorld();
const { admin, index, space, kibana, ok, target, status, resultIds, trained } = world;
let owner: Person;
let reader: Person;
beforeAll(() => {
  ({ owner, reader } = world.people);
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
    expect(refusalOf(lost)).toMatch(/^409 Somebody else has changed/);

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

  it('is listed with the worst of what stands in its way', async () => {
    const { features } = webDetector(index);
    const { id } = await ok<DetectorRecord>(owner, 'createDetector', {
      body: {
        detector: webDetector(index, {
          features: [...(features ?? []), { type: 'number', field: 'no.such' }],
        }),
        start: false,
      },
    });
    await ok(owner, 'trainDetector', { params: { id } });
    await kibana.tasks.run(trainingTaskId(target(id)));
    const { readiness } = await status(id);
    expect(readiness?.map(({ said }) => said)).toEqual(
      expect.arrayContaining([
        { code: 'constant_feature', values: { feature: 'no.such' } },
        { code: 'feature_missing', values: { feature: 'no.such', share: 1 } },
      ]),
    );
    const { statuses } = await ok<{ statuses: DetectorStatus[] }>(reader, 'listStatus');
    expect(statuses.find((each) => each.id === id)?.readiness).toEqual(readiness?.slice(0, 1));
    await ok(owner, 'deleteDetector', { params: { id } });
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
    // The name of the field tells no unit, its mapping may.
    const mapped = (await admin.indices.getMapping({ index }))[index].mappings.properties?.response_time;
    await admin.indices.putMapping({
      index,
      properties: { response_time: { ...mapped, meta: { unit: 'ms' } } as never },
    });
    const { suggestions } = await ok<{ suggestions: { definition: { field: string; unit?: string } }[] }>(
      owner,
      'suggestFeatures',
      { body: { source: { index }, window: '3h' } },
    );
    expect(suggestions.length).toBeGreaterThan(2);
    const units = suggestions.map(({ definition }) => [definition.field, definition.unit]);
    expect(Object.fromEntries(units)).toMatchObject({ response_time: 'ms' });
    expect(units.filter(([, unit]) => unit !== undefined)).toHaveLength(1);
    const { total } = await ok<{ total: number }>(reader, 'listDetectors');
    expect(total).toBe(0);
  });
});

describe('the preview of a detector that is edited', () => {
  const more = { threshold: { method: 'adaptive', contamination: 0.002, alerts_per_day: 1_000 } } as const;
  const { train } = kibana.services;
  afterEach(() => void Object.assign(kibana.services, { train }));

  it('is that of its own model under the threshold that scoring begins with, until another model is asked for', async () => {
    const { id } = await trained();
    let trainings = 0;
    Object.assign(kibana.services, {
      train: (...given: Parameters<typeof train>) => {
        trainings++;
        return train(...given);
      },
    });
    const previewed = (change: object) =>
      ok<{ threshold: number; top: readonly { is_anomaly: boolean; score: number }[] }>(
        owner,
        'previewDetector',
        { body: { id, detector: webDetector(index, { ...more, ...change }), top: 100 } },
      );
    const shown = await previewed({});
    expect(trainings).toBe(0);
    for (const { is_anomaly: isAnomaly, score } of shown.top) {
      expect(isAnomaly).toBe(score >= shown.threshold);
    }
    expect(shown.top.some(({ is_anomaly: isAnomaly }) => isAnomaly)).toBe(true);
    await previewed({ forest: { seed: 99 } });
    expect(trainings).toBe(1);

    const { version } = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    await ok(owner, 'updateDetector', {
      params: { id },
      body: { detector: webDetector(index, more), version },
    });
    const { threshold } = await ok<{ threshold: number }>(reader, 'getThreshold', { params: { id } });
    expect(shown.threshold).toBeCloseTo(threshold, 2);
    await ok(owner, 'deleteDetector', { params: { id } });
  });
});

describe('an edit that takes a new model', () => {
  const trainedWith = async (id: string): Promise<number | undefined> => {
    const { model } = await status(id);
    const { detector } = await ok<{ detector: { forest: { seed: number } } }>(reader, 'getModel', {
      params: { id, version: model!.version },
    });
    return detector.forest.seed;
  };
  const edit = async (id: string, seed: number): Promise<void> => {
    const { version } = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    await ok(owner, 'updateDetector', {
      params: { id },
      body: { detector: webDetector(index, { forest: { seed }, promotion: { mode: 'automatic' } }), version },
    });
  };
  let clock: () => number;
  beforeEach(() => {
    clock = kibana.now;
  });
  afterEach(() => {
    kibana.now = clock;
  });

  it('is learned once a detector that was stopped is started', async () => {
    const { id } = await trained();
    await ok(owner, 'stopDetector', { params: { id } });
    await edit(id, 7);
    expect((await status(id)).readiness).toContainEqual(
      expect.objectContaining({ kind: 'untrained_edit', next_step: expect.stringMatching(/^Start/) }),
    );
    kibana.now = () => clock() + 1_000;
    await ok(owner, 'startDetector', { params: { id } });
    expect((await status(id)).training).toMatchObject({ state: 'queued', reason: 'edit' });
    await kibana.tasks.run(trainingTaskId(target(id)));
    expect(await trainedWith(id)).toBe(7);
    expect((await status(id)).readiness?.map(({ kind }) => kind)).not.toContain('untrained_edit');
    await ok(owner, 'deleteDetector', { params: { id } });
  });

  it('is learned by a training that was under way, which begins anew', async () => {
    const { id } = await trained();
    kibana.now = () => clock() + 1_000;
    await ok(owner, 'trainDetector', { params: { id } });
    const { train } = kibana.services;
    Object.assign(kibana.services, {
      train: async (work: never) => {
        const outcome = await train(work);
        Object.assign(kibana.services, { train });
        await edit(id, 8);
        return outcome;
      },
    });
    await kibana.tasks.run(trainingTaskId(target(id)));
    expect((await status(id)).training).toMatchObject({ state: 'queued', reason: 'edit' });
    await kibana.tasks.run(trainingTaskId(target(id)));
    expect(await trainedWith(id)).toBe(8);
    await ok(owner, 'deleteDetector', { params: { id } });
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
    const found = await admin.search({
      index: 'log-anomalies-models.*',
      query: { term: { detector_id: id } },
    });
    expect(found.hits.hits).toEqual([]);
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
    const nothing = await kibana.call(owner, 'revertModel', { params: { id }, body: {} }, space);
    expect(refusalOf(nothing)).toMatch(/^404 .*no earlier model/);
    const kept = await kibana.call(owner, 'deleteModel', { params: { id, version: first.version } }, space);
    expect(refusalOf(kept)).toMatch(/^422 .*is the active one/);
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
    expect(refusalOf(damaged)).toMatch(/^422 The model file is refused/);
    for (const each of [id, other.id]) await ok(owner, 'deleteDetector', { params: { id: each } });
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
