import type { CandidateGate, TrainingReport } from '../../../common/api';
import { DetectionError } from '../../../common/detection_error';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import { compareCandidate, withChecks } from '../../detection/promotion/compare_candidate';
import type { ModelRecord } from '../../detection/ports';
import { startWatch } from '../../detection/promotion/promotion_watch';
import { adaptedThreshold } from '../../detection/promotion/starting_threshold';
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
  const load = (wanted: string): Promise<ModelSnapshot> => services.models.load(models, id, wanted);
  const trained = {
    candidate: await load(version),
    active: other === undefined ? undefined : await load(other),
  };
  const candidate = withCurrentSettings(trained.candidate, stored);
  const active = trained.active && withCurrentSettings(trained.active, stored);
  const [given, place] = await Promise.all([feedback.list(id), checkpoints.read(id)]);
  const thresholds = {
    candidate: adaptedThreshold(candidate, place?.checkpoint),
    active: active && adaptedThreshold(active, place?.checkpoint),
  };
  return compareCandidate({
    detector,
    candidate,
    active,
    trained: { candidate: trained.candidate.detector, active: trained.active?.detector },
    thresholds,
    source: sourceOf(candidate.detector),
    feedback: given,
    clock: services.clock,
    ...options,
  });
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
  const because = gate.reasons.join('; ');
  const names = { version, active: active.version };
  if (gate.verdict === 'fail' && mode !== 'manual') {
    return refuseCandidate(services, job, names, { because, gate });
  }
  const found = gate.verdict === 'pass' ? 'It passed its gate' : `Its gate has doubts: ${because}`;
  return waitForPerson(services, job, names, { because: found, gate });
}

/** Versions of a candidate and of the model that is active beside it. */
interface CandidateNames {
  readonly version: string;
  readonly active: string;
}
type CandidateWork = Pick<DetectorJob, 'target' | 'status' | 'audit'>;

/** @param because part of a sentence */
export async function refuseCandidate(
  services: Services,
  job: CandidateWork,
  names: CandidateNames,
  { because, gate }: { readonly because: string; readonly gate?: CandidateGate },
): Promise<Settled> {
  await job.status.writePart(job.target.detectorId, 'candidate', undefined);
  const message = `The new model is kept as a candidate: ${because}. The active one stays.`;
  await putOnRecord(services, job, names, { action: 'model_refused', message, gate });
  return { state: 'refused', message };
}

/** @param because sentence without its full stop */
export async function waitForPerson(
  services: Services,
  job: CandidateWork,
  names: CandidateNames,
  { because, gate }: { readonly because: string; readonly gate?: CandidateGate },
): Promise<Settled> {
  const since = new Date(services.clock.now()).toISOString();
  await job.status.writePart(job.target.detectorId, 'candidate', {
    version: names.version,
    state: 'waiting',
    since,
  });
  const message = `The new model waits for a person to promote it. ${because}.`;
  await putOnRecord(services, job, names, { action: 'model_waiting', message, gate });
  return { state: 'waiting', message };
}

const putOnRecord = (
  { clock }: Services,
  { target, audit }: CandidateWork,
  { version, active }: CandidateNames,
  told: {
    readonly action: 'model_refused' | 'model_waiting';
    readonly message: string;
    readonly gate: CandidateGate | undefined;
  },
): Promise<void> =>
  audit.append([
    {
      detectorId: target.detectorId,
      at: new Date(clock.now()).toISOString(),
      action: told.action,
      from: active,
      to: version,
      reason: told.message,
      ...(told.gate && { details: { checks: told.gate.checks } }),
    },
  ]);

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
  /** If true, it is the version before of the pipeline that becomes active again. */
  readonly goesBack?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Makes a model active (see {@link promoteModel}), settles it as a candidate, and begins to watch it. Of a model that is
 * active already it does what is not done yet.
 */
export async function promoteAndWatch(
  services: Services,
  work: PipelineWork,
  version: string,
  { note, by, gate, action = 'model_promoted', watched = true, goesBack, signal }: PromotionNote,
): Promise<Promoted<PipelineDeployment>> {
  const { target, stored, models, status, audit } = work;
  const { detectorId } = target;
  const { clock } = services;
  const promoted = await promoteModel(
    {
      models,
      audit,
      clock,
      swapPipeline: () => swapPipeline(services, work, version, { signal, goesBack }),
      putAgain: (other) =>
        swapPipeline(services, work, other, { signal, ...(goesBack !== true && { refused: version }) }),
    },
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
  const begun =
    promoted.previous === version
      ? await unwatched(work, version)
      : { previous: promoted.previous, at: clock.now() };
  const watch =
    watched && begun !== undefined
      ? startWatch(stored.detector.promotion, version, begun.previous, begun.at)
      : undefined;
  if (watch !== undefined && Date.parse(watch.until) > clock.now()) {
    // Only a person makes a model active whose checks have failed, also where its promotion is completed later: they do not revert the model.
    const failed = failedChecks(gate?.checks ?? []).map(({ name }) => name);
    const accepted = [...new Set(failed)];
    await status.writePart(detectorId, 'watch', { ...watch, ...(accepted.length > 0 && { accepted }) });
  }
  // Last: a candidate that is active says that what comes before this is not done yet.
  await forgetCandidate(status, detectorId, version, { state: 'promoted', message: note });
  return promoted;
}

/**
 * The promotion of a version that is active already, where nobody watches it: what came after its promotion was cut off.
 *
 * @returns when it was promoted, epoch milliseconds, and the version before it; undefined where there is nothing to begin
 */
async function unwatched(
  { target: { detectorId }, models, status }: PipelineWork,
  version: string,
): Promise<{ readonly previous: string | undefined; readonly at: number } | undefined> {
  const { promotions = [], promotedAt } = (await models.active(detectorId)) ?? {};
  const [before, latest] = promotions.slice(-2);
  const isIt = latest !== undefined && latest.version === version && !latest.isBack;
  if (!isIt || promotedAt === undefined) return undefined;
  const at = Date.parse(promotedAt);
  const watch = await status.readPart(detectorId, 'watch');
  const isWatched = watch?.version === version && Date.parse(watch.since) >= at;
  return isWatched ? undefined : { previous: before.version, at };
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
  const training = await status.readPart(detectorId, 'training');
  if (training?.version === version) {
    await status.writePart(detectorId, 'training', { ...training, ...settled });
  }
  await status.writePart(detectorId, 'candidate', undefined);
}
