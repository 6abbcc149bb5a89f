import type { Comparison } from '../../anomaly/comparison';
import type { LogDocument } from '../../log_document';
import type { FeatureType } from '../../detector/feature_schema';
import type { Matrix } from '../../isolation_forest/forest/types';

/** Reasons why a field of a log could not be used. Counted for each feature, never thrown. */
export const DIRT_KINDS = [
  'missing',
  'wrong_type',
  'array',
  'object',
  'not_finite',
  'out_of_range',
  'truncated',
  'unseen',
] as const;
export type DirtKind = (typeof DIRT_KINDS)[number];

/** Counts for each feature name and each kind of dirt that occurred. */
export type DirtReport = Record<string, Partial<Record<DirtKind, number>>>;

/** Explanation of one feature of one log: the value as read and the usual one. */
export interface FeatureExplanation {
  readonly feature: string;
  readonly field: string;
  readonly type: FeatureType;
  /** Human-readable and bounded in length; control characters removed. */
  readonly actual: string;
  readonly typical: string;
  /** Present where training never held such a value: how many of its logs held another. */
  readonly unseen?: true;
  readonly trained_on?: number;
  /** Data of the sentence for people. */
  readonly comparison: Comparison;
}

/** Turns logs into rows. Made by `learnFeatures` or `decodeFeatureEncoding`; pure and reusable. */
export interface FeatureEncoder {
  /** One name for each matrix column, e.g. `url.length`, `status_code=404`. */
  readonly columnNames: readonly string[];
  /** For each column the index of the feature (in the detector's list) that it belongs to. */
  readonly featureOfColumn: readonly number[];
  /** For each column its part of its feature's weight, relative to the other columns of that. */
  readonly shareOfColumn: readonly number[];
  readonly featureNames: readonly string[];
  /** Every distinct log field that is read, timestamp included where hour or weekday needs it. */
  readonly fields: readonly string[];
  /**
   * Encodes `documents[i]` into row i. Never throws for any content of a document; dirt is added to `dirt`.
   */
  encode(documents: readonly LogDocument[], dirt?: DirtReport): Matrix;
  /** {@link encode} with a pause, if its caller wants one, after each few milliseconds at most whatever the logs hold. */
  encodeInSteps(documents: readonly LogDocument[], dirt?: DirtReport): Generator<void, Matrix>;
  /** Actual and typical value of each feature for one log, in the order of `featureNames`. */
  explain(document: LogDocument): FeatureExplanation[];
  /** Those of {@link explain} one after another. */
  explainInSteps(document: LogDocument): Generator<FeatureExplanation, void>;
  /** JSON-safe, versioned, without code; what a model snapshot stores. */
  toJSON(): unknown;
}
