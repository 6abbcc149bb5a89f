import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { CheckpointStore, LogSource } from '../ports';
import { watchDeployment, type DeploymentWatch } from './watch_deployment';

const watch = {
  detectorId: 'web',
  snapshot: {
    detector: { source: { index: 'weblogs' }, schedule: { query_delay: '1m' } },
    encoder: { fields: [] },
  } as unknown as ModelSnapshot,
  source: { sample: async () => ({ logs: [], total: 0 }) } as unknown as LogSource,
  clock: { now: () => 0, sleep: () => Promise.resolve() },
  window: 1_000,
  duration: 0,
} as Partial<DeploymentWatch> as DeploymentWatch;
const checkpoints = (read: CheckpointStore['read']): CheckpointStore => ({
  read,
  write: () => Promise.resolve(undefined),
});

it('does not pass where the checkpoint that would tell the lag is not there', async () => {
  const missing = checkpoints(() => Promise.resolve(undefined));
  await expect(watchDeployment({ ...watch, checkpoints: missing })).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('no checkpoint of detector "web"'),
  });
});

it('says that there were no logs, with a checkpoint or without being asked for one', async () => {
  const checkpoint = { detectorId: 'web', timestampTo: 0, ingestedTo: 0, runId: 'r' };
  const present = checkpoints(() => Promise.resolve({ checkpoint, revision: 1 }));
  for (const given of [present, undefined]) {
    await expect(watchDeployment({ ...watch, checkpoints: given })).rejects.toMatchObject({
      code: 'too_few_logs',
    });
  }
});
