import type { driftEndpoints, thresholdEndpoints } from '../../../common/api/upkeep';
import { listDrift } from '../detectors/drift_service';
import { readThreshold } from '../detectors/threshold_service';
import type { Handlers } from './handler';

export const upkeepHandlers: Handlers<keyof typeof driftEndpoints | keyof typeof thresholdEndpoints> = {
  listDrift: ({ params, query }, { services, scope }) => listDrift(services, scope, params.id, query),
  getThreshold: ({ params }, { services, scope }) => readThreshold(services, scope, params.id),
};
