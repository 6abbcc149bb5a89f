import {
  missingIn,
  toBySpan,
  valueReader,
  type ChangeSample,
  type ComparedField,
  type FieldScalar,
} from './change_sample';
import { testShare, type BySpan } from './share_test';

/** One thing that a log may hold: a value, no value in a field that most logs have one in, or a pattern of its message. */
export type ChangeFact =
  | { readonly kind: 'value'; readonly field: string; readonly value: FieldScalar }
  | { readonly kind: 'missing'; readonly field: string }
  | { readonly kind: 'pattern'; readonly field: string; readonly pattern: number; readonly text: string };

/** A fact with the logs that hold it. */
export interface CountedFact {
  readonly fact: ChangeFact;
  /** Logs that were counted, by span; all of them, or those of a sample. */
  readonly counts: BySpan;
  /** Logs among which was counted. */
  readonly totals: BySpan;
}

/** Facts about one field of the sample. */
export interface FieldProfile {
  readonly field: string;
  /** `numbers`: too many different ones to be named. */
  readonly as: 'values' | 'numbers' | 'message';
  /** Nearly every log has a value of its own. */
  readonly isIdentifier: boolean;
  /** Every log has the same value. */
  readonly isConstant: boolean;
  /**
   * Share of the logs of a piece of the baseline that a value holds which hardly comes in the other pieces; median of the pieces. Not 0
   * where each time has values of its own, such as names with a date.
   */
  readonly usualNewcomer: number;
  readonly facts: readonly CountedFact[];
}

/** Whole numbers with more different values than this are measured, not named. */
const MOST_NAMED_NUMBERS = 30;
/** Share of values that are different, from which on they name single logs. */
const IDENTIFIER_SHARE = 0.5;
const LEAST_FOR_IDENTIFIER = 50;
/** A field that at least such a share of the baseline has is missed where it is not there. */
const USUALLY_PRESENT = 0.5;
/** Logs of the sample that hold a fact, both spans together; fewer tell nothing. */
const FEWEST_LOGS = 5;
/** Facts are counted in all logs from these on: the sample alone decides about nothing. */
const LARGEST_CHANCE = 0.05;
const LEAST_FACTOR = 1.3;
/** Facts of one field that are counted in all logs. */
const MOST_OF_A_FIELD = 20;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const sizeOf = ({ window, pieces }: BySpan): number => window + sum(pieces);

/** Counts the values of a field in a sample. */
export function profileOf(sample: ChangeSample, { field, kind }: ComparedField): FieldProfile {
  const read = valueReader(field);
  const isMissing = missingIn(field);
  const present = sample.noCounts();
  const byValue = new Map<FieldScalar, Float64Array>();
  let values = 0;
  let valued = 0;
  sample.logs.forEach((log, place) => {
    const found = kind === 'message' ? [] : read(log);
    if (kind !== 'message' && !isMissing(log)) sample.add(present, place);
    if (found.length > 0) valued++;
    values += found.length;
    for (const value of found) {
      let counts = byValue.get(value);
      if (counts === undefined) byValue.set(value, (counts = sample.noCounts()));
      sample.add(counts, place);
    }
  });
  const isMeasured = kind === 'number' || (kind === 'integer' && byValue.size > MOST_NAMED_NUMBERS);
  const as = kind === 'message' ? 'message' : isMeasured ? 'numbers' : 'values';
  const { totals } = sample;
  const missing: CountedFact = {
    fact: { kind: 'missing', field },
    counts: {
      window: totals.window - present[0],
      pieces: totals.pieces.map((total, piece) => total - present[piece + 1]),
    },
    totals,
  };
  const isUsual = sum([...present.subarray(1)]) >= USUALLY_PRESENT * sum(totals.pieces);
  const named =
    as === 'values'
      ? [...byValue].map(([value, counts]): CountedFact => ({
          fact: { kind: 'value', field, value },
          counts: toBySpan(counts),
          totals,
        }))
      : [];
  return {
    field,
    as,
    isIdentifier: values >= LEAST_FOR_IDENTIFIER && byValue.size > IDENTIFIER_SHARE * values,
    isConstant: byValue.size === 1 && valued === sample.logs.length,
    usualNewcomer: usualNewcomer(named, totals),
    facts: [...named, ...(isUsual && kind !== 'message' ? [missing] : [])],
  };
}

/** A value that comes so many times as often as in all other times is a newcomer. */
export const NEWCOMER_LIFT = 5;

function usualNewcomer(facts: readonly CountedFact[], totals: BySpan): number {
  const all = sum(totals.pieces);
  const largest = totals.pieces.map((total, piece) =>
    facts.reduce((most, { counts: { pieces } }) => {
      const share = pieces[piece] / Math.max(1, total);
      const elsewhere = (sum(pieces) - pieces[piece]) / Math.max(1, all - total);
      return share > most && share >= NEWCOMER_LIFT * elsewhere ? share : most;
    }, 0),
  );
  return largest.sort((one, other) => one - other)[Math.floor((largest.length - 1) / 2)];
}

/** Returns the facts that enough logs hold to be tested: rarer ones cannot become significant, and are no tests (Tarone 1990). */
export const testable = (facts: readonly CountedFact[]): CountedFact[] =>
  facts.filter(({ counts }) => sizeOf(counts) >= FEWEST_LOGS);

/**
 * Chooses the facts that may have changed, by a sample: they are worth counting in all logs.
 *
 * @param most facts in all
 */
export function candidatesOf(facts: readonly CountedFact[], lengths: BySpan, most: number): CountedFact[] {
  const ofField = new Map<string, number>();
  return testable(facts)
    .map((counted) => ({ counted, test: testShare(counted.counts, counted.totals, lengths) }))
    .filter(({ test }) => test.pValue < LARGEST_CHANCE && test.factor >= LEAST_FACTOR)
    .sort((one, other) => other.test.statistic - one.test.statistic)
    .filter(({ counted: { fact } }) => {
      const count = (ofField.get(fact.field) ?? 0) + 1;
      ofField.set(fact.field, count);
      return count <= MOST_OF_A_FIELD;
    })
    .slice(0, most)
    .map(({ counted }) => counted);
}
