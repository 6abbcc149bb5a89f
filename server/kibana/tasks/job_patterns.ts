import { messageKeysOf, templateTokensOf } from '../../../common/log_features';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import type { Span } from '../../../common/patterns';
import { CatalogueCache } from '../../detection/patterns/count_patterns';
import { livePatternsOf, type LivePatternOptions } from '../../detection/patterns/live_patterns';
import { pastPatternsOf } from '../../detection/patterns/past_patterns';
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
  snapshot: ModelSnapshot,
): RunPatterns | undefined =>
  livePatternsOf({ ...settingsOf(services, job, snapshot), cache: cacheOf(services, job.target) });

/** Patterns of one piece of a backfill. @param by id of the backfill */
export const patternsOfBackfill = (
  services: Services,
  job: DetectorJob,
  snapshot: ModelSnapshot,
  past: { readonly by: string; readonly range: Span },
): RunPatterns | undefined => pastPatternsOf({ ...settingsOf(services, job, snapshot), ...past });

const settingsOf = (
  services: Services,
  job: DetectorJob,
  { detector, encoder }: ModelSnapshot,
): LivePatternOptions => ({
  store: job.patterns,
  place: job.counting,
  detector,
  templates: () => templateTokensOf(encoder, detector.patterns?.field ?? ''),
  keys: (wanted) => messageKeysOf(encoder, detector.patterns?.field ?? '', wanted),
  now: () => services.clock.now(),
  warn: (message) =>
    services.log.warn(
      `Detector ${job.target.detectorId}: ${message} Save or start it again: that grants it a new API key.`,
    ),
});
