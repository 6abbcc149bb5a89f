import type { ApiResponse, Endpoints } from '../../../common/api';
import { createDriftStore } from '../../elasticsearch';
import { createDetectorRepository } from '../records/detector_repository';
import type { RequestScope, Services } from '../contracts/services';

const DEFAULT_DAYS_MILLISECONDS = 30 * 86_400_000;

export async function listDrift(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  { from, to = services.clock.now() + 1 }: { readonly from?: number; readonly to?: number },
): Promise<ApiResponse<Endpoints['listDrift']>> {
  const { detector } = await createDetectorRepository(scope.savedObjects).get(detectorId);
  const store = createDriftStore(scope.elasticsearch, { space: scope.space });
  const measurements = await store.list(detectorId, { from: from ?? to - DEFAULT_DAYS_MILLISECONDS, to });
  return { limit: detector.drift.limit, measurements };
}
