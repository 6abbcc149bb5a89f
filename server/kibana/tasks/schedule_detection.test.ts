import { smallKibana } from '../../../test/fakes/small_kibana';
import { detectionTaskId, DETECTOR_TYPE, KEY_SWEEP_TASK_ID } from '../contracts/identifiers';
import { createKeySweepTask, scheduleKeySweep } from './key_sweep';

it('schedules detectors whose Kibana ended between saving and scheduling them, and no others', async () => {
  const world = smallKibana();
  const { kibana, services, target, call, create } = world;
  const { scheduled } = kibana.tasks;
  const running = await create({ name: 'running' }, true);
  const stopped = await create({ name: 'stopped' });
  const { ensureScheduled } = kibana.tasks;
  const isCutOff = new Promise<void>((done) => {
    kibana.tasks.ensureScheduled = () => {
      done();
      return new Promise(() => {});
    };
  });
  const known = new Set([running, stopped]);
  void create({ name: 'cut off', schedule: { interval: '5m' } }, true);
  await isCutOff;
  kibana.tasks.ensureScheduled = ensureScheduled;
  const lost = [...kibana.savedObjects.objects.values()].find(
    ({ type, id }) => type === DETECTOR_TYPE && !known.has(id),
  )!.id;
  expect(await call('getDetector', { params: { id: lost } })).toMatchObject({ body: { enabled: true } });
  const sweep = createKeySweepTask(async () => services).createTaskRunner({ taskInstance: {} as never });
  await sweep.run();
  expect([...scheduled.keys()].sort()).toEqual(
    [running, lost].map((id) => detectionTaskId(target(id))).sort(),
  );
  expect(scheduled.get(detectionTaskId(target(lost)))).toMatchObject({
    schedule: { interval: '5m' },
    params: target(lost),
  });
});

it('leaves alone what is stopped while tasks are looked for', async () => {
  const { kibana, services, target, ok, create } = smallKibana();
  const id = await create({}, true);
  kibana.tasks.scheduled.delete(detectionTaskId(target(id)));
  const fetch = kibana.tasks.fetch.bind(kibana.tasks);
  kibana.tasks.fetch = async (search) => {
    await ok('stopDetector', { params: { id } });
    return fetch(search);
  };
  await createKeySweepTask(async () => services)
    .createTaskRunner({ taskInstance: {} as never })
    .run();
  expect(kibana.tasks.scheduled.size).toBe(0);
});

it('looks for them as Kibana begins, also while another one does', async () => {
  const { tasks } = smallKibana().kibana;
  await scheduleKeySweep(tasks);
  expect(tasks.soon).toEqual([KEY_SWEEP_TASK_ID]);
  tasks.runSoon = () => Promise.reject(new Error('currently running'));
  await scheduleKeySweep(tasks);
  expect([...tasks.scheduled.keys()]).toEqual([KEY_SWEEP_TASK_ID]);
});
