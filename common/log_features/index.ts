export { getField } from './field_access';
export { learnFeatures, type LearnOptions } from './learn_features';
export { decodeFeatureEncoding } from './feature_encoder';
export { templatesOf } from './templates_of';
export { PRESETS, presetFor, type FeaturePreset } from './presets';
export { suggestFeatures, type FeatureSuggestion } from './suggest_features';
export type { MessageTemplate } from './template_encoding';
export { DIRT_KINDS, FEATURE_TYPES } from './types';
export type * from './types';
