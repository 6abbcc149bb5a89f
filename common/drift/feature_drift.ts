import { binCounts, stabilityIndexOfCounts } from '../evaluation/stability_index';
import type { Matrix } from '../isolation_forest/forest/types';
import type { FeatureEncoder } from '../log_features/columns/types';
import type { FeatureType } from '../detector/feature_schema';
import { columnOf, learnReference, type ReferenceDistributions } from './reference';
import { DAY } from '../duration';

export interface FeatureDrift {
  readonly feature: string;
  /** Population stability index: below 0.1 little has moved, from 0.25 on a lot has (Siddiqi 2006). */
  readonly drift: number;
}

/**
 * Measures the drift of each feature: the largest population stability index among its columns.
 *
 * @param reference what the model learned from
 * @param matrix recent logs, encoded by the same encoder
 * @returns one entry for each feature that has columns, the one that moved most first
 */
export function featureDrift(
  reference: ReferenceDistributions,
  encoder: Pick<FeatureEncoder, 'featureNames' | 'featureOfColumn'>,
  matrix: Matrix,
): FeatureDrift[] {
  const largest = new Map<string, number>();
  encoder.featureOfColumn.forEach((feature, column) => {
    const name = encoder.featureNames[feature];
    const { edges, counts } = reference.columns[column];
    const index = stabilityIndexOfCounts(counts, binCounts(columnOf(matrix, column), edges));
    largest.set(name, Math.max(largest.get(name) ?? 0, index));
  });
  return [...largest]
    .map(([feature, drift]) => ({ feature, drift }))
    .sort((one, other) => other.drift - one.drift);
}

/** Likewise where the model is older than stored references, against logs of its training window. */
export const featureDriftBetween = (
  encoder: Pick<FeatureEncoder, 'featureNames' | 'featureOfColumn'>,
  learned: Matrix,
  recent: Matrix,
): FeatureDrift[] => featureDrift(learnReference(learned), encoder, recent);

/**
 * Returns true when a window is long enough to compare a feature: an hour of the day needs a whole day, a day of the week a
 * whole week; over less they move by themselves.
 *
 * @param type of the feature
 * @param windowMilliseconds length of the recent time that is compared
 */
export function isComparable(type: FeatureType, windowMilliseconds: number): boolean {
  if (type === 'hour_of_day') return windowMilliseconds >= DAY;
  if (type === 'day_of_week') return windowMilliseconds >= 7 * DAY;
  return true;
}
