export { evaluateScores, type EvaluationInput } from './evaluate_scores';
export { evaluateUnion, type ScoredUnit, type SpanTimes } from './evaluate_union';
export { findLabelField, readGroundTruth } from './ground_truth';
export { evaluationSchema, evaluationSummarySchema, SUMMARY_PATHS, summaryOf } from './evaluation_schema';
export { renderEvaluationText } from './render_text';
export { renderUnionText } from './union_text';
export type { Evaluation, GroundTruth, IncidentOutcome, LabelledEvaluation, TopAnomaly } from './types';
export type { LabelledUnion, UnionEvaluation, UnionIncident } from './union_types';
