import { z } from 'zod';
import type { ParentsOfField } from '../fields/route_parameters';
import type { FeatureDefinition } from '../../detector';
import { VALUE_CHARACTERS } from '../../anomaly/comparison';
import { printable } from '../../printable';
import { byCount, comesInBursts, countOf, forgottenOf, UNSEEN } from './category_encoding';
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
    /**
     * For each part the chance that the next log holds a value of it that training did not. Absent in models of before, which count a
     * training log among those that it is rated by, and know no values of a part that are still to come.
     */
    part_news: z.array(z.number().gt(0).max(1)).min(2).max(4).optional(),
  })
  .refine(
    (state) => state.part_news === undefined || state.part_news.length === state.parts,
    'part_news has another number of parts',
  )
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
  const keys = values.map((value) => (typeof value === 'string' ? value : undefined));
  const parts = definition.fields?.length ?? 2;
  const split = keys.map((key) => key?.split(PART_SEPARATOR));
  return decodeCombination({
    kind: 'combination',
    parts,
    values: kept,
    total,
    novelty: learnNovelty(keys, inTime, (key) => remembered.has(String(key))),
    part_news: Array.from({ length: parts }, (_none, place) => {
      const ofPart = split.map((own) => own?.[place]);
      return learnNovelty(ofPart, inTime).probability;
    }),
  });
}

/**
 * Stands for each value of a part that no more than one training log holds: a value met once tells how values go together that are
 * still to come, as rare words stand for unknown ones in models of language.
 */
export const RARE_PART = '\u0001';

/** Training logs with the same other parts: how many, with how many different values of the part, and with how many of {@link RARE_PART}. */
type Beside = readonly [count: number, distinct: number, rare: number];

/** Counts of one part with the values of the others. */
export interface CombinationTables {
  /** For each part: its values and their counts. */
  readonly values: readonly ReadonlyMap<string, number>[];
  /** For each part: the logs with the same other parts together. */
  readonly beside: readonly ReadonlyMap<string, Beside>[];
}

const besideOf = (parts: readonly string[], place: number): string =>
  parts.filter((_, index) => index !== place).join(PART_SEPARATOR);

/** Returns the parts with {@link RARE_PART} for values that the tables do not hold. */
const knownParts = (values: CombinationTables['values'], parts: readonly string[]): readonly string[] =>
  parts.map((part, place) => (values[place].has(part) ? part : RARE_PART));

function combinationTables(state: CombinationState): CombinationTables {
  const places = Array.from({ length: state.parts }, (_none, place) => place);
  const split = state.values.map(([name, count]) => ({ parts: name.split(PART_SEPARATOR), count }));
  const values = places.map((place) => {
    const counts = new Map<string, number>();
    for (const { parts, count } of split) counts.set(parts[place], (counts.get(parts[place]) ?? 0) + count);
    return state.part_news === undefined ? counts : withRareParts(counts);
  });
  const pairs = new Map<string, number>();
  for (const { parts, count } of split) {
    const name = knownParts(values, parts).join(PART_SEPARATOR);
    pairs.set(name, (pairs.get(name) ?? 0) + count);
  }
  const beside = places.map(() => new Map<string, Beside>());
  for (const [name, count] of pairs) {
    const parts = name.split(PART_SEPARATOR);
    beside.forEach((counts, place) => {
      const others = besideOf(parts, place);
      const [seen, distinct, rare] = counts.get(others) ?? [0, 0, 0];
      const isRare = state.part_news !== undefined && parts[place] === RARE_PART;
      counts.set(others, [seen + count, distinct + 1, rare + (isRare ? count : 0)]);
    });
  }
  return { values, beside };
}

function withRareParts(counts: ReadonlyMap<string, number>): Map<string, number> {
  const known = new Map([...counts].filter(([, count]) => count > 1));
  const rare = counts.size - known.size;
  if (rare > 0) known.set(RARE_PART, (known.get(RARE_PART) ?? 0) + rare);
  return known;
}

/**
 * Returns the surprise of a combination of values: the mean over the parts of -log p(part | the others), where
 * p = (count + d q) / (n + d) after Witten & Bell 1991 (method C): n logs with the others held d different values of the part, and
 * q is the part's share among all logs, with one log added for the unseen. So a new companion of a value that has many weighs
 * little, of one that always had the same much.
 *
 * A combination of training is rated as if its own log was not there (leave-one-out), so that one that occurs once is as surprising as
 * one that never did. A value that training did not hold is rated as those that it held once, see {@link RARE_PART}.
 *
 * @param count training logs with the combination; 0 for one never seen
 */
function surpriseOfCombination(
  state: CombinationState,
  tables: CombinationTables,
  parts: readonly string[],
  count: number,
): number {
  const known = knownParts(tables.values, parts);
  const isOfBefore = state.part_news === undefined;
  const rows = known.map((_, place) => tables.beside[place].get(besideOf(known, place)));
  const rarePlace = isOfBefore ? -1 : known.indexOf(RARE_PART);
  const together = rarePlace < 0 ? count : (rows[rarePlace]?.[2] ?? 0);
  const own = isOfBefore || count === 0 ? 0 : 1;
  let sum = 0;
  known.forEach((part, place) => {
    const ofPart = tables.values[place];
    const all = state.total - own + ofPart.size + 1;
    const [logs, different] = rows[place] ?? [0, 1, 0];
    const seen = logs - own;
    const distinct = seen === 0 ? 1 : different - (own === 1 && together === 1 ? 1 : 0);
    const share = ((ofPart.get(part) ?? 0) - own + 1) / all;
    sum -= Math.log((together - own + distinct * share) / (seen + distinct));
  });
  return sum / known.length;
}

/** Combinations of training with their surprise, and what rates all others. */
export interface RatedCombinations {
  readonly tables: CombinationTables;
  readonly known: ReadonlyMap<string, number>;
  /** For each part: values of it that were never there come often, each in many logs. */
  readonly isPartInBursts: readonly boolean[];
  /** Likewise combinations of known parts. */
  readonly isInBursts: boolean;
  /** The surprise that half of the logs do not exceed: of what comes in bursts, as it is nothing rare. */
  readonly usual: number;
}

export function ratedCombinations(state: CombinationState): RatedCombinations {
  const { part_news: news = [], novelty, total, values } = state;
  const tables = combinationTables(state);
  const rated = values.map(([name, count]) => {
    const surprise = surpriseOfCombination(state, tables, name.split(PART_SEPARATOR), count);
    return { name, count, surprise };
  });
  const counts = values.map(([, count]) => count);
  const rare = counts.filter((count) => count === 1).length + forgottenOf(total, counts);
  let logs = (total - forgottenOf(total, counts)) / 2;
  const ascending = [...rated].sort((one, other) => one.surprise - other.surprise);
  return {
    tables,
    known: new Map(rated.map(({ name, surprise }) => [name, surprise])),
    isPartInBursts: news.map((chance, place) =>
      comesInBursts(chance, tables.values[place].get(RARE_PART) ?? 0, total),
    ),
    isInBursts:
      news.length > 0 &&
      comesInBursts(
        news.reduce((left, chance) => left - chance, novelty.probability),
        rare,
        total,
      ),
    usual: ascending.find(({ count }) => (logs -= count) <= 0)?.surprise ?? 0,
  };
}

/** Returns the surprise of a combination that training did not hold. */
function surpriseOfUnseen(
  state: CombinationState,
  { tables, isPartInBursts, isInBursts, usual }: RatedCombinations,
  parts: readonly string[],
): number {
  const isNew = parts.map((part, place) => !tables.values[place].has(part));
  const comesOften = isNew.includes(true)
    ? isNew.some((is, place) => is && isPartInBursts[place])
    : isInBursts;
  return comesOften ? usual : surpriseOfCombination(state, tables, parts, 0);
}

export function decodeCombination(state: CombinationState): ColumnEncoding {
  const counts = new Map(state.values);
  const allCounts = state.values.map(([, count]) => count);
  const areAllKnown = forgottenOf(state.total, allCounts) === 0;
  const rated = ratedCombinations(state);
  const { known } = rated;
  const shown = (name: string): string =>
    name
      .split(PART_SEPARATOR)
      .map((part) => (part === '' ? 'missing' : readableRoute(part)))
      .join(' with ');
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
      if (surprise === undefined) dirt.add('unseen');
      out[offset] = surprise ?? surpriseOfUnseen(state, rated, value.split(PART_SEPARATOR));
      out[offset + 1] = surprise === undefined ? 1 : 0;
      return true;
    },
    unseenAmong: (value) =>
      typeof value === 'string' && !known.has(value) && areAllKnown ? state.novelty.trained_on : undefined,
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
