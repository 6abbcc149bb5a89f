import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import { boom, breakSaving } from '../../../test/fakes/break_saving';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { SMALL_DETECTOR } from '../../../test/kibana_versions/small_detector';
import { API_KEY_TYPE, detectionTaskId, DETECTOR_TYPE } from '../contracts/identifiers';
import { createDetectorRepository } from '../records/detector_repository';
import { saveWithKey } from './save_with_key';

const keysOf = ({ kibana }: ReturnType<typeof smallKibana>): string[] =>
  [...kibana.savedObjects.objects.values()].filter(({ type }) => type === API_KEY_TYPE).map(({ id }) => id);

describe('an answer to saving a detector that is lost', () => {
  it('costs a new detector neither its key nor itself', async () => {
    const world = smallKibana();
    breakSaving(world, 'after', boom(503));
    const id = await world.create({}, true);
    const stored = world.kibana.savedObjects.objects.get(`${DETECTOR_TYPE}/${id}`);
    expect(keysOf(world)).toEqual([(stored?.attributes as { api_key_object: string }).api_key_object]);
  });

  it('keeps the key that an edit was saved with', async () => {
    const world = smallKibana();
    const id = await world.create();
    const { detector, version } = await world.ok<{ detector: object; version: string }>('getDetector', {
      params: { id },
    });
    breakSaving(world, 'after', boom(500));
    await world.ok('updateDetector', { params: { id }, body: { detector, version } });
    const { kibana, client } = world;
    const savedObjects = kibana.savedObjects.client('default', { includedHiddenTypes: [DETECTOR_TYPE] });
    expect(client).toBeDefined();
    const { apiKeyObject } = await createDetectorRepository(savedObjects).get(id);
    expect(keysOf(world)).toEqual([apiKeyObject]);
  });
});

describe('an answer that is lost where security is off', () => {
  const withoutSecurity = () => {
    const world = smallKibana();
    const { services } = world;
    services.apiKeys = { ...services.apiKeys, security: undefined, isSecurityOff: async () => true };
    return world;
  };
  const edited = { ...SMALL_DETECTOR, features: [{ type: 'number', field: 'bytes' }] };
  const running = async () => {
    const world = withoutSecurity();
    const id = await world.create({}, true);
    await world.giveModel(id, 'v1');
    const { version } = await world.ok<{ version: string }>('getDetector', { params: { id } });
    return { ...world, id, edit: { params: { id }, body: { detector: edited, version } } };
  };

  it('leaves a new detector with a task', async () => {
    const world = withoutSecurity();
    breakSaving(world, 'after', boom(503));
    const id = await world.create({}, true);
    expect(world.kibana.tasks.scheduled.has(detectionTaskId(world.target(id)))).toBe(true);
  });

  it('has a model trained for an edit that was saved', async () => {
    const world = await running();
    breakSaving(world, 'after', boom(503));
    const { detector } = await world.ok<{ detector: object }>('updateDetector', world.edit);
    expect(detector).toMatchObject({ features: [{ field: 'bytes' }] });
    expect(await world.status.readPart(world.id, 'training')).toMatchObject({ reason: 'edit' });
  });

  it('is told where nothing was saved', async () => {
    const world = await running();
    breakSaving(world, 'before', boom(503));
    expect(await world.call('updateDetector', world.edit)).toMatchObject({ status: 503 });
    expect(await world.ok('updateDetector', world.edit)).toMatchObject({ detector: edited });
  });
});

it('revokes the key of what was refused for sure, and leaves the others to the sweep', async () => {
  const refused = smallKibana();
  breakSaving(refused, 'before', boom(403));
  await expect(refused.create()).rejects.toThrow('createDetector: 403');
  expect(keysOf(refused)).toEqual([]);
  const unsure = smallKibana();
  breakSaving(unsure, 'before', boom(503));
  await expect(unsure.create()).rejects.toThrow('createDetector: 503');
  expect(keysOf(unsure)).toHaveLength(1);
});

it.each<[DetectionErrorCode, boolean]>([
  ['conflict', true],
  ['unavailable', false],
])('where nobody can tell what is stored, %s decides', async (code, isRevoked) => {
  const revoked: string[] = [];
  const savedObjects = {
    get: async () => ({ attributes: { api_key_id: 'k', detector_id: 'd', space: 'default' } }),
    delete: async (_type: string, id: string) => revoked.push(id),
  } as never;
  const context = { records: { delete: async () => ({}) }, log: console } as never;
  const error = new DetectionError(code, 'No.');
  const work = {
    save: () => Promise.reject<{ apiKeyObject: string }>(error),
    read: () => Promise.reject<{ apiKeyObject: string }>(new DetectionError('unavailable', 'No.')),
    isSaved: () => false,
  };
  const granted = { object: 'o', use: { detectorId: 'd', space: 'default', steering: '' } };
  await expect(saveWithKey(context, savedObjects, granted, work)).rejects.toBe(error);
  expect(revoked).toEqual(isRevoked ? ['o'] : []);
});
