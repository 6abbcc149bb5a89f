import { valueReader, type ChangeSample, type FieldScalar } from './change_sample';
import { gStatistic } from './share_test';

/** A value that the logs of a group have far more often than the other logs of the window. */
export interface ConcentratedValue {
  readonly field: string;
  readonly value: FieldScalar;
  /** Share of the logs of the group that hold it. */
  readonly share: number;
  /** Share of the other logs of the window. */
  readonly elsewhere: number;
}

/** Logs of the window that a group needs, for its other values to be told. */
const FEWEST_LOGS = 10;
const LEAST_SHARE = 0.15;
/** The share in the group is so many times that elsewhere. */
const LEAST_LIFT = 2;
/** G of one degree of freedom at a chance of 1 in 100,000: hundreds of values are looked at. */
const LEAST_STATISTIC = 19.5;
/** The values of a field that hold such a share together say where the logs are. */
const MOST_OF_A_FIELD = 3;

export interface ConcentrationQuestion {
  /** Fields whose values are looked at. */
  readonly fields: readonly string[];
  /** Says which values are told already, as those of the group. */
  readonly isKnown: (field: string, value: FieldScalar) => boolean;
  /** Most values that are given back. */
  readonly most: number;
}

/**
 * Finds where the logs of a group are: values that changed little by themselves, such as the two hosts that run a new version.
 *
 * @param held logs of the group, by place
 */
export function* concentratedValuesSteps(
  sample: ChangeSample,
  held: Uint8Array,
  { fields, isKnown, most }: ConcentrationQuestion,
): Generator<void, ConcentratedValue[]> {
  const window: number[] = [];
  sample.spans.forEach((span, place) => {
    if (span === 0) window.push(place);
  });
  const inside = window.filter((place) => held[place] === 1).length;
  const outside = window.length - inside;
  if (inside < FEWEST_LOGS || outside < FEWEST_LOGS) return [];
  const found: (ConcentratedValue & { statistic: number })[] = [];
  for (const field of fields) {
    const read = valueReader(field);
    const counts = new Map<FieldScalar, [inside: number, outside: number]>();
    for (const place of window) {
      for (const value of read(sample.logs[place])) {
        const count = counts.get(value) ?? [0, 0];
        if (!counts.has(value)) counts.set(value, count);
        count[held[place] === 1 ? 0 : 1]++;
      }
    }
    const ofField = [...counts].flatMap(([value, [own, other]]) => {
      const share = own / inside;
      const elsewhere = other / outside;
      const statistic = gStatistic(own, inside, other, outside);
      const isTelling =
        share >= LEAST_SHARE && share >= LEAST_LIFT * elsewhere && statistic >= LEAST_STATISTIC;
      return isTelling && !isKnown(field, value) ? [{ field, value, share, elsewhere, statistic }] : [];
    });
    ofField.sort((one, other) => other.statistic - one.statistic);
    found.push(...ofField.slice(0, MOST_OF_A_FIELD));
    yield;
  }
  return found
    .sort((one, other) => other.statistic - one.statistic)
    .slice(0, most)
    .map(({ field, value, share, elsewhere }) => ({ field, value, share, elsewhere }));
}
