export { createAnnotationDocuments } from './annotation_documents';
export { annotationOf, createAnnotationStore, type AnnotationFilter } from './annotation_store';
export { withKeptPreceding, withPreceding } from './preceding_annotations';
