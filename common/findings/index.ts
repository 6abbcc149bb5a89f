export {
  entityNoun,
  FOUND_IN_SINGLE_LOG,
  foundBy,
  spanOfResult,
  spanUnitWords,
  spanWords,
  unitWords,
} from './found_by';
export { mergeResults, type Finding } from './merge_results';
export { spanFinder, type EntitySpan, type FieldText } from './span_finder';
