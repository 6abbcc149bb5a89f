import type { LivePipelineBody } from '../../../common/api';
import { durationToMilliseconds } from '../../../common/detector';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import {
  deployPipeline,
  type DeployPipelineOptions,
  type LivePipeline,
  type PipelineDeployment,
} from '../../elasticsearch/ingest';
import { createAuditTrail, createLogSource, createSnapshotStore } from '../../elasticsearch';
import type { DetectorJob } from '../records/detector_job';
import type { StoredDetector } from '../records/detector_repository';
import { withCurrentSettings } from '../records/effective_snapshot';
import type { RequestScope, Services } from '../contracts/services';
import { createStatusStore } from '../records/status_store';
import { rangeOf } from '../../detection/ports/log_range';

/** Sample logs that a version is tried out on before it goes live. */
const TRIAL_LOGS = 1_000;

/** Parts of a job that putting a pipeline needs, with the rights of the caller. */
export type PipelineWork = Pick<
  DetectorJob,
  'target' | 'stored' | 'client' | 'models' | 'source' | 'status' | 'audit'
>;

/** With the rights of whoever sends the request. */
export function pipelineWorkOf(
  services: Services,
  scope: Pick<RequestScope, 'elasticsearch' | 'space'>,
  stored: StoredDetector,
): PipelineWork {
  const { elasticsearch: client, space } = scope;
  return {
    target: { space, detectorId: stored.id },
    stored,
    client,
    models: createSnapshotStore(client, { space, now: () => services.clock.now() }),
    source: createLogSource(client),
    status: createStatusStore(client, { space }),
    audit: createAuditTrail(client, { space }),
  };
}

export interface TrialSettings {
  readonly logs?: number;
  readonly maxMicrosecondsPerLog?: number;
  /** If true, it is the version before that is put again. */
  readonly goesBack?: boolean;
  /** Version that was put at the same time and did not become active. */
  readonly refused?: string;
  readonly signal?: AbortSignal;
}

export const liveBodyOf = (live: LivePipeline): LivePipelineBody => ({
  name: live.name,
  version: live.version,
  threshold: live.threshold,
  ...(live.previousVersion !== undefined && { previous_version: live.previousVersion }),
  ...(live.maxMicrosecondsPerLog !== undefined && {
    max_microseconds_per_log: live.maxMicrosecondsPerLog,
  }),
  ...(live.putAt !== undefined && { put_at: live.putAt }),
});

/** A version under the detector's settings of today, and a random sample of its training window to try it out on. */
export async function prepareTrial(
  services: Services,
  { target, stored, models, source }: PipelineWork,
  version: string,
  { logs = TRIAL_LOGS, maxMicrosecondsPerLog, signal }: TrialSettings = {},
): Promise<{ snapshot: ModelSnapshot; options: DeployPipelineOptions }> {
  const { detector, id } = stored;
  const snapshot = withCurrentSettings(await services.models.load(models, id, version), stored);
  const to = services.clock.now();
  const sample = await source.sample(
    rangeOf(detector.source, to - durationToMilliseconds(detector.training.window), to),
    { size: logs, seed: detector.forest.seed, fields: snapshot.encoder.fields, signal },
  );
  return {
    snapshot,
    options: {
      detectorId: id,
      space: target.space,
      threshold: snapshot.threshold,
      at: to,
      signal,
      trial: {
        now: () => performance.now(),
        documents: sample.logs.map(({ document }) => document),
        ...(maxMicrosecondsPerLog !== undefined && { maxMicrosecondsPerLog }),
        signal,
      },
    },
  };
}

/**
 * Makes a version the live pipeline of its detector, after a trial and in one step, and puts it on record.
 *
 * @throws DetectionError `refused` when the trial fails; what was live stays then
 */
export async function putVersion(
  services: Services,
  work: PipelineWork,
  version: string,
  settings?: TrialSettings,
): Promise<PipelineDeployment> {
  const { snapshot, options } = await prepareTrial(services, work, version, settings);
  const { goesBack, refused } = settings ?? {};
  const deployment = await deployPipeline(work.client, snapshot, { ...options, goesBack, refused });
  await work.status.writePart(work.stored.id, 'pipeline', liveBodyOf(deployment.live));
  return deployment;
}

/** With `scoring: ingest` the active model is the one that the pipeline scores with: called before a promotion. */
export async function swapPipeline(
  services: Services,
  work: PipelineWork,
  version: string,
  settings?: TrialSettings,
): Promise<PipelineDeployment | undefined> {
  return work.stored.detector.scoring === 'ingest'
    ? putVersion(services, work, version, settings)
    : undefined;
}
