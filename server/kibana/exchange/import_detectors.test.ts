import { stringify } from 'yaml';
import { boom, breakSaving } from '../../../test/fakes/break_saving';
import { smallKibana } from '../../../test/fakes/small_kibana';
import { backfillTaskId } from '../contracts/identifiers';
import { SMALL_DETECTOR } from '../../../test/kibana_versions/small_detector';

const importing = (change: object) => ({
  body: { yaml: stringify({ ...SMALL_DETECTOR, ...change }), on_conflict: 'overwrite' },
});

it('has a detector trained when it is started for what a file says of features', async () => {
  const { ok, status, create, giveModel } = smallKibana();
  const id = await create();
  await giveModel(id);
  await ok('importDetectors', importing({ features: [{ type: 'number', field: 'bytes' }] }));
  expect(await status.readPart(id, 'edited')).toMatchObject({ at: expect.any(String) });
  await ok('startDetector', { params: { id } });
  expect(await status.readPart(id, 'training')).toMatchObject({ state: 'queued', reason: 'edit' });
});

it('does so where the answer to saving it was lost', async () => {
  const world = smallKibana();
  const { call, ok, status, create, giveModel } = world;
  const id = await create();
  await giveModel(id);
  breakSaving(world, 'after', boom(503));
  const file = importing({ features: [{ type: 'number', field: 'bytes' }] });
  expect(await call('importDetectors', file)).toMatchObject({ status: 503 });
  await ok('startDetector', { params: { id } });
  expect(await status.readPart(id, 'training')).toMatchObject({ state: 'queued', reason: 'edit' });
});

it('ends the backfill of a detector that it overwrites', async () => {
  const { ok, status, create, giveModel, kibana, target } = smallKibana();
  const id = await create();
  await giveModel(id);
  const range = { from: kibana.now() - 60_000, to: kibana.now() };
  await ok('startBackfill', { params: { id }, body: { ...range, where: 'job' } });
  await ok('importDetectors', importing({ schedule: { interval: '5m' } }));
  expect(await status.readPart(id, 'backfill')).toMatchObject({ state: 'cancelled' });
  expect(kibana.tasks.scheduled.has(backfillTaskId(target(id)))).toBe(false);
});

it('keeps a model that the file leaves as good as it was', async () => {
  const { ok, status, create, giveModel } = smallKibana();
  const id = await create();
  await giveModel(id);
  await ok('importDetectors', importing({ schedule: { interval: '5m' } }));
  expect(await status.readPart(id, 'edited')).toBeUndefined();
});
