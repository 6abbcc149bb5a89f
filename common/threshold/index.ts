export { AdaptiveThreshold, type FrozenWindow, type ThresholdChange } from './adaptive_threshold';
export { confidenceOf, thresholdFrom, verdictOf } from './confidence';
export { shareAskedFor } from './contamination_threshold';
export { exceedance, scoreAtExceedance } from './exceedance';
export { learnQuantiles } from './learn_quantiles';
export { MOST_SILENT_HOURS } from './recurring_hours';
export type { ScoreQuantiles } from './score_quantiles';
