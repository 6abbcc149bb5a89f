import type { Annotation, AnnotationKind } from '../../../common/annotations';

/** Calendar of changes, as detection reads it. */
export interface AnnotationReader {
  /**
   * Annotations of some kinds that begin or go on in a time, the newest 1,000. None where the user may not read them.
   *
   * @param range epoch milliseconds
   */
  during(
    range: { readonly from: number; readonly to: number },
    kinds: readonly AnnotationKind[],
  ): Promise<Annotation[]>;
}
