import { finishSteps } from '../../finish_steps';
import { printable } from '../../printable';
import { DAY, HOUR } from '../../duration';
import { featureSchema } from '../../detector';
import type { LogDocument } from '../../log_document';
import { compileField } from '../fields/field_access';
import { DirtCounter, numberOf, readableShare, scalarOf, textOf } from '../columns/field_value';
import { findLabelFields } from '../fields/label_fields';
import { leafFields } from '../fields/leaf_fields';
import { comparedWithinGroups, targetOf, type Profile } from './compared_features';
import { connectionFieldsOf, pairsOfConnection, type ConnectionFields } from './connection_features';
import type { FeatureSuggestion } from './feature_suggestion';
import {
  flagsGuess,
  guess,
  isSeldomFlag,
  MAX_CATEGORY_DISTINCT,
  MESSAGE,
  MIN_COVERAGE,
  type Guess,
} from './guess_feature';
import { isTime, timesFrom } from './number_kinds';
import { isMetadata } from './metadata_fields';
import { isSeldomAndClosed } from './seldom_fields';
import { areTableRows } from './table_rows';
import type { FeatureType } from '../../detector/feature_schema';

export type { FeatureSuggestion } from './feature_suggestion';

/** With its rank, and the values of its field, one a document. */
interface RatedSuggestion extends FeatureSuggestion {
  /** Higher comes first. */
  readonly weight: number;
  readonly values: readonly unknown[];
}

export interface SuggestOptions {
  readonly timestampField: string;
  /**
   * Suggestions at most, the most promising first; default 12, and beyond them user agents and up to {@link MOST_SELDOM} fields of few values
   * that a part of the logs has.
   */
  readonly limit?: number;
}

const USUAL_LIMIT = 12;
/** Fields that a part of the logs has, which take no other field's place. */
const MOST_SELDOM = 3;
const SAMPLE_SIZE = 1_000;
/** Numbers that less than this share of the logs have, such as sizes of what ends, and how many of them are kept beyond the limit. */
const FEW_LOGS = 0.5;
const MOST_NUMBERS = 4;
/** A proposed feature with the values of its field, one a document. */
interface Candidate {
  readonly type: FeatureType;
  readonly values: readonly unknown[];
}

/** Each value of one field goes with one value of the other, and the other way round. */
function isOneToOne(one: Candidate, other: Candidate): boolean {
  const there = new Map<unknown, unknown>();
  const back = new Map<unknown, unknown>();
  for (let row = 0; row < one.values.length; row++) {
    const [first, second] = [one.values[row], other.values[row]];
    if ((first === undefined) !== (second === undefined)) return false;
    if (first === undefined) continue;
    if (there.has(first) && there.get(first) !== second) return false;
    if (back.has(second) && back.get(second) !== first) return false;
    there.set(first, second);
    back.set(second, first);
  }
  // Of values that differ in nearly each log nothing can be said.
  return there.size > 1 && there.size <= MAX_CATEGORY_DISTINCT * one.values.length;
}

/** Share of documents in which one field must repeat another to be left out. */
const REPEATED_SHARE = 0.9;

/**
 * Returns true when two fields are redundant: equal values, numbers in a fixed ratio (another unit), or, of two free texts, one
 * within the other (a path in its URL).
 */
function repeats(one: Candidate, other: Candidate): boolean {
  if (one.type === 'template' || other.type === 'template') return false;
  const named: readonly FeatureType[] = ['category', 'severity'];
  if (named.includes(one.type) && named.includes(other.type) && isOneToOne(one, other)) return true;
  let both = 0;
  let same = 0;
  const dirt = new DirtCounter();
  let ratio: number | undefined;
  for (let row = 0; row < one.values.length; row++) {
    const [first, second] = [one.values[row], other.values[row]];
    if (first === undefined || second === undefined) continue;
    both++;
    if (one.type === 'number' && other.type === 'number') {
      const quotient = (numberOf(first, dirt) ?? NaN) / (numberOf(second, dirt) ?? NaN);
      if (!Number.isFinite(quotient)) continue;
      ratio ??= quotient;
      if (Math.abs(quotient - ratio) <= 1e-3 * Math.abs(ratio)) same++;
    } else {
      const [text, part] = [textOf(first, 2_048, dirt) ?? '', textOf(second, 2_048, dirt) ?? ''];
      const isText = (type: FeatureType): boolean => type === 'text' || type === 'attack_signs';
      const nested = isText(one.type) && isText(other.type);
      if (text === part || (nested && (text.includes(part) || part.includes(text)))) same++;
    }
  }
  return both > 0 && same >= REPEATED_SHARE * Math.max(both, 0.5 * one.values.length);
}

/**
 * Proposes features for a sample of logs: every field that is often there, varies and is no id, time of writing or
 * ground truth, with the type that its values call for. The timestamp gives hour and weekday when it spans them.
 */
export function suggestFeatures(
  documents: readonly LogDocument[],
  options: SuggestOptions,
): FeatureSuggestion[] {
  return finishSteps(suggestingSteps(documents, options));
}

/** The same in steps of some milliseconds, one for each field, for a thread that others wait for. */
export function* suggestingSteps(
  documents: readonly LogDocument[],
  options: SuggestOptions,
): Generator<undefined, FeatureSuggestion[]> {
  const sample = documents.slice(0, SAMPLE_SIZE);
  const suggestions: RatedSuggestion[] = [];
  const suggest = (
    definition: { type: FeatureType; field: string; name?: string } & Pick<Guess, 'encoding' | 'masked'>,
    reason: string,
    {
      weight,
      examples,
      coverage,
      values = [],
    }: { weight: number; examples: readonly string[]; coverage: number; values?: readonly unknown[] },
  ): void => {
    const parsed = featureSchema.safeParse(definition);
    if (!parsed.success) return;
    suggestions.push({ definition: parsed.data, reason, examples, coverage, weight, values });
  };

  const profiles: Profile[] = [];
  const timesOfLogs = timesFrom(sample.map(compileField(options.timestampField)));
  const labels = new Set(findLabelFields(sample).map(({ field }) => field));
  const fields = leafFields(sample);
  for (const field of fields) {
    yield undefined;
    if (field === options.timestampField || isMetadata(field) || labels.has(field)) continue;
    if (MESSAGE.test(field) && areTableRows(sample, fields, field)) continue;
    const dirt = new DirtCounter();
    const distinct = new Map<string, number>();
    const read = sample.map(compileField(field));
    const all = read.map((value) => scalarOf(value, dirt));
    const values = all.filter((value) => value !== undefined);
    for (const value of values) {
      const text = textOf(value, 256, dirt)!;
      distinct.set(text, (distinct.get(text) ?? 0) + 1);
    }
    const coverage = values.length / sample.length;
    const isFlag = isSeldomFlag(values, read);
    if (!isFlag && (coverage < MIN_COVERAGE || distinct.size < 2)) continue;
    const found = isFlag ? flagsGuess(distinct.size) : guess(field, values, distinct);
    if (found === undefined) continue;
    if (found.type === 'number' || found.type === 'category') {
      const numbers = all.map((value) => (value === undefined ? undefined : numberOf(value, dirt)));
      if (isTime(field, numbers, timesOfLogs)) continue;
    }
    const examples = [...distinct]
      .sort((one, other) => other[1] - one[1])
      .slice(0, 3)
      .map(([value]) => printable(value, 80));
    const reason = `${found.reason}; in ${readableShare(coverage)} of the logs`;
    const { type, encoding, masked } = found;
    // A name that no feature may have is nothing to compare within either.
    if (!featureSchema.safeParse({ type, field }).success) continue;
    profiles.push({ field, values: all, distinct: distinct.size, type });
    suggest({ type, field, ...(encoding && { encoding }), ...(masked && { masked }) }, reason, {
      weight: found.weight * coverage,
      examples,
      coverage,
      values: all,
    });
  }

  const times = timesOfLogs.filter((time) => time !== undefined);
  const span = times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
  const ownHour = suggestions.some(({ definition }) => definition.type === 'hour_of_day');
  const examples = times.slice(0, 3).map((time) => printable(String(time), 40));
  const coverage = sample.length === 0 ? 0 : times.length / sample.length;
  const field = options.timestampField;
  if (span >= 6 * HOUR && !ownHour) {
    suggest(
      { type: 'hour_of_day', field, name: 'hour_of_day' },
      'the sample spans many hours; what is usual differs by the time of day',
      { weight: 4, examples, coverage },
    );
  }
  // Each day of the week was there twice, or none of them tells what is usual.
  if (span >= 14 * DAY) {
    suggest(
      { type: 'day_of_week', field, name: 'day_of_week' },
      'the sample spans two weeks or more; what is usual differs by weekday',
      { weight: 3, examples, coverage },
    );
  }
  // Requests tell more by their path.
  const connection = targetOf(profiles) === undefined ? connectionFieldsOf(sample, fields) : undefined;
  return yield* bestOf(suggestions, { profiles, connection }, options);
}

/** Of texts from outside, the one that holds the other says more: a URL than its path. */
const charactersIn = ({ definition, values }: RatedSuggestion): number =>
  definition.type === 'attack_signs'
    ? values.reduce<number>((sum, value) => sum + String(value ?? '').length, 0)
    : 0;

/**
 * Keeps the most promising ones. The name of a client's program tells something of its own, and so does a value never seen of a field that few
 * logs have: these take no other field's place.
 */
function* bestOf(
  suggestions: readonly RatedSuggestion[],
  { profiles, connection }: { profiles: readonly Profile[]; connection: ConnectionFields | undefined },
  options: SuggestOptions,
): Generator<undefined, FeatureSuggestion[]> {
  const limit = options.limit ?? USUAL_LIMIT;
  const distinctOf = new Map(profiles.map(({ field, distinct }) => [field, distinct]));
  const kindOf = ({ definition, coverage }: FeatureSuggestion): keyof typeof places => {
    if (options.limit !== undefined) return 'usual';
    if (definition.masked === 'agent') return 'agents';
    if (definition.type === 'number' && coverage < FEW_LOGS) return 'numbers';
    const isSeldom =
      definition.type === 'category' && isSeldomAndClosed(distinctOf.get(definition.field) ?? 0, coverage);
    return isSeldom ? 'seldom' : 'usual';
  };
  const kept: RatedSuggestion[] = [];
  const places = { usual: limit, agents: 1, seldom: MOST_SELDOM, numbers: MOST_NUMBERS };
  const extra = new Set<string>();
  const byWeight = [...suggestions].sort(
    (one, other) => other.weight - one.weight || charactersIn(other) - charactersIn(one),
  );
  for (const suggestion of byWeight) {
    const own = kindOf(suggestion);
    const kind = own === 'numbers' && places.usual > 0 ? 'usual' : own;
    if (places[kind] === 0) continue;
    yield undefined;
    const candidate: Candidate = { type: suggestion.definition.type, values: suggestion.values };
    const repeated = kept.some(({ definition, values }) =>
      repeats({ type: definition.type, values }, candidate),
    );
    if (repeated) continue;
    kept.push(suggestion);
    places[kind]--;
    if (kind !== 'usual') extra.add(suggestion.definition.field);
  }
  const compared = yield* comparedWithinGroups(
    kept.map(({ weight: _weight, values: _values, ...suggestion }) => suggestion),
    profiles,
    connection,
  );
  const besides = [
    ...compared.filter(({ isBeside }) => isBeside === true),
    ...pairsOfConnection(connection, profiles),
  ];
  let left = limit;
  const usual = compared.filter(
    ({ definition, isBeside }) => isBeside !== true && (extra.has(definition.field) || left-- > 0),
  );
  const room = options.limit === undefined ? besides.length : Math.max(0, left);
  return [...usual, ...besides.slice(0, room)].map(({ isBeside: _isBeside, ...suggestion }) => suggestion);
}
