import type { Detector } from '../../../common/detector';
import { readsOf } from '../../../common/model_snapshot/model_reads';
import { deletePipeline, livePipeline, type LivePipeline } from '../../elasticsearch/ingest';
import type { RequestScope, Services } from '../contracts/services';
import type { StoredDetector } from '../records/detector_repository';
import { needsTraining } from '../records/effective_snapshot';
import { pipelineWorkOf, putVersion, swapPipeline } from './pipeline_swap';

/** Puts back what was live before, for an edit that is not saved. What fails is told in the log. */
export type UndoSwap = () => Promise<void>;

const NOTHING_TO_UNDO: UndoSwap = () => Promise.resolve();

/**
 * The pipeline holds the threshold: an edit of it, or of where logs are scored, takes effect with a new pipeline. An edit
 * that asks for a new model as well is followed by the pipeline of that model; until then, and where its gate refuses it, the active
 * one goes on under the new threshold.
 *
 * @throws DetectionError `refused` when the pipeline fails its trial, or as the active model cannot be read; nothing is to be
 *   saved then. Where the edit asks for a new model it is none of the edit's fault, and what was live goes on
 */
export async function swapForEdit(
  services: Services,
  scope: RequestScope,
  before: StoredDetector,
  detector: Detector,
): Promise<UndoSwap> {
  const { scoring, threshold } = before.detector;
  const isSame =
    scoring === detector.scoring && JSON.stringify(threshold) === JSON.stringify(detector.threshold);
  if (isSame || detector.scoring !== 'ingest') return NOTHING_TO_UNDO;
  const { elasticsearch: client, space } = scope;
  // Fields that the model reads stay allowed, and those of the edit are allowed by now.
  const modelReads = [...new Set([...before.modelReads, ...readsOf(detector)])];
  const work = pipelineWorkOf(services, scope, { ...before, detector, modelReads });
  const active = await work.models.active(before.id);
  if (active === undefined) return NOTHING_TO_UNDO;
  const isReplaced = needsTraining(before.detector, detector);
  let live: LivePipeline | undefined;
  try {
    const { detector: trained } = await services.models.load(work.models, before.id, active);
    // A model of buckets cannot score in a pipeline.
    if (isReplaced && trained.unit !== detector.unit) return NOTHING_TO_UNDO;
    live = await livePipeline(client, before.id, { space });
    await swapPipeline(services, work, active.version);
  } catch (error) {
    if (!isReplaced) throw error;
    const { message } = error as Error;
    services.log.warn(`Detector ${before.id}: its pipeline waits for the new model: ${message}`);
    return NOTHING_TO_UNDO;
  }
  return async () => {
    try {
      if (live !== undefined)
        await putVersion(services, pipelineWorkOf(services, scope, before), live.version);
      else {
        await deletePipeline(client, before.id, { space });
        await work.status.writePart(before.id, 'pipeline', undefined);
      }
    } catch (error) {
      const { message } = error as Error;
      services.log.error(`Detector ${before.id}: its pipeline holds an edit that was not saved: ${message}`);
    }
  };
}
