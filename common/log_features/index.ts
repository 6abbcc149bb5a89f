export { columnWeightsOf } from './column_weights';
export { getField } from './field_access';
export { fieldsOfFeature } from './group_fields';
export { withFarRows } from './far_rows';
export { learnFeatures, type LearnOptions } from './learn_features';
export {
  decodeFeatureEncoding,
  encoderInSteps,
  encoderOf,
  readEncoding,
  type EncodingState,
} from './feature_encoder';
export { findLabelFields, readLabel, type LabelField } from './label_fields';
export { templatesOf } from './templates_of';
export { PRESETS, presetFor, type FeaturePreset } from './presets';
export { suggestFeatures, type FeatureSuggestion } from './suggest_features';
export { learnTemplate, templateAdvice, type MessageTemplate } from './template_encoding';
export { DIRT_KINDS, FEATURE_TYPES } from './types';
export type * from './types';
