import type { DetectorRecord } from '../../../common/api';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { SMALL_DETECTOR } from '../../../test/kibana_versions/small_detector';
import { detectionTaskId } from '../contracts/identifiers';

/** Task Manager answers nothing until it is mended. */
function breakTasks({ kibana: { tasks } }: ReturnType<typeof smallKibana>): () => void {
  const broken = { ensureScheduled: () => Promise.reject(new Error('Task Manager does not answer')) };
  const { ensureScheduled } = tasks;
  Object.assign(tasks, broken);
  return () => void Object.assign(tasks, { ensureScheduled });
}

it('answers with the detector that was saved and could not be started', async () => {
  const world = smallKibana();
  const { ok, kibana, target } = world;
  const mend = breakTasks(world);
  const made = await ok<DetectorRecord>('createDetector', {
    body: { detector: SMALL_DETECTOR, start: true },
  });
  expect(made).toMatchObject({
    enabled: false,
    warnings: [expect.stringMatching(/is saved, and could not be started/)],
  });
  const params = { id: made.id };
  expect(await ok('getDetector', { params })).toMatchObject({ enabled: false, version: made.version });
  mend();
  expect(await ok('startDetector', { params })).toMatchObject({ enabled: true });
  expect(kibana.tasks.scheduled.has(detectionTaskId(target(made.id)))).toBe(true);
});

it('answers with the edit that was saved, and trains after it with the next run', async () => {
  const world = smallKibana();
  const { ok, status, create, giveModel } = world;
  const id = await create({}, true);
  await giveModel(id);
  const params = { id };
  const { version } = await ok<DetectorRecord>('getDetector', { params });
  breakTasks(world);
  const detector = { ...SMALL_DETECTOR, features: [{ type: 'number', field: 'bytes' }] };
  const saved = await ok<DetectorRecord>('updateDetector', { params, body: { detector, version } });
  expect(saved).toMatchObject({
    enabled: true,
    warnings: [expect.stringMatching(/follow with its next run/)],
  });
  expect(await status.readPart(id, 'edited')).toMatchObject({ at: expect.any(String) });
});
