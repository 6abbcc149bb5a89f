import type { DetectorRecord, DetectorStatus } from '../../common/api';
import { parseDetector } from '../../common/detector';
import {
  API_KEY_TYPE,
  backfillTaskId,
  detectionTaskId,
  DETECTOR_TYPE,
  trainingTaskId,
} from '../../server/kibana/contracts/identifiers';
import type { ApiKeyAttributes, DetectorAttributes } from '../../server/kibana/contracts/saved_object_types';
import { ownerRole } from '../../server/elasticsearch';
import { webDetector } from './fixtures/kibana_logs';
import { personWith, refusalOf, type NewPerson } from './fixtures/kibana_people';
import type { Person } from './fixtures/kibana_stand_in';
import { RECENT_ODD, webWorld } from './fixtures/kibana_world';

// Before the world ends, and its administrator with it.
afterAll(() => second.remove());
const world = webWorld();
const { admin, index, space, kibana, ok, target, status, resultIds, trained } = world;
const { objects } = kibana.savedObjects;
let owner: Person;
/** May write detectors and has the rights of an owner, but not on the logs. */
let stranger: Person;
let second: NewPerson;
beforeAll(async () => {
  ({ owner, stranger } = world.people);
  second = await personWith(admin, 'otto', ownerRole([index], space), ['read', 'write']);
});

function secondsLater(seconds: number): void {
  const now = kibana.now();
  kibana.now = () => now + seconds * 1_000;
}

const keyOf = (id: string) => {
  const { attributes } = objects.get(`${DETECTOR_TYPE}/${id}`)!;
  return objects.get(`${API_KEY_TYPE}/${(attributes as DetectorAttributes).api_key_object}`)!;
};
const isValid = async (keyId: string): Promise<boolean> => {
  const { api_keys } = await admin.security.getApiKey({ id: keyId });
  return api_keys[0].invalidated === false;
};
const keyIdOf = (id: string): string => (keyOf(id).attributes as ApiKeyAttributes).api_key_id;

/** Changes the attributes of an object past every client, as a restored or edited index of Kibana would. */
function change(type: string, id: string, attributes: object): void {
  const stored = objects.get(`${type}/${id}`)!;
  objects.set(`${type}/${id}`, {
    ...stored,
    attributes: { ...(stored.attributes as object), ...attributes },
  });
}

/** As 0.1.0 has left it: the key tells its id and the name of a detector, the detector nothing of its models. */
function asOf010(id: string): void {
  const key = keyOf(id);
  const { api_key_id, api_key, detector_name } = key.attributes as ApiKeyAttributes;
  const attributes = { api_key_id, api_key, detector_name };
  const authenticated = JSON.stringify([
    API_KEY_TYPE,
    key.id,
    [
      ['api_key_id', api_key_id],
      ['detector_name', detector_name],
    ],
  ]);
  objects.set(`${API_KEY_TYPE}/${key.id}`, { ...key, attributes, authenticated });
  const stored = objects.get(`${DETECTOR_TYPE}/${id}`)!;
  const { model_reads: _reads, ...rest } = stored.attributes as DetectorAttributes;
  objects.set(`${DETECTOR_TYPE}/${id}`, { ...stored, attributes: rest });
}

describe('the key of another owner', () => {
  it("is out of reach of Kibana's own API for saved objects", async () => {
    const { id } = await trained();
    const attributes = objects.get(`${DETECTOR_TYPE}/${id}`)!.attributes as DetectorAttributes;
    const api = await kibana.savedObjects.throughHttpApi(stranger, space);
    const forged = {
      ...attributes,
      name: 'Mine',
      detector: parseDetector(webDetector(index, { name: 'Mine', context_fields: ['message'] })),
      owner: 'sam',
    };
    for (const attempt of [
      () => api.create(DETECTOR_TYPE, forged),
      () => api.create(DETECTOR_TYPE, forged, { id, overwrite: true }),
      () => api.get(DETECTOR_TYPE, id),
      () => api.find({ type: DETECTOR_TYPE }),
      () => api.delete(DETECTOR_TYPE, id),
      () => api.get(API_KEY_TYPE, attributes.api_key_object as string),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ output: { statusCode: 400 } });
    }
    expect(await isValid(keyIdOf(id))).toBe(true);
  });

  it('does nothing for a detector that names it, however that came about', async () => {
    const { id } = await trained();
    const attributes = objects.get(`${DETECTOR_TYPE}/${id}`)!.attributes as DetectorAttributes;
    const forged = await kibana.services.internalSavedObjects.create(
      DETECTOR_TYPE,
      { ...attributes, name: 'Mine', owner: 'sam' },
      { namespace: space },
    );
    await kibana.call(stranger, 'trainDetector', { params: { id: forged.id } }, space);
    await kibana.tasks.run(trainingTaskId(target(forged.id)));
    expect(kibana.logged.join('\n')).toMatch(/it cannot be trained: .*granted for another detector/);

    const start = await kibana.call(stranger, 'startDetector', { params: { id: forged.id } }, space);
    expect(refusalOf(start)).toMatch(new RegExp(`^403 .*you lack: read on "${index}"`));
    await kibana.tasks.schedule({
      id: detectionTaskId(target(forged.id)),
      taskType: 'logAnomalies:detect',
      params: target(forged.id),
      state: {},
    });
    await kibana.tasks.run(detectionTaskId(target(forged.id)));
    expect(await resultIds(forged.id)).toEqual([]);
    expect(await status(forged.id)).toMatchObject({
      last_error: {
        code: 'unauthenticated',
        message: expect.stringContaining('was granted for another detector, so it is not used'),
      },
    });

    await ok(stranger, 'deleteDetector', { params: { id: forged.id } });
    expect(await isValid(keyIdOf(id))).toBe(true);
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await resultIds(id)).toEqual(expect.arrayContaining(RECENT_ODD));
  });

  it('stops working when source, fields or the binding itself are changed past our API', async () => {
    const { id } = await trained();
    const { detector } = objects.get(`${DETECTOR_TYPE}/${id}`)!.attributes as DetectorAttributes;
    const run = async (): Promise<string> => {
      secondsLater(1);
      await kibana.tasks.run(detectionTaskId(target(id)));
      return (await status(id)).last_error?.message ?? 'ran';
    };
    expect(await run()).toBe('ran');
    change(DETECTOR_TYPE, id, { detector: { ...detector, source: { ...detector.source, index: 'secret' } } });
    expect(await run()).toContain('was changed past Log Anomalies after its API key was granted');
    change(DETECTOR_TYPE, id, { detector: { ...detector, context_fields: ['password'] } });
    expect(await run()).toContain('was changed past Log Anomalies');
    change(DETECTOR_TYPE, id, { detector, model_reads: ['password'] });
    expect(await run()).toContain('was changed past Log Anomalies');
    const { steering_hash: hash } = keyOf(id).attributes as ApiKeyAttributes;
    change(API_KEY_TYPE, keyOf(id).id, { steering_hash: '0'.repeat(64) });
    expect(await run()).toContain('Unable to decrypt');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);

    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    await ok(owner, 'updateDetector', {
      params: { id },
      body: { detector: record.detector, version: record.version },
    });
    expect(await run()).toBe('ran');
  });

  it('gives way to the key of whoever edits or starts the detector', async () => {
    const { id } = await trained();
    const ofOlga = keyIdOf(id);
    const record = await ok<DetectorRecord>(owner, 'getDetector', { params: { id } });
    const body = { detector: { ...record.detector, description: 'mine' }, version: record.version };
    const refused = await kibana.call(stranger, 'updateDetector', { params: { id }, body }, space);
    expect(refusalOf(refused)).toMatch(new RegExp(`^403 .*you lack: read on "${index}"`));
    expect(keyIdOf(id)).toBe(ofOlga);

    await ok(owner, 'startDetector', { params: { id } });
    expect(keyIdOf(id)).toBe(ofOlga);
    expect(await ok(second, 'startDetector', { params: { id } })).toMatchObject({ owner: 'otto' });
    const ofOtto = keyIdOf(id);
    expect(await isValid(ofOlga)).toBe(false);
    const { api_keys } = await admin.security.getApiKey({ id: ofOtto });
    expect(api_keys[0]).toMatchObject({ username: second.authorization!.username, invalidated: false });
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await status(id)).toMatchObject({ state: 'running' });
    await ok(owner, 'deleteDetector', { params: { id } });
    expect(await isValid(ofOtto)).toBe(false);
  });
});

describe('the time of a key', () => {
  it('is told before it ends, and begins anew when the owner comes by', async () => {
    const { id } = await trained();
    const before = keyIdOf(id);
    const clock = kibana.now;
    const days = (count: number) => (kibana.now = () => clock() + count * 86_400_000);
    try {
      days(340);
      expect((await ok<DetectorStatus>(second, 'getStatus', { params: { id } })).readiness).toEqual(
        expect.arrayContaining([expect.objectContaining({ kind: 'api_key', level: 'warning' })]),
      );
      expect(keyIdOf(id)).toBe(before);
      const { readiness } = await ok<DetectorStatus>(owner, 'getStatus', { params: { id } });
      expect(readiness?.map(({ kind }) => kind)).not.toContain('api_key');
      expect(keyIdOf(id)).not.toBe(before);
      expect(await isValid(before)).toBe(false);
      expect(objects.get(`${DETECTOR_TYPE}/${id}`)!.attributes).toMatchObject({ owner: 'olga' });
    } finally {
      kibana.now = clock;
    }
    const { api_keys } = await admin.security.getApiKey({ id: keyIdOf(id) });
    expect(api_keys[0].expiration! - api_keys[0].creation).toBe(365 * 86_400_000);
    expect(JSON.stringify(api_keys[0].role_descriptors)).toContain(`"${index}"`);
  });
});

describe('a detector of version 0.1.0', () => {
  it('keeps everything and runs once somebody with the rights has started it', async () => {
    const { id } = await trained();
    await kibana.tasks.run(detectionTaskId(target(id)));
    const before = await resultIds(id);
    const { models } = await ok<{ models: unknown[] }>(owner, 'listModels', { params: { id } });
    asOf010(id);
    secondsLater(1);
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await status(id)).toMatchObject({
      state: 'failing',
      last_error: {
        code: 'unauthenticated',
        message: expect.stringMatching(/saved by version 0\.1\.0.*save or start it/),
      },
      readiness: expect.arrayContaining([
        expect.objectContaining({ level: 'blocking', said: { code: 'key_unbound', values: {} } }),
      ]),
    });
    const old = keyIdOf(id);
    secondsLater(1);
    await ok(owner, 'startDetector', { params: { id } });
    await kibana.tasks.run(detectionTaskId(target(id)));
    expect(await status(id)).toMatchObject({ state: 'running', consecutive_failures: 0 });
    const kinds = ((await status(id)).readiness ?? []).map(({ kind }) => kind);
    expect(kinds).not.toContain('api_key');
    expect(await isValid(old)).toBe(false);
    expect(await resultIds(id)).toEqual(before);
    expect((await ok<{ models: unknown[] }>(owner, 'listModels', { params: { id } })).models).toHaveLength(
      models.length,
    );
  });

  it('does not take the key of another one with it when it is deleted', async () => {
    const { id } = await trained();
    asOf010(id);
    const attributes = objects.get(`${DETECTOR_TYPE}/${id}`)!.attributes as DetectorAttributes;
    const forged = await kibana.services.internalSavedObjects.create(
      DETECTOR_TYPE,
      { ...attributes, owner: 'sam' },
      { namespace: space },
    );
    await ok(stranger, 'deleteDetector', { params: { id: forged.id } });
    expect(await isValid(keyIdOf(id))).toBe(true);
    expect(kibana.logged.join('\n')).toMatch(/stays: the detector .* named it, but it is of another one/);
    const ofOlga = keyIdOf(id);
    await ok(owner, 'deleteDetector', { params: { id } });
    expect(await isValid(ofOlga)).toBe(false);
    expect(kibana.tasks.scheduled.has(backfillTaskId(target(id)))).toBe(false);
  });
});
