import { weightOf, type FeatureDefinition } from '../detector';
import type { FeatureEncoder } from './types';

/**
 * The columns of a feature share its weight: otherwise a status code in twelve columns would be looked at twelve times
 * as often as a response time in one.
 *
 * @param features those that the encoder was learned from
 * @returns one weight for each column, for `growForest`
 */
export function columnWeightsOf(features: readonly FeatureDefinition[], encoder: FeatureEncoder): number[] {
  const columns = new Uint32Array(features.length);
  for (const feature of encoder.featureOfColumn) columns[feature]++;
  return encoder.featureOfColumn.map((feature) => weightOf(features[feature]) / columns[feature]);
}
