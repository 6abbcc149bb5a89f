import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import { VALUE_CHARACTERS } from '../../anomaly/comparison';
import { printable } from '../../printable';
import { cached } from '../columns/cached';
import { SIGNS_VERSIONS } from './attack_categories';
import { attackPatternsOf, MORE_KINDS } from './attack_patterns';
import type { ColumnEncoding } from '../columns/column_encoding';
import { DirtCounter, quantile, textOf } from '../columns/field_value';
import { RowCache } from '../columns/row_cache';
import {
  attackPatternsIn,
  bigramSchema,
  bigramsOf,
  countBigrams,
  MARKS_OF_PATTERN,
  newBigramCounts,
  signsOf,
  type AttackSign,
  surprisesOf,
} from './text_encoding';
import { SensitivePathCounter, sensitivePathSearch } from './sensitive_paths';
import { decodeText, textStatistics } from './text_statistics';

/** Share of training texts up to whose surprise and marks a text is ordinary. */
const ORDINARY_SHARE = 0.99;
/** Marks that half of the texts hold are how such texts are written, as in user agents, and say nothing. */
const WRITTEN_SHARE = 0.5;
const NO_MARKS = 65_536;
/** Marks of code that one nat of surprise beyond the ordinary counts for. */
const MARKS_OF_SURPRISE = 2;

/** Of the column, for a factor e of rarity: two attack patterns are as surprising as what one in 10,000 logs has. */
const LEAST_DECAY = 0.5;
/** Of the column, as rare as a share of all logs though training holds more attacks: few signs at once are those of an attack anywhere. */
const ownTail = (share: number): number => -LEAST_DECAY * Math.log(share);

export const attackSignsStateSchema = z.strictObject({
  kind: z.literal('attack_signs'),
  max_length: z.number().int().min(16).max(65_536),
  bigrams: bigramSchema,
  /** Largest surprise of a stretch, in nats, and number of marks that are ordinary. */
  ordinary: z.strictObject({
    surprise: z.number().min(0).max(1_000),
    marks: z.number().min(0).max(NO_MARKS),
  }),
  /** Share of training texts with an attack pattern. */
  attack_share: z.number().min(0).max(1),
  /** Way in which signs of attacks are looked for; absent in models of before, where they count anywhere. */
  signs: z.enum(SIGNS_VERSIONS).optional(),
  /** Paths that scanners ask for and that training held seldom or never; absent in models of before, which look for none. */
  sensitive_paths: z.array(z.string().min(3).max(64)).max(1_000).optional(),
});
export type AttackSignsState = z.infer<typeof attackSignsStateSchema>;

/** Of a URL or path: how rare the path is, type route tells. */
const URL_OR_PATH = /^(?:[A-Z]{3,10} )?(?:\/|[a-z][a-z0-9+.-]{0,10}:\/\/)/;

/** The surprise of the most surprising stretch: of a URL or path in what stands behind its question mark, else anywhere. */
function peakSurpriseOf(text: string, surprises: Float64Array): number {
  if (!URL_OR_PATH.test(text)) return textStatistics(text, surprises).peakSurprise;
  const question = text.indexOf('?');
  return question < 0 ? 0 : textStatistics(text.slice(question + 1), surprises).peakSurprise;
}

export function learnAttackSigns(definition: FeatureDefinition, values: readonly unknown[]): ColumnEncoding {
  const dirt = new DirtCounter();
  const counts = newBigramCounts();
  const decode = (value: unknown): string | undefined => {
    const text = textOf(value, definition.max_length, dirt);
    return text === undefined ? undefined : decodeText(text);
  };
  const texts = values.flatMap((value) => decode(value) ?? []);
  for (const text of texts) countBigrams(text, counts);
  const bigrams = bigramsOf(counts);
  const surprises = surprisesOf(bigrams);
  const peaks: number[] = [];
  const marks: number[] = [];
  let attacks = 0;
  const paths = new SensitivePathCounter();
  const signsIn = cached((text) => ({
    peak: peakSurpriseOf(text, surprises),
    marks: textStatistics(text, surprises).marks,
    isAttack: MORE_KINDS.findIn(text).length > 0,
    path: URL_OR_PATH.test(text) ? paths.find(text) : undefined,
  }));
  for (const text of texts) {
    const signs = signsIn(text);
    peaks.push(signs.peak);
    marks.push(signs.marks);
    paths.count(signs.path);
    if (signs.isAttack) attacks++;
  }
  const quantileOf = (numbers: number[], share: number): number =>
    numbers.length === 0 ? 0 : quantile(Float64Array.from(numbers).sort(), share);
  const areWritten = quantileOf(marks, WRITTEN_SHARE) > 0;
  return decodeAttackSigns({
    kind: 'attack_signs',
    max_length: definition.max_length,
    bigrams,
    ordinary: {
      surprise: quantileOf(peaks, ORDINARY_SHARE),
      marks: areWritten ? NO_MARKS : quantileOf(marks, ORDINARY_SHARE),
    },
    attack_share: peaks.length === 0 ? 0 : attacks / peaks.length,
    signs: 'more_kinds',
    sensitive_paths: paths.rare(),
  });
}

/**
 * The weight of the signs of attacks in a text, in one column: log(1 + s), where s counts the marks of code beyond those of
 * ordinary texts, MARKS_OF_PATTERN for each attack pattern, and MARKS_OF_SURPRISE for each nat by which the most surprising
 * stretch exceeds those of ordinary texts; where most texts hold marks, patterns and their surprise alone. 0 for what is ordinary, and without marks and patterns: a rare word is no attack.
 */
export function decodeAttackSigns(state: AttackSignsState): ColumnEncoding {
  const { ordinary } = state;
  const patterns = attackPatternsOf(state.signs);
  const surprises = surprisesOf(state.bigrams);
  const unread = new DirtCounter();
  const cache = new RowCache(1);
  const signs = new Float64Array(1);
  const search = sensitivePathSearch(state.sensitive_paths ?? []);
  const sensitivePathIn = (decoded: string): string | undefined =>
    URL_OR_PATH.test(decoded) ? search(decoded) : undefined;
  const compute = (text: string, out: Float64Array, offset: number): void => {
    const decoded = decodeText(text);
    const { marks } = textStatistics(decoded, surprises);
    const peakSurprise = peakSurpriseOf(decoded, surprises);
    const found = patterns.findIn(decoded).length + (sensitivePathIn(decoded) === undefined ? 0 : 1);
    const known = Math.max(0, marks - ordinary.marks) + MARKS_OF_PATTERN * found;
    const surprise = MARKS_OF_SURPRISE * Math.max(0, peakSurprise - ordinary.surprise);
    out[offset] = Math.log1p(known > 0 ? known + surprise : 0);
  };
  const read = (value: unknown): string | undefined => textOf(value, state.max_length, unread);
  const signsFor = (text: string): AttackSign[] => {
    const path = sensitivePathIn(decodeText(text));
    const found = attackPatternsIn(text, state.signs);
    return path === undefined ? found : [...found, { category: 'sensitive_path', name: path }];
  };
  return {
    columns: [''],
    watched: [{ tail: 'high', leastDecay: LEAST_DECAY, ownTail }],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const text = textOf(value, state.max_length, dirt);
      if (text === undefined) return false;
      cache.read(text, out, offset, compute);
      return true;
    },
    actual(value) {
      const text = read(value);
      if (text === undefined) return undefined;
      const found = signsFor(text);
      const named = found
        .slice(0, 2)
        .map((pattern) => `${pattern.category.replaceAll('_', ' ')} (${pattern.name})`);
      const more =
        found.length > 2 ? [found.length === 3 ? '1 more sign' : `${found.length - 2} more signs`] : [];
      return [...named, ...more, printable(text, 80)].join(', ');
    },
    compare(value) {
      const text = read(value);
      if (text === undefined) return { kind: 'signs' };
      compute(text, signs, 0);
      return {
        kind: 'signs',
        value: printable(text, VALUE_CHARACTERS),
        ...signsOf(signsFor(text)),
        ...(signs[0] > 0 && { is_odd: true }),
        signs_share: state.attack_share,
      };
    },
    typical:
      state.attack_share < 0.05
        ? 'no signs of attacks'
        : `signs of attacks in ${Math.round(state.attack_share * 100)} %`,
    toJSON: () => state,
  };
}
