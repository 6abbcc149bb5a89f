import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { INDEX_PREFIX } from '../../../common/index_names';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { ensureIndex, INDEX_SETTINGS, mappingsOf } from './index_resources';
import { auditIndex } from './names';

/** Name of the ingest pipeline that notes who writes and when, and of the template that gives it to each new audit trail. */
const AUDIT_RECORDER = `${INDEX_PREFIX}audit`;
const AUDIT_INDICES = `${AUDIT_RECORDER}.*`;
/** Above the templates that a cluster brings along. */
const TEMPLATE_PRIORITY = 500;

/** Replaces what the writer says of it: a final pipeline cannot be left out of a request. */
const RECORDER: estypes.IngestPutPipelineRequest = {
  id: AUDIT_RECORDER,
  description: 'Notes who writes an entry of the audit trail of Log Anomalies, and when',
  processors: [
    { remove: { field: 'recorded', ignore_missing: true } },
    {
      set_security_user: {
        field: 'recorded.user',
        properties: ['username', 'realm', 'authentication_type', 'api_key'],
      },
    },
    { set: { field: 'recorded.at', copy_from: '_ingest.timestamp' } },
  ],
};

/**
 * Has Elasticsearch itself note the user and the time of each entry of the audit trails, those of spaces to come among them.
 * Needs `manage_ingest_pipelines` and `manage_index_templates` on the cluster and `manage` on `log-anomalies-audit.*`. Safe to
 * repeat.
 *
 * @param spaces their trails are made where they are absent, so that nobody makes one of another kind first
 * @returns names of the indices that are recorded now
 * @throws DetectionError `refused` where security is off: nobody has a name then
 */
export async function protectAuditTrails(
  client: ElasticsearchClient,
  spaces: readonly string[],
  options: RequestOptions = {},
): Promise<string[]> {
  const { policy, signal } = options;
  const run = <Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> =>
    attempt(request, { what, policy, signal });
  await run('ask who we are', () => client.security.authenticate({}, { signal })).catch((error: unknown) => {
    if (error instanceof DetectionError && ['invalid_input', 'not_found', 'internal'].includes(error.code)) {
      throw new DetectionError(
        'refused',
        'Security is off in Elasticsearch, so it does not know who writes; the audit trail cannot be protected.',
        { cause: error },
      );
    }
    throw error;
  });
  await run('put the pipeline of the audit trail', () => client.ingest.putPipeline(RECORDER, { signal }));
  await run('put the template of the audit trail', () =>
    client.indices.putIndexTemplate(
      {
        name: AUDIT_RECORDER,
        index_patterns: [AUDIT_INDICES],
        priority: TEMPLATE_PRIORITY,
        template: {
          settings: { ...INDEX_SETTINGS, final_pipeline: AUDIT_RECORDER },
          mappings: mappingsOf('audit'),
        },
      },
      { signal },
    ),
  );
  for (const space of spaces) await ensureIndex(client, auditIndex(space), 'audit', options);
  const indices = Object.keys(
    await run('list the audit trails', () =>
      client.indices.getSettings({ index: AUDIT_INDICES, allow_no_indices: true }, { signal }),
    ),
  ).sort();
  const { properties } = mappingsOf('audit');
  for (const index of indices) {
    await run(`change the settings of "${index}"`, () =>
      client.indices.putSettings({ index, settings: { final_pipeline: AUDIT_RECORDER } }, { signal }),
    );
    await run(`change the mapping of "${index}"`, () =>
      client.indices.putMapping({ index, properties: { recorded: properties!.recorded } }, { signal }),
    );
  }
  return indices;
}

/** @returns `absent` before the first entry; needs `view_index_metadata` */
export async function auditProtectionOf(
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<'recorded' | 'unrecorded' | 'absent'> {
  const { policy, signal } = options;
  const index = auditIndex(space);
  const found = await attempt(
    () =>
      client.indices
        .getSettings({ index, name: 'index.final_pipeline' }, { signal })
        .catch((error: unknown) => {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }),
    { what: `read the settings of "${index}"`, policy, signal },
  );
  if (found === undefined) return 'absent';
  return found[index]?.settings?.index?.final_pipeline === AUDIT_RECORDER ? 'recorded' : 'unrecorded';
}
