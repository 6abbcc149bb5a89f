export { CALENDAR_LIMITS, CONSEQUENCES, SUPPRESSION_LIMITS, type Consequence } from './limits';
export {
  appliesTo,
  becauseOf,
  isExpired,
  isOfOneLog,
  suppressionDraftSchema,
  suppressionSchema,
  WEEKDAYS,
  THIS_LOG,
  type Suppression,
  type SuppressionDraft,
} from './suppression';
export { readCalendar } from './calendar';
export { windowsOf } from './schedule';
export { joinWindows, lengthOf, type TimeWindow } from './time_windows';
export { factsOf, patternOf, withFacts } from './result_facts';
export { createMatcher } from './matcher';
export { checkLimits, mustExpire } from './guards';
export { trainingExclusions } from './training_exclusions';
export {
  contradictionsOf,
  FEEDBACK_SCOPES,
  matchOfScope,
  type Contradiction,
  type FeedbackScope,
  type JudgedFacts,
} from './feedback_scope';
