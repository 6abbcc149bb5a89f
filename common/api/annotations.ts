import { z } from 'zod';
import {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  annotationDraftSchema,
  annotationSchema,
  storedAnnotationIdSchema,
} from '../annotations';
import { timeSchema } from '../parameters';
import { acknowledgedSchema, API_ROOT, endpoint } from './endpoint';

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
        .string()
        .max(ANNOTATION_LIMITS.entityCharacters)
        .optional()
        .describe('Those that concern it; those of all entities, too'),
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
      created: z.boolean().describe('False where one with this id was there already; it stays as it is'),
    }),
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
