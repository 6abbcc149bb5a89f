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
