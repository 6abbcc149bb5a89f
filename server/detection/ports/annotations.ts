import type { Annotation, AnnotationKind, ImportedFields, ImportOrder } from '../../../common/annotations';
import type { SourceLog } from '../../../common/log_document';

/** Annotation under an id; without one: a document that somebody has written otherwise. */
export interface StoredAnnotation {
  readonly annotation?: Annotation;
}

/** Calendar of changes, as people and CI jobs write it. */
export interface AnnotationStore {
  find(id: string): Promise<StoredAnnotation | undefined>;
  /**
   * Returns those that are there, without documents that are no annotations.
   *
   * @param ids at most 1,000
   * @throws DetectionError `forbidden` where the calendar may not be read
   */
  findAll(ids: readonly string[]): Promise<Annotation[]>;
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

/** Document of a foreign index, and the id that its annotation has whenever it is read. */
export interface FoundDocument extends SourceLog {
  readonly annotationId: string;
}

/** Documents that become annotations. */
export interface AnnotationDocuments {
  /**
   * Reads the newest of a time, with their fields alone.
   *
   * @returns at most 1,000 documents, newest first; how many the time holds; those without a time, of which the first are named
   * @throws DetectionError `not_found` where no index matches, `forbidden`, `invalid_input` where the index lacks a field of time,
   *   `unavailable` where a part does not answer
   */
  read(
    order: Pick<ImportOrder, 'index' | 'query' | 'to'> & { readonly from: number },
    fields: ImportedFields,
  ): Promise<{
    readonly documents: readonly FoundDocument[];
    readonly total: number;
    readonly withoutTime: {
      readonly count: number;
      readonly examples: readonly Pick<SourceLog, 'index' | 'id'>[];
    };
  }>;
}
