import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { API_KEY_TYPE, DETECTOR_TYPE } from '../contracts/identifiers';
import { createDetectorRepository } from '../records/detector_repository';
import { saveWithKey } from './save_with_key';

const boom = (statusCode: number): Error => Object.assign(new Error('no answer'), { output: { statusCode } });

/** Makes Kibana's saved objects answer `error` to a change of detectors, once, before or after they do it. */
function breakSaving(world: ReturnType<typeof smallKibana>, when: 'before' | 'after', error: Error): void {
  const { savedObjects } = world.kibana;
  const clientOf = savedObjects.client.bind(savedObjects);
  let isBroken = false;
  savedObjects.client = (...access) => {
    const client = clientOf(...access);
    return {
      ...client,
      create: async (type, attributes, options) => {
        if (type !== DETECTOR_TYPE || isBroken) return client.create(type, attributes, options);
        isBroken = true;
        if (when === 'after') await client.create(type, attributes, options);
        throw error;
      },
    };
  };
}

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
  };
  const granted = { object: 'o', use: { detectorId: 'd', space: 'default', steering: '' } };
  await expect(saveWithKey(context, savedObjects, granted, work)).rejects.toBe(error);
  expect(revoked).toEqual(isRevoked ? ['o'] : []);
});
