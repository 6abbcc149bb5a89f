import { IMPORT_LIMITS } from '../../../common/annotations';
import type { annotationEndpoints } from '../../../common/api/annotations';
import { importAnnotations } from '../../detection/annotations/import_annotations';
import {
  noteAnnotation,
  removeAnnotation,
  type CalendarStores,
} from '../../detection/annotations/note_annotation';
import { createAuditTrail } from '../../elasticsearch';
import {
  annotationOf,
  createAnnotationDocuments,
  createAnnotationStore,
} from '../../elasticsearch/annotations';
import type { RequestScope, Services } from '../contracts/services';
import { authorOf } from '../detectors/suppression_service';
import type { Handlers } from './handler';

/** With the rights of whoever asks. */
const storeOf = ({ elasticsearch, space }: RequestScope) => createAnnotationStore(elasticsearch, { space });
const calendarOf = ({ clock }: Services, scope: RequestScope) =>
  ({
    annotations: storeOf(scope),
    audit: createAuditTrail(scope.elasticsearch, { space: scope.space }),
    clock,
  }) satisfies CalendarStores;

export const annotationHandlers: Handlers<keyof typeof annotationEndpoints> = {
  listAnnotations: ({ query: { page, size, ...filter } }, { scope }) =>
    storeOf(scope).list(filter, { page, size }),
  addAnnotation: ({ body }, { services, scope }) =>
    noteAnnotation(calendarOf(services, scope), annotationOf(body, scope.user, services.clock.now())),
  importAnnotations: async ({ body: { dry_run: isDryRun, ...order } }, { services, scope, signal }) => {
    const documents = createAnnotationDocuments(scope.elasticsearch, { signal });
    const stores = { ...calendarOf(services, scope), documents };
    const { rows, ...report } = await importAnnotations(stores, order, {
      ...authorOf(scope),
      ...{ isDryRun, signal },
    });
    return { ...report, rows: rows.slice(0, IMPORT_LIMITS.rows) };
  },
  removeAnnotation: async ({ params }, { services, scope }) => {
    await removeAnnotation(calendarOf(services, scope), params.annotation_id, authorOf(scope));
    return { acknowledged: true };
  },
};
