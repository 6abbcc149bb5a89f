import type { Detector } from '../../../common/detector';
import { DetectionError } from '../../../common/detection_error';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { RequestScope, Services } from '../contracts/services';
import { storeOf } from '../models/model_service';
import { createDetectorRepository } from '../records/detector_repository';
import { needsTraining, withCurrentSettings } from '../records/effective_snapshot';

/**
 * Returns the active model of a detector as it will score once these settings are saved; undefined where there is none, they ask for
 * another one, or the caller may not read it.
 */
export async function modelKept(
  services: Services,
  scope: RequestScope,
  id: string,
  detector: Detector,
): Promise<ModelSnapshot | undefined> {
  const stored = await createDetectorRepository(scope.savedObjects).get(id);
  if (needsTraining(stored.detector, detector)) return undefined;
  const store = storeOf(services, scope);
  try {
    const active = await store.active(id);
    if (active === undefined) return undefined;
    const snapshot = await services.models.load(store, id, active);
    // An edit that has not been trained yet is going to be.
    return needsTraining(snapshot.detector, detector)
      ? undefined
      : withCurrentSettings(snapshot, { ...stored, detector });
  } catch (error) {
    if (error instanceof DetectionError && error.code === 'forbidden') return undefined;
    throw error;
  }
}
