import type { ApiResponse, Endpoints } from '../../../common/api';
import { AdaptiveThreshold } from '../../../common/threshold';
import { writePhrase } from '../../../common/threshold/change_phrases';
import { createCheckpointStore, createSnapshotStore } from '../../elasticsearch';
import { createDetectorRepository } from '../records/detector_repository';
import { withCurrentSettings } from '../records/effective_snapshot';
import type { RequestScope, Services } from '../contracts/services';

/** The threshold in force and how it came there: what the last run has stored of it, or what the next run starts with. */
export async function readThreshold(
  services: Services,
  scope: RequestScope,
  detectorId: string,
): Promise<ApiResponse<Endpoints['getThreshold']>> {
  const steered = await createDetectorRepository(scope.savedObjects).get(detectorId);
  const { detector } = steered;
  const { method } = detector.threshold;
  const store = createSnapshotStore(scope.elasticsearch, { space: scope.space });
  const active = await store.active(detectorId);
  if (active === undefined) return { method, history: [] };
  const { version } = active;
  const load = async () =>
    withCurrentSettings(await services.models.load(store, detectorId, active), steered);
  if (detector.threshold.method !== 'adaptive') {
    return { method, threshold: (await load()).threshold, model_version: version, history: [] };
  }
  const stored = await createCheckpointStore(scope.elasticsearch, { space: scope.space }).read(detectorId);
  const { threshold: state, modelVersion } = stored?.checkpoint ?? {};
  const adaptive =
    state !== undefined && modelVersion === version
      ? AdaptiveThreshold.resume(state, detector)
      : AdaptiveThreshold.start(await load(), state);
  const { frozenSince } = adaptive;
  return {
    method,
    threshold: adaptive.thresholdAt(services.clock.now()),
    model_version: version,
    alerts_per_day: detector.threshold.alerts_per_day,
    history: adaptive.history.map(({ at, threshold, reason }) => ({
      at: new Date(at).toISOString(),
      threshold,
      reason,
    })),
    rhythm: [...adaptive.offsets],
    time_zone: adaptive.timeZone,
    ...(frozenSince !== undefined && {
      frozen: {
        since: new Date(frozenSince).toISOString(),
        reason: writePhrase('incident'),
      },
    }),
  };
}
