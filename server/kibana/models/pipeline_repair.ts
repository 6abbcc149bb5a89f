import { HOUR, MINUTE } from '../../../common/duration';
import type { ModelRecord } from '../../detection/ports';
import { livePipeline, type LivePipeline } from '../../elasticsearch/ingest';
import type { Services } from '../contracts/services';
import type { DetectorJob } from '../records/detector_job';
import { thresholdUnder } from '../records/effective_snapshot';
import type { StoredUpkeep } from '../records/status_store';
import { swapPipeline } from './pipeline_swap';
import type { UpkeepContext } from './upkeep_context';

/** A pipeline is put before the promotion or the edit that it is for is saved: one that is younger may wait for that. */
const YOUNG_MILLISECONDS = 5 * MINUTE;
/** A pipeline whose trial fails is tried again after so long. */
const TRY_AGAIN_MILLISECONDS = HOUR;

/** By detector, when the active model was last put in vain. */
const triedInVain = new WeakMap<Services, Map<string, number>>();
const triesOf = (services: Services): Map<string, number> => {
  const tries = triedInVain.get(services) ?? new Map<string, number>();
  triedInVain.set(services, tries);
  return tries;
};
const nameOf = ({ target: { space, detectorId } }: Pick<DetectorJob, 'target'>): string =>
  JSON.stringify([space, detectorId]);

/**
 * Tells whether a pipeline scores with another model than the active one, or under another threshold than the detector's, for
 * longer than a promotion or an edit takes: it was put for one that was cut off before it was saved.
 */
export async function isPipelineAstray(
  services: Services,
  job: Pick<DetectorJob, 'target' | 'stored' | 'models'>,
  model: ModelRecord,
  live: LivePipeline | undefined,
): Promise<boolean> {
  const { detector, id } = job.stored;
  // Version 0.1.0 has not noted when it was put.
  if (detector.scoring !== 'ingest' || live?.putAt === undefined) return false;
  const now = services.clock.now();
  const tried = triesOf(services).get(nameOf(job)) ?? -Infinity;
  if (now - Date.parse(live.putAt) < YOUNG_MILLISECONDS || now - tried < TRY_AGAIN_MILLISECONDS) return false;
  if (live.version !== model.version) return true;
  const snapshot = await services.models.load(job.models, id, model);
  return live.threshold !== thresholdUnder(detector, snapshot);
}

/** Puts the active model under the detector's threshold in place of what was put and never saved. @returns false: no other model is active now */
export async function seeToPipeline(
  { services, job, model, signal }: UpkeepContext,
  _upkeep: StoredUpkeep,
): Promise<boolean> {
  if (job.stored.detector.scoring !== 'ingest') return false;
  const { detectorId, space } = job.target;
  const live = await livePipeline(job.client, detectorId, { space, signal });
  if (live === undefined || !(await isPipelineAstray(services, job, model, live))) return false;
  const tries = triesOf(services);
  tries.set(nameOf(job), services.clock.now());
  const isOther = live.version !== model.version;
  // A promotion that was cut off has put the active one behind it; a way back has taken it off, and can be gone again.
  const before = [live.previousVersion, ...(live.earlierVersions ?? [])];
  const refused = isOther && before.includes(model.version) ? live.version : undefined;
  await swapPipeline(services, job, model.version, { signal, refused });
  tries.delete(nameOf(job));
  const { log } = services;
  log.warn(
    `Detector ${detectorId}: its pipeline held ${isOther ? `the model ${live.version}, which is not active` : 'a threshold that was not saved'}; it scores with the active model ${model.version} again.`,
  );
  return false;
}
