import type { z } from 'zod';
import { featureSchema, type FeatureDefinition, type FieldPart } from '../../detector';
import type { FeatureType } from '../../detector/feature_schema';
import { printable } from '../../printable';
import { DirtCounter, numberOf } from '../columns/field_value';
import { holdNumbers } from '../number/message_numbers_encoding';
import { attackPatternsIn } from '../text/text_encoding';
import { ATTACK_WEIGHT } from './attack_weight';
import { dependence, explainedShare, follows } from './dependence';
import { groupsOfConnection, type ConnectionFields } from './connection_features';
import type { ComparedSuggestion, FeatureSuggestion } from './feature_suggestion';
import { MESSAGE, NAME, STATUS, TARGET } from './guess_feature';
import { partnersOf, type Paired } from './pairs';
import { callerOf, isSeldomAndClosed, LEAST_DEPENDENCE, textsOf, type FieldValues } from './seldom_fields';

export interface Profile extends FieldValues {
  readonly type: FeatureType;
}

/** Names of what does the work: what is usual is usual for it. */
const WORKER =
  /(^|[._-])(service|svc|app|application|component|program|process|logger|container|rpc|operation|endpoint|handler|job|method|verb|namespace|database|db)([._-]?name)?$/i;
/** Values such as `10.4.8.92:8080`: a machine that may be gone tomorrow. */
const ADDRESS = /^\[?[\da-f.:]*[\d:.][\da-f.:]*\]?(:\d+)?$/i;
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

/** Returns the path or URL of requests, where there are several that which holds the most, such as the parameters as well. */
export const targetOf = (profiles: readonly Profile[]): Profile | undefined =>
  profiles
    .filter(isTarget)
    .map((profile) => ({ profile, length: textsOf(profile).reduce((sum, text) => sum + text.length, 0) }))
    .sort((one, other) => other.length - one.length)
    .at(0)?.profile;

/** Returns true where what a field holds stands in the target of the same log. */
function isPartOf(field: string, target: Profile, profiles: readonly Profile[]): boolean {
  const own = profiles.find((profile) => profile.field === field);
  return (
    own === undefined ||
    own.values.every(
      (value, row) => value === undefined || String(target.values[row] ?? '').includes(String(value)),
    )
  );
}

/** Returns fields that name what does the work, from wide to narrow, and one of several names of the same. */
const workersOf = (profiles: readonly Profile[]): Profile[] =>
  profiles
    .filter(
      ({ field, distinct, type }) => WORKER.test(field) && distinct <= MOST_WORKERS && type !== 'number',
    )
    .sort((one, other) => one.distinct - other.distinct)
    .filter((own, place, all) => !all.slice(0, place).some((before) => namesTheSame(before, own)));

/**
 * The suggestions, where a number is compared with those of the same service, method and route, a status is as bad as it is rare
 * there, and a path has a route. What is only compared within is no feature.
 */
export function* comparedWithinGroups(
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
  connection?: ConnectionFields,
): Generator<undefined, ComparedSuggestion[]> {
  const target = targetOf(profiles);
  const named = workersOf(profiles).slice(0, MOST_GROUPS - (target === undefined ? 1 : 2));
  const workers = yield* withTellingGroups(named, suggestions, profiles, target);
  const line = target === undefined ? messagesOf(suggestions, profiles).at(0) : undefined;
  const numbered = new Set<string>();
  for (const profile of messagesOf(suggestions, profiles)) {
    yield undefined;
    if (!areLinesOf(target, profile) && holdNumbers(profile.values)) numbered.add(profile.field);
  }
  const hasCommands = line !== undefined && (yield* holdsCommands(line));
  const route = target === undefined ? [] : [{ route: target.field }];
  const statement = line === undefined ? [] : [{ masked: line.field }];
  const names = workers.map(({ field }) => field);
  const status = suggestions.find(
    ({ definition: { type, field } }) => type === 'severity' && STATUS.test(field),
  )?.definition.field;
  const groups =
    groupsOfConnection(connection, profiles) ?? [...names, ...route, ...statement].slice(0, MOST_GROUPS);
  const tellers = tellersOf(suggestions, profiles);
  const namesOfCallers = suggestions.flatMap(({ definition }) =>
    definition.type === 'category' && NAME.test(definition.field) ? [definition.field] : [],
  );
  const callers = profiles.filter(({ field }) => namesOfCallers.includes(field));
  const told = toldBy(groups);
  const partners = yield* partnersOf(pairable(suggestions, profiles, workers), profiles);
  return suggestions.flatMap((suggestion): ComparedSuggestion[] => {
    const { definition, reason } = suggestion;
    const { type, field } = definition;
    const changed = (change: Partial<FeatureDefinition>, why: string): FeatureSuggestion => ({
      ...suggestion,
      definition: featureSchema.parse({ ...definition, ...change }),
      reason: why,
    });
    const by = groups.filter((part) => part !== field);
    const numbersBeside =
      type === 'template' && numbered.has(field) ? [beside(suggestion, numbersOf(field))] : [];
    if (type === 'severity') {
      const teller = tellers.get(field);
      const within = teller === undefined ? by : [teller, ...by.slice(1 - MOST_GROUPS)];
      return within.length === 0 ? [suggestion] : [changed({ by: within }, reason + toldBy(within))];
    }
    if (type === 'number' && by.length > 0) {
      const isAnswer = SIZE.test(field) && ANSWER.test(field) && status !== undefined;
      const within = isAnswer ? [status, ...[...names, ...route].slice(1 - MOST_GROUPS)] : by;
      const change = isAnswer ? ({ direction: 'both' } as const) : {};
      return [
        changed({ type: 'deviation', by: within, ...change }, `${reason}; how far from the usual${told}`),
      ];
    }
    if (type === 'attack_signs' && field === target?.field) {
      const caller = names.find((name) => METHOD.test(name)) ?? names.at(-1);
      return [
        changed({ type: 'route' }, 'paths: the rarity of the route, ids masked'),
        ...(caller === undefined ? [] : [beside(suggestion, pairOfRoute(caller, field))]),
        changed({ weight: ATTACK_WEIGHT }, reason),
        beside(suggestion, looksOf(field)),
      ];
    }
    if (target !== undefined && SENT_BY_CLIENTS.test(field)) {
      const signs = beside(suggestion, signsIn(field));
      // Pages elsewhere that link here are new all the time.
      return REFERRER.test(field) ? [signs] : [suggestion, signs];
    }
    if (field === line?.field) {
      const author = companionOf(
        field,
        named.map((worker) => worker.field),
      );
      return [
        suggestion,
        ...(author === undefined ? [] : [beside(suggestion, pairOfLine(author, field))]),
        ...numbersBeside,
        ...(hasCommands ? [] : [beside(suggestion, signsIn(field))]),
      ];
    }
    if (numbersBeside.length > 0) return [suggestion, ...numbersBeside];
    if (target !== undefined && type === 'attack_signs' && /(^|\.)url\.|query_?string$/i.test(field)) {
      return isPartOf(field, target, profiles) ? [] : [changed({ weight: ATTACK_WEIGHT }, reason)];
    }
    const isWorker =
      groups.includes(field) &&
      workers.some((worker) => worker.field === field && worker.distinct <= FEW_WORKERS);
    if (type === 'category' && isWorker) return [];
    const caller =
      type === 'category' && !NAME.test(field) ? callerOfSeldom(suggestion, callers, profiles) : undefined;
    if (caller !== undefined) return [suggestion, togetherWith(suggestion, caller)];
    return inPairs(suggestion, partners.get(field));
  });
}

/** Names of what a client says of itself, where attacks are sent as well as in paths. */
const REFERRER = /referr?er/i;
const SENT_BY_CLIENTS = /(^|[._-])(user_?agent|agent|referr?er)([._-]?(name|original))?$/i;

/** Share of the messages up to which signs of attacks in them are no part of what the logs are about, such as commands. */
const MOST_COMMANDS = 0.01;
/** Messages that are looked at in one step, and code units of each. */
const MESSAGES_A_STEP = 20;
const LONGEST_MESSAGE = 2_048;

/** Returns the messages of the logs that are of many words. */
const messagesOf = (suggestions: readonly FeatureSuggestion[], profiles: readonly Profile[]): Profile[] =>
  profiles.filter(({ field }) =>
    suggestions.some(
      ({ definition }) => definition.type === 'template' && definition.field === field && MESSAGE.test(field),
    ),
  );

/** Returns true for messages that repeat the request: its numbers, such as status and duration, are fields of their own. */
function areLinesOf(target: Profile | undefined, messages: Profile): boolean {
  if (target === undefined) return false;
  const [texts, targets] = [textsOf(messages), textsOf(target)];
  const repeating = texts.filter((text, row) => targets[row] !== '' && text.includes(targets[row]));
  return repeating.length >= LINES_SHARE * texts.length;
}
/** Share of the messages that hold the URL or path of their log. */
const LINES_SHARE = 0.5;

const numbersOf = (field: string): Addition => [
  { type: 'message_numbers', field },
  'numbers in the message: how far from the usual of the same message',
];

/** Returns true where what looks like an attack is everyday: command lines, paths of programs, statements. */
function* holdsCommands({ values }: Profile): Generator<undefined, boolean> {
  const texts = values.filter((value) => typeof value === 'string');
  let found = 0;
  for (const [place, text] of texts.entries()) {
    if (place % MESSAGES_A_STEP === 0) yield undefined;
    if (attackPatternsIn(text.slice(0, LONGEST_MESSAGE), 'in_context').length > 0) found++;
    if (found > MOST_COMMANDS * texts.length) return true;
  }
  return false;
}

const nameOfPart = (part: FieldPart): string =>
  typeof part === 'string'
    ? part
    : 'route' in part
      ? 'route'
      : 'masked' in part
        ? 'message'
        : 'network' in part
          ? 'network'
          : 'service port';

const toldBy = (parts: readonly FieldPart[]): string => `, for the same ${parts.map(nameOfPart).join(', ')}`;

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
function* withTellingGroups(
  named: readonly Profile[],
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
  target: Profile | undefined,
): Generator<undefined, Profile[]> {
  const numbers = new Set(
    suggestions.flatMap(({ definition: { type, field } }) => (type === 'number' ? [field] : [])),
  );
  const dirt = new DirtCounter();
  const columns = profiles
    .filter(({ field }) => numbers.has(field))
    .map(({ values }) => values.map((value) => (value === undefined ? undefined : numberOf(value, dirt))));
  const chosen = [...named];
  const groupsWith = (fields: readonly Profile[]): string[] => {
    const texts = fields.map(textsOf);
    return (target ?? fields[0])?.values.map((_value, row) => texts.map((own) => own[row]).join('\n')) ?? [];
  };
  const ofNamed = groupsWith(chosen);
  let explained = columns.map((column) => (chosen.length === 0 ? 0 : explainedShare(column, ofNamed)));
  const most = MOST_GROUPS - (target === undefined ? 1 : 2);
  while (chosen.length < most && columns.length > 0) {
    const gains = [];
    for (const profile of profiles) {
      const isGroup = profile.type === 'category' && profile.distinct <= MOST_TELLING;
      if (!isGroup || chosen.includes(profile)) continue;
      yield undefined;
      const groups = groupsWith([...chosen, profile]);
      const shares = columns.map((column) => explainedShare(column, groups));
      const gain = Math.max(...shares.map((share, i) => share - explained[i]));
      if (gain >= TOLD_VARIANCE) gains.push({ profile, shares, gain, isAddress: areAddresses(profile) });
    }
    gains.sort(
      (one, other) =>
        Number(one.isAddress) - Number(other.isAddress) ||
        other.gain - one.gain ||
        one.profile.distinct - other.profile.distinct,
    );
    if (gains.length === 0) break;
    chosen.push(gains[0].profile);
    explained = gains[0].shares;
  }
  return chosen.sort((one, other) => one.distinct - other.distinct);
}

/**
 * Returns for statuses and levels which other one they depend on, a level on the status: where a 404 is always a `warn`, the rarity of both
 * says the same twice. Within its status a level is odd where it is not the one that goes with it, as an `error` beside a 200.
 */
function tellersOf(
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
): ReadonlyMap<string, string> {
  const severities = new Set(
    suggestions.flatMap(({ definition: { type, field } }) => (type === 'severity' ? [field] : [])),
  );
  const isStatus = ({ field }: Profile): number => Number(STATUS.test(field));
  const rated = profiles
    .filter(({ field }) => severities.has(field))
    .sort((one, other) => isStatus(other) - isStatus(one) || other.distinct - one.distinct)
    .map((profile) => ({ field: profile.field, texts: textsOf(profile) }));
  return new Map(
    rated.flatMap(({ field, texts }, place): [string, string][] => {
      const teller = rated
        .slice(0, place)
        .find((other) => dependence(texts, other.texts) >= LEAST_DEPENDENCE);
      return teller === undefined ? [] : [[field, teller.field]];
    }),
  );
}

const areAddresses = ({ values }: Profile): boolean =>
  values.every((value) => value === undefined || (typeof value === 'string' && ADDRESS.test(value)));

/** Returns true for two names of the same, such as a service and its container. */
function namesTheSame(one: Profile, other: Profile): boolean {
  const [texts, others] = [textsOf(one), textsOf(other)];
  return follows(texts, others) && follows(others, texts);
}

/**
 * Returns the categories that are suggested, each with what it may go together with: what does the work, and other categories.
 * Of two, the one of more values has the pair; names of who acts have it whatever the number of things that are done.
 */
function pairable(
  suggestions: readonly FeatureSuggestion[],
  profiles: readonly Profile[],
  workers: readonly Profile[],
): Paired[] {
  const categories = profiles.filter(({ type }) => type === 'category');
  const names = workers.map(({ field }) => field);
  return suggestions.flatMap(({ definition: { type, field, masked } }) => {
    const own = categories.find((profile) => profile.field === field);
    if (type !== 'category' || masked !== undefined || own === undefined) return [];
    const isOpen = (other: Profile): boolean =>
      NAME.test(field) || workers.includes(other) || other.distinct <= own.distinct;
    const companion = companionOf(field, names);
    const preferred = profiles.find((profile) => profile.field === companion);
    return [{ own, candidates: categories.filter(isOpen), preferred, isActor: NAME.test(field) }];
  });
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

/** Returns a category with what it goes together with, where a pair that is new would be news. */
function inPairs(suggestion: FeatureSuggestion, partner: string | undefined): FeatureSuggestion[] {
  const { type, field, masked } = suggestion.definition;
  // Agents are taken by their programs, which a pair would not.
  if (type !== 'category' || masked !== undefined) return [suggestion];
  if (NAME.test(field) && partner !== undefined) return [suggestion, togetherWith(suggestion, partner)];
  // A pair that is new tells of a new value as well.
  return [partner === undefined ? suggestion : togetherWith(suggestion, partner)];
}

/** A caller that is known may be strange where it calls. */
const togetherWith = (suggestion: FeatureSuggestion, partner: string): FeatureSuggestion => ({
  ...suggestion,
  definition: featureSchema.parse({
    type: 'combination',
    fields: [suggestion.definition.field, partner],
  }),
  reason: `who goes with which ${printable(partner, 80)}: a pair that is new or rare`,
});
