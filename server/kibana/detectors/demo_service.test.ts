import { errors } from '@elastic/elasticsearch';
import type { SampleReport } from '../../../common/api';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { demoTaskId, DETECTOR_TYPE } from '../contracts/identifiers';
import { SAMPLE_OF_SPACE } from '../records/status_store';

type World = ReturnType<typeof smallKibana>;

const detectorsOf = ({ kibana }: World): string[] =>
  [...kibana.savedObjects.objects.values()].flatMap(({ type, id }) => (type === DETECTOR_TYPE ? [id] : []));
const nameOf = async ({ ok }: World): Promise<string | undefined> =>
  (await ok<SampleReport>('getSample')).detector_id;

/** Makes Elasticsearch do a write of the status of the sample and lose the answer, once. */
function loseAnswer({ client }: World): void {
  const bulk = client.bulk.bind(client) as (...given: unknown[]) => Promise<unknown>;
  let isLost = false;
  Object.assign(client, {
    bulk: async (...given: unknown[]) => {
      const answer = await bulk(...given);
      if (isLost || !JSON.stringify(given).includes('"part\\":\\"sample')) return answer;
      isLost = true;
      throw new errors.ConnectionError('socket hang up');
    },
  });
}

it('makes one detector where several ask at once for the sample logs', async () => {
  const { kibana, call, ok } = smallKibana();
  const replies = await Promise.all([call('installSample'), call('installSample'), call('installSample')]);
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  const detectors = [...kibana.savedObjects.objects.values()].filter(({ type }) => type === DETECTOR_TYPE);
  const { detector_id: id, state } = await ok<SampleReport>('getSample');
  expect(state).toBe('writing');
  expect(detectors.map((each) => each.id)).toEqual([id]);
  await ok('removeSample');
  expect(await ok('installSample')).toMatchObject({ state: 'writing' });
});

it('can be asked for again where they could not be made', async () => {
  const { call, ok, services } = smallKibana();
  const { apiKeys } = services;
  services.apiKeys = { ...apiKeys, canEncrypt: false };
  expect(await call('installSample')).toMatchObject({ status: 422 });
  services.apiKeys = apiKeys;
  expect(await ok('getSample')).toMatchObject({ state: 'none' });
  expect(await ok('installSample')).toMatchObject({ state: 'writing' });
});

it('makes one detector where several begin again at nearly the same time', async () => {
  for (let turns = 0; turns <= 80; turns += 4) {
    const world = smallKibana();
    const { call, ok, status } = world;
    await ok('installSample');
    const failed = await nameOf(world);
    const sample = await status.readPart(SAMPLE_OF_SPACE, 'sample');
    await status.writePart(SAMPLE_OF_SPACE, 'sample', { ...sample!, state: 'failed' });
    const later = async () => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      return call('installSample');
    };
    const replies = await Promise.all([call('installSample'), later()]);
    expect([turns, ...replies.map((reply) => reply.status).sort()]).toEqual([turns, 200, 409]);
    expect(detectorsOf(world)).toEqual([await nameOf(world)]);
    expect(await nameOf(world)).not.toBe(failed);
  }
});

it('makes the sample logs though the answer to their claim was lost', async () => {
  const world = smallKibana();
  loseAnswer(world);
  expect(await world.ok('installSample')).toMatchObject({ state: 'writing' });
  expect(detectorsOf(world)).toEqual([await nameOf(world)]);
});

it('takes over a claim whose Kibana was stopped, and removes what failed before it', async () => {
  const world = smallKibana();
  const { kibana, call, ok, status } = world;
  const failed = await world.create();
  const at = kibana.now();
  const claim = { state: 'writing', claim_id: 'one', failed_detector_ids: [failed] } as const;
  const requested_at = new Date(at).toISOString();
  await status.writePart(SAMPLE_OF_SPACE, 'sample', { ...claim, requested_at, written: 0, total: 10 });
  kibana.now = () => at + 119_000;
  expect(await ok('getSample')).toMatchObject({ state: 'writing' });
  expect(await call('installSample')).toMatchObject({ status: 409 });
  kibana.now = () => at + 121_000;
  expect(await ok('getSample')).toMatchObject({
    state: 'failed',
    failure: { code: 'interrupted', next_step: 'Begin again.' },
  });
  expect(await ok('installSample')).toMatchObject({ state: 'writing', done: 0 });
  expect(detectorsOf(world)).toEqual([await nameOf(world)]);
  expect(detectorsOf(world)).not.toEqual([failed]);
});

it('leaves nothing of sample logs that are removed while they are made', async () => {
  for (let turns = 0; turns <= 200; turns += 10) {
    const world = smallKibana();
    const { kibana, call, ok, client } = world;
    const remove = async () => {
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      return call('removeSample');
    };
    await Promise.all([call('installSample'), remove()]);
    const { state, detector_id: id } = await ok<SampleReport>('getSample');
    expect([turns, state, ...detectorsOf(world)]).toEqual(
      id === undefined ? [turns, 'none'] : [turns, 'writing', id],
    );
    if (id === undefined) expect(kibana.tasks.scheduled.size).toBe(0);
    expect(await client.indices.exists({ index: 'log-anomalies-sample-default' })).toBe(id !== undefined);
  }
});

it('does not begin again by itself what was removed while its task wrote logs', async () => {
  const world = smallKibana();
  const { kibana, ok, client, services } = world;
  services.clock = { ...services.clock, sleep: async () => undefined };
  await ok('installSample');
  const id = (await nameOf(world))!;
  const bulk = client.bulk.bind(client) as (...given: unknown[]) => Promise<unknown>;
  let isRemoved = false;
  Object.assign(client, {
    bulk: async (...given: unknown[]) => {
      if (!isRemoved && JSON.stringify(given).includes('"part\\":\\"sample')) {
        isRemoved = true;
        await ok('removeSample');
      }
      return bulk(...given);
    },
  });
  await kibana.tasks.run(demoTaskId(world.target(id)));
  expect(isRemoved).toBe(true);
  expect(await ok('getSample')).toMatchObject({ state: 'none' });
});

describe('sample logs whose Kibana was stopped while it made them', () => {
  /** Stops it at the second write of the status of the sample: the detector is saved, and its name is not yet. */
  const beforeNaming = ({ client }: World): (() => void) => {
    const bulk = client.bulk.bind(client) as (...given: unknown[]) => Promise<unknown>;
    let writes = 0;
    Object.assign(client, {
      bulk: (...given: unknown[]) =>
        JSON.stringify(given).includes('"part\\":\\"sample') && ++writes === 2
          ? new Promise(() => {})
          : bulk(...given),
    });
    return () => void Object.assign(client, { bulk });
  };
  const beforeItsTask = ({ kibana }: World): (() => void) => {
    const schedule = kibana.tasks.ensureScheduled.bind(kibana.tasks);
    kibana.tasks.ensureScheduled = () => new Promise(() => {});
    return () => {
      kibana.tasks.ensureScheduled = schedule;
    };
  };
  const settle = () => new Promise((done) => setTimeout(done, 50));

  const cutOff = async (stop: (world: World) => () => void): Promise<World & { left: string }> => {
    const world = smallKibana();
    const start = stop(world);
    void world.call('installSample');
    await settle();
    start();
    const at = world.kibana.now();
    world.kibana.now = () => at + 121_000;
    expect(detectorsOf(world)).toHaveLength(1);
    expect(world.kibana.tasks.scheduled.size).toBe(0);
    return { ...world, left: detectorsOf(world)[0] };
  };

  it.each([
    ['had not named their detector', beforeNaming],
    ['had no task for them', beforeItsTask],
  ])('are removed whole: it %s', async (_name, stop) => {
    const world = await cutOff(stop);
    expect(await world.ok('removeSample')).toMatchObject({ warnings: [] });
    expect(detectorsOf(world)).toEqual([]);
    expect(await world.ok('getSample')).toMatchObject({ state: 'none' });
  });

  it.each([
    ['had not named their detector', beforeNaming],
    ['had no task for them', beforeItsTask],
  ])('are told to have failed and begun again: it %s', async (_name, stop) => {
    const world = await cutOff(stop);
    expect(await world.ok('getSample')).toMatchObject({
      state: 'failed',
      failure: { code: 'interrupted', next_step: 'Begin again.' },
    });
    expect(await world.ok('installSample')).toMatchObject({ state: 'writing' });
    expect(detectorsOf(world)).toEqual([await nameOf(world)]);
    expect(detectorsOf(world)).not.toEqual([world.left]);
  });

  it('go on as long as they have a task', async () => {
    const world = smallKibana();
    await world.ok('installSample');
    const at = world.kibana.now();
    world.kibana.now = () => at + 3_600_000;
    expect(await world.ok('getSample')).toMatchObject({ state: 'writing' });
    const [id] = world.kibana.tasks.scheduled.keys();
    world.kibana.tasks.scheduled.set(id, { ...world.kibana.tasks.scheduled.get(id)!, status: 'failed' });
    expect(await world.ok('getSample')).toMatchObject({ state: 'failed' });
  });
});

it('leaves nothing of sample logs whose task is at work as they are removed', async () => {
  const world = smallKibana();
  const { kibana, ok, client, elasticsearch } = world;
  await ok('installSample');
  const id = (await nameOf(world))!;
  const bulk = client.bulk.bind(client) as (...given: unknown[]) => Promise<unknown>;
  let removal: Promise<unknown> | undefined;
  Object.assign(client, {
    bulk: async (...given: unknown[]) => {
      if (removal === undefined && JSON.stringify(given).includes('log-anomalies-sample')) {
        removal = ok('removeSample');
        await new Promise((done) => setTimeout(done, 500));
      }
      return bulk(...given);
    },
  });
  await kibana.tasks.run(demoTaskId(world.target(id)));
  expect(await removal).toMatchObject({ warnings: [] });
  expect(await ok('getSample')).toMatchObject({ state: 'none' });
  expect(elasticsearch.documentsOf('log-anomalies-sample-default')).toEqual([]);
  expect(await client.indices.exists({ index: 'log-anomalies-sample-default' })).toBe(false);
});

it('finds again what was left of sample logs as their removal was cut off', async () => {
  const world = smallKibana();
  const { kibana, ok, call, client } = world;
  await ok('installSample');
  const { deleteByQuery } = client;
  const isStopped = new Promise<void>((done) => {
    Object.assign(client, {
      deleteByQuery: () => {
        done();
        return new Promise(() => {});
      },
    });
  });
  void call('removeSample');
  await isStopped;
  Object.assign(client, { deleteByQuery: deleteByQuery.bind(client) });
  const at = kibana.now();
  kibana.now = () => at + 121_000;
  expect(await ok('getSample')).toMatchObject({ state: 'failed' });
  expect(await ok('removeSample')).toMatchObject({ warnings: [] });
  expect(await ok('getSample')).toMatchObject({ state: 'none' });
  expect(detectorsOf(world)).toEqual([]);
  expect(await client.indices.exists({ index: 'log-anomalies-sample-default' })).toBe(false);
});

it('finds the detector of sample logs that could neither be made nor taken back', async () => {
  const world = smallKibana();
  const { kibana, call, ok } = world;
  const { ensureScheduled, removeIfExists } = kibana.tasks;
  const fails = () => Promise.reject(new Error('Task Manager is away'));
  Object.assign(kibana.tasks, { ensureScheduled: fails, removeIfExists: fails });
  expect(await call('installSample')).not.toMatchObject({ status: 200 });
  Object.assign(kibana.tasks, { ensureScheduled, removeIfExists });
  expect(detectorsOf(world)).toHaveLength(1);
  await ok('removeSample');
  expect(detectorsOf(world)).toEqual([]);
});
