import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { componentTemplateName } from './names';

/** Template that sends the logs of indices to come through a pipeline. */
export interface ComponentTemplate {
  readonly name: string;
  /** Index templates that name it in `composed_of`. */
  readonly usedBy: readonly string[];
}

/**
 * Returns the component templates that {@link attachPipeline} has written for these pipelines. Who may not see templates (cluster
 * privilege `manage_index_templates`) has written none, and gets none.
 */
export async function componentTemplatesOf(
  client: ElasticsearchClient,
  pipelines: readonly string[],
  options: RequestOptions = {},
): Promise<ComponentTemplate[]> {
  const found: ComponentTemplate[] = [];
  for (const name of new Set(pipelines.map(componentTemplateName))) {
    const exists = await attempt(
      () =>
        client.cluster
          .existsComponentTemplate({ name }, { signal: options.signal })
          .catch((error: unknown) => {
            if (statusOf(error) === 403) return false;
            throw error;
          }),
      { what: `look for the component template "${name}"`, ...options },
    );
    if (exists) found.push({ name, usedBy: await indexTemplatesWith(client, name, options) });
  }
  return found;
}

async function indexTemplatesWith(
  client: ElasticsearchClient,
  component: string,
  options: RequestOptions,
): Promise<string[]> {
  const { index_templates: templates = [] } = await attempt(
    () =>
      client.indices.getIndexTemplate(
        { filter_path: ['index_templates.name', 'index_templates.index_template.composed_of'] },
        { signal: options.signal },
      ),
    { what: 'read the index templates', ...options },
  );
  return templates
    .filter(({ index_template: template }) => template?.composed_of?.includes(component))
    .map(({ name }) => name);
}

/** @throws DetectionError `conflict` where an index template names one of them: indices to come would refuse all logs without the pipeline */
export function refuseUsedTemplates(templates: readonly ComponentTemplate[]): void {
  const used = templates.find(({ usedBy }) => usedBy.length > 0);
  if (used === undefined) return;
  throw new DetectionError(
    'conflict',
    `The component template "${used.name}" sends indices to come through the pipeline, and is part of the index templates ` +
      `${used.usedBy.map((name) => `"${name}"`).join(', ')}; take it out of their composed_of first.`,
  );
}

export const deleteComponentTemplate = (
  client: ElasticsearchClient,
  { name }: ComponentTemplate,
  options: RequestOptions = {},
): Promise<unknown> =>
  attempt(() => client.cluster.deleteComponentTemplate({ name }, { signal: options.signal }), {
    what: `delete the component template "${name}"`,
    ...options,
  });
