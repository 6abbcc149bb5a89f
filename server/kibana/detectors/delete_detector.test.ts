import { smallKibana } from '../../../test/fakes/small_kibana';
import { detectAnomalies } from '../../detection/scoring/detect_anomalies';
import { DetectionError } from '../../../common/detection_error';
import { checkpointsIndex } from '../../elasticsearch';
import {
  BACKFILL_TASK_TYPE,
  backfillTaskId,
  detectionTaskId,
  trainingTaskId,
} from '../contracts/identifiers';
import { withCurrentSettings } from '../records/effective_snapshot';

jest.mock('../../detection/scoring/detect_anomalies');
jest.mock('../records/effective_snapshot');

const from = '2026-03-01T10:00:00.000Z';
const to = '2026-03-01T11:00:00.000Z';

/** Security is off: no key that is revoked ends what works on a detector. */
async function withoutSecurity(start = false) {
  const world = smallKibana();
  const { services, elasticsearch, space, create } = world;
  services.apiKeys = { ...services.apiKeys, security: undefined, isSecurityOff: async () => true };
  const id = await create({}, start);
  return {
    ...{ ...world, id },
    remove: () => world.call('deleteDetector', { params: { id }, query: { delete_results: 'true' } }),
    left: () =>
      elasticsearch
        .documentsOf(checkpointsIndex(space))
        .filter(({ detector_id: detectorId }) => String(detectorId).startsWith(id)),
  };
}

const endOf = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((done) => {
    signal?.addEventListener('abort', () => done(), { once: true });
    setTimeout(done, 6_000);
  });

it('ends a piece of a backfill that is at work, and leaves nothing that it writes', async () => {
  const world = await withoutSecurity();
  const { kibana, services, status, target, id, left } = world;
  await world.giveModel(id);
  services.models = { load: async () => ({}) } as never;
  jest.mocked(withCurrentSettings).mockImplementation((_, { detector }) => ({ detector }) as never);
  let isAtWork: (value?: unknown) => void = () => undefined;
  const atWork = new Promise((done) => (isAtWork = done));
  jest.mocked(detectAnomalies).mockImplementation(async ({ signal, checkpoints }) => {
    isAtWork();
    await endOf(signal);
    const at = Date.parse(from);
    const place = { timestampTo: at, ingestedTo: at, modelVersion: '1', runId: 'one' };
    await checkpoints.write({ detectorId: id, ...place }, undefined);
    if (signal?.aborted) throw new DetectionError('interrupted', 'The piece was stopped.');
    return { complete: false } as never;
  });
  const order = { id: 'order-1', from, to, where: 'job' as const };
  const counted = { requested_at: from, logs: 0, total: 100, anomalies: 0, created: 0 };
  await status.writePart(id, 'backfill', { ...order, ...counted, state: 'queued' });
  const task = backfillTaskId(target(id));
  const params = { ...target(id), order };
  await kibana.tasks.schedule({ id: task, taskType: BACKFILL_TASK_TYPE, state: {}, params });
  const piece = kibana.tasks.run(task);
  await atWork;
  expect(await world.remove()).toMatchObject({ status: 200, body: { warnings: [] } });
  await piece;
  expect(left()).toEqual([]);
  expect(kibana.tasks.scheduled.size).toBe(0);
});

it('ends a training that is at work, and leaves nothing that it writes', async () => {
  const world = await withoutSecurity();
  const { kibana, status, target, id, left } = world;
  await world.ok('trainDetector', { params: { id } });
  const at = new Date(kibana.now()).toISOString();
  const asked = await status.readPart(id, 'training');
  const running = { ...asked!, state: 'running' as const, beat_at: at };
  await status.writePart(id, 'training', running);
  // As its task does it, which looks every second.
  const look = setInterval(() => {
    void status.readPart(id, 'training_cancelled').then(async (cancelled) => {
      if (cancelled?.requested_at !== running.requested_at) return;
      clearInterval(look);
      await status.writePart(id, 'training', { ...running, state: 'cancelled' });
    });
  }, 300);
  await world.remove();
  clearInterval(look);
  expect(left()).toEqual([]);
  expect(kibana.tasks.scheduled.has(trainingTaskId(target(id)))).toBe(false);
});

it('waits for a run that is at work', async () => {
  const { kibana, target, id, remove } = await withoutSecurity(true);
  const task = detectionTaskId(target(id));
  const scheduled = kibana.tasks.scheduled.get(task)!;
  kibana.tasks.scheduled.set(task, { ...scheduled, status: 'running' });
  let isOver = false;
  setTimeout(() => {
    isOver = true;
    kibana.tasks.scheduled.set(task, { ...scheduled, status: 'idle' });
  }, 500);
  expect(await remove()).toMatchObject({ status: 200 });
  expect(isOver).toBe(true);
  expect(kibana.tasks.scheduled.size).toBe(0);
});

it('can be asked for again where Kibana was stopped in the middle of it', async () => {
  const world = await withoutSecurity(true);
  const { client, kibana, target, id, ok, remove, left } = world;
  await world.giveModel(id);
  await world.status.writePart(id, 'training_cancelled', { requested_at: from });
  const deleteByQuery = client.deleteByQuery.bind(client);
  const isStopped = new Promise<void>((done) => {
    Object.assign(client, {
      deleteByQuery: () => {
        done();
        return new Promise(() => {});
      },
    });
  });
  void remove();
  await isStopped;
  Object.assign(client, { deleteByQuery });
  expect(await ok('getDetector', { params: { id } })).toMatchObject({ enabled: false });
  expect(kibana.tasks.scheduled.has(detectionTaskId(target(id)))).toBe(false);
  expect(await remove()).toMatchObject({ status: 200, body: { warnings: [] } });
  expect(left()).toEqual([]);
  expect(await world.call('getDetector', { params: { id } })).toMatchObject({ status: 404 });
});
