import { z } from 'zod';
import { AUDIT_ACTIONS } from '../audit';
import { API_ROOT, endpoint } from './endpoint';
import { detectorParams, timeSchema } from '../parameters';

const auditEntrySchema = z.object({
  detector_id: z.string().describe('* for what concerns all detectors of the space'),
  at: z.string(),
  by: z.string().optional().describe('Absent: the detector itself'),
  action: z.enum(AUDIT_ACTIONS),
  from: z.string().optional(),
  to: z.string().optional(),
  reason: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
  recorded: z
    .object({ at: z.string(), by: z.string(), api_key: z.string().optional() })
    .optional()
    .describe('Noted by Elasticsearch itself, where the trail is protected; the writer cannot change it'),
  contradicted: z
    .boolean()
    .optional()
    .describe('True where the entry names another user or another time than Elasticsearch has noted'),
});
export type AuditEntryBody = z.output<typeof auditEntrySchema>;

/** More than a detector does in years; an export holds no more than this. */
export const LONGEST_EXPORT = 10_000;

const AUDIT = `${API_ROOT}/detectors/{id}/_audit`;

const auditFilters = {
  from: timeSchema.optional(),
  to: timeSchema.optional().describe('Half-open, so the time of the last entry of a page asks for the next'),
  actions: z
    .string()
    .max(1_000)
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.enum(AUDIT_ACTIONS)))
    .optional()
    .describe('Names with commas between; absent: all'),
};

export const auditEndpoints = {
  listAudit: endpoint({
    method: 'get',
    path: AUDIT,
    summary:
      'Who did what to a detector, when and why, newest first; deleting the detector does not delete it',
    privilege: 'read',
    params: detectorParams,
    query: z.strictObject({
      ...auditFilters,
      size: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    response: z.object({ total: z.number(), entries: z.array(auditEntrySchema) }),
  }),
  exportAudit: endpoint({
    method: 'get',
    path: `${AUDIT}/_export`,
    summary: 'The same as a file of JSON lines, oldest first',
    privilege: 'read',
    cost: 'search',
    params: detectorParams,
    query: z.strictObject(auditFilters),
    response: auditEntrySchema.describe('Each line of the file'),
  }),
};
