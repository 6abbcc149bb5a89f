import { z } from 'zod';
import type { ParentsOfField } from '../fields/route_parameters';
import type { FeatureDefinition } from '../../detector';
import { VALUE_CHARACTERS } from '../../anomaly/comparison';
import { printable } from '../../printable';
import { byCount, countOf, forgottenOf, UNSEEN } from './category_encoding';
import type { ColumnEncoding } from '../columns/column_encoding';
import type { FieldReader } from '../fields/field_access';
import { MAX_GROUP_NAME, PART_SEPARATOR, partReader } from '../fields/group_fields';
import { learnNovelty, noveltySchema, type TimeParts } from '../columns/novelty';
import { readableRoute } from '../fields/routes';

/** Most frequent combinations that are remembered; all others count as never seen. */
const MAX_COMBINATIONS = 5_000;

export const combinationStateSchema = z
  .strictObject({
    kind: z.literal('combination'),
    parts: z.number().int().min(2).max(4),
    /** Combination, its parts separated by a line break, and count; most frequent first. */
    values: z
      .array(z.tuple([z.string().max(MAX_GROUP_NAME), z.number().int().min(1).max(1e15)]))
      .max(MAX_COMBINATIONS),
    total: z.number().int().min(0).max(1e15),
    novelty: noveltySchema,
    /** Of a log that lacks parts which most logs have, only their absence counts. Absent in models of before, for which a missing part is a value like any other. */
    absence_alone: z.literal(true).optional(),
    /** A new companion is as surprising as any that is as rare. Absent of routes, and in models of before, for which each value is rare by itself. */
    as_rare: z.literal(true).optional(),
  })
  .refine(
    (state) => state.values.every(([name]) => name.split(PART_SEPARATOR).length === state.parts),
    'a combination has another number of parts',
  )
  .refine(
    (state) => state.values.reduce((sum, [, count]) => sum + count, 0) <= state.total,
    'counts exceed the total',
  );
export type CombinationState = z.infer<typeof combinationStateSchema>;

/** Reads the parts of a combination as one text; undefined where all are missing. */
export function combinationReader(
  { fields = [] }: FeatureDefinition,
  parentsOf?: ParentsOfField,
): FieldReader {
  const readers = fields.map((part) => partReader(part, parentsOf));
  return (document) => {
    const parts = readers.map((read) => read(document)?.replaceAll(PART_SEPARATOR, ' ') ?? '');
    return parts.every((part) => part === '') ? undefined : parts.join(PART_SEPARATOR);
  };
}

/** Share of the logs without a part from which its absence is a value like any other. */
const OFTEN_MISSING = 0.5;

/** Returns the places of the parts that most logs have, whose absence stands for itself. */
const seldomMissing = (
  { absence_alone: ofAbsence, total }: Counts,
  values: CombinationTables['values'],
): number[] =>
  ofAbsence === true
    ? values.flatMap((own, place) => ((own.get('') ?? 0) < OFTEN_MISSING * total ? [place] : []))
    : [];

const lacksOneOf = (places: readonly number[], parts: readonly string[]): boolean =>
  places.some((place) => parts[place] === '');

/** Paths that were never seen are those of scans and attacks: each is surprising by itself, however many there are. */
const hasRoute = ({ fields = [] }: FeatureDefinition): boolean =>
  fields.some((part) => typeof part === 'object' && 'route' in part);

export function learnCombination(
  definition: FeatureDefinition,
  values: readonly unknown[],
  inTime?: TimeParts,
): ColumnEncoding {
  const counts = new Map<string, number>();
  let total = 0;
  for (const value of values) {
    if (typeof value !== 'string') continue;
    total++;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const kept = [...counts].sort(byCount).slice(0, MAX_COMBINATIONS);
  const remembered = new Set(kept.map(([name]) => name));
  const state = {
    kind: 'combination' as const,
    parts: definition.fields?.length ?? 2,
    values: kept,
    total,
    absence_alone: true as const,
    ...(!hasRoute(definition) && { as_rare: true as const }),
  };
  const { seldom } = combinationTables(state);
  const keys = values.map((value) =>
    typeof value === 'string' && !lacksOneOf(seldom, value.split(PART_SEPARATOR)) ? value : undefined,
  );
  return decodeCombination({
    ...state,
    novelty: learnNovelty(keys, inTime, (key) => remembered.has(String(key))),
  });
}

/** Counts of one part with the values of the others. */
export interface CombinationTables {
  /** For each part: its values, each with the logs whose value is it or as rare, see {@link countAsRare}. */
  readonly values: readonly ReadonlyMap<string, number>[];
  /** For each part: the same for a value that training did not hold. */
  readonly unseen: readonly number[];
  /** For each part: the other parts together, with their count and the number of different values of the part beside them. */
  readonly beside: readonly ReadonlyMap<string, readonly [count: number, distinct: number]>[];
  /** Places of the parts that are seldom missing, so that of a log without one only the absence counts. */
  readonly seldom: readonly number[];
}

type Counts = Omit<CombinationState, 'kind' | 'novelty'>;

const besideOf = (parts: readonly string[], place: number): string =>
  parts.filter((_, index) => index !== place).join(PART_SEPARATOR);

export function combinationTables(state: Counts): CombinationTables {
  const { parts, values } = state;
  const tables = Array.from({ length: parts }, () => ({
    values: new Map<string, number>(),
    beside: new Map<string, [number, number]>(),
  }));
  for (const [name, count] of values) {
    const split = name.split(PART_SEPARATOR);
    tables.forEach(({ values: own, beside }, place) => {
      own.set(split[place], (own.get(split[place]) ?? 0) + count);
      const others = besideOf(split, place);
      const [seen, distinct] = beside.get(others) ?? [0, 0];
      beside.set(others, [seen + count, distinct + 1]);
    });
  }
  const counted = tables.map((each) => each.values);
  const shared = counted.map((own) =>
    state.as_rare === true ? countAsRare(own, state.total) : { values: own, unseen: 0 },
  );
  return {
    values: shared.map((each) => each.values),
    unseen: shared.map((each) => each.unseen),
    beside: tables.map(({ beside }) => beside),
    seldom: seldomMissing(state, counted),
  };
}

/**
 * Returns for each value of a part the logs whose value is as rare or rarer, and for one that training did not hold those whose value came
 * once (Good 1953). Where values are new all the time, such as ports that a scan tries, one more is no surprise, though each of them is rare.
 */
function countAsRare(
  counts: ReadonlyMap<string, number>,
  total: number,
): { readonly values: ReadonlyMap<string, number>; readonly unseen: number } {
  const ascending = [...counts].sort(([, one], [, other]) => one - other);
  const upTo = new Map<number, number>();
  // Values that are not remembered are rarer than those that are.
  const forgotten = total - ascending.reduce((sum, [, count]) => sum + count, 0);
  let logs = forgotten;
  for (const [, count] of ascending) {
    logs += count;
    upTo.set(count, logs);
  }
  return {
    values: new Map(ascending.map(([value, count]) => [value, upTo.get(count)!])),
    unseen: upTo.get(1) ?? forgotten,
  };
}

/**
 * Returns the surprise of a combination of values: the mean over the parts of -log p(part | the others), where
 * p = (count + d q) / (n + d) after Witten & Bell 1991 (method C): n logs with the others held d different values of the part, and
 * q is the share of all logs whose part is as rare or rarer, with one log added for the unseen. So a new companion of a value that has many
 * weighs little, of one that always had the same much. Where parts are missing, it is the mean over
 * these alone: a value that is rare or new is no odd companion of a missing one.
 */
export function surpriseOfCombination(
  { total }: Pick<CombinationState, 'total'>,
  tables: CombinationTables,
  parts: readonly string[],
  count: number,
): number {
  let sum = 0;
  let places = 0;
  const skipsPresent = lacksOneOf(tables.seldom, parts);
  for (let place = 0; place < parts.length; place++) {
    if (skipsPresent && parts[place] !== '') continue;
    places++;
    const own = tables.values[place];
    const logs = own.get(parts[place]) ?? tables.unseen[place];
    const share = (logs + 1) / (total + own.size + 1);
    const [seen, distinct] = tables.beside[place].get(besideOf(parts, place)) ?? [0, 1];
    sum -= Math.log((count + distinct * share) / (seen + distinct));
  }
  return sum / places;
}

export function decodeCombination(state: CombinationState): ColumnEncoding {
  const counts = new Map(state.values);
  const allCounts = state.values.map(([, count]) => count);
  const areAllKnown = forgottenOf(state.total, allCounts) === 0;
  const tables = combinationTables(state);
  const known = new Map(
    state.values.map(([name, count]) => [
      name,
      surpriseOfCombination(state, tables, name.split(PART_SEPARATOR), count),
    ]),
  );
  const shown = (name: string): string =>
    name
      .split(PART_SEPARATOR)
      .map((part) => (part === '' ? 'missing' : readableRoute(part)))
      .join(' with ');
  /** Returns true for a combination that was never seen; of a log that lacks parts which most have none is, for their absence has its own surprise. */
  const isNew = (value: string): boolean =>
    !known.has(value) && !lacksOneOf(tables.seldom, value.split(PART_SEPARATOR));
  return {
    columns: ['.rarity', UNSEEN],
    watched: [{ tail: 'high', leastDecay: 1 }, { unseen: state.novelty }],
    missing: NaN,
    encode(value, out, offset, dirt) {
      if (typeof value !== 'string') {
        dirt.add('missing');
        return false;
      }
      const surprise = known.get(value);
      const unseen = surprise === undefined && isNew(value);
      if (unseen) dirt.add('unseen');
      out[offset] = surprise ?? surpriseOfCombination(state, tables, value.split(PART_SEPARATOR), 0);
      out[offset + 1] = unseen ? 1 : 0;
      return true;
    },
    unseenAmong: (value) =>
      typeof value === 'string' && isNew(value) && areAllKnown ? state.novelty.trained_on : undefined,
    actual(value) {
      if (typeof value !== 'string') return undefined;
      const count = counts.get(value) ?? 0;
      return `${printable(shown(value), 120)} (${count === 0 ? 'not seen together in training' : `${count} of ${state.total}`})`;
    },
    compare: (value) => ({
      kind: 'together',
      ...(typeof value === 'string' && {
        value: printable(shown(value), VALUE_CHARACTERS),
        ...countOf(counts.get(value), allCounts, state.total),
      }),
    }),
    typical:
      state.values.length === 0
        ? 'no value'
        : state.values
            .slice(0, 2)
            .map(([name, count]) => `${printable(shown(name), 60)} (${count} of ${state.total})`)
            .join(', '),
    toJSON: () => state,
  };
}
