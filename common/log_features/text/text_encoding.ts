import { VALUE_CHARACTERS, type Comparison } from '../../anomaly/comparison';
import { printable } from '../../printable';
import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import { SIGNS_VERSIONS, type SignsVersion } from './attack_categories';
import { attackPatternsOf, MORE_KINDS, type AttackPattern } from './attack_patterns';
import { countMatches, safePatterns, type PatternOptions } from './bounded_regex';
import type { ColumnEncoding } from '../columns/column_encoding';
import { DirtCounter, quantile, textOf } from '../columns/field_value';
import { RowCache } from '../columns/row_cache';
import { decodeText, encodedShare, SYMBOL_COUNT, symbolOf, textStatistics } from './text_statistics';

const BIGRAM_COUNT = SYMBOL_COUNT * SYMBOL_COUNT;
/** Added to every bigram count (Lidstone smoothing): an unseen bigram is rare, not impossible. */
const SMOOTHING = 0.1;
/** Marks of code that one attack pattern counts for in the columns of suspicion. */
export const MARKS_OF_PATTERN = 4;
const percentiles = z.tuple([z.number(), z.number()]);
/** `[first * SYMBOL_COUNT + second, count]` for each bigram seen in training, ascending. */
export const bigramSchema = z
  .array(
    z.tuple([
      z
        .number()
        .int()
        .min(0)
        .max(BIGRAM_COUNT - 1),
      z.number().int().min(1).max(1e15),
    ]),
  )
  .max(BIGRAM_COUNT);
export const textStateSchema = z.strictObject({
  kind: z.literal('text'),
  max_length: z.number().int().min(16).max(65_536),
  patterns: z
    .array(z.strictObject({ name: z.string().min(1).max(50), regex: z.string().min(1).max(200) }))
    .max(16),
  bigrams: bigramSchema,
  /** 5th and 95th percentile of the length in training; null when there was no text. */
  length: percentiles.nullable(),
  /** Share of training texts with an attack pattern. */
  attack_share: z.number().min(0).max(1),
  /** Side of the usual lengths on which one can be anomalous; absent where both are, and in models of 0.1.0. */
  direction: z.enum(['high', 'low']).optional(),
  /** Way in which signs of attacks are looked for; absent in models of before, where they count anywhere. */
  signs: z.enum(SIGNS_VERSIONS).optional(),
});
type TextState = z.infer<typeof textStateSchema>;

const COLUMNS = [
  '.length',
  '.entropy',
  '.digit_share',
  '.upper_share',
  '.special_share',
  '.non_ascii_share',
  '.encoded_share',
  '.longest_token',
  '.rarity',
  '.marks',
  '.suspicion',
  '.suspicion_density',
  '.attack_patterns',
];

/** Columns in which little is as odd as much; in the others only much is. */
const LENGTH = '.length';
const LENGTHS = [LENGTH, '.entropy'];

/** Lengths that shorter and longer texts count as: with a direction the nearest end of what is usual on the other side. */
export const ordinaryLengths = ({
  direction,
  length,
}: Readonly<Pick<TextState, 'direction'>> & { readonly length: readonly [number, number] | null }): {
  shortest: number;
  longest: number;
} => ({
  shortest: direction === 'high' && length !== null ? length[0] : 0,
  longest: direction === 'low' && length !== null ? length[1] : Infinity,
});

/** -log p(second | first) of every bigram, from counts with Lidstone smoothing. */
export function surprisesOf(bigrams: readonly (readonly [number, number])[]): Float64Array {
  const surprises = new Float64Array(BIGRAM_COUNT).fill(SMOOTHING);
  for (const [bigram, count] of bigrams) surprises[bigram] += count;
  for (let first = 0; first < SYMBOL_COUNT; first++) {
    const row = surprises.subarray(first * SYMBOL_COUNT, (first + 1) * SYMBOL_COUNT);
    const total = row.reduce((sum, count) => sum + count, 0);
    for (let second = 0; second < SYMBOL_COUNT; second++) row[second] = -Math.log(row[second] / total);
  }
  return surprises;
}

/** The known patterns of attacks in a text as it was read. */
export const attackPatternsIn = (text: string, signs: SignsVersion | undefined): AttackSign[] =>
  attackPatternsOf(signs).describe(decodeText(text));
export interface AttackSign {
  readonly category: AttackPattern['category'] | 'sensitive_path';
  readonly name: string;
}

/** Signs that sentences name, the others are counted. */
const NAMED_SIGNS = 2;
const SIGN_CHARACTERS = 60;

/** Patterns of attacks, and own ones by name, as a comparison holds them. */
export function signsOf(
  found: readonly AttackSign[],
  own: readonly string[] = [],
): Pick<Comparison, 'signs' | 'more_signs'> {
  const signs = [
    ...found.map((pattern) => ({
      category: pattern.category,
      name: printable(pattern.name, SIGN_CHARACTERS - 1),
    })),
    ...own.map((name) => ({ category: 'pattern', name: printable(name, SIGN_CHARACTERS - 1) })),
  ];
  return {
    ...(signs.length > 0 && { signs: signs.slice(0, NAMED_SIGNS) }),
    ...(signs.length > NAMED_SIGNS && { more_signs: signs.length - NAMED_SIGNS }),
  };
}

/** Counts of bigrams, all 0. */
export const newBigramCounts = (): Float64Array => new Float64Array(BIGRAM_COUNT);

/** Adds the bigrams of a decoded text to `counts`. */
export function countBigrams(text: string, counts: Float64Array): void {
  for (let index = 1; index < text.length; index++) {
    counts[symbolOf(text.charCodeAt(index - 1)) * SYMBOL_COUNT + symbolOf(text.charCodeAt(index))]++;
  }
}

/** Bigrams that occur, with their counts, ascending. */
export const bigramsOf = (counts: Float64Array): [number, number][] =>
  Array.from(counts, (count, bigram): [number, number] => [bigram, count]).filter(([, count]) => count > 0);

/**
 * @param sharedBy features that have patterns of their own
 * @throws DetectionError `invalid_input` for a pattern that cannot be matched in linear time
 */
export function learnText(
  definition: FeatureDefinition,
  values: readonly unknown[],
  sharedBy = 1,
): ColumnEncoding {
  // refused before any work, and what looks around only here: models that have it are still read
  safePatterns(definition.patterns);
  const dirt = new DirtCounter();
  const lengths: number[] = [];
  const counts = newBigramCounts();
  let attacks = 0;
  for (const value of values) {
    const text = textOf(value, definition.max_length, dirt);
    if (text === undefined) continue;
    lengths.push(text.length);
    const decoded = decodeText(text);
    if (MORE_KINDS.findIn(decoded).length > 0) attacks++;
    countBigrams(decoded, counts);
  }
  const sorted = Float64Array.from(lengths).sort();
  return decodeTextEncoding(
    {
      kind: 'text',
      max_length: definition.max_length,
      patterns: definition.patterns,
      bigrams: bigramsOf(counts),
      length: sorted.length === 0 ? null : [quantile(sorted, 0.05), quantile(sorted, 0.95)],
      attack_share: sorted.length === 0 ? 0 : attacks / sorted.length,
      ...((definition.direction === 'high' || definition.direction === 'low') && {
        direction: definition.direction,
      }),
      signs: 'more_kinds',
    },
    { sharedBy },
  );
}

/** @throws DetectionError `invalid_input` for a pattern that is no regular expression or refers back */
export function decodeTextEncoding(
  state: TextState,
  options: Pick<PatternOptions, 'sharedBy'> = {},
): ColumnEncoding {
  const patterns = safePatterns(state.patterns, { ...options, isStored: true });
  const surprises = surprisesOf(state.bigrams);
  const attackPatterns = attackPatternsOf(state.signs);
  const { categories } = attackPatterns;
  const ownFrom = COLUMNS.length + categories.length;
  const columns = [
    ...COLUMNS,
    ...categories.map((category) => `.${category}`),
    ...patterns.map(({ name }) => `.pattern.${printable(name, 50)}`),
  ];
  const unread = new DirtCounter();
  const cache = new RowCache(columns.length);

  const { shortest, longest } = ordinaryLengths(state);
  /** For each pattern the place of its category's column behind the fixed ones. */
  const categoryOfPattern = Uint8Array.from(attackPatterns.patterns, ({ category }) =>
    categories.indexOf(category),
  );

  /** Writes all columns to `out` from `offset` on. */
  const compute = (text: string, out: Float64Array, offset: number): void => {
    const decoded = decodeText(text);
    const statistics = textStatistics(decoded, surprises);
    const found = attackPatterns.findIn(decoded);
    // attack patterns alone would be constant in a clean training sample and no tree could split on them; together
    // with the marks that some normal texts hold, they lie far out on columns that vary
    const suspicion = statistics.marks + MARKS_OF_PATTERN * found.length;
    out[offset] = Math.log1p(Math.min(Math.max(text.length, shortest), longest));
    out[offset + 1] = statistics.entropy;
    out[offset + 2] = statistics.digitShare;
    out[offset + 3] = statistics.upperShare;
    out[offset + 4] = statistics.specialShare;
    out[offset + 5] = statistics.nonAsciiShare;
    out[offset + 6] = encodedShare(text);
    out[offset + 7] = Math.log1p(statistics.longestToken);
    out[offset + 8] = statistics.peakSurprise;
    out[offset + 9] = Math.log1p(statistics.marks);
    out[offset + 10] = Math.log1p(suspicion);
    out[offset + 11] = text.length === 0 ? 0 : suspicion / text.length;
    out[offset + 12] = Math.log1p(found.length);
    const kinds = offset + COLUMNS.length;
    const own = offset + ownFrom;
    for (let column = kinds; column < own; column++) out[column] = 0;
    for (const pattern of found) out[kinds + categoryOfPattern[pattern]]++;
    if (found.length > 0) {
      for (let column = kinds; column < own; column++) out[column] = Math.log1p(out[column]);
    }
    for (let pattern = 0; pattern < patterns.length; pattern++) {
      out[own + pattern] = countMatches(patterns[pattern], text);
    }
  };

  return {
    columns,
    watched: columns.map((column, place) => {
      // of an own pattern that few of the training logs hold, each further one is judged by their share
      if (place >= ownFrom) return { tail: 'high' };
      if (column === LENGTH && state.direction !== undefined) return state.direction;
      return LENGTHS.includes(column) ? 'both' : 'high';
    }),
    missing: NaN,
    encode(value, out, offset, dirt) {
      const text = textOf(value, state.max_length, dirt);
      if (text === undefined) return false;
      cache.read(text, out, offset, compute);
      return true;
    },
    actual(value) {
      const text = textOf(value, state.max_length, unread);
      if (text === undefined) return undefined;
      return actualText(text, patterns, state.signs);
    },
    compare(value) {
      const text = textOf(value, state.max_length, unread);
      const range = state.length !== null && { low: state.length[0], high: state.length[1] };
      if (text === undefined) return { kind: 'text', ...range };
      const own = patterns.filter((pattern) => countMatches(pattern, text) > 0);
      return {
        kind: 'text',
        value: printable(text, VALUE_CHARACTERS),
        length: text.length,
        ...range,
        ...signsOf(
          attackPatternsIn(text, state.signs),
          own.map(({ name }) => name),
        ),
        signs_share: state.attack_share,
      };
    },
    typical: typicalText(state),
    toJSON: () => state,
  };
}

function typicalText(state: TextState): string {
  return state.length === null
    ? 'no value'
    : `${state.length[0]} to ${state.length[1]} characters, ${
        state.attack_share < 0.05
          ? 'no attack patterns'
          : `attack patterns in ${Math.round(state.attack_share * 100)}%`
      }`;
}

/** Tells the length of a text, its patterns and its beginning. */
function actualText(
  text: string,
  patterns: ReturnType<typeof safePatterns>,
  signs: TextState['signs'],
): string {
  const found = attackPatternsIn(text, signs);
  const named = found
    .slice(0, 2)
    .map((pattern) => `${pattern.category.replaceAll('_', ' ')} pattern: ${pattern.name}`);
  const more = found.length > 2 ? [`${found.length - 2} more patterns`] : [];
  const own = patterns
    .filter((pattern) => countMatches(pattern, text) > 0)
    .map(({ name }) => `pattern ${name}`);
  return [
    `${text.length} ${text.length === 1 ? 'character' : 'characters'}`,
    ...named,
    ...more,
    ...own,
    printable(text, 80),
  ].join(', ');
}
