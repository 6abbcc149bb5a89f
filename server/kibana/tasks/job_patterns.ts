import { messageKeysOf, templateTokensOf } from '../../../common/log_features';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { CatalogueCache, patternsOfRun } from '../../detection/patterns/count_patterns';
import type { RunPatterns } from '../../detection/ports/patterns';
import type { Services } from '../contracts/services';
import type { DetectorJob } from '../records/detector_job';

/** Of each Kibana, the patterns of its detectors that messages are matched with. */
const CACHES = new WeakMap<Services, Map<string, CatalogueCache>>();

function cacheOf(services: Services, { space, detectorId }: DetectorJob['target']): CatalogueCache {
  let caches = CACHES.get(services);
  if (caches === undefined) CACHES.set(services, (caches = new Map()));
  const name = `${space}/${detectorId}`;
  let cache = caches.get(name);
  if (cache === undefined) caches.set(name, (cache = new CatalogueCache()));
  return cache;
}

/** Patterns of one run of a job; undefined for a detector that counts none. */
export const patternsOfJob = (
  services: Services,
  job: DetectorJob,
  { detector, encoder }: ModelSnapshot,
): RunPatterns | undefined =>
  patternsOfRun({
    store: job.patterns,
    detector,
    templates: () => templateTokensOf(encoder, detector.patterns?.field ?? ''),
    keys: (wanted) => messageKeysOf(encoder, detector.patterns?.field ?? '', wanted),
    now: () => services.clock.now(),
    cache: cacheOf(services, job.target),
    warn: (message) =>
      services.log.warn(
        `Detector ${job.target.detectorId}: ${message} Save or start it again: that grants it a new API key.`,
      ),
  });
