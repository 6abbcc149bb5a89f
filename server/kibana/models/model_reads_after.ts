import type { Detector } from '../../../common/detector';
import { readsOf, readsOfModel } from '../../../common/model_snapshot/model_reads';
import type { Services } from '../contracts/services';
import type { DetectorJob } from '../records/detector_job';
import type { StoredDetector } from '../records/detector_repository';
import { needsTraining } from '../records/effective_snapshot';

/**
 * Returns the fields that models may have a run read after an edit to these settings. After an edit the active model goes on until there is a new
 * one: what it reads stays allowed, as far as it was before.
 *
 * @throws DetectionError where the active model cannot be read, unless the edit asks for a new one: all stays allowed then
 */
export async function modelReadsAfter(
  services: Pick<Services, 'models' | 'log'>,
  models: DetectorJob['models'],
  before: Pick<StoredDetector, 'id' | 'detector' | 'modelReads'>,
  detector: Detector,
): Promise<readonly string[]> {
  const reads = readsOf(detector);
  const dropped = before.modelReads.filter((each) => !reads.includes(each));
  if (dropped.length === 0) return reads;
  const active = await models.active(before.id);
  if (active === undefined) return reads;
  try {
    const needed = readsOfModel(await services.models.load(models, before.id, active), detector);
    return [...reads, ...dropped.filter((each) => needed.includes(each))].sort();
  } catch (error) {
    if (!needsTraining(before.detector, detector)) throw error;
    services.log.warn(`Detector ${before.id}: ${(error as Error).message}`);
    return [...reads, ...dropped].sort();
  }
}
