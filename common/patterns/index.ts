export * from './pattern';
export { copyOfSeries, SeriesTable } from './series_table';
export { judgeBucket, type Arrivals, type BucketVerdict } from './judge_bucket';
export {
  emptyProfile,
  hourOfWeek,
  localTimeIn,
  profileInZone,
  UsualRates,
  type WeekProfile,
} from './usual_rate';
export { Exposures, type Silence, type Span } from './exposures';
export {
  NO_ENTITY,
  PatternCounts,
  type CountsState,
  type PackedCounts,
  type SeenPattern,
} from './pattern_counts';
export {
  generalise,
  PatternCatalogue,
  patternIdOf,
  patternText,
  type CataloguedPattern,
} from './pattern_catalogue';
export { newPattern } from './new_pattern';
export { patternsToForget } from './patterns_to_forget';
export { mergePatterns, partsWithoutName, takeApart } from './merge_patterns';
export { kqlOf, kqlOfForms, type MessageSearch } from './pattern_query';
