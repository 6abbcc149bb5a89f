import { adjustedPValues } from './false_discovery';
import { testShare, type BySpan, type ShareTest } from './share_test';
import { NEWCOMER_LIFT, type ChangeFact, type CountedFact } from './value_candidates';

/** A fact that comes more or less often in the window than before, beyond chance and beyond what is usual. */
export interface FactChange {
  readonly fact: ChangeFact;
  readonly counts: BySpan;
  readonly totals: BySpan;
  readonly test: ShareTest;
  /** P-value adjusted for all tests. */
  readonly adjustedPValue: number;
}

/** Most of what is called a change and is none (false discovery rate). */
export const FALSE_DISCOVERY_RATE = 0.01;
/** Smaller changes happen between any two times. */
export const LEAST_FACTOR = 1.5;
/** Logs that hold a fact in the span where it is frequent. */
const FEWEST_LOGS = 5;
/** A newcomer holds so many times as much as the usual newcomer of a time. */
const NEWCOMER_FACTOR = 2;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/**
 * Chooses the facts whose share has changed.
 *
 * @param tests tests made to come to these facts, those by the sample among them
 * @param usualNewcomer by field, the share that a value may hold in a time that is new in it
 * @returns the largest change first
 */
export function significantChanges(
  facts: readonly CountedFact[],
  lengths: BySpan,
  tests: number,
  usualNewcomer: (field: string) => number,
): FactChange[] {
  const tested = facts.map(({ fact, counts, totals }) => ({
    fact,
    counts,
    totals,
    test: testShare(counts, totals, lengths),
  }));
  const adjusted = adjustedPValues(
    tested.map(({ test }) => test.pValue),
    tests,
  );
  return tested
    .map((each, place) => ({ ...each, adjustedPValue: adjusted[place] }))
    .filter(({ fact, counts, totals, test, adjustedPValue }) => {
      const logs = test.direction === 'more' ? counts.window : sum(counts.pieces);
      const isNewcomer = test.lift >= NEWCOMER_LIFT;
      return (
        adjustedPValue <= FALSE_DISCOVERY_RATE &&
        test.factor >= LEAST_FACTOR &&
        logs >= FEWEST_LOGS &&
        !(isNewcomer && counts.window / totals.window < NEWCOMER_FACTOR * usualNewcomer(fact.field))
      );
    })
    .sort(
      (one, other) =>
        other.test.statistic - one.test.statistic || keyOf(one.fact).localeCompare(keyOf(other.fact)),
    );
}

/** Returns a text that is the same for the same fact. */
export const keyOf = (fact: ChangeFact): string =>
  JSON.stringify([
    fact.field,
    fact.kind,
    fact.kind === 'value' ? fact.value : fact.kind === 'pattern' ? fact.pattern : null,
  ]);
