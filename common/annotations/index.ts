export {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  annotationDraftSchema,
  annotationIdSchema,
  annotationSchema,
  problemOfTimes,
  type Annotation,
  type AnnotationDraft,
  type AnnotationKind,
} from './annotation';
export { EXCLUDED_KINDS, excludedTimesOf } from './excluded_times';
export {
  concerns,
  NAMED_WITHIN,
  precedenceOf,
  precedenceText,
  precedingOf,
  type Occurrence,
  type Precedence,
} from './preceding';
