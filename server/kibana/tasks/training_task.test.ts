import { DetectionError } from '../../../common/detection_error';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { trainingTaskId } from '../contracts/identifiers';

it('trains a stopped detector later where it cannot be opened for what passes', async () => {
  const { kibana, services, status, target, create, ok } = smallKibana();
  const detectorId = await create();
  await ok('trainDetector', { params: { id: detectorId } });
  const id = trainingTaskId(target(detectorId));
  const { clientFor } = services;
  services.clientFor = () => {
    throw new DetectionError('unavailable', 'Elasticsearch does not answer.');
  };
  const start = kibana.now();
  kibana.now = () => start;
  await kibana.tasks.run(id);
  await kibana.tasks.run(id);
  expect(kibana.tasks.scheduled.get(id)).toMatchObject({
    state: { unopened: 2 },
    runAt: new Date(start + 20_000),
  });
  services.clientFor = clientFor;
  await kibana.tasks.run(id);
  // There are no logs to learn from.
  expect(await status.readPart(detectorId, 'training')).toMatchObject({ state: 'failed' });
  expect(kibana.tasks.scheduled.has(id)).toBe(false);
});

describe('a training whose Kibana ends while it is asked for', () => {
  it.each(['before', 'after'] as const)('is never left queued: %s its task is scheduled', async (when) => {
    const { kibana, call, client, status, target, create, ok } = smallKibana();
    const detectorId = await create();
    const asked = { params: { id: detectorId } };
    const id = trainingTaskId(target(detectorId));
    const training = () => status.readPart(detectorId, 'training');
    const { bulk } = client;
    const ensureScheduled = kibana.tasks.ensureScheduled.bind(kibana.tasks);
    const end = (): Promise<never> => Promise.reject(new Error('Kibana has ended.'));
    kibana.tasks.ensureScheduled = async (task) => {
      if (when === 'after') await ensureScheduled(task);
      Object.assign(client, { bulk: end });
      return end();
    };
    expect((await call('trainDetector', asked)).status).not.toBe(200);
    Object.assign(client, { bulk });
    kibana.tasks.ensureScheduled = ensureScheduled;
    expect(await training()).toBeUndefined();
    let runs = 0;
    for (; kibana.tasks.scheduled.has(id); runs++) await kibana.tasks.run(id);
    expect(runs).toBe(when === 'before' ? 0 : 12);
    expect(await training()).toBeUndefined();
    await ok('trainDetector', asked);
    await kibana.tasks.run(id);
    expect(await training()).toMatchObject({ state: 'failed' });
  });
});

it('a training whose task was given up before it began is asked for again', async () => {
  const { kibana, status, target, create, ok } = smallKibana();
  const detectorId = await create();
  await ok('trainDetector', { params: { id: detectorId } });
  const id = trainingTaskId(target(detectorId));
  const giveUp = () =>
    kibana.tasks.scheduled.set(id, { ...kibana.tasks.scheduled.get(id)!, status: 'failed' });
  giveUp();
  expect(await ok('trainDetector', { params: { id: detectorId } })).toMatchObject({ training: 'taken_up' });
  expect(kibana.tasks.scheduled.get(id)).toMatchObject({ status: 'idle' });
  giveUp();
  // Its end is on record, and its task was not taken away.
  await status.writePart(detectorId, 'training', {
    state: 'refused',
    requested_at: '2026-03-01T10:00:00.000Z',
  });
  expect(await ok('trainDetector', { params: { id: detectorId } })).toMatchObject({ training: 'queued' });
  expect(kibana.tasks.scheduled.get(id)).toMatchObject({ status: 'idle' });
});
