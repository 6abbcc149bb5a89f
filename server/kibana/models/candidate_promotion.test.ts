import { DetectionError } from '../../../common/detection_error';
import { modelRecord, modelWork, savedDetector } from '../../../test/fakes/model_work';
import { promoteAndWatch } from './candidate_promotion';
import { swapPipeline, type PipelineWork } from './pipeline_swap';

jest.mock('./pipeline_swap');

it.each([
  // The version before of a pipeline that is put again is none whose promotion was refused.
  [undefined, { refused: 'v3' }],
  // A version that goes back was live, and the other one is put over it.
  [true, {}],
])('the pipeline of a promotion that came before is put again: goesBack %s', async (goesBack, how) => {
  const records = [modelRecord('v1', { status: 'active' }), modelRecord('v2'), modelRecord('v3')];
  const { job, services } = modelWork({ now: 0, detector: savedDetector({ scoring: 'ingest' }), records });
  const put = jest
    .mocked(swapPipeline)
    .mockReset()
    .mockResolvedValue({} as never);
  const promote = async (): Promise<never> => {
    await job.models.promote('shop', 'v2');
    throw new DetectionError('conflict', 'Somebody else has promoted v2.');
  };
  const work = { ...job, models: { ...job.models, promote } } as unknown as PipelineWork;
  await expect(promoteAndWatch(services, work, 'v3', { note: 'better', goesBack })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(put.mock.calls.map(([, , version, settings]) => [version, settings])).toEqual([
    ['v3', { goesBack }],
    ['v2', how],
  ]);
});
