import { weightOf, type FeatureDefinition } from '../../detector';
import type { Matrix } from '../../isolation_forest/forest/types';
import type { FeatureEncoder } from './types';

/**
 * The columns of a feature share its weight: otherwise a status code in twelve columns would be looked at twelve times
 * as often as a response time in one. Columns that are constant are not split on, and have no share: also where a value is missing here
 * and there, since the forest puts the median in its place.
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
  const varies = varyingColumns(rows, 'filled');
  const { featureOfColumn, shareOfColumn } = encoder;
  const sums = new Float64Array(features.length);
  featureOfColumn.forEach((feature, column) => (sums[feature] += varies[column] ? shareOfColumn[column] : 0));
  return featureOfColumn.map((feature, column) =>
    varies[column] ? (weightOf(features[feature]) * shareOfColumn[column]) / sums[feature] : 0,
  );
}

/**
 * Returns true for each column with at least two different values.
 *
 * @param missing `value`: a missing one (NaN) is a value of its own; `filled`: it is none, another is put in its place
 */
export function varyingColumns(
  { values, rowCount, columnCount }: Matrix,
  missing: 'value' | 'filled' = 'value',
): boolean[] {
  const varies = new Array<boolean>(columnCount).fill(false);
  const first = values.slice(0, columnCount);
  for (let index = columnCount; index < rowCount * columnCount; index++) {
    const column = index % columnCount;
    if (varies[column] || Object.is(values[index], first[column])) continue;
    if (missing === 'value') varies[column] = true;
    else if (Number.isNaN(first[column])) first[column] = values[index];
    else if (!Number.isNaN(values[index])) varies[column] = true;
  }
  return varies;
}
