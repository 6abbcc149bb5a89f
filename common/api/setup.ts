import { z } from 'zod';
import { API_ROOT, endpoint } from './endpoint';

export const setupEndpoints = {
  checkSetup: endpoint({
    method: 'get',
    path: `${API_ROOT}/_setup`,
    summary: 'Whether detectors can be saved and run here; what is missing and how to get it',
    privilege: 'read',
    query: z.strictObject({
      index: z.string().max(1_024).optional().describe('Logs that are going to be read'),
      pipelines: z
        .stringbool()
        .default(false)
        .describe('Look for the rights that ingest pipelines and backfills in the cluster take, too'),
    }),
    response: z.object({
      security: z.boolean(),
      encryption_key: z.boolean(),
      api_keys: z.boolean(),
      alerts: z.array(z.string()).describe('Names of the channels configured in kibana.yml'),
      missing_privileges: z.array(z.string()),
      problems: z.array(z.string()),
      needed_role: z
        .object({
          cluster: z.array(z.string()),
          indices: z.array(z.object({ names: z.array(z.string()), privileges: z.array(z.string()) })),
        })
        .optional()
        .describe(
          'Role with all that the caller needs, as Elasticsearch takes it; absent where nothing is missing',
        ),
      audit_trail: z
        .enum(['recorded', 'unrecorded', 'absent', 'unknown'])
        .describe('True when Elasticsearch itself notes who writes to the audit trail of this space'),
    }),
  }),
  getOpenApi: endpoint({
    method: 'get',
    path: `${API_ROOT}/_openapi`,
    summary: 'This API as an OpenAPI 3.1 document',
    privilege: 'read',
    response: z.record(z.string(), z.unknown()),
  }),
};
