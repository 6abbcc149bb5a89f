import type { FeatureDefinition } from '../../detector';

export interface FeatureSuggestion {
  readonly definition: FeatureDefinition;
  /** Sentence for people: why this field, why so. */
  readonly reason: string;
  /** Up to three frequent values, printable and short. */
  readonly examples: readonly string[];
  /** Share of the sample's documents that have a usable value, in [0, 1]. */
  readonly coverage: number;
}

/** A suggestion; one that goes with another of the same field takes no other field's place. */
export interface ComparedSuggestion extends FeatureSuggestion {
  readonly isBeside?: true;
}
