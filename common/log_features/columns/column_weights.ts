import { weightOf, type FeatureDefinition } from '../../detector';
import type { Matrix } from '../../isolation_forest/forest/types';
import type { FeatureEncoder } from './types';

/**
 * The columns of a feature share its weight: otherwise a status code in twelve columns would be looked at twelve times
 * as often as a response time in one. Columns that are constant are not split on, and have no share.
 *
 * @param features those that the encoder was learned from
 * @param rows those that the forest is grown on
 * @returns one weight for each column, for `growForest`
 */
export function columnWeightsOf(
  features: readonly FeatureDefinition[],
  encoder: FeatureEncoder,
  rows: Matrix,
): number[] {
  const varies = varyingColumns(rows);
  const { featureOfColumn, shareOfColumn } = encoder;
  const sums = new Float64Array(features.length);
  featureOfColumn.forEach((feature, column) => (sums[feature] += varies[column] ? shareOfColumn[column] : 0));
  return featureOfColumn.map((feature, column) =>
    varies[column] ? (weightOf(features[feature]) * shareOfColumn[column]) / sums[feature] : 0,
  );
}

/** Returns true for each column with at least two different values; a missing one (NaN) is a value of its own. */
export function varyingColumns({ values, rowCount, columnCount }: Matrix): boolean[] {
  const varies = new Array<boolean>(columnCount).fill(false);
  for (let index = columnCount; index < rowCount * columnCount; index++) {
    const column = index % columnCount;
    if (!varies[column] && !Object.is(values[index], values[column])) varies[column] = true;
  }
  return varies;
}
