import { signedLog1p } from '../number/number_encoding';

/** Variance of what does not vary, but for rounding. */
const ROUNDING = 1e-12;
/** Values of fewer logs say nothing of a group. */
const FEWEST_OF_GROUP = 3;

/**
 * The share of the variance of a number, on a logarithmic scale, that groups explain: the adjusted R² of a one-way analysis of variance
 * (Fisher 1925; adjusted after Ezekiel 1930), so that many small groups explain nothing by their number alone.
 *
 * @param numbers undefined where a log has none
 * @param groups the same for logs of the same group
 * @returns at most 1; 0 or less where the groups tell nothing
 */
export function explainedShare(numbers: readonly (number | undefined)[], groups: readonly string[]): number {
  const byGroup = new Map<string, number[]>();
  numbers.forEach((number, row) => {
    if (number === undefined) return;
    const own = byGroup.get(groups[row]);
    if (own === undefined) byGroup.set(groups[row], [signedLog1p(number)]);
    else own.push(signedLog1p(number));
  });
  const known = [...byGroup.values()].filter(({ length }) => length >= FEWEST_OF_GROUP);
  const all = known.flat();
  if (known.length < 2 || all.length <= known.length) return 0;
  const total = squaresOf(all) / (all.length - 1);
  const within = known.reduce((sum, own) => sum + squaresOf(own), 0) / (all.length - known.length);
  return total <= ROUNDING ? 0 : 1 - within / total;
}

function squaresOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function entropyOf(values: readonly string[]): { entropy: number; distinct: number } {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / values.length) * Math.log(count / values.length);
  return { entropy, distinct: counts.size };
}

/** Measures of what two fields tell of each other. */
export interface Information {
  /** Mutual information in nats, less what chance makes of it in a sample (Miller 1955). */
  readonly nats: number;
  /** The same as a share of the smaller entropy, Theil's uncertainty coefficient: 0 for fields that know nothing of each other, 1 where one follows from the other. */
  readonly share: number;
}

/** Returns what two fields tell of each other. */
export function informationOf(one: readonly string[], other: readonly string[]): Information {
  const [first, second] = [entropyOf(one), entropyOf(other)];
  const both = entropyOf(one.map((value, row) => JSON.stringify([value, other[row]])));
  const least = Math.min(first.entropy, second.entropy);
  if (least === 0) return { nats: 0, share: 0 };
  const byChance = (first.distinct + second.distinct - both.distinct - 1) / (2 * one.length);
  const nats = Math.max(0, Math.min(least, first.entropy + second.entropy - both.entropy + byChance));
  return { nats, share: nats / least };
}

/** Returns the share of {@link informationOf}. */
export const dependence = (one: readonly string[], other: readonly string[]): number =>
  informationOf(one, other).share;

/**
 * Returns what two fields tell of each other where a third is known: their mutual information given it, as a share of the smaller conditional
 * entropy, less what chance makes of it.
 *
 * @returns 0 for fields that go together only because both follow from the third
 */
export function dependenceWithin(
  one: readonly string[],
  other: readonly string[],
  third: readonly string[],
): number {
  const joined = (...columns: (readonly string[])[]): { entropy: number; distinct: number } =>
    entropyOf(third.map((_value, row) => JSON.stringify(columns.map((column) => column[row]))));
  const [groups, first, second, all] = [
    joined(third),
    joined(third, one),
    joined(third, other),
    joined(third, one, other),
  ];
  const least = Math.min(first.entropy, second.entropy) - groups.entropy;
  if (least <= ROUNDING) return 0;
  const byChance = (first.distinct + second.distinct - all.distinct - groups.distinct) / (2 * one.length);
  const information = first.entropy + second.entropy - all.entropy - groups.entropy + byChance;
  return Math.max(0, Math.min(1, information / least));
}

/** Returns true where each value of `from` goes with one value of `field`. */
export function follows(field: readonly string[], from: readonly string[]): boolean {
  const known = new Map<string, string>();
  return from.every((value, row) => {
    const own = known.get(value) ?? field[row];
    known.set(value, own);
    return own === field[row];
  });
}
