import { dependence } from './dependence';

/** Values of a field, one a document; undefined where it has none. */
export interface FieldValues {
  readonly field: string;
  readonly values: readonly unknown[];
  /** Different values. */
  readonly distinct: number;
}

/** Returns the values as texts; what is missing is a value like any other. */
export const textsOf = ({ values }: FieldValues): string[] =>
  values.map((value) => (value === undefined ? '' : String(value as string | number)));

/** A field that more of the logs have says something of all of them. */
const SELDOM_COVERAGE = 0.95;
/** More different values are no closed set, of which one that was never seen is news. */
const FEW_VALUES = 12;
/** Different callers that pairs are made of. */
const MOST_CALLERS = 200;
/** Part of what one field says of another from which a pair that is new is news. */
export const LEAST_DEPENDENCE = 0.3;

/** Returns true for a field of few values that a part of the logs has, as a way to sign in or a protocol. */
export const isSeldomAndClosed = (distinct: number, coverage: number): boolean =>
  coverage < SELDOM_COVERAGE && distinct <= FEW_VALUES;

/**
 * Returns the one of `callers` that tells the most of such a field where it is there: a value that is known may be strange of this caller.
 * Undefined where none tells enough.
 */
export function callerOf(own: FieldValues, callers: readonly FieldValues[]): string | undefined {
  const rows = own.values.flatMap((value, row) => (value === undefined ? [] : [row]));
  const textsThere = (field: FieldValues): string[] => {
    const all = textsOf(field);
    return rows.map((row) => all[row]);
  };
  const texts = textsThere(own);
  let [most, best]: [number, string | undefined] = [LEAST_DEPENDENCE, undefined];
  for (const caller of callers) {
    if (caller.distinct > MOST_CALLERS || caller.field === own.field) continue;
    const told = dependence(texts, textsThere(caller));
    if (told > most || (told === most && best === undefined)) [most, best] = [told, caller.field];
  }
  return best;
}
