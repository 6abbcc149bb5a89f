import type { statusEndpoints } from '../../../common/api/status';
import { cancelBackfill, readBackfill, startBackfill } from '../tasks/backfill_service';
import { cancelTraining } from '../detectors/detector_service';
import { listStatus, readStatus } from '../detectors/status_service';
import type { Handlers } from './handler';

export const statusHandlers: Handlers<keyof typeof statusEndpoints> = {
  listStatus: async (_request, { services, scope }) => ({ statuses: await listStatus(services, scope) }),
  getStatus: ({ params }, { services, scope }) => readStatus(services, scope, params.id),
  cancelTraining: async ({ params }, { services, scope }) => ({
    acknowledged: true,
    training: await cancelTraining(services, scope, params.id),
  }),
  startBackfill: ({ params, body }, { services, scope }) => startBackfill(services, scope, params.id, body),
  getBackfill: ({ params }, { scope }) => readBackfill(scope, params.id),
  cancelBackfill: async ({ params }, { services, scope }) => {
    await cancelBackfill(services, scope, params.id);
    return { acknowledged: true };
  },
};
