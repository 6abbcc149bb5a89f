export { featureDrift, featureDriftBetween, isComparable, type FeatureDrift } from './feature_drift';
export { columnOf, learnReference, referenceSchema, type ReferenceDistributions } from './reference';
