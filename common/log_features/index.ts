export { columnWeightsOf } from './columns/column_weights';
export { getField } from './fields/field_access';
export { fieldsOfFeature } from './fields/group_fields';
export { withFarRows } from './number/far_rows';
export { learnFeatures } from './encoding/learn_features';
export {
  decodeFeatureEncoding,
  encoderInSteps,
  encoderOf,
  readEncoding,
  type EncodingState,
} from './encoding/feature_encoder';
export { findLabelFields, groundTruthOf, readLabel, type LabelField } from './fields/label_fields';
export { messageKeysOf, templatesOf, templateTokensOf } from './encoding/templates_of';
export { PRESET_NAMES, PRESETS, presetFor } from './suggesting/presets';
export { suggestFeatures, suggestingSteps } from './suggesting/suggest_features';
export { learnTemplate, templateAdvice } from './template/template_encoding';
export { DIRT_KINDS } from './columns/types';
export { FEATURE_TYPES } from '../detector/feature_schema';
export type * from './columns/types';
