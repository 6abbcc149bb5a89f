import type { BackfillReport } from '../../../common/api';
import type { DetectorJob } from '../records/detector_job';
import type { Services } from '../contracts/services';
import type { BackfillOrder } from './backfill_order';
import { scoreInCluster } from './cluster_backfill';

const order: BackfillOrder = {
  id: 'order',
  from: '2026-11-01T00:00:00.000Z',
  to: '2026-11-02T00:00:00.000Z',
  where: 'cluster',
};
const before: BackfillReport = {
  ...order,
  state: 'running',
  requested_at: order.to,
  task: 'node:1',
  logs: 5,
  total: 10,
  anomalies: 0,
  created: 0,
};

const errorOf = (statusCode: number, type: string): Error =>
  Object.assign(new Error(type), { meta: { statusCode, body: { error: { type, reason: type } } } });

function cancelWhere(look: () => Promise<unknown>) {
  const cancelled: string[] = [];
  const client = {
    tasks: {
      get: look,
      cancel: async ({ task_id: id }: { task_id: string }) => void cancelled.push(id),
    },
  };
  const services = { clock: { now: () => 0 }, limits: { max_run_time: '45s' } } as unknown as Services;
  const job = { client, target: { detectorId: 'web', space: 'default' } } as unknown as DetectorJob;
  const report = scoreInCluster(
    services,
    job,
    { order, before },
    { isCancelled: async () => true, signal: new AbortController().signal },
  );
  return { report, cancelled };
}

test('a cancelled backfill whose task cannot be looked at is not told as over', async () => {
  const { report, cancelled } = cancelWhere(() => Promise.reject(errorOf(400, 'illegal_state_exception')));
  await expect(report).rejects.toMatchObject({ code: 'invalid_input' });
  expect(cancelled).toEqual([]);
});

test('one whose task is gone is over', async () => {
  const { report, cancelled } = cancelWhere(() =>
    Promise.reject(errorOf(404, 'resource_not_found_exception')),
  );
  expect(await report).toMatchObject({ state: 'cancelled', logs: 5 });
  expect(cancelled).toEqual([]);
});
