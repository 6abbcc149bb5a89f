import { z } from 'zod';
import type { Matrix } from '../../isolation_forest/forest/types';

/** Parts, equally many logs each, that the training logs are cut into in the order of time. */
const PARTS = 8;
/** Parts that come first and are only remembered: what is new in them is new to any detector. */
const FIRST_PARTS = 4;
/** Logs a part below which shares of them say nothing. */
const FEWEST_IN_PART = 20;
/** Jeffreys' prior: nothing that never happened has the probability 0. */
const PRIOR = 0.5;

/** A value that comes up to so many times hardly occurs. */
const HARDLY = 16;

/** Probability that a log holds a value that training did not, in one feature. */
export const noveltySchema = z.strictObject({
  /** Chance that the next log holds a value that training did not. */
  probability: z.number().gt(0).max(1),
  /** Training logs that held a value. */
  trained_on: z.number().int().min(0).max(1e15),
  /** Share of the training logs whose value hardly occurs in it; absent in models of before. */
  seldom: z.number().min(0).max(1).optional(),
});
export type Novelty = Readonly<z.infer<typeof noveltySchema>>;

/** Places of the training logs, in parts of about the same size in the order of time; none where their times are not known. */
export type TimeParts = readonly Uint32Array[];

/** @param times of the training logs; NaN where not known. Logs of one moment are never parted. */
export function partsInTime(times: Float64Array): TimeParts {
  const places = Uint32Array.from(times.keys())
    .filter((place) => Number.isFinite(times[place]))
    .sort((one, other) => times[one] - times[other]);
  if (places.length < PARTS * FEWEST_IN_PART) return [];
  const startOf = (part: number): number => {
    let start = Math.floor((part * places.length) / PARTS);
    while (start > 0 && start < places.length && times[places[start]] === times[places[start - 1]]) start++;
    return start;
  };
  return Array.from({ length: PARTS }, (_none, part) => places.subarray(startOf(part), startOf(part + 1)));
}

/**
 * Estimates how often a value comes that was never there before: by Good and Turing (Good 1953, "The population frequencies
 * of species and the estimation of population parameters") the share of values that occur once. Logs of one cause come
 * together, so that in a random sample each new user or pod occurs often; therefore the share of logs in each later
 * part of the time whose value no earlier part holds is looked at as well, the median over the parts, and the larger one taken.
 *
 * @param keys what tells the value of each document from others; undefined for none
 * @param inTime see {@link partsInTime}
 * @param isRemembered false for values that the encoding does not keep: it will take them for new
 */
export function learnNovelty(
  keys: readonly (string | number | undefined)[],
  inTime: TimeParts = [],
  isRemembered: (key: string | number) => boolean = () => true,
): Novelty {
  const counts = new Map<string | number, number>();
  let total = 0;
  for (const key of keys) {
    if (key === undefined) continue;
    total++;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let rare = 0;
  let seldom = 0;
  for (const [key, count] of counts) {
    if (!isRemembered(key)) rare += count;
    else if (count === 1) rare++;
    if (count <= HARDLY) seldom += count;
  }
  const seen = new Set<string | number>();
  const later = shareByTime(
    inTime,
    (place) => {
      const key = keys[place];
      return key === undefined ? undefined : !seen.has(key);
    },
    (places) => {
      for (const place of places) {
        const key = keys[place];
        if (key !== undefined) seen.add(key);
      }
    },
  );
  return {
    probability: Math.max((rare + PRIOR) / (total + 1), later),
    trained_on: total,
    seldom: seldom / Math.max(1, total),
  };
}

/**
 * Estimates how often a number lies beyond all before it: once in n of n alike ones, nearly always where numbers rise with
 * time, as counters do.
 *
 * @param column place of the number in a row of the matrix
 * @param sign 1 for "above all before", -1 for "below"
 */
export function learnOvershoot(
  { values, columnCount }: Pick<Matrix, 'values' | 'columnCount'>,
  column: number,
  sign: 1 | -1,
  inTime: TimeParts,
): number {
  let edge = -Infinity;
  const valueOf = (place: number): number => sign * values[place * columnCount + column];
  const later = shareByTime(
    inTime,
    (place) => (Number.isNaN(valueOf(place)) ? undefined : valueOf(place) > edge),
    (places) => {
      for (const place of places) if (valueOf(place) > edge) edge = valueOf(place);
    },
  );
  return Math.max(PRIOR / (values.length / columnCount + 1), later);
}

/** The share of documents for which `isNew`, as the median over the later parts; 0 where there are too few to say. */
function shareByTime(
  inTime: TimeParts,
  isNew: (place: number) => boolean | undefined,
  remember: (places: Uint32Array) => void,
): number {
  if (inTime.length === 0) return 0;
  const shares: number[] = [];
  inTime.forEach((places, part) => {
    if (part >= FIRST_PARTS) {
      let held = 0;
      let fresh = 0;
      for (const place of places) {
        const answer = isNew(place);
        if (answer === undefined) continue;
        held++;
        if (answer) fresh++;
      }
      shares.push(held === 0 ? 0 : fresh / held);
    }
    remember(places);
  });
  shares.sort((one, other) => one - other);
  const middle = shares.length / 2;
  return (shares[Math.ceil(middle) - 1] + shares[Math.floor(middle)]) / 2;
}
