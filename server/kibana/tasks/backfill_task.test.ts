import { stringify } from 'yaml';
import { DetectionError } from '../../../common/detection_error';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { SMALL_DETECTOR } from '../../../test/kibana_versions/small_detector';
import { detectAnomalies } from '../../detection/scoring/detect_anomalies';
import { documentId } from '../../elasticsearch/indices/names';
import { BACKFILL_TASK_TYPE, backfillTaskId, detectionTaskId } from '../contracts/identifiers';
import { withCurrentSettings } from '../records/effective_snapshot';
import type { BackfillOrder } from './backfill_order';

jest.mock('../../detection/scoring/detect_anomalies');
jest.mock('../records/effective_snapshot');

const from = '2026-03-01T10:00:00.000Z';
const to = '2026-03-01T11:00:00.000Z';

/** A backfill that was ordered, and whose task is due. */
async function ordered(change: Partial<BackfillOrder> = {}, report: object = {}) {
  const world = smallKibana();
  const { kibana, services, status, target, create } = world;
  const detectorId = await create();
  const id = backfillTaskId(target(detectorId));
  const order: BackfillOrder = { id: 'order-1', from, to, where: 'job', ...change };
  const { key: _key, ...told } = order;
  const counted = { requested_at: from, logs: 0, total: 100, anomalies: 0, created: 0 };
  await status.writePart(detectorId, 'backfill', { ...told, ...counted, state: 'queued', ...report });
  await kibana.tasks.schedule({
    ...{ id, taskType: BACKFILL_TASK_TYPE, state: {} },
    params: { ...target(detectorId), order },
  });
  return {
    ...world,
    detectorId,
    run: () => kibana.tasks.run(id),
    task: () => kibana.tasks.scheduled.get(id),
    dropTask: () => kibana.tasks.scheduled.delete(id),
    failTask: () => kibana.tasks.scheduled.set(id, { ...kibana.tasks.scheduled.get(id)!, status: 'failed' }),
    backfill: () => status.readPart(detectorId, 'backfill'),
    cancel: () => world.ok('cancelBackfill', { params: { id: detectorId } }),
    breakWith: (error: Error): (() => void) => {
      const { clientFor } = services;
      services.clientFor = () => {
        throw error;
      };
      return () => {
        services.clientFor = clientFor;
      };
    },
  };
}

describe('a backfill whose piece cannot begin', () => {
  it.each(['unavailable', 'interrupted', 'conflict'] as const)(
    'goes on later where that passes: %s',
    async (code) => {
      const { run, task, backfill, breakWith, kibana } = await ordered();
      const mend = breakWith(new DetectionError(code, 'Elasticsearch does not answer.'));
      const start = kibana.now();
      kibana.now = () => start;
      await run();
      await run();
      expect(task()).toMatchObject({ state: { unopened: 2 }, runAt: new Date(start + 20_000) });
      expect(await backfill()).toMatchObject({ state: 'queued' });
      mend();
      await run();
      // It has no model to score with, which is told by the work itself.
      expect(await backfill()).toMatchObject({ state: 'failed', failure: { code: 'refused' } });
      expect(task()).toBeUndefined();
    },
  );

  it('ends on record where its key is gone, as after an edit', async () => {
    const { run, task, backfill } = await ordered({ where: 'cluster', key: 'gone' }, { task: 'node:1' });
    await run();
    expect(task()).toBeUndefined();
    expect(await backfill()).toMatchObject({
      state: 'failed',
      finished_at: expect.any(String),
      failure: {
        code: 'unauthenticated',
        message: expect.stringMatching(
          /^The backfill ended, since its key is gone.*goes on with what it has begun/,
        ),
        next_step: expect.stringMatching(/start the backfill again/),
      },
    });
  });

  it('leaves the report of another backfill alone', async () => {
    const { run, backfill } = await ordered({ where: 'cluster', key: 'gone' }, { id: 'other' });
    await run();
    expect(await backfill()).toMatchObject({ id: 'other', state: 'queued' });
  });
});

it('a backfill that waits for a model ends at once when it is cancelled while it looks for one', async () => {
  const { client, space, status, detectorId, run, task, backfill } = await ordered({ awaits_model: true });
  await run();
  expect(task()).toMatchObject({ state: { looks: 1 } });
  const get = client.get.bind(client) as (...given: unknown[]) => Promise<unknown>;
  let isAsked = false;
  Object.assign(client, {
    get: async (...given: unknown[]) => {
      const { id } = given[0] as { id: string };
      if (!isAsked && id === documentId('active', space, detectorId)) {
        isAsked = true;
        await status.writePart(detectorId, 'backfill_cancelled', { id: 'order-1' });
      }
      return get(...given);
    },
  });
  await run();
  expect(isAsked).toBe(true);
  expect(task()).toBeUndefined();
  expect(await backfill()).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
});

describe('a backfill in the cluster that is cancelled', () => {
  const inCluster = () => ordered({ where: 'cluster' }, { state: 'running', task: 'node:1' });

  it('is ended by its task', async () => {
    const { cancel, kibana, backfill, task } = await inCluster();
    await cancel();
    expect(kibana.tasks.soon).toContain(task()?.id);
    expect(await backfill()).toMatchObject({ state: 'running' });
  });

  it.each(['dropTask', 'failTask'] as const)('is ended at once where nobody follows it: %s', async (lose) => {
    const world = await inCluster();
    world[lose]();
    await world.cancel();
    expect(await world.backfill()).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
    expect(world.task()).toBeUndefined();
  });
});

it('a backfill whose failure cannot be written either goes on later', async () => {
  const world = await ordered();
  const { client, run, task, backfill } = world;
  const bulk = client.bulk.bind(client);
  Object.assign(client, {
    bulk: () => Promise.reject(Object.assign(new Error('aborted'), { name: 'RequestAbortedError' })),
  });
  await run();
  expect(task()).toMatchObject({ state: { failures: 1 } });
  Object.assign(client, { bulk });
  await run();
  expect(await backfill()).toMatchObject({ state: 'failed' });
});

describe('a backfill whose key is no longer taken within a piece', () => {
  const refuseOnce = (world: Awaited<ReturnType<typeof ordered>>): void => {
    const { load } = world.services.models;
    world.services.models.load = async () => {
      world.services.models.load = load;
      throw new DetectionError('unauthenticated', 'The key is not valid any more.');
    };
  };

  it('goes on with the key of the next piece', async () => {
    const world = await ordered();
    await world.giveModel(world.detectorId);
    refuseOnce(world);
    await world.run();
    expect(world.task()).toMatchObject({ state: { failures: 1 } });
    expect(await world.backfill()).toMatchObject({ state: 'queued', failure: { code: 'unauthenticated' } });
  });

  it('ends on record with the rights of the owner where it cannot write that itself', async () => {
    const world = await ordered();
    const { client, run, task, backfill } = world;
    const bulk = client.bulk.bind(client);
    Object.assign(client, {
      bulk: () => {
        Object.assign(client, { bulk });
        return Promise.reject(Object.assign(new Error('no key'), { statusCode: 401 }));
      },
    });
    await run();
    expect(task()).toBeUndefined();
    expect(await backfill()).toMatchObject({ state: 'failed', failure: { code: 'refused' } });
  });
});

it.each([
  ['goes on', 0],
  ['comes to its end', 600_000],
])(
  'a piece that %s while an import overwrites its detector does not go on for ever',
  async (_name, later) => {
    const world = await ordered({ where: 'cluster' }, { state: 'running', task: 'node:1' });
    const { kibana, services, client, ok, run, task, backfill } = world;
    services.apiKeys = { ...services.apiKeys, security: undefined, isSecurityOff: async () => true };
    services.clock = { ...services.clock, sleep: async () => undefined };
    let now = kibana.now();
    kibana.now = () => now;
    const states: unknown[] = [];
    Object.assign(client.tasks, {
      get: async () => {
        if (states.length === 0) {
          const yaml = stringify({ ...SMALL_DETECTOR, schedule: { interval: '5m' } });
          await ok('importDetectors', { body: { yaml, on_conflict: 'overwrite' } });
          now += later;
        } else now += 600_000;
        states.push((await backfill())?.state);
        const headers = { 'X-Opaque-Id': 'log-anomalies-backfill-order-1' };
        return { completed: false, task: { headers, status: { total: 100, created: 0, updated: 10 } } };
      },
      cancel: async () => ({}),
    });
    await run();
    expect(states[0]).toBe('cancelled');
    expect(task()).toBeUndefined();
    expect(await backfill()).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
  },
);

describe('a piece whose detector an import overwrites after it has last looked whether it goes on', () => {
  async function withoutSecurity(...given: Parameters<typeof ordered>) {
    const world = await ordered(...given);
    const { kibana, services, call, ok, detectorId } = world;
    services.apiKeys = { ...services.apiKeys, security: undefined, isSecurityOff: async () => true };
    services.clock = { ...services.clock, sleep: async () => undefined };
    return {
      ...world,
      importAgain: () => {
        const yaml = stringify({ ...SMALL_DETECTOR, schedule: { interval: '5m' } });
        return ok('importDetectors', { body: { yaml, on_conflict: 'overwrite' } });
      },
      startAgain: () =>
        call('startBackfill', {
          params: { id: detectorId },
          body: { from: kibana.now() - 60_000, to: kibana.now(), where: 'job' },
        }),
    };
  }

  it.each([
    ['of a job', { where: 'job' }, {}],
    ['that collects', { where: 'cluster' }, { state: 'running', collecting: true }],
  ] as const)('ends while others wait for a place: one %s', async (_name, order, report) => {
    const world = await withoutSecurity(order, report);
    const { services, detectorId, giveModel, run, task, backfill } = world;
    await giveModel(detectorId);
    services.models = { load: async () => ({}) } as never;
    jest.mocked(withCurrentSettings).mockImplementation((_, { detector }) => ({ detector }) as never);
    jest.mocked(detectAnomalies).mockImplementation(async () => {
      for (let place = 0; place < 10; place += 1) services.slots.take('backfill', `other ${place}`);
      await world.importAgain();
      return { complete: false } as never;
    });
    await run();
    expect(task()).toBeUndefined();
    expect(await backfill()).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
    expect(await world.startAgain()).toMatchObject({ status: 200 });
  });

  it('ends where Elasticsearch then fails', async () => {
    const world = await withoutSecurity({ where: 'cluster' }, { state: 'running', task: 'node:1' });
    const { client, detectorId, giveModel, run, task, backfill } = world;
    await giveModel(detectorId);
    let asked = 0;
    client.tasks.get = (async () => {
      asked += 1;
      if (asked > 1) throw new DetectionError('unavailable', 'Elasticsearch does not answer.');
      await world.importAgain();
      const headers = { 'X-Opaque-Id': 'log-anomalies-backfill-order-1' };
      return { completed: false, task: { headers, status: { total: 100, created: 0, updated: 10 } } };
    }) as never;
    await run();
    expect(task()).toBeUndefined();
    expect(await backfill()).toMatchObject({ state: 'cancelled', finished_at: expect.any(String) });
    expect(await backfill()).not.toHaveProperty('failure');
    expect(await world.startAgain()).toMatchObject({ status: 200 });
  });

  it('goes on where Elasticsearch fails while somebody cancels, as its task ends it later', async () => {
    const world = await withoutSecurity({ where: 'cluster' }, { state: 'running', task: 'node:1' });
    const { client, run, task, backfill } = world;
    client.tasks.get = async () => {
      await world.status.writePart(world.detectorId, 'backfill_cancelled', { id: 'order-1' });
      throw new DetectionError('unavailable', 'Elasticsearch does not answer.');
    };
    await run();
    expect(task()).toMatchObject({ state: { failures: 1 } });
    expect(await backfill()).toMatchObject({ state: 'running', failure: { code: 'unavailable' } });
  });
});

it('a backfill whose task is refused is told as failed, and can be started again', async () => {
  const { kibana, call, ok, status, create, giveModel } = smallKibana();
  const id = await create();
  await giveModel(id);
  const asked = { params: { id }, body: { from: kibana.now() - 60_000, to: kibana.now(), where: 'job' } };
  const schedule = kibana.tasks.schedule.bind(kibana.tasks);
  kibana.tasks.schedule = () => Promise.reject(new Error('No place for another task.'));
  expect((await call('startBackfill', asked)).status).toBeGreaterThanOrEqual(500);
  expect(await status.readPart(id, 'backfill')).toMatchObject({
    state: 'failed',
    failure: { message: 'No place for another task.', next_step: 'Start the backfill again.' },
    finished_at: expect.any(String),
  });
  kibana.tasks.schedule = schedule;
  expect(await ok('startBackfill', asked)).toMatchObject({ state: 'queued' });
});

describe('a backfill whose Kibana ends while it is asked for', () => {
  it.each(['before', 'after'] as const)('is never left queued: %s its task is scheduled', async (when) => {
    const { kibana, call, client, status, target, create, giveModel } = smallKibana();
    const detectorId = await create();
    await giveModel(detectorId);
    const { bulk, get } = client;
    const schedule = kibana.tasks.schedule.bind(kibana.tasks);
    const end = (): Promise<never> => Promise.reject(new Error('Kibana has ended.'));
    kibana.tasks.schedule = async (task) => {
      if (when === 'after') await schedule(task);
      Object.assign(client, { bulk: end, get: end });
      kibana.tasks.get = end;
      return end();
    };
    const asked = { from: kibana.now() - 60_000, to: kibana.now(), where: 'job' };
    expect((await call('startBackfill', { params: { id: detectorId }, body: asked })).status).not.toBe(200);
    // Another Kibana, with the same tasks.
    Object.assign(client, { bulk, get });
    const id = backfillTaskId(target(detectorId));
    if (when === 'before') expect(kibana.tasks.scheduled.has(id)).toBe(false);
    else await kibana.tasks.run(id);
    // It has no model that could be read.
    const ended =
      when === 'before' ? undefined : { state: 'failed', total: 0, requested_at: expect.any(String) };
    expect(await status.readPart(detectorId, 'backfill')).toEqual(ended && expect.objectContaining(ended));
  });
});

describe('a backfill that is on record as under way and that no task does', () => {
  it.each(['dropTask', 'failTask'] as const)('is ended by the next run of its detector: %s', async (lose) => {
    const world = await ordered({}, { state: 'running' });
    const { kibana, target, detectorId, backfill, ok } = world;
    await world.giveModel(detectorId);
    await ok('startDetector', { params: { id: detectorId } });
    const run = () => kibana.tasks.run(detectionTaskId(target(detectorId)));
    await run();
    expect(await backfill()).toMatchObject({ state: 'running' });
    world[lose]();
    await run();
    expect(await backfill()).toMatchObject({
      state: 'failed',
      finished_at: expect.any(String),
      failure: { code: 'interrupted', next_step: 'Start the backfill again.' },
    });
  });

  it('keeps nobody from starting another one', async () => {
    const world = await ordered({}, { state: 'queued' });
    const { kibana, detectorId, call } = world;
    await world.giveModel(detectorId);
    const body = { from: kibana.now() - 60_000, to: kibana.now(), where: 'job' };
    const start = async () => (await call('startBackfill', { params: { id: detectorId }, body })).status;
    expect(await start()).toBe(409);
    world.dropTask();
    expect(await start()).toBe(200);
  });
});
