import { DetectionError } from '../detection_error';
import { fieldOfPart, type FeatureDefinition, type FieldPart } from '../detector';
import {
  ATTACK_CATEGORIES,
  attackPatternsOf,
  characterSet,
  CONTEXT_MARKS,
} from '../log_features/text/attack_patterns';
import type { SignsVersion } from '../log_features/text/attack_categories';
import { forgottenOf, rarity, rarityOfUnseen, UNSEEN } from '../log_features/category/category_encoding';
import type { Novelty } from '../log_features/columns/novelty';
import { ordinaryNumbers, type NumberState } from '../log_features/number/number_encoding';
import type { AttackSignsState } from '../log_features/text/attack_signs_encoding';
import {
  combinationTables,
  surpriseOfCombination,
  type CombinationState,
} from '../log_features/category/combination_encoding';
import type { DeviationState } from '../log_features/number/deviation_encoding';
import { PART_SEPARATOR } from '../log_features/fields/group_fields';
import {
  parentsOfField,
  type ParentsOfField,
  type RouteParameters,
} from '../log_features/fields/route_parameters';
import type { RouteState } from '../log_features/category/route_encoding';
import { MAX_ROUTE } from '../log_features/fields/routes';
import { MAX_CODE, namesOf, NUMBER_STEPS } from '../log_features/category/severity_codes';
import { severityTails, type SeverityState } from '../log_features/category/severity_encoding';
import { ENTITIES, SYMBOL_COUNT, symbolOf, textStatistics } from '../log_features/text/text_statistics';
import { MARKS_OF_PATTERN, ordinaryLengths, surprisesOf } from '../log_features/text/text_encoding';
import { offsetsOf } from '../log_features/time/time_encoding';
import { characters, wordCharacters } from './character_table';
import { fieldKeys } from './field_keys';
import {
  READ_ATTACK_SIGNS,
  READ_COMBINATIONS,
  READ_DEVIATIONS,
  READ_ROUTES,
  READ_SEVERITIES,
} from './read_routes.painless';
import { READ_CONNECTIONS } from './read_connections.painless';
import { READ_AGENTS } from './read_agents.painless';
import { READ_TEXTS } from './read_texts.painless';
import { READ_TIMES } from './read_times.painless';

/** Result of `FeatureEncoder.toJSON`, as far as it is read here. */
export interface EncodingState {
  readonly timestamp_field: string;
  readonly route_parameters?: RouteParameters;
  readonly features: readonly FeatureState[];
}
interface FeatureState {
  readonly definition: FeatureDefinition;
  readonly name: string;
  readonly encoding: KindState;
}
type KindState =
  | NumberState
  | {
      readonly kind: 'category';
      readonly one_hot: boolean;
      readonly values: readonly (readonly [string, number])[];
      readonly columns: number;
      readonly total: number;
      readonly novelty?: Novelty;
    }
  | {
      readonly kind: 'hour_of_day' | 'day_of_week';
      readonly time_zone: string;
      readonly counts: readonly number[];
      readonly novelty?: Novelty;
    }
  | {
      readonly kind: 'text';
      readonly max_length: number;
      readonly bigrams: readonly (readonly [number, number])[];
      readonly length: readonly [number, number] | null;
      readonly direction?: 'high' | 'low';
      readonly signs?: SignsVersion;
    }
  | SeverityState
  | RouteState
  | AttackSignsState
  | CombinationState
  | DeviationState
  | { readonly kind: 'template' | 'message_numbers' };

/** One feature as Painless statements; everything learned is in `parameters`. */
export interface FeatureCode {
  /** Reads the value `v` (already declared) and declares what the columns use. Names end in the feature's index. */
  readonly read: string;
  /** Condition under which the feature has no usable value. */
  readonly isMissing: string;
  /** Condition under which it has none that is read as is meant; absent where that is `isMissing`. */
  readonly isUnread?: string;
  /** Condition: the value is one that training never held; absent for that of the column `.unseen`. */
  readonly unseen?: string;
  readonly isNumber: boolean;
  /** Expression of each column, by the ending of its name, for a feature that has a value. */
  readonly columns: ReadonlyMap<string, string>;
  /** Value of all columns but the missing-indicator for a missing value. */
  readonly missing: 'NaN' | '0';
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Training logs with a value, where it can be told that none of them held another. */
  readonly trainedOn?: number;
  readonly functions: readonly string[];
}

/** Counts of one character whose c ln c is looked up. */
const X_LOG_X_ENTRIES = 128;
const MAX_VALUE_LENGTH = 256;

/** Patterns of attacks one sequence after another, each part between the digits of what may stand before and behind it. */
function attackTables(signs: SignsVersion | undefined): Record<string, unknown> {
  const { patterns, isInContext, version } = attackPatternsOf(signs);
  const sequences = patterns.flatMap(({ category, sequences: own }, place) =>
    own.map((parts) => ({ category, place, parts })),
  );
  return {
    sets: sequences
      .map(({ parts }) => wordCharacters(characterSet(parts.map(({ text }) => text).join(''))))
      .join(''),
    categories: characters(sequences.map(({ category }) => 1 + ATTACK_CATEGORIES.indexOf(category))),
    places: characters(sequences.map(({ place }) => place)),
    sequences: sequences.map(({ parts }) =>
      parts.map(({ text, before, behind }) => `${before}${text}${behind}`),
    ),
    ...(isInContext && { marks: CONTEXT_MARKS, entities: ENTITIES }),
    ...(version === 'more_kinds' && { thorough: true }),
  };
}

/** Shared by all features of a model that look at texts. */
export function textTables(signs: SignsVersion | undefined): Record<string, unknown> {
  const surprises = new Float64Array(SYMBOL_COUNT * SYMBOL_COUNT);
  const classes = Array.from({ length: 129 }, (_, code) => {
    const { upperShare, digitShare, specialShare, nonAsciiShare, marks } = textStatistics(
      String.fromCharCode(code),
      surprises,
    );
    const kind = upperShare * 1 + digitShare * 2 + specialShare * 3 + nonAsciiShare * 4;
    return symbolOf(code) | (kind << 6) | (marks << 9);
  });
  return {
    classes: characters(classes),
    x_log_x: Array.from({ length: X_LOG_X_ENTRIES }, (_, count) => (count < 2 ? 0 : count * Math.log(count))),
    attacks: attackTables(signs),
  };
}

/** Columns of `-log p` in two tables: for each bigram the place of its surprise among the different ones. */
function surpriseTables(bigrams: readonly (readonly [number, number])[]): Record<string, unknown> {
  const surprises = surprisesOf(bigrams);
  const distinct = [...new Set(surprises)];
  const placeOf = new Map(distinct.map((value, place) => [value, place]));
  return { bigrams: characters(Array.from(surprises, (value) => placeOf.get(value)!)), surprises: distinct };
}

function textCode(state: KindState & { kind: 'text' }, i: number, used: readonly string[]): FeatureCode {
  const needs = (...suffixes: string[]): boolean => used.some((suffix) => suffixes.includes(suffix));
  const statisticsColumns: readonly (readonly [string, string])[] = [
    ['.entropy', `s${i}[0]`],
    ['.digit_share', `s${i}[1]`],
    ['.upper_share', `s${i}[2]`],
    ['.special_share', `s${i}[3]`],
    ['.non_ascii_share', `s${i}[4]`],
    ['.longest_token', `StrictMath.log1p(s${i}[5])`],
    ['.rarity', `s${i}[6]`],
    ['.marks', `StrictMath.log1p(s${i}[7])`],
  ];
  const suspicion = `(s${i}[7] + ${MARKS_OF_PATTERN} * a${i}[0])`;
  const suspicionColumns: readonly (readonly [string, string])[] = [
    ['.suspicion', `StrictMath.log1p(${suspicion})`],
    ['.suspicion_density', `${suspicion} / t${i}.length()`],
  ];
  const attackColumns: readonly (readonly [string, string])[] = [
    ['.attack_patterns', `StrictMath.log1p(a${i}[0])`],
    ...ATTACK_CATEGORIES.map((category, index): [string, string] => [`.${category}`, `a${i}[${index + 1}]`]),
  ];
  const { shortest, longest } = ordinaryLengths(state);
  const length =
    shortest > 0
      ? `Math.max(t${i}.length(), ((Number) p${i}.get('shortest')).intValue())`
      : longest < Infinity
        ? `Math.min(t${i}.length(), ((Number) p${i}.get('longest')).intValue())`
        : `t${i}.length()`;
  const suffixes = (columns: readonly (readonly [string, string])[]): string[] =>
    columns.map(([suffix]) => suffix);
  const suspicions = suffixes(suspicionColumns);
  const needsStatistics = needs(...suffixes(statisticsColumns), ...suspicions);
  const needsAttacks = needs(...suffixes(attackColumns), ...suspicions);
  return {
    read: [
      `String t${i} = textOf(v${i}, ${state.max_length});`,
      ...(needsStatistics || needsAttacks ? [`String d${i} = t${i} == null ? '' : decodeText(t${i});`] : []),
      ...(needsStatistics
        ? [
            `double[] s${i} = statistics(d${i}, (String) texts.get('classes'), (List) texts.get('x_log_x'), (String) p${i}.get('bigrams'), (List) p${i}.get('surprises'));`,
          ]
        : []),
      ...(needsAttacks ? [`double[] a${i} = attackPatterns(d${i}, (Map) texts.get('attacks'));`] : []),
    ].join('\n'),
    isMissing: `t${i} == null`,
    isNumber: false,
    columns: new Map([
      ['.length', `StrictMath.log1p(${length})`],
      ['.encoded_share', `encodedShare(t${i})`],
      ...statisticsColumns,
      ...suspicionColumns,
      ...attackColumns,
    ]),
    missing: 'NaN',
    parameters: {
      ...(needsStatistics && surpriseTables(state.bigrams)),
      ...(shortest > 0 && { shortest }),
      ...(longest < Infinity && { longest }),
    },
    functions: [READ_TEXTS],
  };
}

/** Half of a surrogate pair. A string with one breaks the cluster state that it becomes part of. */
const LONE_SURROGATE = /\p{Cs}/u;

/** As `codeUnits` in Painless. */
const codeUnits = (text: string): string =>
  text
    .split('')
    .map((unit) => `${unit.charCodeAt(0)} `)
    .join('');

/** Keys are values of logs; without a prototype one named __proto__ is a key like any other. */
function tableOf(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const table = Object.create(null) as Record<string, number>;
  for (const [key, value] of entries) table[key] = value;
  return table;
}

/** Nothing where values were forgotten: of none can be said that training never held it. */
function trainedOnOf({
  total,
  values,
  novelty,
}: Pick<KindState & { kind: 'category' }, 'total' | 'values' | 'novelty'>): Pick<FeatureCode, 'trainedOn'> {
  const counts = values.map(([, count]) => count);
  return novelty === undefined || forgottenOf(total, counts) > 0 ? {} : { trainedOn: novelty.trained_on };
}

function categoryCode(
  state: KindState & { kind: 'category' },
  i: number,
  text = `textOf(v${i}, ${MAX_VALUE_LENGTH})`,
): FeatureCode {
  const { values, columns, total } = state;
  const numberOf = state.one_hot
    ? (index: number): number => Math.min(index, columns)
    : (index: number): number => rarity(values[index][1], total, values.length);
  const unseen = state.one_hot ? columns : rarityOfUnseen(state);
  const numbered = values.map(([value], index): [string, number] => [value, numberOf(index)]);
  const broken = numbered.filter(([value]) => LONE_SURROGATE.test(value));
  return {
    read: [
      `String t${i} = ${text};`,
      `def k${i} = t${i} == null ? null : ((Map) p${i}.get('values')).get(t${i});`,
      ...(broken.length > 0
        ? [
            `if (k${i} == null && t${i} != null && hasSurrogate(t${i})) k${i} = ((Map) p${i}.get('broken')).get(codeUnits(t${i}));`,
          ]
        : []),
      `double n${i} = ((Number) (k${i} == null ? p${i}.get('unseen') : k${i})).doubleValue();`,
    ].join('\n'),
    isMissing: `t${i} == null`,
    isNumber: false,
    ...trainedOnOf(state),
    columns: new Map([
      ...(state.novelty === undefined ? [] : [[UNSEEN, `k${i} == null ? 1.0 : 0.0`] as const]),
      ...(state.one_hot
        ? Array.from({ length: columns + 1 }, (_, column): [string, string] => [
            `#${column}`,
            `n${i} == ${column} ? 1.0 : 0.0`,
          ])
        : [['.rarity', `n${i}`] as const]),
    ]),
    missing: state.one_hot ? '0' : 'NaN',
    parameters: {
      values: tableOf(numbered.filter(([value]) => !LONE_SURROGATE.test(value))),
      ...(broken.length > 0
        ? { broken: tableOf(broken.map(([value, number]) => [codeUnits(value), number])) }
        : {}),
      unseen,
    },
    functions: [],
  };
}

/** @returns undefined for UTC; throws for a zone that is not known */
function zoneOf(timeZone: string): string | undefined {
  offsetsOf(timeZone);
  const zone = new Intl.DateTimeFormat('en-US', { timeZone }).resolvedOptions().timeZone;
  return ['UTC', 'Etc/UTC', 'GMT'].includes(zone) ? undefined : zone;
}

function timeCode(state: KindState & { kind: 'hour_of_day' | 'day_of_week' }, i: number): FeatureCode {
  const isHour = state.kind === 'hour_of_day';
  const zone = zoneOf(state.time_zone);
  const angle = `g${i}`;
  return {
    read: [
      `double n${i} = positionOf(v${i}, ${isHour}, (String) p${i}.get('zone'));`,
      `double ${angle} = 6.283185307179586 * n${i} / ${isHour ? 24 : 7};`,
    ].join('\n'),
    isMissing: `n${i} != n${i}`,
    isNumber: true,
    ...(state.novelty && { trainedOn: state.novelty.trained_on }),
    columns: new Map([
      ['.sin', `StrictMath.sin(${angle})`],
      ['.cos', `StrictMath.cos(${angle})`],
      ...(state.novelty === undefined
        ? []
        : [
            [
              UNSEEN,
              `((Number) ((List) p${i}.get('counts')).get((int) Math.floor(n${i}))).intValue() == 0 ? 1.0 : 0.0`,
            ] as const,
          ]),
    ]),
    missing: 'NaN',
    parameters: {
      ...(zone !== undefined && { zone }),
      ...(state.novelty && { counts: state.counts.map((count) => Math.min(count, 1)) }),
    },
    functions: [READ_TIMES],
  };
}

/** `ordinaryNumber` of the feature, for any number: what is not given stands in no parameter. */
const ORDINARY_NUMBER = `
double ordinary(double n, Map p) {
  if (p.get('from') != null) {
    double from = ((Number) p.get('from')).doubleValue();
    return n < from ? from : n;
  }
  if (p.get('to') != null) {
    double to = ((Number) p.get('to')).doubleValue();
    return n > to || n < ((Number) p.get('below')).doubleValue() ? to : n;
  }
  if (p.get('median') != null) {
    double median = ((Number) p.get('median')).doubleValue();
    boolean near = Math.abs(n - median) <= ((Number) p.get('within')).doubleValue();
    return near || n < ((Number) p.get('below')).doubleValue() ? median : n;
  }
  return n;
}`;

/** A number, with what cannot be anomalous taken for what is ordinary. */
function numberCode(state: NumberState, i: number): FeatureCode {
  const { from, to, below, median, within } = ordinaryNumbers(state);
  const { few } = state;
  const isBounded = to !== undefined || median !== undefined;
  return {
    read: [
      `double r${i} = numberOf(v${i});`,
      `double n${i} = ordinary(r${i}, p${i});`,
      ...(few ? [`List w${i} = (List) p${i}.get('few');`] : []),
    ].join('\n'),
    ...(few && { trainedOn: few.novelty.trained_on }),
    isMissing: `n${i} != n${i}`,
    isNumber: true,
    columns: new Map([
      ['', state.log ? `signedLog(n${i})` : `n${i}`],
      ...(few ? [[UNSEEN, `r${i} != n${i} || isAmong(w${i}, r${i}) ? 0.0 : 1.0`] as const] : []),
    ]),
    missing: 'NaN',
    parameters: {
      ...(few && { few: few.values }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(median !== undefined && { median, within }),
      ...(isBounded && { below }),
    },
    functions: [ORDINARY_NUMBER],
  };
}

/** As `keyOf` in Painless: half of a surrogate pair in a parameter would break the cluster state. */
const keyOf = (text: string): string => (/[\ud800-\udfff]/.test(text) ? codeUnits(text) : text);
const keyedTable = (entries: Iterable<readonly [string, number]>): Record<string, number> =>
  tableOf([...entries].map(([key, value]) => [keyOf(key), value]));

/** Beginnings of routes whose next segment is a parameter, for `routeOf`. */
function parentsParameter(field: string, parentsOf: ParentsOfField): { parents?: Record<string, number> } {
  const parents = parentsOf(field);
  return parents === undefined ? {} : { parents: keyedTable([...parents].map((parent) => [parent, 1])) };
}

interface PartParameter {
  readonly keys: string[][];
  /** Absent for a value as it stands. */
  readonly read?: 'route' | 'masked' | 'connection';
  /** Of a service port, the keys of the other port. */
  readonly other?: string[][];
  readonly parents?: Record<string, number>;
}

function partParameter(part: FieldPart, parentsOf: ParentsOfField): PartParameter {
  const keys = fieldKeys(fieldOfPart(part));
  if (typeof part === 'string') return { keys };
  if ('route' in part) return { keys, read: 'route', ...parentsParameter(part.route, parentsOf) };
  if ('service_port' in part) return { keys, read: 'connection', other: fieldKeys(part.service_port[1]) };
  return { keys, read: 'masked' in part ? 'masked' : 'connection' };
}

/** Fields of a group or combination, for `partOf`. */
const partsParameter = (parts: FeatureDefinition['by'], parentsOf: ParentsOfField): PartParameter[] =>
  parts === undefined ? [] : [parts].flat().map((part) => partParameter(part, parentsOf));

/** Returns the functions that read the parts of a group or combination. */
const functionsOfParts = (parts: FeatureDefinition['by']): string[] =>
  [parts ?? []]
    .flat()
    .some((part) => typeof part === 'object' && ('network' in part || 'service_port' in part))
    ? [READ_ROUTES, READ_CONNECTIONS]
    : [READ_ROUTES];

function severityCode(
  state: SeverityState,
  { by }: FeatureDefinition,
  i: number,
  parentsOf: ParentsOfField,
): FeatureCode {
  const parameterOf = (group: SeverityState['others']): Record<string, unknown> => {
    const { total, tails, worse } = severityTails(group, state.codes);
    return { total, tails: keyedTable(tails), worse };
  };
  const groups = Object.create(null) as Record<string, unknown>;
  for (const group of state.groups) groups[keyOf(group.name)] = parameterOf(group);
  return {
    read: [
      `String t${i} = textOf(v${i}, ${MAX_CODE});`,
      `double n${i} = t${i} == null ? Double.NaN : severityOf(codeOf(t${i}), (Map) learned.get(${i}), ctx);`,
    ].join('\n'),
    isMissing: `t${i} == null`,
    isNumber: false,
    columns: new Map([['', `n${i}`]]),
    missing: 'NaN',
    parameters: {
      names: tableOf([...namesOf(state.codes)]),
      steps: NUMBER_STEPS[state.codes].flat(),
      others: parameterOf(state.others),
      groups,
      parts: partsParameter(by, parentsOf),
      is_list: Array.isArray(by),
    },
    functions: [...functionsOfParts(by), READ_SEVERITIES],
  };
}

/** A number compared with its group: the spread of each group stands before its levels. */
function deviationCode(
  state: DeviationState,
  { by }: FeatureDefinition,
  i: number,
  parentsOf: ParentsOfField,
): FeatureCode {
  const { direction = 'both', ignore_below: below, ignore_within: within = 0, tolerance, log } = state;
  const { odd_kinds: odd } = state;
  const isBelow =
    odd?.never_negative === true && direction !== 'high'
      ? `r${i} < 0${below === undefined ? '' : ` && r${i} >= ((Number) p${i}.get('below')).doubleValue()`}`
      : 'false';
  const rowOf = ({ spread, levels }: DeviationState['others']): number[] => [spread, ...levels];
  const groups = Object.create(null) as Record<string, number[]>;
  for (const group of state.groups) groups[keyOf(group.name)] = rowOf(group);
  const zone = zoneOf(state.time_zone);
  return {
    read: [
      `double r${i} = numberOf(v${i});`,
      ...(odd === undefined
        ? []
        : [`boolean o${i} = r${i} != r${i} ? scalarOf(v${i}) != null : ${isBelow};`]),
      `double n${i} = ${odd === undefined ? '' : `o${i} ? ((Number) p${i}.get(r${i} != r${i} ? 'text' : 'negative')).doubleValue() : `}r${i} != r${i} ? r${i} : deviationOf(r${i}, p${i}, ctx, field(ctx, (List) params.get('timestamp')));`,
    ].join('\n'),
    isMissing: `n${i} != n${i}`,
    ...(odd !== undefined && {
      isUnread: `r${i} != r${i}`,
      unseen: odd.texts === 0 ? `o${i}` : `o${i} && r${i} == r${i}`,
      trainedOn: odd.logs,
    }),
    isNumber: true,
    columns: new Map([['', `n${i}`]]),
    missing: 'NaN',
    parameters: {
      log,
      root: state.root === true && !log,
      one: state.one ?? 1,
      tolerance,
      direction,
      ...(odd !== undefined && {
        text: direction === 'low' ? -odd.distance : odd.distance,
        negative: -odd.distance,
      }),
      ...(below !== undefined && { below }),
      within,
      ...(zone !== undefined && { zone }),
      others: rowOf(state.others),
      groups,
      parts: partsParameter(by, parentsOf),
      is_list: Array.isArray(by),
    },
    functions: [...functionsOfParts(by), READ_TIMES, READ_DEVIATIONS],
  };
}

function routeCode(
  state: RouteState,
  { field, method }: FeatureDefinition,
  i: number,
  parentsOf: ParentsOfField,
): FeatureCode {
  const code = categoryCode(state.routes, i, `x${i}`);
  const withMethod = [
    `String y${i} = x${i} == null ? null : textOf(field(ctx, (List) p${i}.get('method')), 16);`,
    `if (y${i} != null) x${i} = y${i} + ' ' + x${i};`,
    `if (x${i} != null && x${i}.length() > ${MAX_ROUTE}) x${i} = x${i}.substring(0, ${MAX_ROUTE});`,
  ];
  return {
    ...code,
    read: [
      `String x${i} = textOf(v${i}, 2048);`,
      `if (x${i} != null) x${i} = routeOf(x${i}, true, (Map) p${i}.get('parents'));`,
      ...(method === undefined ? [] : withMethod),
      code.read,
    ].join('\n'),
    parameters: {
      ...code.parameters,
      ...(method !== undefined && { method: fieldKeys(method) }),
      ...parentsParameter(field, parentsOf),
    },
    functions: [READ_ROUTES],
  };
}

/** @param change function of Painless that is given the text */
function changedCategoryCode(
  state: KindState & { kind: 'category' },
  i: number,
  change: 'maskedText' | 'agentFamily',
): FeatureCode {
  const code = categoryCode(state, i, `x${i}`);
  return {
    ...code,
    read: [
      `String x${i} = textOf(v${i}, 2048);`,
      `if (x${i} != null) x${i} = ${change}(x${i});`,
      code.read,
    ].join('\n'),
    functions: change === 'agentFamily' ? [READ_ROUTES, READ_AGENTS] : [READ_ROUTES],
  };
}

function attackSignsCode(state: AttackSignsState, i: number): FeatureCode {
  const { marks, surprise } = state.ordinary;
  return {
    read: [
      `String t${i} = textOf(v${i}, ${state.max_length});`,
      `double n${i} = t${i} == null ? Double.NaN : attackSigns(t${i}, (Map) learned.get(${i}), texts);`,
    ].join('\n'),
    isMissing: `t${i} == null`,
    isNumber: false,
    columns: new Map([['', `n${i}`]]),
    missing: 'NaN',
    parameters: {
      ...surpriseTables(state.bigrams),
      marks,
      surprise,
      ...(state.sensitive_paths && { paths: state.sensitive_paths }),
    },
    functions: [READ_TEXTS, READ_ATTACK_SIGNS],
  };
}

function combinationCode(
  state: CombinationState,
  { fields }: FeatureDefinition,
  i: number,
  parentsOf: ParentsOfField,
): FeatureCode {
  const tables = combinationTables(state);
  const surpriseOf = (name: string, count: number): number =>
    surpriseOfCombination(state, tables, name.split(PART_SEPARATOR), count);
  const besides = tables.beside.map((beside) => {
    const table = Object.create(null) as Record<string, readonly number[]>;
    for (const [name, counts] of beside) table[keyOf(name)] = counts;
    return table;
  });
  return {
    read: [
      `List l${i} = partsOf(ctx, (List) p${i}.get('parts'));`,
      `String t${i} = combinationOf(l${i});`,
      `double n${i} = t${i} == null ? Double.NaN : combinationSurprise(t${i}, l${i}, p${i});`,
    ].join('\n'),
    isMissing: `t${i} == null`,
    isNumber: false,
    ...trainedOnOf(state),
    columns: new Map([
      ['.rarity', `n${i}`],
      [
        UNSEEN,
        `((Map) p${i}.get('known')).containsKey(keyOf(t${i}))${tables.seldom.length > 0 ? ` || lacksPart(l${i}, p${i})` : ''} ? 0.0 : 1.0`,
      ],
    ]),
    missing: 'NaN',
    parameters: {
      parts: partsParameter(fields, parentsOf),
      total: state.total,
      seldom_missing: tables.seldom,
      known: keyedTable(state.values.map(([name, count]) => [name, surpriseOf(name, count)] as const)),
      values: tables.values.map(keyedTable),
      unseen: tables.unseen,
      beside: besides,
    },
    functions: [...functionsOfParts(fields), READ_COMBINATIONS],
  };
}

/**
 * @param used endings of the names of the columns that the forest splits on (`#2` for the third of one-hot columns)
 * @throws DetectionError `refused` for what Painless cannot express, naming the feature and the other way
 */
export function featureCode(
  state: FeatureState,
  i: number,
  used: readonly string[],
  routeParameters: RouteParameters = [],
): FeatureCode {
  const { encoding } = state;
  const parentsOf = parentsOfField(routeParameters);
  const refuse = (what: string): DetectionError =>
    new DetectionError(
      'refused',
      `features: ${JSON.stringify(state.name)} ${what}, which an ingest pipeline cannot compute. Leave it out and train again, or score this detector as a job.`,
    );
  const codeOf = (): FeatureCode => {
    switch (encoding.kind) {
      case 'number':
        return numberCode(encoding, i);
      case 'category':
        if (state.definition.masked === 'agent') return changedCategoryCode(encoding, i, 'agentFamily');
        return state.definition.masked === true
          ? changedCategoryCode(encoding, i, 'maskedText')
          : categoryCode(encoding, i);
      case 'hour_of_day':
      case 'day_of_week':
        return timeCode(encoding, i);
      case 'text':
        return textCode(encoding, i, used);
      case 'severity':
        return severityCode(encoding, state.definition, i, parentsOf);
      case 'route':
        return routeCode(encoding, state.definition, i, parentsOf);
      case 'attack_signs':
        return attackSignsCode(encoding, i);
      case 'combination':
        return combinationCode(encoding, state.definition, i, parentsOf);
      case 'deviation':
        return deviationCode(encoding, state.definition, i, parentsOf);
      case 'template':
      case 'message_numbers':
        throw refuse(`is of type ${encoding.kind} (field ${JSON.stringify(state.definition.field)})`);
    }
  };
  const code = codeOf();
  for (const suffix of used) {
    if (suffix !== '.missing' && !code.columns.has(suffix)) {
      throw refuse(
        suffix.startsWith('.pattern.')
          ? `counts the pattern ${JSON.stringify(suffix.slice('.pattern.'.length))}, a regular expression of the user`
          : `has the column ${JSON.stringify(suffix)}`,
      );
    }
  }
  return code;
}
