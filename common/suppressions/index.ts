export { CALENDAR_LIMITS, CONSEQUENCES, SUPPRESSION_LIMITS, type Consequence } from './limits';
export {
  appliesTo,
  becauseOf,
  isExpired,
  isOfOneLog,
  scheduleSchema,
  suppressionDraftSchema,
  suppressionSchema,
  WEEKDAYS,
  type Match,
  type Schedule,
  type Suppression,
  type SuppressionDraft,
} from './suppression';
export { readCalendar, type Calendar } from './calendar';
export { coverageOf, windowsOf } from './schedule';
export type { TimeWindow } from './time_windows';
export { factsOf, patternOf, withFacts } from './result_facts';
export { createMatcher } from './matcher';
export { checkLimits, mustExpire } from './guards';
export { trainingExclusions, type TrainingExclusion } from './training_exclusions';
export {
  contradictionsOf,
  FEEDBACK_SCOPES,
  matchOfScope,
  type Contradiction,
  type FeedbackScope,
  type JudgedFacts,
} from './feedback_scope';
