import type { DetectorStatus } from '../../../common/api';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { MINUTE } from '../../../common/duration';
import { createCheckpointStore } from '../../elasticsearch';

type World = ReturnType<typeof smallKibana>;
const list = async ({ ok }: World): Promise<DetectorStatus[]> =>
  (await ok<{ statuses: DetectorStatus[] }>('listStatus')).statuses;

describe('the overview', () => {
  it('sends as many requests for many detectors as for one', async () => {
    const world = smallKibana();
    const requestsOf = async (): Promise<number> => {
      const before = world.requests.length;
      await list(world);
      return world.requests.length - before;
    };
    await world.giveModel(await world.create({}, true));
    const [forOne] = [await requestsOf()];
    for (let i = 0; i < 5; i++) await world.giveModel(await world.create({}, true));
    expect(await requestsOf()).toBe(forOne);
  });

  it('knows model, checkpoint and next run of each', async () => {
    const world = smallKibana();
    const { client, space, kibana } = world;
    const [started, other] = [await world.create({}, true), await world.create()];
    for (const version of ['old', 'new']) await world.giveModel(started, version);
    const reached = kibana.now() - MINUTE;
    await createCheckpointStore(client, { space }).write(
      { detectorId: started, timestampTo: reached, ingestedTo: reached, runId: 'r' },
      undefined,
    );
    const found = new Map((await list(world)).map((each) => [each.id, each]));
    expect(found.get(started)).toMatchObject({
      model: { version: 'new', threshold: 0.6, rows: 300 },
      checkpoint: { timestamp_to: new Date(reached).toISOString() },
      next_run_at: expect.any(String),
      state: 'running',
    });
    expect(found.get(other)).toMatchObject({ state: 'created' });
    expect(found.get(other)).not.toHaveProperty('model');
    expect(found.get(other)).not.toHaveProperty('next_run_at');
  });

  it('has no lag where the limits of Kibana are the reason', async () => {
    const lagOf = async (usage?: { min_interval: string }): Promise<string[]> => {
      const world = smallKibana();
      const { client, space, kibana, services } = world;
      const id = await world.create({}, true);
      if (usage) services.usage = { ...services.usage, ...usage };
      const reached = kibana.now() - 40 * MINUTE;
      await createCheckpointStore(client, { space }).write(
        { detectorId: id, timestampTo: reached, ingestedTo: reached, runId: 'r' },
        undefined,
      );
      const [{ readiness = [] }] = await list(world);
      return readiness.map(({ kind }) => kind);
    };
    expect(await lagOf()).toEqual(['lag']);
    expect(await lagOf({ min_interval: '1h' })).toEqual([]);
  });
});
