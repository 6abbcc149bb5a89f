import { z } from 'zod';
import {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  annotationDraftSchema,
  annotationSchema,
  importReportSchema,
  importRequestSchema,
  storedAnnotationIdSchema,
} from '../annotations';
import { timeSchema } from '../parameters';
import { acknowledgedSchema, API_ROOT, endpoint } from './endpoint';

/** Names that annotations are asked for by at once. */
const MOST_NAMES = 100;
const nameSchema = z.string().max(ANNOTATION_LIMITS.entityCharacters);

const ANNOTATIONS = `${API_ROOT}/annotations`;

export const annotationEndpoints = {
  listAnnotations: endpoint({
    method: 'get',
    path: ANNOTATIONS,
    summary: 'Calendar of changes of this space: deployments, changes, incidents, maintenance; newest first',
    privilege: 'read',
    query: z.strictObject({
      from: timeSchema.optional().describe('Not over before'),
      to: timeSchema.optional().describe('Begun until then'),
      kind: z.enum(ANNOTATION_KINDS).optional(),
      entity: z
        .union([nameSchema, z.array(nameSchema).max(MOST_NAMES)])
        .optional()
        .describe('Those that concern one of these names; those of all entities, too'),
      page: z.coerce.number().int().min(1).max(1_000).default(1),
      size: z.coerce.number().int().min(0).max(1_000).default(100),
    }),
    response: z.object({ total: z.number(), annotations: z.array(annotationSchema) }),
  }),
  addAnnotation: endpoint({
    method: 'post',
    path: ANNOTATIONS,
    summary: 'Note a deployment, a change, an incident or maintenance; once only for each id',
    privilege: 'write',
    body: annotationDraftSchema,
    response: z.object({
      annotation: annotationSchema.describe('As it is stored'),
      created: z
        .boolean()
        .describe(
          'False where one with this id was there already; it stays as it is, but for an end that it lacked',
        ),
      differs: z.array(z.string()).describe('Fields in which the body differs from the one that is stored'),
    }),
  }),
  importAnnotations: endpoint({
    method: 'post',
    path: `${ANNOTATIONS}/_import`,
    summary:
      'Note what an index holds, such as observability-annotations, with the rights of the caller; each document once only',
    privilege: 'write',
    cost: 'search',
    body: importRequestSchema,
    response: importReportSchema,
  }),
  removeAnnotation: endpoint({
    method: 'delete',
    path: `${ANNOTATIONS}/{annotation_id}`,
    summary: 'Take a deployment, a change, an incident or maintenance off the calendar',
    privilege: 'write',
    params: z.strictObject({ annotation_id: storedAnnotationIdSchema }),
    response: acknowledgedSchema,
  }),
};
