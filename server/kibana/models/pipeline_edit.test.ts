import { DetectionError } from '../../../common/detection_error';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { modelRecord, modelWork, savedDetector } from '../../../test/fakes/model_work';
import type { RequestScope } from '../contracts/services';
import type { StoredDetector } from '../records/detector_repository';
import { swapForEdit } from './pipeline_edit';
import { pipelineWorkOf, swapPipeline } from './pipeline_swap';

jest.mock('./pipeline_swap');
jest.mock('../../elasticsearch/ingest');

const SCORED = { scoring: 'ingest', threshold: { method: 'fixed', score: 0.6 } };
const threshold = { method: 'fixed', score: 0.7 };

/** An edit of the threshold, and of more. */
async function edit(change: object, snapshots: ReadonlyMap<string, ModelSnapshot>) {
  const detector = savedDetector(SCORED);
  const records = [modelRecord('first', { status: 'active' })];
  const { job, services, warnings } = modelWork({ now: 0, detector, records, snapshots });
  jest.mocked(pipelineWorkOf).mockReturnValue(job);
  const before = { id: 'shop', detector, modelReads: [] } as unknown as StoredDetector;
  const edited = savedDetector({ ...SCORED, threshold, ...change });
  await swapForEdit(services, { space: 'default' } as RequestScope, before, edited);
  return warnings;
}

const FEATURES = { features: [{ type: 'number', field: 'bytes' }] };
const READ = new Map([['first', { version: 'first', detector: savedDetector(SCORED) } as ModelSnapshot]]);

it.each([new DetectionError('refused', 'It is too slow.'), new DetectionError('unavailable', 'It is away.')])(
  'an edit that takes a new model waits for no pipeline of the active one: $code',
  async (error) => {
    jest.mocked(swapPipeline).mockRejectedValue(error);
    expect(await edit(FEATURES, READ)).toEqual([expect.stringContaining(error.message)]);
    await expect(edit({}, READ)).rejects.toBe(error);
  },
);

it('an edit that takes a new model is saved although the active one cannot be read', async () => {
  expect(await edit(FEATURES, new Map())).toEqual([expect.stringContaining('There is no model first')]);
  await expect(edit({}, new Map())).rejects.toThrow('There is no model first');
});
