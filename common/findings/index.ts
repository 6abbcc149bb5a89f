export { entityNoun, FOUND_IN_SINGLE_LOG, foundBy, spanWords, unitWords } from './found_by';
export { mergeResults, type Finding } from './merge_results';
export { spanFinder, type EntitySpan } from './span_finder';
