import type { ApiRequest, ApiResponse, Endpoints } from '../../../common/api';
import { MODEL_NOTES } from '../../../common/model_snapshot/model_notes';
import { DetectionError } from '../../../common/detection_error';
import {
  attachmentsOf,
  attachPipeline,
  deletePipeline,
  detachPipeline,
  livePipeline,
  namesOfPipeline,
  planAttachment,
  renamePipeline,
  tryPipeline,
  type AttachmentPlan,
  type LivePipeline,
  type PipelineDeployment,
  type PlannedRequest,
} from '../../elasticsearch/ingest';
import { promoteAndWatch, SOMEBODY } from './candidate_promotion';
import { createDetectorRepository } from '../records/detector_repository';
import { liveBodyOf, pipelineWorkOf, prepareTrial, putVersion, type PipelineWork } from './pipeline_swap';
import type { RequestScope, Services } from '../contracts/services';

type TrialRequest = ApiRequest<Endpoints['putPipeline']>['body'] & { readonly signal: AbortSignal };

/** Pipelines are put, attached and deleted with the rights of whoever asks for it. */
async function workOf(services: Services, scope: RequestScope, detectorId: string): Promise<PipelineWork> {
  const stored = await createDetectorRepository(scope.savedObjects).get(detectorId);
  return pipelineWorkOf(services, scope, stored);
}

async function liveOf({ client, target, stored }: PipelineWork): Promise<LivePipeline> {
  const live = await livePipeline(client, stored.id, { space: target.space });
  if (live !== undefined) return live;
  throw new DetectionError(
    'not_found',
    `The detector "${stored.id}" has no ingest pipeline; put one first (PUT …/pipeline).`,
  );
}

async function versionOf({ models, stored }: PipelineWork, asked: string | undefined): Promise<string> {
  const version = asked ?? (await models.active(stored.id))?.version;
  if (version !== undefined) return version;
  throw new DetectionError('refused', 'The detector has no model to make a pipeline of; train it first.');
}

type Tried = Pick<PipelineDeployment, 'simulation' | 'bytes'>;
const trialBodyOf = ({ simulation, bytes }: Tried) => ({
  logs: simulation.logs,
  anomalies: simulation.anomalies,
  incomplete: simulation.incomplete,
  microseconds_per_log: simulation.microsecondsPerLog,
  bytes,
});
const settingsOf = ({ logs, max_microseconds_per_log, signal }: TrialRequest) => ({
  logs,
  maxMicrosecondsPerLog: max_microseconds_per_log,
  signal,
});

export async function getPipeline(
  services: Services,
  scope: RequestScope,
  detectorId: string,
): Promise<ApiResponse<Endpoints['getPipeline']>> {
  const work = await workOf(services, scope, detectorId);
  const { client, models, stored } = work;
  const [live, names, active, found] = await Promise.all([
    livePipeline(client, detectorId, { space: scope.space }),
    namesOfPipeline(client, detectorId, { space: scope.space }),
    models.active(detectorId),
    attachmentsOf(client, stored.detector.source.index),
  ]);
  return {
    ...(live && { pipeline: liveBodyOf(live) }),
    ...(active && { active_version: active.version }),
    indices: found.map(({ index, finalPipeline }) => ({
      index,
      attached: live !== undefined && finalPipeline !== undefined && names.includes(finalPipeline),
      ...(finalPipeline !== undefined && { final_pipeline: finalPipeline }),
    })),
  };
}

export async function simulatePipeline(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  trial: TrialRequest,
): Promise<ApiResponse<Endpoints['simulatePipeline']>> {
  const work = await workOf(services, scope, detectorId);
  const live = await livePipeline(work.client, detectorId, { space: scope.space });
  const limit = trial.max_microseconds_per_log ?? live?.maxMicrosecondsPerLog;
  const version = await versionOf(work, trial.version);
  const { snapshot, options } = await prepareTrial(services, work, version, {
    ...settingsOf(trial),
    maxMicrosecondsPerLog: limit,
  });
  return { version, trial: trialBodyOf(await tryPipeline(work.client, snapshot, options)) };
}

export async function putPipeline(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  trial: TrialRequest,
): Promise<ApiResponse<Endpoints['putPipeline']>> {
  const work = await workOf(services, scope, detectorId);
  const version = await versionOf(work, trial.version);
  const active = await work.models.active(detectorId);
  if (work.stored.detector.scoring === 'ingest' && version !== active?.version) {
    throw new DetectionError(
      'refused',
      `With scoring: ingest the pipeline scores with the active model, ${active?.version ?? 'which there is none of'}; promote ${version}, which swaps the pipeline, too.`,
    );
  }
  const deployment = await putVersion(services, work, version, settingsOf(trial));
  return { pipeline: liveBodyOf(deployment.live), trial: trialBodyOf(deployment) };
}

/** With `scoring: ingest` the version becomes the active model again, too. */
export async function revertPipeline(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  signal: AbortSignal,
): Promise<ApiResponse<Endpoints['revertPipeline']>> {
  const work = await workOf(services, scope, detectorId);
  const live = await liveOf(work);
  if (live.previousVersion === undefined) {
    throw new DetectionError(
      'not_found',
      `The ingest pipeline "${live.name}" has no version before ${live.version}.`,
    );
  }
  const { pipeline } =
    work.stored.detector.scoring === 'ingest'
      ? await promoteAndWatch(services, work, live.previousVersion, {
          note: MODEL_NOTES.with_pipeline,
          by: scope.user ?? SOMEBODY,
          action: 'model_reverted',
          watched: false,
          goesBack: true,
          signal,
        })
      : { pipeline: await putVersion(services, work, live.previousVersion, { signal, goesBack: true }) };
  const deployment = pipeline as PipelineDeployment;
  return { pipeline: liveBodyOf(deployment.live), trial: trialBodyOf(deployment) };
}

export async function removePipeline(
  services: Services,
  scope: RequestScope,
  detectorId: string,
): Promise<void> {
  const work = await workOf(services, scope, detectorId);
  await liveOf(work);
  await deletePipeline(work.client, detectorId, { space: scope.space });
  await work.status.writePart(detectorId, 'pipeline', undefined);
}

const requestBodyOf = ({ method, path, body, why }: PlannedRequest) => ({
  method,
  path,
  body: { ...body },
  why,
});

const namesOf = ({ client, target, stored }: PipelineWork): Promise<readonly string[]> =>
  namesOfPipeline(client, stored.id, { space: target.space });

async function planOf(work: PipelineWork, index: string | undefined): Promise<AttachmentPlan> {
  await liveOf(work);
  const names = await namesOf(work);
  return planAttachment(work.client, names, index ?? work.stored.detector.source.index);
}

export async function showAttachment(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  index: string | undefined,
): Promise<ApiResponse<Endpoints['planAttachment']>> {
  const plan = await planOf(await workOf(services, scope, detectorId), index);
  return {
    pipeline: plan.pipeline,
    indices: [...plan.indices],
    requests: plan.requests.map(requestBodyOf),
    component_template: requestBodyOf(plan.componentTemplate),
    processor: { ...plan.processor },
  };
}

export async function attach(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  body: ApiRequest<Endpoints['attachPipeline']>['body'],
): Promise<ApiResponse<Endpoints['attachPipeline']>> {
  const work = await workOf(services, scope, detectorId);
  const plan = await planOf(work, body.index);
  await renamePipeline(work.client, detectorId, { space: scope.space });
  const done = await attachPipeline(work.client, plan, { componentTemplate: body.component_template });
  return { indices: [...plan.indices], requests: done.map(requestBodyOf) };
}

export async function detach(
  services: Services,
  scope: RequestScope,
  detectorId: string,
  index: string | undefined,
): Promise<ApiResponse<Endpoints['detachPipeline']>> {
  const work = await workOf(services, scope, detectorId);
  await liveOf(work);
  const where = index ?? work.stored.detector.source.index;
  return { detached: await detachPipeline(work.client, await namesOf(work), where) };
}
