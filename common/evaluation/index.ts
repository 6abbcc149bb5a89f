export { evaluateScores, type EvaluationInput } from './evaluate_scores';
export { findLabelField, LABEL_FIELDS, readGroundTruth } from './ground_truth';
export { renderEvaluationText } from './render_text';
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
