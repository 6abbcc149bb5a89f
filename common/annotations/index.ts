export {
  ANNOTATION_KINDS,
  ANNOTATION_LIMITS,
  annotationDraftSchema,
  annotationIdSchema,
  annotationSchema,
  problemOfTimes,
  storedAnnotationIdSchema,
  storedAnnotationSchema,
  type Annotation,
  type AnnotationDraft,
  type AnnotationKind,
} from './annotation';
export { EXCLUDED_KINDS, excludedTimesOf, withinShare } from './excluded_times';
export {
  beganBy,
  concerns,
  NAMED_WITHIN,
  namesOf,
  precedenceOf,
  precedenceText,
  precedingOf,
  type Occurrence,
  type Precedence,
} from './preceding';
