export {
  ChangeSample,
  defaultBaseline,
  lengthsOf,
  piecesOf,
  type ChangeSpans,
  type ComparedField,
  type FieldScalar,
  type Span,
} from './change_sample';
export { concentratedValuesSteps, type ConcentratedValue } from './concentrated_values';
export {
  causesFirst,
  groupChanges,
  heldFactsSteps,
  tooRare,
  type ChangeGroup,
  type HeldFacts,
  type RareFacts,
} from './group_changes';
export { minePatterns, type MessagePatterns } from './message_patterns';
export type { BySpan } from './share_test';
export { shiftedNumbersSteps, type NumberShift, type NumberSummary } from './shifted_numbers';
export { keyOf, significantChanges, type FactChange } from './significant_changes';
export {
  candidatesOf,
  profileOf,
  testable,
  type ChangeFact,
  type CountedFact,
  type FieldProfile,
} from './value_candidates';
