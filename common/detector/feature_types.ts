/** Kinds of features. */
export const FEATURE_TYPES = [
  'number',
  'category',
  'hour_of_day',
  'day_of_week',
  'text',
  'template',
  'deviation',
  'severity',
  'route',
  'attack_signs',
  'combination',
  'event_counts',
  'message_numbers',
] as const;
export type FeatureType = (typeof FEATURE_TYPES)[number];
