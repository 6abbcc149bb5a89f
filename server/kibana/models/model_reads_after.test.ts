import { modelRecord, modelWork, savedDetector } from '../../../test/fakes/model_work';
import { modelReadsAfter } from './model_reads_after';

it('lets an edit that takes a new model be saved, though the active one cannot be read', async () => {
  const detector = savedDetector();
  const { services, job, warnings } = modelWork({
    ...{ now: 0, detector },
    records: [modelRecord('lost', { status: 'active' })],
  });
  const before = { id: 'shop', detector, modelReads: ['duration', 'logs'] };
  const edited = savedDetector({ features: [{ type: 'number', field: 'bytes' }] });
  const reads = await modelReadsAfter(services, job.models, before, edited);
  expect(reads).toEqual(expect.arrayContaining(['bytes', 'duration']));
  expect(warnings).toEqual([expect.stringContaining('There is no model lost')]);
  const slower = savedDetector({ schedule: { interval: '5m' } });
  const other = { ...before, modelReads: [...before.modelReads, 'user.name'] };
  await expect(modelReadsAfter(services, job.models, other, slower)).rejects.toThrow('no model lost');
});
