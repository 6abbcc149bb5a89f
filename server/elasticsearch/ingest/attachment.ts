import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { componentTemplateName } from './names';
import { checkScoredFields, SCORED_FIELDS } from './scored_fields';

/** One request, for people to read and run by hand. */
export interface PlannedRequest {
  readonly method: 'PUT';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly why: string;
}

/** Ways to send logs through a pipeline. Making the plan changes nothing. */
export interface AttachmentPlan {
  readonly pipeline: string;
  /** Requests that {@link attachPipeline} sends: mappings and `index.final_pipeline` of the indices that exist. */
  readonly requests: readonly PlannedRequest[];
  /** For indices and backing indices of data streams to come: name it in `composed_of` of their index template. */
  readonly componentTemplate: PlannedRequest;
  /** The other way: a processor to add at the end of a pipeline that the logs already go through. */
  readonly processor: Readonly<Record<string, unknown>>;
  readonly indices: readonly string[];
}

interface FoundIndex {
  readonly index: string;
  readonly finalPipeline?: string;
  readonly mappings: estypes.MappingTypeMapping;
}

async function findIndices(
  client: ElasticsearchClient,
  index: string,
  options: RequestOptions,
): Promise<FoundIndex[]> {
  const found = await attempt(
    () => client.indices.get({ index, features: ['mappings', 'settings'] }, { signal: options.signal }),
    { what: `read the settings of "${index}"`, ...options },
  );
  return Object.entries(found).map(([name, { settings, mappings }]) => {
    const finalPipeline = settings?.index?.final_pipeline;
    return {
      index: name,
      mappings: mappings ?? {},
      ...(finalPipeline === undefined || finalPipeline === '_none' ? {} : { finalPipeline }),
    };
  });
}

/**
 * @param index indices, data streams, aliases or patterns, separated by commas
 * @param names of the pipeline, that of today first: what is attached by the name of version 0.1.0 gets that of today
 * @throws DetectionError `not_found` when nothing matches, `conflict` when an index has another final pipeline or
 *   maps our fields as something else
 */
export async function planAttachment(
  client: ElasticsearchClient,
  [pipeline, ...former]: readonly string[],
  index: string,
  options: RequestOptions = {},
): Promise<AttachmentPlan> {
  const found = await findIndices(client, index, options);
  if (found.length === 0) {
    throw new DetectionError('not_found', `No index matches "${index}".`);
  }
  for (const { index: name, finalPipeline, mappings } of found) {
    if (finalPipeline !== undefined && finalPipeline !== pipeline && !former.includes(finalPipeline)) {
      throw new DetectionError(
        'conflict',
        `The index "${name}" has the final pipeline "${finalPipeline}" already, and can have one. Add {"pipeline":{"name":"${pipeline}"}} to its processors instead.`,
      );
    }
    checkScoredFields(name, mappings);
  }
  const names = found.map(({ index: name }) => name);
  const mappings = { properties: SCORED_FIELDS };
  return {
    pipeline,
    indices: names,
    requests: names.flatMap((name): PlannedRequest[] => [
      {
        method: 'PUT',
        path: `/${encodeURIComponent(name)}/_mapping`,
        body: mappings,
        why: 'types of the fields that the pipeline writes',
      },
      {
        method: 'PUT',
        path: `/${encodeURIComponent(name)}/_settings`,
        body: { index: { final_pipeline: pipeline } },
        why: 'every log that is indexed goes through the pipeline, after all others',
      },
    ]),
    componentTemplate: {
      method: 'PUT',
      path: `/_component_template/${encodeURIComponent(componentTemplateName(pipeline))}`,
      body: { template: { settings: { index: { final_pipeline: pipeline } }, mappings } },
      why: 'the same for indices to come, once an index template names it in composed_of',
    },
    processor: { pipeline: { name: pipeline } },
  };
}

export interface AttachOptions extends RequestOptions {
  /** Writes the component template, too. Index templates are never changed. */
  readonly componentTemplate?: boolean;
}

/** Carries out a plan. May be repeated. @returns what was done */
export async function attachPipeline(
  client: ElasticsearchClient,
  plan: AttachmentPlan,
  options: AttachOptions = {},
): Promise<readonly PlannedRequest[]> {
  const { signal } = options;
  for (const index of plan.indices) {
    await putScoredFields(client, index, options);
    await attempt(
      () =>
        client.indices.putSettings(
          { index, settings: { index: { final_pipeline: plan.pipeline } } },
          { signal },
        ),
      { what: `set the final pipeline of "${index}"`, ...options },
    );
  }
  if (options.componentTemplate !== true) return plan.requests;
  await attempt(
    () =>
      client.cluster.putComponentTemplate(
        {
          name: componentTemplateName(plan.pipeline),
          ...(plan.componentTemplate.body as { template: estypes.IndicesIndexState }),
        },
        { signal },
      ),
    { what: `write the component template for "${plan.pipeline}"`, ...options },
  );
  return [...plan.requests, plan.componentTemplate];
}

export const putScoredFields = (
  client: ElasticsearchClient,
  index: string,
  options: RequestOptions,
): Promise<unknown> =>
  attempt(
    () => client.indices.putMapping({ index, properties: { ...SCORED_FIELDS } }, { signal: options.signal }),
    { what: `map the scored fields of "${index}"`, ...options },
  );

/**
 * Takes the pipeline off the indices that have it as their final pipeline; logs keep what was written onto them.
 *
 * @returns the indices that were changed
 */
export async function detachPipeline(
  client: ElasticsearchClient,
  pipelines: readonly string[],
  index: string,
  options: RequestOptions = {},
): Promise<string[]> {
  const found = await findIndices(client, index, options);
  const attached = found
    .filter(({ finalPipeline }) => finalPipeline !== undefined && pipelines.includes(finalPipeline))
    .map(({ index: name }) => name);
  for (const name of attached) {
    await attempt(
      () =>
        client.indices.putSettings(
          { index: name, settings: { index: { final_pipeline: '_none' } } },
          { signal: options.signal },
        ),
      { what: `take the final pipeline off "${name}"`, ...options },
    );
  }
  return attached;
}

/**
 * Returns the final pipeline of each index.
 *
 * @throws DetectionError `not_found` for an index that does not exist; a pattern may match nothing
 */
export async function attachmentsOf(
  client: ElasticsearchClient,
  index: string,
  options: RequestOptions = {},
): Promise<{ readonly index: string; readonly finalPipeline?: string }[]> {
  return (await findIndices(client, index, options)).map(({ mappings: _mappings, ...found }) => found);
}

/** Returns true when every one of the indices has the pipeline as its final pipeline. */
export async function isAttached(
  client: ElasticsearchClient,
  pipeline: string,
  index: string,
  options: RequestOptions = {},
): Promise<boolean> {
  const found = await attachmentsOf(client, index, options);
  return found.length > 0 && found.every(({ finalPipeline }) => finalPipeline === pipeline);
}
