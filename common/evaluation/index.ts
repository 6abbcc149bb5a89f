export { evaluateScores, type EvaluationInput } from './evaluate_scores';
export { evaluateUnion, type ScoredUnit, type UnionInput } from './evaluate_union';
export { findLabelField, LABEL_FIELDS, readGroundTruth } from './ground_truth';
export {
  evaluationSchema,
  evaluationSummarySchema,
  SUMMARY_PATHS,
  summaryOf,
  type EvaluationSummary,
} from './evaluation_schema';
export { renderEvaluationText } from './render_text';
export { renderUnionText } from './union_text';
export type {
  DetectionDelay,
  Evaluation,
  GroundTruth,
  IncidentOutcome,
  KindOutcome,
  LabelledEvaluation,
  TimelineBucket,
  TopAnomaly,
} from './types';
export type {
  LabelledUnion,
  UnionDetector,
  UnionEvaluation,
  UnionIncident,
  UnionKind,
  UnionRow,
} from './union_types';
