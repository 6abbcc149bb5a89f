import { z } from 'zod';
import { quantile } from '../columns/field_value';
import { MAX_GROUP_NAME } from '../fields/group_fields';
import { compressed } from '../number/deviation_encoding';
import { MOST_EVENT_COLUMNS } from '../../detector/bucket_schema';

/** Groups with the most logs are remembered; the others share what is usual among all. */
const MOST_GROUPS = 500;
/** Logs that the shares of the wider group count for when those of a group are estimated. */
const PRIOR_LOGS = 50;
/** So many logs more or fewer are no news, however steady a count was. */
const TOLERANCE = 2;
/** Share of the rows that lie within so many standard deviations of a normal distribution. */
const WITHIN = { share: 0.95, deviations: 1.96 };
/** Standard deviations from the middle to the ends of what is told as usual. */
const TYPICAL_DEVIATIONS = 1.645;
const SIGNIFICANT_DIGITS = 5;

const share = z.array(z.number().min(0).max(1)).max(MOST_EVENT_COLUMNS + 1);
export const sharesSchema = z.strictObject({
  /** Share of each column in the logs of a group; the first, without a name, is that of all. */
  groups: z
    .array(z.strictObject({ name: z.string().max(MAX_GROUP_NAME), shares: share }))
    .min(1)
    .max(MOST_GROUPS + 1),
  /** Factor by which the standard deviation of each column exceeds that of counts that come by chance, at least 1. */
  dispersion: z.array(z.number().min(1).max(1e6)).max(MOST_EVENT_COLUMNS + 1),
});
type Shares = z.infer<typeof sharesSchema>;

interface Row {
  readonly vector: Float64Array;
  readonly groups: readonly string[];
}

const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));
const sumOf = (vector: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i];
  return sum;
};

/**
 * Learns which share of the logs of a group each template has. Logs come more or less as the hour has it; shares do not, so a row is
 * compared with its own number of logs. A group of few logs is taken to be like the wider one (the mean of a Dirichlet posterior).
 *
 * @param width columns of a row
 */
export function learnShares(rows: readonly Row[], width: number): Shares {
  const counts = new Map<string, { sums: Float64Array; logs: number; parent: string }>();
  const add = (name: string, parent: string, vector: Float64Array): void => {
    let own = counts.get(name);
    if (own === undefined) counts.set(name, (own = { sums: new Float64Array(width), logs: 0, parent }));
    vector.forEach((value, column) => (own.sums[column] += value));
    own.logs += sumOf(vector);
  };
  for (const { vector, groups } of rows) {
    add('', '', vector);
    groups.forEach((name, depth) => {
      if (name !== '') add(name, depth === 0 ? '' : groups[depth - 1], vector);
    });
  }
  const all = counts.get('') ?? { sums: new Float64Array(width), logs: 0, parent: '' };
  counts.delete('');
  const ofAll = Array.from(all.sums, (value) => rounded(value / Math.max(1, all.logs)));
  const found = new Map([['', ofAll]]);
  // A group never has more logs than the wider one that it lies in.
  const ordered = [...counts].sort(
    ([one, a], [other, b]) => b.logs - a.logs || one.length - other.length || (one < other ? -1 : 1),
  );
  for (const [name, { sums, logs, parent }] of ordered.slice(0, MOST_GROUPS)) {
    const wider = found.get(parent) ?? ofAll;
    found.set(
      name,
      Array.from(sums, (value, column) =>
        rounded((value + PRIOR_LOGS * wider[column]) / (logs + PRIOR_LOGS)),
      ),
    );
  }
  const shares: Shares = {
    groups: [...found].map(([name, own]) => ({ name, shares: own })),
    dispersion: new Array<number>(width).fill(1),
  };
  const plain = readShares(shares);
  const distances = Array.from({ length: width }, () => new Float64Array(rows.length));
  rows.forEach(({ vector, groups }, row) =>
    plain.spreadsOf(vector, groups).forEach((value, column) => (distances[column][row] = Math.abs(value))),
  );
  return {
    ...shares,
    dispersion: distances.map((own) =>
      own.length === 0 ? 1 : rounded(Math.max(1, quantile(own.sort(), WITHIN.share) / WITHIN.deviations)),
    ),
  };
}

/** Compares rows with the shares of their groups. */
export function readShares({ groups, dispersion }: Shares): {
  /** Distances from what is usual, in standard deviations. */
  spreadsOf(vector: Float64Array, names: readonly string[]): Float64Array;
  /** The same as a forest sees them, see {@link compressed}. */
  deviationsOf(vector: Float64Array, names: readonly string[]): Float64Array;
  /** Columns that differ, the largest difference first, with what is usual for so many logs. */
  rangesOf(
    vector: Float64Array,
    names: readonly string[],
    deviations: Float64Array,
  ): { readonly column: number; readonly low: number; readonly high: number }[];
} {
  const known = new Map(groups.map(({ name, shares }) => [name, shares]));
  const sharesOf = (names: readonly string[]): readonly number[] => {
    for (let depth = names.length - 1; depth >= 0; depth--) {
      const own = known.get(names[depth]);
      if (own !== undefined) return own;
    }
    return groups[0].shares;
  };
  const usualOf = (vector: Float64Array, names: readonly string[]) => {
    const logs = sumOf(vector);
    return sharesOf(names).map((own, column) => {
      const expected = logs * own;
      const factor = dispersion[column] ?? 1;
      return { expected, deviation: Math.sqrt(factor * factor * expected * (1 - own) + TOLERANCE) };
    });
  };
  const spreadsOf = (vector: Float64Array, names: readonly string[]): Float64Array =>
    Float64Array.from(
      usualOf(vector, names),
      ({ expected, deviation }, column) => (vector[column] - expected) / deviation,
    );
  return {
    spreadsOf,
    deviationsOf: (vector, names) => spreadsOf(vector, names).map(compressed),
    rangesOf(vector, names, deviations) {
      const usual = usualOf(vector, names);
      return [...usual.keys()]
        .slice(0, -1)
        .filter((column) => Math.abs(deviations[column]) > 0)
        .sort((one, other) => Math.abs(deviations[other]) - Math.abs(deviations[one]) || one - other)
        .map((column) => {
          const { expected, deviation } = usual[column];
          const reach = TYPICAL_DEVIATIONS * deviation;
          return {
            column,
            low: Math.max(0, Math.ceil(expected - reach)),
            high: Math.max(Math.ceil(expected), Math.floor(expected + reach)),
          };
        });
    },
  };
}
