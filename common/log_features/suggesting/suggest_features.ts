import type { z } from 'zod';
import { finishSteps } from '../../finish_steps';
import { printable } from '../../printable';
import { featureSchema, type FeatureDefinition, type FieldPart } from '../../detector';
import type { LogDocument } from '../../log_document';
import { compileField } from '../fields/field_access';
import { DirtCounter, numberOf, readableShare, scalarOf, textOf } from '../columns/field_value';
import { findLabelFields } from '../fields/label_fields';
import { ATTACK_WEIGHT } from './attack_weight';
import { leafFields } from '../fields/leaf_fields';
import { skewness } from '../number/number_encoding';
import { attackPatternsIn } from '../text/text_encoding';
import { mineTemplates } from '../template/template_miner';
import { parseTimestamp } from '../time/time_encoding';
import { areCodes, isPort, isTime, timesFrom } from './number_kinds';
import { dependence, explainedShare } from './dependence';
import { isMetadata } from './metadata_fields';
import { callerOf, isSeldomAndClosed, LEAST_DEPENDENCE, textsOf, type FieldValues } from './seldom_fields';
import type { FeatureType } from '../../detector/feature_schema';

export interface FeatureSuggestion {
  readonly definition: FeatureDefinition;
  /** Sentence for people: why this field, why so. */
  readonly reason: string;
  /** Up to three frequent values, printable and short. */
  readonly examples: readonly string[];
  /** Share of the sample's documents that have a usable value, in [0, 1]. */
  readonly coverage: number;
}

/** A suggestion; one that goes with another of the same field takes no other field's place. */
interface ComparedSuggestion extends FeatureSuggestion {
  readonly isBeside?: true;
}

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
const MIN_COVERAGE = 0.05;
/** A string field with more different values than this share of its documents is no category. */
const MAX_CATEGORY_DISTINCT = 0.5;
/** A proposed feature with the values of its field, one a document. */
interface Candidate {
  readonly type: FeatureType;
  readonly values: readonly unknown[];
}

interface Guess {
  readonly type: FeatureType;
  readonly reason: string;
  /** Higher comes first. */
  readonly weight: number;
  readonly encoding?: 'rarity';
  readonly masked?: 'agent';
}

/** Names of what answers a request or rates a log. */
const STATUS = /(^|[._-])(status|status_?code|http_?status|grpc_?(code|status)|code)$/i;
/** Share of the logs whose status has to be one of HTTP. */
const HTTP_SHARE = 0.95;
const LEVEL = /(^|[._-])(level|severity|severity_text|severity_number|log_?level|levelname|priority)$/i;
const MESSAGE = /(^|[._-])(message|msg)$/i;
/** Names of the target of a request. */
const TARGET = /(^|[._-])(url|uri|path|request_?(path|uri|url)|original|full|resource|target)$/i;
/** Names of the program that a client says it is, and how most of these begin. */
const AGENT = /(^|[._-])(user_?agent|agent)([._-]?(name|original))?$/i;
const AGENT_TEXT = /^[A-Za-z][\w.-]*\/v?\d/;
/** Share of the values that have to begin so. */
const AGENT_SHARE = 0.5;
/** Names of people and machines, whose rarity tells something. */
const NAME =
  /(^|[._-])(user|user_?name|host|host_?name|caller|client|account|owner|tenant|role|principal)([._-]?name)?$/i;

const areAgents = (field: string, values: readonly unknown[]): boolean =>
  AGENT.test(field) &&
  values.filter((value) => typeof value === 'string' && AGENT_TEXT.test(value)).length >=
    AGENT_SHARE * values.length;

const agentsGuess = (distinct: number): Guess => ({
  type: 'category',
  reason: `user agents, ${distinct} different ones: the rarity of the programs that they name`,
  weight: 8,
  encoding: 'rarity',
  masked: 'agent',
});

/** Guesses what numbers are that no name rates; undefined for ports of clients. */
function guessOfNumbers(field: string, numbers: readonly number[], distinct: number): Guess | undefined {
  if (areCodes(field, new Set(numbers))) {
    return { type: 'category', reason: `numbers that are codes, ${distinct} different values`, weight: 9 };
  }
  if (isPort(field)) return undefined;
  const skew = skewness(numbers);
  const shape = skew > 1 ? 'numbers with a long tail, taken on a logarithmic scale' : 'numbers';
  return { type: 'number', reason: `${shape}, ${distinct} different values`, weight: skew > 1 ? 8 : 6 };
}

function guess(field: string, values: readonly unknown[], distinct: Map<string, number>): Guess | undefined {
  const dirt = new DirtCounter();
  const count = values.length;
  const numbers = values.map((value) => numberOf(value, dirt)).filter((value) => value !== undefined);
  if (LEVEL.test(field) && distinct.size <= 30) {
    return {
      type: 'severity',
      reason: `levels, ${distinct.size} different ones: how bad and how rare`,
      weight: 12,
    };
  }
  if (STATUS.test(field) && numbers.length >= 0.9 * count && distinct.size <= 100) {
    const codes = new Set(numbers);
    // A few odd ones, such as the 0 that proxies write where the client had gone, are rated with the others.
    const isHttp = numbers.filter((code) => code >= 100 && code <= 599).length >= HTTP_SHARE * numbers.length;
    const isGrpc = [...codes].every((code) => Number.isInteger(code) && code >= 0 && code <= 16);
    if (isHttp || (isGrpc && codes.has(0))) {
      const kind = isHttp ? 'statuses of HTTP' : 'codes of gRPC';
      return {
        type: 'severity',
        reason: `${kind}, ${distinct.size} different ones: how bad and how rare`,
        weight: 12,
      };
    }
  }
  if (MESSAGE.test(field)) {
    return { type: 'template', reason: 'messages: the rarity of their template', weight: 11 };
  }
  if (NAME.test(field) && numbers.length < 0.9 * count && distinct.size < 0.9 * count) {
    return {
      type: 'category',
      reason: `${distinct.size} different names, by rarity`,
      weight: 8,
      encoding: 'rarity',
    };
  }
  if (areAgents(field, values)) return agentsGuess(distinct.size);
  if (
    /(^|[._])hour(_of_day)?$/i.test(field) &&
    numbers.filter((value) => value >= 0 && value < 24).length >= 0.9 * count
  ) {
    return { type: 'hour_of_day', reason: 'hours from 0 to 23, read as a cycle', weight: 4 };
  }
  if (numbers.length >= 0.9 * count) return guessOfNumbers(field, numbers, distinct.size);
  const texts = [...distinct.keys()];
  if (texts.every((text) => parseTimestamp(text) !== undefined)) return undefined;
  const meanLength = texts.reduce((sum, text) => sum + text.length, 0) / texts.length;
  const spaced = texts.filter((text) => / \S+ /.test(text)).length / texts.length;
  if (
    /(^|[._])(url|uri|path|query|referr?er|user_agent|agent|request|original|command_line|payload|resource|filter|param)/i.test(
      field,
    )
  ) {
    if (distinct.size > 12 && !/agent|referr?er/i.test(field)) {
      return { type: 'attack_signs', reason: 'text from outside: signs of attacks', weight: 10 };
    }
    if (distinct.size > 12 && distinct.size <= MAX_CATEGORY_DISTINCT * count) {
      return {
        type: 'category',
        reason: `${distinct.size} different values, by rarity`,
        weight: 5,
        encoding: 'rarity',
      };
    }
  }
  if (spaced > 0.5 && distinct.size > 12) {
    const templates = mineTemplates(texts.slice(0, 300)).found;
    return templates <= Math.max(5, 0.7 * Math.min(300, texts.length))
      ? { type: 'template', reason: `messages that follow about ${templates} templates`, weight: 9 }
      : { type: 'text', reason: 'free text of many forms', weight: 5 };
  }
  if (distinct.size <= Math.max(12, MAX_CATEGORY_DISTINCT * count)) {
    const few = distinct.size <= 12;
    return {
      type: 'category',
      reason: few
        ? `${distinct.size} different values, one column each`
        : `${distinct.size} different values, by rarity`,
      weight: few ? 7 : 5,
    };
  }
  return meanLength >= 12
    ? { type: 'text', reason: 'strings of many forms: length, entropy and characters', weight: 3 }
    : undefined;
}

interface Profile extends FieldValues {
  readonly isNumber: boolean;
}

/** Names of what does the work: what is usual is usual for it. */
const WORKER =
  /(^|[._-])(service|svc|app|application|component|program|process|logger|container|rpc|operation|endpoint|handler|job|method|verb|namespace|database|db)([._-]?name)?$/i;
const METHOD = /(^|[._-])(method|verb)$/i;
const SIZE = /(bytes|size|length)/i;
const ANSWER = /(response|out|sent|body)/i;
const MOST_WORKERS = 200;
const MOST_GROUPS = 4;
/** Fewer different values are better compared within than looked at. */
const FEW_WORKERS = 12;

/** Paths and URLs, as against other text from outside. */
const isTarget = ({ field, values }: Profile): boolean =>
  TARGET.test(field) &&
  values.filter((value) => typeof value === 'string' && /^([A-Z]+ )?(\/|https?:)/.test(value)).length >=
    0.5 * values.length;

/**
 * The suggestions, where a number is compared with those of the same service, method and route, a status is as bad as it is rare
 * there, and a path has a route. What is only compared within is no feature.
 */
function comparedWithinGroups(
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
): ComparedSuggestion[] {
  const target = profiles.find(isTarget);
  const named = profiles
    .filter(({ field, distinct, isNumber }) => WORKER.test(field) && distinct <= MOST_WORKERS && !isNumber)
    .sort((one, other) => one.distinct - other.distinct)
    .slice(0, MOST_GROUPS - (target === undefined ? 1 : 2));
  const workers = withTellingGroups(named, suggestions, profiles, target);
  const line = target === undefined ? lineOf(suggestions, profiles) : undefined;
  const route = target === undefined ? [] : [{ route: target.field }];
  const statement = line === undefined ? [] : [{ masked: line.field }];
  const names = workers.map(({ field }) => field);
  const status = suggestions.find(
    ({ definition: { type, field } }) => type === 'severity' && STATUS.test(field),
  )?.definition.field;
  const groups = [...names, ...route, ...statement].slice(0, MOST_GROUPS);
  const namesOfCallers = suggestions.flatMap(({ definition }) =>
    definition.type === 'category' && NAME.test(definition.field) ? [definition.field] : [],
  );
  const callers = profiles.filter(({ field }) => namesOfCallers.includes(field));
  const told = `, for the same ${groups.map(nameOfPart).join(', ')}`;
  return suggestions.flatMap((suggestion): ComparedSuggestion[] => {
    const { definition, reason } = suggestion;
    const { type, field } = definition;
    const changed = (change: Partial<FeatureDefinition>, why: string): FeatureSuggestion => ({
      ...suggestion,
      definition: featureSchema.parse({ ...definition, ...change }),
      reason: why,
    });
    const by = groups.filter((part) => part !== field);
    if (type === 'severity' && by.length > 0) return [changed({ by }, reason + told)];
    if (type === 'number' && by.length > 0) {
      const isAnswer = SIZE.test(field) && ANSWER.test(field) && status !== undefined;
      const within = isAnswer ? [status, ...[...names, ...route].slice(1 - MOST_GROUPS)] : by;
      const change = isAnswer ? ({ direction: 'both' } as const) : {};
      return [
        changed({ type: 'deviation', by: within, ...change }, `${reason}; how far from the usual${told}`),
      ];
    }
    if (type === 'attack_signs' && field === target?.field) {
      const method = names.find((name) => METHOD.test(name));
      const asRoute = changed(
        { type: 'route', ...(method && { method }) },
        'paths: the rarity of the route, ids masked',
      );
      const caller = method ?? names.at(-1);
      return [
        asRoute,
        ...(caller === undefined ? [] : [beside(suggestion, pairOfRoute(caller, field))]),
        changed({ weight: ATTACK_WEIGHT }, reason),
        beside(suggestion, looksOf(field)),
      ];
    }
    if (target !== undefined && SENT_BY_CLIENTS.test(field)) {
      return [suggestion, beside(suggestion, signsIn(field))];
    }
    if (field === line?.field) {
      const author = companionOf(
        field,
        named.map((worker) => worker.field),
      );
      return [
        suggestion,
        ...(author === undefined ? [] : [beside(suggestion, pairOfLine(author, field))]),
        ...(holdsCommands(line) ? [] : [beside(suggestion, signsIn(field))]),
      ];
    }
    const isPartOfTarget =
      target !== undefined && /(^|\.)url\./.test(field) && field !== target.field && type === 'attack_signs';
    if (isPartOfTarget) return [];
    const isWorker = workers.some((worker) => worker.field === field && worker.distinct <= FEW_WORKERS);
    if (type === 'category' && isWorker) return [];
    const caller =
      type === 'category' && !NAME.test(field) ? callerOfSeldom(suggestion, callers, profiles) : undefined;
    if (caller !== undefined) return [suggestion, togetherWith(suggestion, caller)];
    const partner = companionOf(field, names);
    if (type !== 'category' || partner === undefined) return [suggestion];
    if (NAME.test(field)) return [suggestion, togetherWith(suggestion, partner)];
    // A pair that is new tells of a new value as well.
    return areDependent(field, partner, profiles) ? [togetherWith(suggestion, partner)] : [suggestion];
  });
}

/** Names of what a client says of itself, where attacks are sent as well as in paths. */
const SENT_BY_CLIENTS = /(^|[._-])(user_?agent|agent|referr?er)([._-]?(name|original))?$/i;

/** Share of the messages up to which signs of attacks in them are no part of what the logs are about, such as commands. */
const MOST_COMMANDS = 0.01;

/** Returns the messages of the logs where they are of many words. */
const lineOf = (
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
): Profile | undefined =>
  profiles.find(({ field }) =>
    suggestions.some(
      ({ definition }) => definition.type === 'template' && definition.field === field && MESSAGE.test(field),
    ),
  );

/** Returns true where what looks like an attack is everyday: command lines, paths of programs, statements. */
function holdsCommands({ values }: Profile): boolean {
  const texts = values.filter((value) => typeof value === 'string');
  const found = texts.filter((text) => attackPatternsIn(text, 'in_context').length > 0).length;
  return found > MOST_COMMANDS * texts.length;
}

const nameOfPart = (part: FieldPart): string =>
  typeof part === 'string' ? part : 'route' in part ? 'route' : 'message';

type Addition = readonly [definition: z.input<typeof featureSchema>, reason: string];

/**
 * Looks at the path without the names of its parameters, with its method or what serves it. Where names such as `utm_source` make new
 * routes all the time, a new route tells nothing, and a new path still does.
 */
const pairOfRoute = (caller: string, target: string): Addition => [
  { type: 'combination', fields: [caller, { route: target }], weight: 0.5 },
  `which ${printable(caller, 80)} goes with which path, whatever its parameters: a path or pair that is new or rare`,
];

/** Compares a line with what wrote it, so that a known line of another program tells something. */
const pairOfLine = (author: string, message: string): Addition => [
  { type: 'combination', fields: [author, { masked: message }] },
  `which ${printable(author, 80)} writes which message: a pair that is new or rare`,
];

const looksOf = (target: string): Addition => [
  { type: 'text', field: target, weight: 1 },
  'text from outside: odd length and characters',
];

const signsIn = (field: string): Addition => [
  { type: 'attack_signs', field },
  'text from outside: signs of attacks',
];

const beside = (suggestion: FeatureSuggestion, [definition, reason]: Addition): ComparedSuggestion => ({
  ...suggestion,
  definition: featureSchema.parse(definition),
  reason,
  isBeside: true,
});

/** Share of the variance of a number that a field has to explain beyond others for the number to be compared within it. */
const TOLD_VARIANCE = 0.1;
/** Different values of a field that groups are made of, where no name says that it does the work. */
const MOST_TELLING = 64;

/** Fields that name who does the work, and those that the numbers of the logs depend on, whatever their names, up to {@link MOST_GROUPS}. */
function withTellingGroups(
  named: readonly Profile[],
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
  target: Profile | undefined,
): Profile[] {
  const fieldsOf = (type: FeatureType): Set<string> =>
    new Set(suggestions.flatMap(({ definition }) => (definition.type === type ? [definition.field] : [])));
  const [numbers, categories] = [fieldsOf('number'), fieldsOf('category')];
  const dirt = new DirtCounter();
  const columns = profiles
    .filter(({ field }) => numbers.has(field))
    .map(({ values }) => values.map((value) => (value === undefined ? undefined : numberOf(value, dirt))));
  const chosen = [...named];
  const groupsWith = (fields: readonly Profile[]): string[] => {
    const texts = fields.map(textsOf);
    return (target ?? fields[0])?.values.map((_value, row) => texts.map((own) => own[row]).join('\n')) ?? [];
  };
  let explained = columns.map((column) =>
    chosen.length === 0 ? 0 : explainedShare(column, groupsWith(chosen)),
  );
  const most = MOST_GROUPS - (target === undefined ? 1 : 2);
  while (chosen.length < most && columns.length > 0) {
    const gains = profiles
      .filter((profile) => {
        const { field, distinct, isNumber } = profile;
        return categories.has(field) && !isNumber && distinct <= MOST_TELLING && !chosen.includes(profile);
      })
      .map((profile) => {
        const shares = columns.map((column) => explainedShare(column, groupsWith([...chosen, profile])));
        return { profile, shares, gain: Math.max(...shares.map((share, i) => share - explained[i])) };
      })
      .sort((one, other) => other.gain - one.gain || one.profile.distinct - other.profile.distinct);
    if (gains.length === 0 || gains[0].gain < TOLD_VARIANCE) break;
    chosen.push(gains[0].profile);
    explained = gains[0].shares;
  }
  return chosen.sort((one, other) => one.distinct - other.distinct);
}

function areDependent(one: string, other: string, profiles: readonly Profile[]): boolean {
  const [first, second] = [one, other].map((name) => profiles.find(({ field }) => field === name));
  return (
    first !== undefined &&
    second !== undefined &&
    first.distinct <= MOST_WORKERS &&
    dependence(textsOf(first), textsOf(second)) >= LEAST_DEPENDENCE
  );
}

/** Returns who uses what a part of the logs has, such as the client of a grant; see {@link callerOf}. */
function callerOfSeldom(
  { definition: { field }, coverage }: FeatureSuggestion,
  callers: readonly Profile[],
  profiles: readonly Profile[],
): string | undefined {
  const own = profiles.find((profile) => profile.field === field);
  return own !== undefined && isSeldomAndClosed(own.distinct, coverage) ? callerOf(own, callers) : undefined;
}

/** Returns what is called or run by a caller, user or machine: the most particular name of it. */
const companionOf = (name: string, workers: readonly string[]): string | undefined =>
  workers.filter((worker) => worker !== name && !METHOD.test(worker)).at(-1);

/** A caller that is known may be strange where it calls. */
const togetherWith = (suggestion: FeatureSuggestion, partner: string): FeatureSuggestion => ({
  ...suggestion,
  definition: featureSchema.parse({
    type: 'combination',
    fields: [suggestion.definition.field, partner],
  }),
  reason: `who goes with which ${printable(partner, 80)}: a pair that is new or rare`,
});

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
  for (const field of leafFields(sample)) {
    yield undefined;
    if (field === options.timestampField || isMetadata(field) || labels.has(field)) continue;
    const read = compileField(field);
    const dirt = new DirtCounter();
    const distinct = new Map<string, number>();
    const all = sample.map((document) => scalarOf(read(document), dirt));
    const values = all.filter((value) => value !== undefined);
    for (const value of values) {
      const text = textOf(value, 256, dirt)!;
      distinct.set(text, (distinct.get(text) ?? 0) + 1);
    }
    const coverage = values.length / sample.length;
    if (coverage < MIN_COVERAGE || distinct.size < 2) continue;
    const found = guess(field, values, distinct);
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
    profiles.push({ field, values: all, distinct: distinct.size, isNumber: found.type === 'number' });
    const { type, encoding, masked } = found;
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
  if (span >= 6 * 3_600_000 && !ownHour) {
    suggest(
      { type: 'hour_of_day', field, name: 'hour_of_day' },
      'the sample spans many hours; what is usual differs by the time of day',
      { weight: 4, examples, coverage },
    );
  }
  if (span >= 7 * 86_400_000) {
    suggest(
      { type: 'day_of_week', field, name: 'day_of_week' },
      'the sample spans a week or more; what is usual differs by weekday',
      { weight: 3, examples, coverage },
    );
  }
  return yield* bestOf(suggestions, profiles, options);
}

/**
 * Keeps the most promising ones. The name of a client's program tells something of its own, and so does a value never seen of a field that few
 * logs have: these take no other field's place.
 */
function* bestOf(
  suggestions: readonly RatedSuggestion[],
  profiles: readonly Profile[],
  options: SuggestOptions,
): Generator<undefined, FeatureSuggestion[]> {
  const limit = options.limit ?? USUAL_LIMIT;
  const distinctOf = new Map(profiles.map(({ field, distinct }) => [field, distinct]));
  const kindOf = ({ definition, coverage }: FeatureSuggestion): 'agents' | 'seldom' | 'usual' => {
    if (options.limit !== undefined) return 'usual';
    if (definition.masked === 'agent') return 'agents';
    const isSeldom =
      definition.type === 'category' && isSeldomAndClosed(distinctOf.get(definition.field) ?? 0, coverage);
    return isSeldom ? 'seldom' : 'usual';
  };
  const kept: RatedSuggestion[] = [];
  const places = { usual: limit, agents: 1, seldom: MOST_SELDOM };
  const extra = new Set<string>();
  for (const suggestion of [...suggestions].sort((one, other) => other.weight - one.weight)) {
    const kind = kindOf(suggestion);
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
  const compared = comparedWithinGroups(
    kept.map(({ weight: _weight, values: _values, ...suggestion }) => suggestion),
    profiles,
  );
  const besides = compared.filter(({ isBeside }) => isBeside === true);
  let left = limit;
  const usual = compared.filter(
    ({ definition, isBeside }) => isBeside !== true && (extra.has(definition.field) || left-- > 0),
  );
  const room = options.limit === undefined ? besides.length : Math.max(0, left);
  return [...usual, ...besides.slice(0, room)].map(({ isBeside: _isBeside, ...suggestion }) => suggestion);
}
