import type { Comparison } from '../../anomaly/comparison';
import type { DirtCounter } from './field_value';
import type { Novelty } from './novelty';
import type { FeatureDirection } from '../../detector/feature_schema';

/**
 * Encoding of one feature as columns, with its learned state. All arithmetic is in 64-bit floats on UTF-16 code
 * units, so that the same formulas give the same numbers in Elasticsearch; the matrix rounds to 32 bits once.
 */
export interface ColumnEncoding {
  /** Column names behind the feature's name: `''`, `.length`, `=404`. */
  readonly columns: readonly string[];
  /** For each column how it is watched for what training never held; undefined, or absent for all, where it is not. */
  readonly watched?: readonly (Watched | undefined)[];
  /** For each column its part of the feature's weight, relative to the others; absent where all weigh the same. */
  readonly shares?: readonly number[];
  /** Training logs with a value, where the value is one that none of them held; undefined where it was there. */
  unseenAmong?(value: unknown): number | undefined;
  /** Written to every column of a document that lacks the value. */
  readonly missing: number;
  /**
   * Writes the columns to `out` from `offset` on.
   *
   * @param value what the document holds in the field, of any type
   * @returns false when there is no usable value; `out` is then untouched
   */
  encode(value: unknown, out: Float64Array, offset: number, dirt: DirtCounter): boolean;
  /** The value as read, for people; undefined when missing. Not yet shortened or cleaned. */
  actual(value: unknown): string | undefined;
  /** Usual value in training, for people. Not yet shortened or cleaned. */
  readonly typical: string;
  /** Likewise, where it depends on the log. */
  typicalOf?(value: unknown): string;
  /** The value beside what training held, cleaned and shortened, as data that sentences for people are made of. */
  compare(value: unknown): Comparison;
  /** JSON-safe; the matching `decode…` function makes the same encoding of it. */
  toJSON(): unknown;
}

/**
 * Kind of values in a column that training never held. `unseen`: it is 1 for a value that training did not hold, 0 else, and comes with
 * the probability of {@link Novelty}. `high`, `low`, `both`: a number, and what lies beyond the largest or smallest of training at
 * that end is a surprise. `tail`: a number that means something, so that the few of training at that end are a surprise as well,
 * by how far out they are; `rarity`: by how few they are.
 */
export type Watched =
  | { readonly unseen: Novelty }
  | {
      readonly tail: FeatureDirection;
      readonly leastDecay?: number;
      readonly leastTail?: (share: number) => number;
      readonly ownTail?: (share: number, tails: number) => number;
      readonly decay?: number;
    }
  | 'rarity'
  | FeatureDirection;

/** Characters of a value that explanations show. */
export const EXPLANATION_LENGTH = 200;
