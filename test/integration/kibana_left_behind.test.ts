import type { DetectorRecord } from '../../common/api';
import { checkpointsIndex, modelsIndex, ownerRole, resultsPattern } from '../../server/elasticsearch';
import { pipelineName } from '../../server/elasticsearch/ingest';
import {
  API_KEY_TYPE,
  backfillTaskId,
  detectionTaskId,
  DETECTOR_TYPE,
  KEY_RECORD_TYPE,
  trainingTaskId,
} from '../../server/kibana/contracts/identifiers';
import { sweepKeys } from '../../server/kibana/tasks/key_sweep';
import type { ApiKeyAttributes } from '../../server/kibana/contracts/saved_object_types';
import { webDetector } from './fixtures/kibana_logs';
import { answerOf, personWith } from './fixtures/kibana_people';
import { webWorld } from './fixtures/kibana_world';

const world = webWorld();
const { admin, index, space, start, kibana, ok, target, trained } = world;
const { objects } = kibana.savedObjects;

const keysOf = (type: string) => [...objects.values()].filter((object) => object.type === type);
const keyIds = (): string[] =>
  keysOf(API_KEY_TYPE).map(({ attributes }) => (attributes as ApiKeyAttributes).api_key_id);
const isValid = async (id: string): Promise<boolean> =>
  (await admin.security.getApiKey({ id })).api_keys[0].invalidated === false;

describe('keys without a detector', () => {
  it('are invalidated after an hour, whatever has taken their objects away', async () => {
    const { owner } = world.people;
    const clock = kibana.now;
    const create = async () =>
      (await ok<DetectorRecord>(owner, 'createDetector', { body: { detector: webDetector(index) } })).id;
    const kept = await create();
    const [ofKept] = keyIds();
    const lost = await create();
    const ofLost = keyIds().find((id) => id !== ofKept) as string;
    objects.delete(`${DETECTOR_TYPE}/${lost}`);
    // A space is deleted with all that is in it, and nobody tells us.
    await create();
    const ofSpace = keyIds().find((id) => id !== ofKept && id !== ofLost) as string;
    for (const [name, { attributes, type }] of objects) {
      const { api_key_id: id, name: detector } = attributes as { api_key_id?: string; name?: string };
      if (type === API_KEY_TYPE && id === ofSpace) objects.delete(name);
      if (type === DETECTOR_TYPE && detector !== undefined && !name.endsWith(kept)) objects.delete(name);
    }
    expect(await sweepKeys(kibana.services)).toBe(0);
    kibana.now = () => clock() + 2 * 3_600_000;
    try {
      expect(await sweepKeys(kibana.services)).toBe(2);
    } finally {
      kibana.now = clock;
    }
    expect(await Promise.all([ofKept, ofLost, ofSpace].map(isValid))).toEqual([true, false, false]);
    expect(keyIds()).toEqual([ofKept]);
    expect(keysOf(KEY_RECORD_TYPE).map(({ id }) => id)).toEqual([ofKept]);
    await ok(owner, 'deleteDetector', { params: { id: kept } });
    expect(keysOf(KEY_RECORD_TYPE)).toEqual([]);
  });
});

describe('a deleted detector', () => {
  it('leaves no pipeline that was put by hand, and no place of a backfill', async () => {
    const pia = await personWith(admin, 'pia', ownerRole([index], space, 'ingest'), ['read', 'write']);
    try {
      const { id } = await ok<DetectorRecord>(pia, 'createDetector', {
        body: { detector: webDetector(index), start: false },
      });
      await ok(pia, 'trainDetector', { params: { id } });
      await kibana.tasks.run(trainingTaskId(target(id)));
      await ok(pia, 'putPipeline', { params: { id }, body: {} });
      const body = { from: start, to: start + 600_000, where: 'job' };
      await ok(pia, 'startBackfill', { params: { id }, body });
      await kibana.tasks.run(backfillTaskId(target(id)));
      const left = async (): Promise<number> => {
        await admin.indices.refresh({ index: checkpointsIndex(space) });
        const query = { prefix: { detector_id: id } };
        return (await admin.count({ index: checkpointsIndex(space), query })).count;
      };
      expect(await left()).toBeGreaterThan(0);
      const places = { prefix: { detector_id: `${id}:backfill:` } };
      expect((await admin.count({ index: checkpointsIndex(space), query: places })).count).toBe(1);
      expect(await ok(pia, 'deleteDetector', { params: { id } })).toMatchObject({ warnings: [] });
      expect(await left()).toBe(0);
      const pipeline = { id: pipelineName(id, space) };
      expect(await admin.ingest.getPipeline(pipeline).catch(() => 'gone')).toBe('gone');
    } finally {
      await pia.remove();
    }
  });

  it('takes nothing of another space with it, where one has the same id', async () => {
    const { owner } = world.people;
    const { id } = await trained();
    await kibana.tasks.run(detectionTaskId(target(id)));
    const elsewhere = `${space}-x`;
    // A detector of that id in a space whose name begins alike, deleted by somebody with all rights.
    const stored = objects.get(`${DETECTOR_TYPE}/${id}`)!;
    const everybody = { ...owner, client: admin };
    await admin.indices.refresh({
      index: [resultsPattern(space), modelsIndex(space), checkpointsIndex(space)],
    });
    const counts = async (): Promise<number[]> =>
      Promise.all(
        [resultsPattern(space), modelsIndex(space), checkpointsIndex(space)].map(
          async (name) => (await admin.count({ index: name })).count,
        ),
      );
    const before = await counts();
    expect(Math.min(...before)).toBeGreaterThan(0);
    objects.set(`${DETECTOR_TYPE}/${id}`, { ...stored, space: elsewhere });
    const given = { params: { id }, query: { delete_results: 'true' } };
    await answerOf(kibana, everybody, 'deleteDetector', given, elsewhere);
    await admin.indices.refresh({
      index: [resultsPattern(space), modelsIndex(space), checkpointsIndex(space)],
    });
    expect(await counts()).toEqual(before);
  });
});
