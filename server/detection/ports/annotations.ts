import type { Annotation, AnnotationKind } from '../../../common/annotations';

/** Annotation under an id; without one: a document that somebody has written otherwise. */
export interface StoredAnnotation {
  readonly annotation?: Annotation;
}

/** Calendar of changes, as people and CI jobs write it. */
export interface AnnotationStore {
  find(id: string): Promise<StoredAnnotation | undefined>;
  /**
   * Writes it unless one with its id is there. One that is there without an end is given the end, where there is one now.
   *
   * @returns the one that is stored, and the fields in which what was given differs from it
   * @throws DetectionError `conflict` where a document with its id is stored that is no annotation
   */
  add(annotation: Annotation): Promise<{ annotation: Annotation; created: boolean; differs: string[] }>;
  /** @throws DetectionError `not_found` */
  remove(id: string): Promise<void>;
}

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
