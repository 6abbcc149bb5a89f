import type { annotationEndpoints } from '../../../common/api/annotations';
import { annotationOf, createAnnotationStore } from '../../elasticsearch/annotations';
import type { RequestScope } from '../contracts/services';
import type { Handlers } from './handler';

/** With the rights of whoever asks. */
const storeOf = ({ elasticsearch, space }: RequestScope) => createAnnotationStore(elasticsearch, { space });

export const annotationHandlers: Handlers<keyof typeof annotationEndpoints> = {
  listAnnotations: ({ query: { page, size, ...filter } }, { scope }) =>
    storeOf(scope).list(filter, { page, size }),
  addAnnotation: ({ body }, { services, scope }) =>
    storeOf(scope).add(annotationOf(body, scope.user, services.clock.now())),
  removeAnnotation: async ({ params }, { scope }) => {
    await storeOf(scope).remove(params.annotation_id);
    return { acknowledged: true };
  },
};
