import type { DetectorRecord, DetectorStatus } from '../../common/api';
import { hashOfJson } from '../../common/model_snapshot/canonical_json';
import { createModelDecoder } from '../../server/detection/decoding/decode_model';
import { createSnapshotStore } from '../../server/elasticsearch';
import { documentId, modelsIndex } from '../../server/elasticsearch/indices/names';
import {
  backfillTaskId,
  detectionTaskId,
  DETECTOR_TYPE,
  trainingTaskId,
} from '../../server/kibana/contracts/identifiers';
import type { DetectorAttributes } from '../../server/kibana/contracts/saved_object_types';
import { createOpenApiDocument } from '../../server/kibana/routes/open_api';
import { webDetector } from './fixtures/kibana_logs';
import { startKibanaStandIn, type KibanaStandIn, type Reply } from './fixtures/kibana_stand_in';
import { webWorld } from './fixtures/kibana_world';

jest.setTimeout(300_000);

const world = webWorld();
const { admin, index, space } = world;

/** A Kibana over the same logs where training goes on until the test lets it. */
function heldKibana(usage: Parameters<typeof startKibanaStandIn>[0]['usage']) {
  const held: (() => void)[] = [];
  const kibana: KibanaStandIn = startKibanaStandIn({
    administrator: admin,
    usage,
    beforeTraining: () => new Promise((resolve) => held.push(resolve)),
  });
  kibana.now = world.kibana.now;
  return {
    kibana,
    held,
    async untilHeld(count: number): Promise<void> {
      while (held.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

describe('previews', () => {
  it('run two at once, wait in a queue, and beyond it are answered with 429 and when to come again', async () => {
    const { kibana, held, untilHeld } = heldKibana({ requests_waiting: 2, requests_waiting_per_user: 1 });
    const { owner, reader } = world.people;
    const body = { detector: webDetector(index), rows: 512 };
    const preview = (who = owner): Promise<Reply> => kibana.call(who, 'previewDetector', { body }, space);
    const running = [preview(), preview()];
    await untilHeld(2);
    const waiting = preview();
    const refused = await preview();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.body).toMatchObject({
      message: expect.stringMatching(
        /^Kibana is busy with previews: 1 of yours wait already, at most 1 may\. Try again in \d+ seconds\.$/,
      ),
      attributes: { code: 'busy', details: { retry_after_seconds: Number(refused.headers['retry-after']) } },
    });
    // Others are not kept out by it, and what costs little goes on.
    const other = preview({ ...owner, name: 'otto' });
    expect((await kibana.call(reader, 'listDetectors', {}, space)).status).toBe(200);
    expect(held).toHaveLength(2);
    held[0]();
    await untilHeld(3);
    for (let i = 1; i < 4; i++) {
      await untilHeld(i + 1);
      held[i]();
    }
    const replies = await Promise.all([...running, waiting, other]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe('background work', () => {
  it('of trainings runs so many at once: the others come again later', async () => {
    const { kibana, held, untilHeld } = heldKibana({ trainings_at_once: 1 });
    const { owner } = world.people;
    const asked: string[] = [];
    for (const name of ['first', 'second']) {
      const body = { detector: webDetector(index, { name }), start: false };
      const { body: made } = await kibana.call(owner, 'createDetector', { body }, space);
      const { id } = made as DetectorRecord;
      await kibana.call(owner, 'trainDetector', { params: { id } }, space);
      asked.push(id);
    }
    const taskOf = (id: string): string => trainingTaskId({ space, detectorId: id });
    const stateOf = async (id: string): Promise<DetectorStatus['training']> =>
      ((await kibana.call(owner, 'getStatus', { params: { id } }, space)).body as DetectorStatus).training;
    const first = kibana.tasks.run(taskOf(asked[0]));
    await untilHeld(1);
    await kibana.tasks.run(taskOf(asked[1]));
    expect(kibana.tasks.scheduled.get(taskOf(asked[1]))?.runAt?.getTime()).toBe(kibana.now() + 10_000);
    expect(await stateOf(asked[1])).toMatchObject({ state: 'queued', place: 1, waiting: 1 });
    held[0]();
    await first;
    expect(kibana.tasks.soon).toEqual([taskOf(asked[1])]);
    const second = kibana.tasks.run(taskOf(asked[1]));
    await untilHeld(2);
    held[1]();
    await second;
    expect(await stateOf(asked[1])).toMatchObject({ state: 'promoted' });
  });

  it('of backfills likewise', async () => {
    const { kibana, ok, people, trained } = world;
    const { id } = await trained();
    const body = { from: world.start, to: world.start + 600_000 };
    await ok(people.owner, 'startBackfill', { params: { id }, body });
    const leave = ['one', 'other'].map((each) => kibana.services.slots.take('backfill', each));
    const task = backfillTaskId({ space, detectorId: id });
    await kibana.tasks.run(task);
    expect(kibana.tasks.scheduled.get(task)?.runAt?.getTime()).toBe(kibana.now() + 5_000);
    leave.forEach((each) => each?.());
    await kibana.tasks.run(task);
    expect(await ok(people.owner, 'getBackfill', { params: { id } })).toMatchObject({ state: 'done' });
  });
});

describe('models', () => {
  /** Files of models as somebody may make them who knows how they are sealed. */
  const exported = async (id: string, version: string): Promise<Record<string, unknown>> =>
    JSON.parse(await world.ok<string>(world.people.owner, 'exportModel', { params: { id, version } }));
  const activeOf = async (id: string): Promise<string> => (await world.status(id)).model?.version as string;

  it('with an evaluation that is none are refused, and a list is small whatever an earlier version has kept', async () => {
    const { ok, people, kibana, trained } = world;
    const { id } = await trained();
    const version = await activeOf(id);
    const { sha256: _seal, ...file } = await exported(id, version);
    const padded = { ...file, evaluation: { padding: 'x'.repeat(4_000_000) } };
    const body = { ...padded, sha256: hashOfJson(padded) };
    const refused = await kibana.call(people.owner, 'importModel', { params: { id }, body }, space);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({
      message: expect.stringMatching(/^The model file is refused: .*evaluation\.schema_version: /),
    });
    // Models stored by 0.1.0 are still there.
    const where = { index: modelsIndex(space), id: documentId('model', space, id, version) };
    await admin.update({ ...where, doc: { evaluation: padded.evaluation }, refresh: true });
    const listed = await ok<{ models: object[] }>(people.owner, 'listModels', { params: { id } });
    expect(listed.models).toHaveLength(1);
    expect(JSON.stringify(listed).length).toBeLessThan(5_000);
    const detail = await ok<object>(people.owner, 'getModel', { params: { id, version } });
    expect(detail).toMatchObject({ version, trees: expect.any(Number) });
    expect(detail).not.toHaveProperty('evaluation');
  });

  it('that an earlier version has taken with a foreign evaluation go on scoring', async () => {
    const { ok, people, kibana, trained } = world;
    const { id } = await trained();
    const version = await activeOf(id);
    const { sha256: _seal, ...file } = await exported(id, version);
    const foreign = { ...file, evaluation: { auc: 0.9, by: 'another program' } };
    const text = JSON.stringify({ ...foreign, sha256: hashOfJson(foreign) });
    const store = createSnapshotStore(admin, { space });
    await store.save(id, 'taken-before', text, { createdAt: '2026-01-01T00:00:00Z', threshold: 1, rows: 1 });
    expect((await kibana.services.models.load(store, id, 'taken-before')).evaluation).toBeUndefined();
    expect(await ok(people.owner, 'getModel', { params: { id, version: 'taken-before' } })).toMatchObject({
      version: 'taken-before',
    });
  });

  it('that are larger than allowed are refused, imported or trained, with both sizes', async () => {
    const { people, trained, ok } = world;
    const { id } = await trained();
    const kibana = startKibanaStandIn({ administrator: admin, usage: { model_megabytes: 1 } });
    kibana.now = world.kibana.now;
    for (const [key, object] of world.kibana.savedObjects.objects)
      kibana.savedObjects.objects.set(key, object);
    const call = (operation: Parameters<KibanaStandIn['call']>[1], body?: unknown): Promise<Reply> =>
      kibana.call(people.owner, operation, { params: { id }, ...(body !== undefined && { body }) }, space);
    const body = JSON.stringify(await exported(id, await activeOf(id)));
    const refused = await call('importModel', body + ' '.repeat(1_500_000));
    expect(refused.status).toBe(422);
    expect((refused.body as { message: string }).message).toMatch(
      /^The model file has 1\.\d MB, at most 1 are allowed \(logAnomalies\.limits\.model_megabytes\)\.$/,
    );
    const detector = webDetector(index, {
      forest: { tree_count: 300, subsample_size: 2_048, max_depth: 12, splits: 'extended' },
    });
    const { version } = await ok<DetectorRecord>(people.owner, 'getDetector', { params: { id } });
    expect((await call('updateDetector', { detector, version })).status).toBe(200);
    await call('trainDetector');
    await kibana.tasks.run(trainingTaskId({ space, detectorId: id }));
    const { training } = (await call('getStatus')).body as DetectorStatus;
    expect(training).toMatchObject({
      state: 'failed',
      failure: {
        code: 'refused',
        message: expect.stringMatching(
          /^The model has \d\.\d MB, at most 1 are allowed .*lower forest\.tree_count/,
        ),
      },
    });
    expect(
      (await ok<{ models: object[] }>(people.owner, 'listModels', { params: { id } })).models,
    ).toHaveLength(1);
  });

  it('are decoded once for all who ask, in whatever way', async () => {
    const { people, trained } = world;
    const { id } = await trained();
    const version = await activeOf(id);
    const decoder = createModelDecoder();
    const decode = jest.spyOn(decoder, 'decode');
    const kibana = startKibanaStandIn({ administrator: admin, decoder });
    for (const [key, object] of world.kibana.savedObjects.objects)
      kibana.savedObjects.objects.set(key, object);
    const replies = await Promise.all(
      (['getModel', 'getModel', 'getThreshold'] as const).map((operation) => {
        const params: Record<string, string> = operation === 'getModel' ? { id, version } : { id };
        return kibana.call(people.reader, operation, { params }, space);
      }),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(decode).toHaveBeenCalledTimes(1);
  });
});

describe('detectors', () => {
  /** Refusals of everything that saves a detector, in the words that are shown. */
  async function refusals(usage: { min_interval?: string; max_detectors?: number }, interval: string) {
    const { people, ok } = world;
    const body = { detector: webDetector(index), start: false };
    const { id, version } = await ok<DetectorRecord>(people.owner, 'createDetector', { body });
    const kibana = startKibanaStandIn({ administrator: admin, usage });
    for (const [key, object] of world.kibana.savedObjects.objects)
      kibana.savedObjects.objects.set(key, object);
    const detector = webDetector(index, { name: 'Other', schedule: { interval } });
    const call = async (operation: Parameters<KibanaStandIn['call']>[1], given: object): Promise<string> => {
      const { body } = await kibana.call(people.owner, operation, given, space);
      const { message, issues = [] } = body as { message?: string; issues?: string[] };
      return message ?? issues.join();
    };
    const params = { id };
    return {
      created: await call('createDetector', { body: { detector, start: true } }),
      validated: await call('validateDetector', { body: { detector } }),
      cloned: await call('cloneDetector', { params, body: {} }),
      imported: await call('importDetectors', { body: { yaml: JSON.stringify(detector) } }),
      updated: await call('updateDetector', { params, body: { detector, version } }),
      count: [...kibana.savedObjects.objects.values()].filter(({ type }) => type === DETECTOR_TYPE).length,
      scheduled: [...kibana.tasks.scheduled.values()].map(({ schedule }) => schedule?.interval),
    };
  }

  it('that are to run too often are refused by all that saves them, and none is made', async () => {
    const words = expect.stringMatching(
      /schedule\.interval: must be at least 10s \(logAnomalies\.limits\.min_interval\) \(got "1s"\)$/,
    );
    const { cloned: _valid, ...told } = await refusals({}, '1s');
    expect(told).toMatchObject({ created: words, updated: words, validated: words, imported: words });
    expect(told).toMatchObject({ count: 2, scheduled: [] });
    const { cloned } = await refusals({ min_interval: '2m' }, '2m');
    expect(cloned).toMatch(/must be at least 2m .*got "1m"/);
  });

  it('are so many in a space at most: beyond it none is created, cloned or imported', async () => {
    const words = expect.stringMatching(
      /^The space has 1 detectors, so 1 more cannot be made: at most 1 are allowed/,
    );
    const told = await refusals({ max_detectors: 1 }, '1m');
    expect(told).toMatchObject({ created: words, cloned: words, imported: words, count: 1 });
    expect(told.updated).toBe('');
  });

  it('that 0.1.0 has saved with a short interval keep it, and run as often as is allowed', async () => {
    const { kibana, people, ok, trained, target } = world;
    const { id } = await trained();
    const stored = kibana.savedObjects.objects.get(`${DETECTOR_TYPE}/${id}`)!;
    const attributes = stored.attributes as DetectorAttributes;
    const detector = webDetector(index, { schedule: { ...attributes.detector.schedule, interval: '1s' } });
    kibana.tasks.scheduled.clear();
    const params = { id };
    await ok(people.owner, 'stopDetector', { params });
    kibana.savedObjects.objects.set(`${DETECTOR_TYPE}/${id}`, {
      ...stored,
      attributes: { ...attributes, detector, enabled: false },
    });
    await ok(people.owner, 'startDetector', { params });
    const task = detectionTaskId(target(id));
    expect(kibana.tasks.scheduled.get(task)?.schedule).toEqual({ interval: '10s' });
    await kibana.tasks.run(task);
    expect(kibana.tasks.scheduled.get(task)?.schedule).toEqual({ interval: '10s' });
    const { detector: kept } = await ok<DetectorRecord>(people.reader, 'getDetector', { params });
    expect(kept.schedule.interval).toBe('1s');
  });
});

describe('the API', () => {
  it('says of every expensive request that it may be answered with 429', () => {
    const { paths } = createOpenApiDocument() as {
      paths: Record<string, Record<string, { operationId: string; responses: Record<string, object> }>>;
    };
    const limited = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .filter(({ responses }) => responses['429'] !== undefined)
      .map(({ operationId }) => operationId);
    expect(limited).toEqual(
      expect.arrayContaining(['previewDetector', 'whatIf', 'importModel', 'getEvidence']),
    );
    expect(limited).not.toContain('listDetectors');
  });
});
