import type { CandidateGate, TrainingReport } from '../../../common/api';
import { DetectionError } from '../../../common/detection_error';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { AdaptiveThreshold } from '../../../common/threshold';
import { compareCandidate, withChecks } from '../../detection/promotion/compare_candidate';
import type { Checkpoint, ModelRecord } from '../../detection/ports';
import { startWatch } from '../../detection/promotion/promotion_watch';
import type { DetectorJob } from '../records/detector_job';
import { withCurrentSettings } from '../records/effective_snapshot';
import { failedChecks } from '../../detection/promotion/gate_report';
import { promoteModel, type Promoted } from '../../detection/promotion/promote_model';
import type { PipelineDeployment } from '../../elasticsearch/ingest';
import { swapPipeline, type PipelineWork } from './pipeline_swap';
import type { Services } from '../contracts/services';
import type { StatusStore } from '../records/status_store';

/** Stores that the comparison of two models needs, with the rights of the caller. */
export type GateWork = Pick<DetectorJob, 'stored' | 'models' | 'checkpoints' | 'feedback' | 'sourceOf'>;

/**
 * Compares a model with the active one over recent logs and keeps the report with it.
 *
 * @param options `since`: only logs from then on, epoch milliseconds
 */
export async function gateModel(
  services: Services,
  work: GateWork,
  version: string,
  options: { readonly since?: number; readonly signal?: AbortSignal } = {},
): Promise<CandidateGate> {
  const { stored, models } = work;
  const active = await models.active(stored.id);
  const isOther = active !== undefined && active.version !== version;
  const other = isOther ? active.version : undefined;
  const gate = await compareOver(services, work, { version, other }, options);
  await models.keepGate(stored.id, version, gate);
  return gate;
}

/** @param other version that it is compared with */
export async function compareOver(
  services: Services,
  { stored, models, checkpoints, feedback, sourceOf }: GateWork,
  { version, other }: { readonly version: string; readonly other: string | undefined },
  options: { readonly since?: number; readonly signal?: AbortSignal } = {},
): Promise<CandidateGate> {
  const { id, detector } = stored;
  const load = async (wanted: string): Promise<ModelSnapshot> =>
    withCurrentSettings(await services.models.load(models, id, wanted), stored);
  const candidate = await load(version);
  const active = other === undefined ? undefined : await load(other);
  const [given, place] = await Promise.all([feedback.list(id), checkpoints.read(id)]);
  const thresholds = {
    candidate: adaptedThreshold(candidate, place?.checkpoint),
    active: active && adaptedThreshold(active, place?.checkpoint),
  };
  return compareCandidate({
    detector,
    candidate,
    active,
    thresholds,
    source: sourceOf(candidate.detector),
    feedback: given,
    clock: services.clock,
    ...options,
  });
}

/** Returns the adaptive threshold that the last run has left for this model; undefined where it starts afresh. */
export function adaptedThreshold(
  { detector, version }: ModelSnapshot,
  checkpoint: Checkpoint | undefined,
): number | undefined {
  if (detector.threshold.method !== 'adaptive') return undefined;
  if (checkpoint?.threshold === undefined || checkpoint.modelVersion !== version) return undefined;
  return AdaptiveThreshold.fromJSON(checkpoint.threshold).threshold;
}

export type Settled = Pick<TrainingReport, 'state' | 'message'>;

/**
 * Decides on a trained candidate beside an active model: promotes it, keeps it for a person to decide, or refuses it, as
 * its gate and the mode of promotion say. Each step is put on record.
 *
 * @param since its gate looks only at logs from then on: those that came while it was scored in shadow
 */
export async function settleCandidate(
  services: Services,
  job: DetectorJob,
  { version, active }: { readonly version: string; readonly active: ModelRecord },
  options: { readonly since?: number; readonly signal?: AbortSignal } = {},
): Promise<Settled> {
  const { detectorId } = job.target;
  const { mode } = job.stored.detector.promotion;
  let gate = await gateModel(services, job, version, options);
  if (mode === 'automatic' && gate.verdict === 'pass') {
    try {
      await promoteAndWatch(services, job, version, {
        note: `passed its gate beside ${active.version}`,
        gate,
      });
      return { state: 'promoted', message: 'It passed its gate and is active.' };
    } catch (error) {
      if (!(error instanceof DetectionError) || error.code !== 'refused') throw error;
      gate = withChecks(gate, [
        ...gate.checks,
        { name: 'pipeline', verdict: 'fail', value: 1, limit: 0, message: error.message },
      ]);
      await job.models.keepGate(detectorId, version, gate);
    }
  }
  const at = new Date(services.clock.now()).toISOString();
  const because = gate.reasons.join('; ');
  if (gate.verdict === 'fail' && mode !== 'manual') {
    await job.status.writePart(detectorId, 'candidate', undefined);
    const message = `The new model is kept as a candidate: ${because}. The active one stays.`;
    await job.audit.append([
      {
        detectorId,
        at,
        action: 'model_refused',
        from: active.version,
        to: version,
        reason: message,
        details: { checks: gate.checks },
      },
    ]);
    return { state: 'refused', message };
  }
  await job.status.writePart(detectorId, 'candidate', { version, state: 'waiting', since: at });
  const found = gate.verdict === 'pass' ? 'It passed its gate' : `Its gate has doubts: ${because}`;
  const message = `The new model waits for a person to promote it. ${found}.`;
  await job.audit.append([
    {
      detectorId,
      at,
      action: 'model_waiting',
      from: active.version,
      to: version,
      reason: message,
      details: { checks: gate.checks },
    },
  ]);
  return { state: 'waiting', message };
}

/** Stands for the user where security is off and nobody has a name. */
export const SOMEBODY = 'a user without a name';

export interface PromotionNote {
  readonly note: string;
  /** Name of the user; absent: the detector itself. */
  readonly by?: string;
  readonly gate?: CandidateGate;
  readonly action?: 'model_promoted' | 'model_reverted';
  /** Watches the model that becomes active; default: true. */
  readonly watched?: boolean;
  readonly signal?: AbortSignal;
}

/** Makes a model active (see {@link promoteModel}), settles it as a candidate, and begins to watch it. */
export async function promoteAndWatch(
  services: Services,
  work: PipelineWork,
  version: string,
  { note, by, gate, action = 'model_promoted', watched = true, signal }: PromotionNote,
): Promise<Promoted<PipelineDeployment>> {
  const { target, stored, models, status, audit } = work;
  const { detectorId } = target;
  const { clock } = services;
  const promoted = await promoteModel(
    { models, audit, clock, swapPipeline: () => swapPipeline(services, work, version, { signal }) },
    {
      detectorId,
      version,
      note,
      reason: note,
      by,
      action,
      ...(gate && { details: { verdict: gate.verdict, checks: gate.checks } }),
    },
  );
  const { previous } = promoted;
  if (previous === version) return promoted;
  await forgetCandidate(status, detectorId, version, { state: 'promoted', message: note });
  const watch = watched ? startWatch(stored.detector.promotion, version, previous, clock.now()) : undefined;
  if (watch !== undefined) {
    // A failed check that a person has accepted does not revert the model.
    const failed = failedChecks(gate?.checks ?? []).map(({ name }) => name);
    const accepted = by === undefined ? [] : [...new Set(failed)];
    await status.writePart(detectorId, 'watch', { ...watch, ...(accepted.length > 0 && { accepted }) });
  }
  return promoted;
}

/** A model that was tried in shadow or waited is a candidate no more; does nothing for any other. */
export async function forgetCandidate(
  status: StatusStore,
  detectorId: string,
  version: string,
  settled: Settled,
): Promise<void> {
  const { candidate } = await status.readUpkeep(detectorId);
  if (candidate?.version !== version) return;
  await status.writePart(detectorId, 'candidate', undefined);
  const training = await status.readPart(detectorId, 'training');
  if (training?.version !== version) return;
  await status.writePart(detectorId, 'training', { ...training, ...settled });
}
