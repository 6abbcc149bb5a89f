import type { LogDocument } from '../log_document';
import { numberOf, quantile, DirtCounter } from '../log_features/columns/field_value';
import { compileField } from '../log_features/fields/field_access';
import type { ChangeSample } from './change_sample';
import { ascending, distanceOf, distancePValue } from './distribution_test';
import { adjustedPValues } from './false_discovery';
import { FALSE_DISCOVERY_RATE } from './significant_changes';

/** Quartiles and the 95th percentile of the values of a span. */
export interface NumberSummary {
  /** Logs of the sample with a number. */
  readonly count: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
}

/** A number whose distribution in the window is another than before. */
export interface NumberShift {
  readonly field: string;
  readonly direction: 'higher' | 'lower';
  readonly window: NumberSummary;
  readonly baseline: NumberSummary;
  /** Largest distance between the two distributions, in [0, 1] (Kolmogorov-Smirnov). */
  readonly distance: number;
  /** Largest distance of a piece of the baseline from the rest of it. */
  readonly usualDistance: number;
  readonly pValue: number;
  readonly adjustedPValue: number;
  /** Place of the group of changes whose logs make the shift: without them there is none. */
  readonly group?: number;
}

/** Smaller distances are of no consequence. */
const LEAST_DISTANCE = 0.1;
/** The distance is so many times that between pieces of the baseline. */
const LEAST_OF_USUAL = 1.5;
/** Numbers of a sample that a distribution takes. */
const FEWEST_NUMBERS = 20;

/** Compares the numbers of a field in both spans; undefined where there are too few. */
function compare(
  sample: ChangeSample,
  numbers: Float64Array,
  isLeft: (place: number) => boolean = () => true,
): Omit<NumberShift, 'field' | 'adjustedPValue' | 'group'> | undefined {
  const bySpan: number[][] = [...sample.totals.pieces, 0].map(() => []);
  numbers.forEach((number, place) => {
    if (!Number.isNaN(number) && isLeft(place)) bySpan[sample.spans[place]].push(number);
  });
  const [window, ...pieces] = bySpan.map((values) => ascending(values));
  const baseline = ascending(pieces.flatMap((piece) => [...piece]));
  if (window.length < FEWEST_NUMBERS || baseline.length < FEWEST_NUMBERS) return undefined;
  const distance = distanceOf(window, baseline);
  const usual = pieces.map((piece, place) => {
    const rest = ascending(pieces.flatMap((other, at) => (at === place ? [] : [...other])));
    return piece.length < FEWEST_NUMBERS || rest.length < FEWEST_NUMBERS ? 0 : distanceOf(piece, rest);
  });
  return {
    direction: meanRank(window, baseline) >= 0.5 ? 'higher' : 'lower',
    window: summaryOf(window),
    baseline: summaryOf(baseline),
    distance,
    usualDistance: Math.max(0, ...usual),
    pValue: distancePValue(distance, window.length, baseline.length),
  };
}

/** Returns the probability that a number of the first sample is larger than one of the second, ties by half (Mann & Whitney 1947). */
function meanRank(one: Float64Array, other: Float64Array): number {
  let [below, upTo, total] = [0, 0, 0];
  for (const value of one) {
    while (below < other.length && other[below] < value) below++;
    while (upTo < other.length && other[upTo] <= value) upTo++;
    total += (below + upTo) / 2;
  }
  return total / (one.length * other.length);
}

const summaryOf = (sorted: Float64Array): NumberSummary => ({
  count: sorted.length,
  p25: quantile(sorted, 0.25),
  median: quantile(sorted, 0.5),
  p75: quantile(sorted, 0.75),
  p95: quantile(sorted, 0.95),
});

const isShift = ({ distance, usualDistance }: Pick<NumberShift, 'distance' | 'usualDistance'>): boolean =>
  distance >= LEAST_DISTANCE && distance >= LEAST_OF_USUAL * usualDistance;

/**
 * Finds the numbers that shifted, a field a step. A counter or an offset, which is another in each piece of the baseline, is none.
 *
 * @param groups logs of the leading change of each group, `groups[group][place]`
 * @returns the largest shift first
 */
export function* shiftedNumbersSteps(
  sample: ChangeSample,
  fields: readonly string[],
  groups: readonly Uint8Array[],
): Generator<void, NumberShift[]> {
  const compared: { field: string; numbers: Float64Array; found: NonNullable<ReturnType<typeof compare>> }[] =
    [];
  for (const field of fields) {
    const numbers = Float64Array.from(sample.logs, numberReader(field));
    const found = compare(sample, numbers);
    if (found !== undefined) compared.push({ field, numbers, found });
    yield;
  }
  const adjusted = adjustedPValues(compared.map(({ found }) => found.pValue));
  const shifts: NumberShift[] = [];
  for (const [place, { field, numbers, found }] of compared.entries()) {
    if (!isShift(found) || adjusted[place] > FALSE_DISCOVERY_RATE) continue;
    const group = groups.findIndex((held) => {
      const without = compare(sample, numbers, (log) => held[log] === 0);
      return without === undefined || !isShift(without);
    });
    shifts.push({ field, ...found, adjustedPValue: adjusted[place], ...(group >= 0 && { group }) });
    yield;
  }
  return shifts.sort((one, other) => other.distance - one.distance);
}

function numberReader(field: string): (log: LogDocument) => number {
  const read = compileField(field);
  const dirt = new DirtCounter();
  return (log) => numberOf(read(log), dirt) ?? NaN;
}
