import { randomUUID } from 'node:crypto';
import { DetectionError } from '../../../common/detection_error';
import type { LogDocument } from '../../../common/log_document';
import type { ModelSnapshot } from '../../../common/model_snapshot';
import {
  compilePipeline,
  definitionBytes,
  type IngestPipeline,
  type PipelineMeta,
} from '../../../common/painless';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { componentTemplatesOf, deleteComponentTemplate, refuseUsedTemplates } from './component_template';
import { formerPipelineName, pipelineName, trialName, trialNames } from './names';
import { simulatePipeline, type SimulationOptions, type SimulationReport } from './simulate';

/** Pipeline that is live under a detector's name. */
export interface LivePipeline {
  /** That of today, or that of version 0.1.0 until a version is put or logs are attached. */
  readonly name: string;
  readonly version: string;
  readonly threshold: number;
  /** Each log carries the threshold beside the version; absent of pipelines that version 0.1.0 has put. */
  readonly notesThreshold?: true;
  /** The version that was live before; {@link revertPipeline} goes back to it. */
  readonly previousVersion?: string;
  /** Versions that were live before that one, the latest first; absent: none is known. */
  readonly earlierVersions?: readonly string[];
  /** Largest cost of a later version, unless the caller sets another one. */
  readonly maxMicrosecondsPerLog?: number;
  /** ISO 8601; absent where whoever put it did not say. */
  readonly putAt?: string;
}
interface StoredMeta extends PipelineMeta {
  /** In place of all the others: the name of today, which the pipeline of 0.1.0 hands its logs on to. */
  readonly moved_to?: string;
  readonly previous_version?: string;
  readonly earlier_versions?: readonly string[];
  readonly put_at?: string;
  readonly max_microseconds_per_log?: number;
}

export interface DeployPipelineOptions extends RequestOptions {
  readonly detectorId: string;
  readonly space?: string;
  /** Stands in for the model's threshold: an anomaly score. */
  readonly threshold?: number;
  /** Kept with the pipeline as the time when it was put, epoch milliseconds. */
  readonly at?: number;
  /** If true, the version that is live is left behind for good: {@link revertPipeline} does not come back to it. */
  readonly goesBack?: boolean;
  /** Version that was put at the same time and did not become active: {@link revertPipeline} does not come to it. */
  readonly refused?: string;
  /** The trial run that decides whether the pipeline goes live. */
  readonly trial: SimulationOptions & { readonly documents: readonly LogDocument[] };
}

export interface PipelineDeployment {
  readonly live: LivePipeline;
  readonly bytes: number;
  readonly simulation: SimulationReport;
}

type PipelineDefinition = Pick<IngestPipeline, 'description' | 'processors'> & {
  readonly on_failure?: IngestPipeline['on_failure'];
  readonly _meta: object;
};

/** Writes what a definition holds: Elasticsearch 9 answers with dates beside it, and takes none back. */
const putPipeline = (
  client: ElasticsearchClient,
  name: string,
  { description, processors, on_failure, _meta }: PipelineDefinition,
  options: RequestOptions,
): Promise<unknown> =>
  attempt(
    () =>
      client.ingest.putPipeline(
        { id: name, description, processors, on_failure, _meta } as Parameters<
          ElasticsearchClient['ingest']['putPipeline']
        >[0],
        { signal: options.signal },
      ),
    { what: `write the ingest pipeline "${name}"`, ...options },
  );

/** A definition is some 100 KB; `filterPath` brings a part of it. @returns undefined when there is no such pipeline */
async function readPipeline(
  client: ElasticsearchClient,
  name: string,
  filterPath: string | undefined,
  options: RequestOptions,
): Promise<{ _meta?: Partial<StoredMeta> } | undefined> {
  const found = await attempt(
    () =>
      client.ingest
        .getPipeline(
          { id: name, ...(filterPath === undefined ? {} : { filter_path: filterPath }) },
          { signal: options.signal },
        )
        .catch((error: unknown) => {
          if (statusOf(error) === 404) return {};
          throw error;
        }),
    { what: `read the ingest pipeline "${name}"`, ...options },
  );
  return (found as Record<string, { _meta?: Partial<StoredMeta> }>)[name];
}

/**
 * A pipeline of version 0.1.0 goes for one of the detector where its definition names the detector: the name alone may be that of
 * another one in another space.
 *
 * @returns undefined when there is none of ours
 * @throws DetectionError `conflict` when the name belongs to a pipeline of somebody else
 */
export async function livePipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string } = {},
): Promise<LivePipeline | undefined> {
  const name = pipelineName(detectorId, options.space);
  const meta = await readMeta(client, name, options);
  if (meta === undefined) {
    const former = await formerPipeline(client, detectorId, options);
    return former === undefined || former.meta.model_version === undefined
      ? undefined
      : liveOf(former.name, former.meta as StoredMeta);
  }
  if (meta.managed_by !== 'log-anomalies' || meta.model_version === undefined) {
    throw new DetectionError(
      'conflict',
      `The ingest pipeline "${name}" was not made by log-anomalies; rename it.`,
    );
  }
  return liveOf(name, meta as StoredMeta);
}

/** @returns what the pipeline tells of itself, nothing for one that tells nothing, undefined when there is none */
async function readMeta(
  client: ElasticsearchClient,
  name: string,
  options: RequestOptions,
): Promise<Partial<StoredMeta> | undefined> {
  const stored =
    (await readPipeline(client, name, '*._meta', options)) ??
    (await readPipeline(client, name, undefined, options));
  return stored && (stored._meta ?? {});
}

/** @returns the pipeline that version 0.1.0 has put for this detector, or what hands its logs on */
async function formerPipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string },
): Promise<{ readonly name: string; readonly meta: Partial<StoredMeta> } | undefined> {
  const name = formerPipelineName(detectorId, options.space);
  const meta = await readMeta(client, name, options);
  const isOurs = meta?.managed_by === 'log-anomalies' && meta.detector_id === detectorId;
  return isOurs ? { name, meta } : undefined;
}

/** @returns the names by which indices may refer to the pipeline of a detector, that of today first */
export async function namesOfPipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string } = {},
): Promise<readonly string[]> {
  const former = await formerPipeline(client, detectorId, options);
  return [pipelineName(detectorId, options.space), ...(former === undefined ? [] : [former.name])];
}

const liveOf = (name: string, meta: StoredMeta): LivePipeline => ({
  name,
  version: meta.model_version,
  threshold: meta.threshold ?? NaN,
  ...(meta.notes_threshold === true && { notesThreshold: true }),
  ...(meta.previous_version === undefined ? {} : { previousVersion: meta.previous_version }),
  ...(meta.earlier_versions === undefined ? {} : { earlierVersions: meta.earlier_versions }),
  ...(meta.max_microseconds_per_log === undefined
    ? {}
    : { maxMicrosecondsPerLog: meta.max_microseconds_per_log }),
  ...(meta.put_at === undefined ? {} : { putAt: meta.put_at }),
});

/** Indices and pipelines that refer to the old name go on: what it gets it hands on to the pipeline of today. */
async function handOn(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string },
): Promise<void> {
  const former = await formerPipeline(client, detectorId, options);
  if (former === undefined || former.meta.moved_to !== undefined) return;
  const name = pipelineName(detectorId, options.space);
  await putPipeline(
    client,
    former.name,
    {
      description: `Log Anomalies: hands logs on to ${name}`,
      processors: [{ pipeline: { name } }],
      _meta: { managed_by: 'log-anomalies', detector_id: detectorId, moved_to: name },
    },
    options,
  );
}

/**
 * Gives a pipeline of version 0.1.0 the name of today; what refers to the old one goes on.
 *
 * @returns the pipeline under its name of today
 */
export async function renamePipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string } = {},
): Promise<LivePipeline | undefined> {
  const live = await livePipeline(client, detectorId, options);
  const name = pipelineName(detectorId, options.space);
  if (live === undefined || live.name === name) return live;
  const definition = await readPipeline(client, live.name, undefined, options);
  await putPipeline(client, name, definition as unknown as IngestPipeline, options);
  await handOn(client, detectorId, options);
  return { ...live, name };
}

/**
 * Compiles a model and tries it out under another name over sample logs. Nothing that is live changes.
 *
 * @throws DetectionError `refused` for a model that a pipeline cannot express or a failed trial
 */
export async function tryPipeline(
  client: ElasticsearchClient,
  snapshot: ModelSnapshot,
  options: DeployPipelineOptions,
): Promise<{ pipeline: IngestPipeline; simulation: SimulationReport; bytes: number }> {
  const { detectorId, space, threshold, trial } = options;
  const pipeline = compilePipeline(snapshot, {
    detectorId,
    ...(threshold === undefined ? {} : { threshold }),
  });
  const name = pipelineName(detectorId, space);
  const now = options.at ?? Date.now();
  await deleteTrials(client, name, { ...options, before: now - LONGEST_TRIAL_MILLISECONDS });
  const trialPipeline = trialName(name, randomUUID());
  const meta: StoredMeta = { ...pipeline._meta, put_at: new Date(now).toISOString() };
  await putPipeline(client, trialPipeline, { ...pipeline, _meta: meta }, options);
  try {
    const simulation = await simulatePipeline(client, trialPipeline, { ...trial, snapshot, threshold });
    return { pipeline, simulation, bytes: definitionBytes(pipeline) };
  } finally {
    await attempt(() => client.ingest.deletePipeline({ id: trialPipeline }), {
      what: `delete the ingest pipeline "${trialPipeline}"`,
      policy: options.policy,
    });
  }
}

/** A trial that is older was left behind by a process that died in it. */
const LONGEST_TRIAL_MILLISECONDS = 3_600_000;

/** @param options before: only trials that were put before it, epoch milliseconds; absent: all */
async function deleteTrials(
  client: ElasticsearchClient,
  name: string,
  { before, ...options }: RequestOptions & { readonly before?: number },
): Promise<void> {
  const found = await attempt(
    () =>
      client.ingest
        .getPipeline({ id: trialNames(name), filter_path: '*._meta' }, { signal: options.signal })
        .catch((error: unknown) => {
          if (statusOf(error) === 404) return {};
          throw error;
        }),
    { what: `read the trials of the ingest pipeline "${name}"`, ...options },
  );
  for (const [id, { _meta: meta }] of Object.entries(found)) {
    const putAt = (meta as Partial<StoredMeta> | undefined)?.put_at;
    if (before !== undefined && !(putAt !== undefined && Date.parse(putAt) < before)) continue;
    await attempt(
      () =>
        client.ingest.deletePipeline({ id }, { signal: options.signal }).catch((error: unknown) => {
          if (statusOf(error) !== 404) throw error;
        }),
      { what: `delete the ingest pipeline "${id}"`, ...options },
    );
  }
}

/** Versions that a pipeline can go back to. */
const MOST_BEFORE = 20;

/** @returns versions that were live before a version that becomes so, the latest first */
export function versionsBefore(
  live: Pick<LivePipeline, 'version' | 'previousVersion' | 'earlierVersions'> | undefined,
  version: string,
  { goesBack = false, refused }: Pick<DeployPipelineOptions, 'goesBack' | 'refused'> = {},
): readonly string[] {
  if (live === undefined) return [];
  const { previousVersion, earlierVersions = [] } = live;
  const known = previousVersion === undefined ? [] : [previousVersion, ...earlierVersions];
  // The same version again must not become its own predecessor.
  if (live.version === version) {
    const place = refused === undefined ? -1 : known.indexOf(refused);
    return known.filter((_, index) => index !== place);
  }
  if (goesBack || refused !== undefined) return known.slice(known.indexOf(version) + 1);
  return [live.version, ...known].slice(0, MOST_BEFORE);
}

/**
 * Makes a model the live pipeline of a detector: compiled, tried out, and put under the detector's name in one step, so
 * that every log is scored by the old version or by the new one. A limit of cost stays with the pipeline and holds for
 * the versions that follow.
 *
 * @throws DetectionError `refused` for a model that a pipeline cannot express or a failed trial; nothing has changed then
 */
export async function deployPipeline(
  client: ElasticsearchClient,
  snapshot: ModelSnapshot,
  options: DeployPipelineOptions,
): Promise<PipelineDeployment> {
  const { detectorId, space } = options;
  const before = await livePipeline(client, detectorId, options);
  const limit = options.trial.maxMicrosecondsPerLog ?? before?.maxMicrosecondsPerLog;
  const trial = { ...options.trial, ...(limit === undefined ? {} : { maxMicrosecondsPerLog: limit }) };
  const { pipeline, simulation, bytes } = await tryPipeline(client, snapshot, { ...options, trial });
  const [previousVersion, ...earlier] = versionsBefore(before, snapshot.version, options);
  const putAt = options.at === undefined ? undefined : new Date(options.at).toISOString();
  const meta: StoredMeta = {
    ...pipeline._meta,
    ...(putAt === undefined ? {} : { put_at: putAt }),
    ...(previousVersion === undefined ? {} : { previous_version: previousVersion }),
    ...(earlier.length === 0 ? {} : { earlier_versions: earlier }),
    ...(limit === undefined ? {} : { max_microseconds_per_log: limit }),
  };
  const name = pipelineName(detectorId, space);
  await putPipeline(client, name, { ...pipeline, _meta: meta }, options);
  if (before?.name !== name) await handOn(client, detectorId, options);
  return {
    live: liveOf(name, meta),
    bytes,
    simulation,
  };
}

/**
 * Goes back to the version that was live before, by the same way: trial first, then one step. Once more, it goes back further.
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
  return deployPipeline(client, await load(live.previousVersion), { ...options, goesBack: true });
}

/**
 * Deletes a detector's pipeline and the component template that sends indices to come through it. Elasticsearch refuses while an
 * index still refers to the pipeline: detach first.
 *
 * @returns false when there was none
 * @throws DetectionError `conflict` where an index template names the component template; nothing has changed then
 */
export async function deletePipeline(
  client: ElasticsearchClient,
  detectorId: string,
  options: RequestOptions & { readonly space?: string } = {},
): Promise<boolean> {
  const live = await livePipeline(client, detectorId, options);
  const former = await formerPipeline(client, detectorId, options);
  // The old name first: while an index refers to it, the one that it hands logs on to has to stay.
  const names = new Set([former?.name, live?.name].filter((name) => name !== undefined));
  // Also of pipelines that are gone: an earlier deletion may have come no further.
  const { space } = options;
  const possible = [pipelineName(detectorId, space), formerPipelineName(detectorId, space)];
  const templates = await componentTemplatesOf(client, [...new Set([...names, ...possible])], options);
  refuseUsedTemplates(templates);
  for (const name of names) {
    await attempt(() => client.ingest.deletePipeline({ id: name }, { signal: options.signal }), {
      what: `delete the ingest pipeline "${name}"`,
      ...options,
    });
  }
  for (const template of templates) await deleteComponentTemplate(client, template, options);
  const isAny = names.size > 0 || templates.length > 0;
  if (isAny) await deleteTrials(client, pipelineName(detectorId, space), options);
  return isAny;
}
