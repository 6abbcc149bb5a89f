export { featureDrift, featureDriftBetween, isComparable, type FeatureDrift } from './feature_drift';
export { columnOf, learnReference, referenceSchema } from './reference';
