import { DetectionError } from '../../../common/detection_error';
import type { LogDocument } from '../../../common/log_document';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import {
  compilePipeline,
  definitionBytes,
  type IngestPipeline,
  type PipelineMeta,
} from '../../../common/painless';
import { attempt, type RetryPolicy } from '../attempt';
import type { ElasticsearchClient } from '../client';
import { statusOf } from '../errors';
import { pipelineName, trialName } from './names';
import { simulatePipeline, type SimulationOptions, type SimulationReport } from './simulate';

export interface RequestOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

/** What is live under a detector's name. */
export interface LivePipeline {
  readonly name: string;
  readonly version: string;
  readonly threshold: number;
  /** The version that was live before; {@link revertPipeline} goes back to it. */
  readonly previousVersion?: string;
}
interface StoredMeta extends PipelineMeta {
  readonly previous_version?: string;
}

export interface DeployPipelineOptions extends RequestOptions {
  readonly detectorId: string;
  readonly space?: string;
  /** Stands in for the model's threshold: an anomaly score. */
  readonly threshold?: number;
  /** The trial run that decides whether the pipeline goes live. */
  readonly trial: SimulationOptions & { readonly documents: readonly LogDocument[] };
}

export interface PipelineDeployment {
  readonly live: LivePipeline;
  readonly bytes: number;
  readonly simulation: SimulationReport;
}

const putPipeline = (
  client: ElasticsearchClient,
  name: string,
  { on_failure, ...pipeline }: IngestPipeline,
  options: RequestOptions,
): Promise<unknown> =>
  attempt(
    () =>
      client.ingest.putPipeline(
        { id: name, ...pipeline, on_failure } as Parameters<ElasticsearchClient['ingest']['putPipeline']>[0],
        { signal: options.signal },
      ),
    { what: `write the ingest pipeline "${name}"`, ...options },
  );

/**
 * @returns undefined when there is none of ours
 * @throws DetectionError `conflict` when the name belongs to a pipeline of somebody else
 */
export async function livePipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string } = {},
): Promise<LivePipeline | undefined> {
  const name = pipelineName(detectorId, options.space);
  const found = await attempt(
    () =>
      client.ingest.getPipeline({ id: name }, { signal: options.signal }).catch((error: unknown) => {
        if (statusOf(error) === 404) return {};
        throw error;
      }),
    { what: `read the ingest pipeline "${name}"`, ...options },
  );
  const stored = (found as Record<string, { _meta?: Partial<StoredMeta> }>)[name];
  if (stored === undefined) return undefined;
  const meta = stored._meta;
  if (meta?.managed_by !== 'log-anomalies' || meta.model_version === undefined) {
    throw new DetectionError(
      'conflict',
      `The ingest pipeline "${name}" was not made by log-anomalies; rename it.`,
    );
  }
  return {
    name,
    version: meta.model_version,
    threshold: meta.threshold ?? NaN,
    ...(meta.previous_version === undefined ? {} : { previousVersion: meta.previous_version }),
  };
}

/**
 * Makes a model the live pipeline of a detector: compiled, tried out under another name over sample logs, and put under
 * the detector's name in one step, so that every log is scored by the old version or by the new one.
 *
 * @throws DetectionError `refused` for a model that a pipeline cannot express or a failed trial; nothing has changed then
 */
export async function deployPipeline(
  client: ElasticsearchClient,
  snapshot: ModelSnapshot,
  options: DeployPipelineOptions,
): Promise<PipelineDeployment> {
  const { detectorId, space, threshold, trial } = options;
  const pipeline = compilePipeline(snapshot, {
    detectorId,
    ...(threshold === undefined ? {} : { threshold }),
  });
  const before = await livePipeline(client, detectorId, options);
  const name = pipelineName(detectorId, space);
  const trialPipeline = trialName(name);
  let simulation: SimulationReport;
  await putPipeline(client, trialPipeline, pipeline, options);
  try {
    simulation = await simulatePipeline(client, trialPipeline, { ...trial, snapshot, threshold });
  } finally {
    await attempt(() => client.ingest.deletePipeline({ id: trialPipeline }), {
      what: `delete the ingest pipeline "${trialPipeline}"`,
      policy: options.policy,
    });
  }
  // the same version again must not become its own predecessor
  const previousVersion = before?.version === snapshot.version ? before.previousVersion : before?.version;
  const meta: StoredMeta = {
    ...pipeline._meta,
    ...(previousVersion === undefined ? {} : { previous_version: previousVersion }),
  };
  await putPipeline(client, name, { ...pipeline, _meta: meta }, options);
  return {
    live: {
      name,
      version: snapshot.version,
      threshold: pipeline._meta.threshold,
      ...(previousVersion === undefined ? {} : { previousVersion }),
    },
    bytes: definitionBytes(pipeline),
    simulation,
  };
}

/**
 * Goes back to the version that was live before, by the same way: trial first, then one step.
 *
 * @param load reads a version from the store of snapshots
 * @throws DetectionError `not_found` when there is no pipeline or no version before it
 */
export async function revertPipeline(
  client: ElasticsearchClient,
  load: (version: string) => Promise<ModelSnapshot>,
  options: DeployPipelineOptions,
): Promise<PipelineDeployment> {
  const live = await livePipeline(client, options.detectorId, options);
  if (live?.previousVersion === undefined) {
    throw new DetectionError(
      'not_found',
      live === undefined
        ? `The detector "${options.detectorId}" has no ingest pipeline.`
        : `The ingest pipeline "${live.name}" has no version before ${live.version}.`,
    );
  }
  return deployPipeline(client, await load(live.previousVersion), options);
}

/**
 * Deletes a detector's pipeline. Elasticsearch refuses while an index still refers to it: detach first.
 *
 * @returns false when there was none
 */
export async function deletePipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string } = {},
): Promise<boolean> {
  const live = await livePipeline(client, detectorId, options);
  if (live === undefined) return false;
  await attempt(() => client.ingest.deletePipeline({ id: live.name }, { signal: options.signal }), {
    what: `delete the ingest pipeline "${live.name}"`,
    ...options,
  });
  return true;
}
