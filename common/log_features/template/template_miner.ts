/**
 * Log templates from token statistics: messages of the same punctuation are grouped by the words that most of them share
 * (the prefix tree of frequent words of Han, Pei & Yin 2000, "Mining Frequent Patterns without Candidate Generation"),
 * then each place that differs within a group is judged: few values that come back are words of different templates,
 * many values, or ever new ones, are a variable part (the chance of a new value by Good 1953, "The Population
 * Frequencies of Species"). Own implementation; the result does not depend on the order of the messages.
 */
import { type MaskedSpan, tokeniseMessage } from './message_tokens';
import { isKey, isMask, kindOf, MASK, type MessageTokens, STRUCTURE, WORD } from './token_list';
import {
  byFrequency,
  MASKED,
  keptKeys,
  MessageCounter,
  SEPARATOR,
  tokensOfKey,
  type Variant,
} from './message_counter';
import { groupsByFrequentWords } from './frequent_words';
import { sharedContexts } from './shared_contexts';
import { ANY, TemplateMatcher } from './template_matcher';
import { areStates, FEW_VALUES, holdsValue, MASK_MESSAGES, MASKED_SHARE, varies } from './varying_places';

export const MAX_TEMPLATES = 1_000;

export interface MinedTemplate {
  /** A space stands first in tokens that white space stands before. `<=eth0>` is a mask that was eth0 in all messages. */
  readonly tokens: string[];
  readonly count: number;
}

/** Templates of one punctuation that are compared with each other, and tokens of all of them. */
const MAX_COMPARED = 5_000;
const MAX_COMPARED_TOKENS = 500_000;

interface Group {
  words: string[];
  spaced: (0 | 1)[];
  variants: Variant[];
  count: number;
}

/** Signs of punctuation that tell a message without a word of its own from others. */
const ANCHORING_SIGNS = 2;

/** A template that has no fixed word, and hardly a sign, would take any message. */
function hasAnchor(words: readonly string[]): boolean {
  let signs = 0;
  for (const word of words) {
    const kind = kindOf(word);
    if (kind === WORD || isKey(word)) return true;
    if (kind === STRUCTURE) signs++;
  }
  return signs >= ANCHORING_SIGNS;
}

/** Splits a group at places with few values that come back, and makes the other places variable. */
function splitGroup(variants: Variant[], out: Group[]): void {
  const pending = [variants];
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    const [first] = group;
    let splitPlace = -1;
    let fewest = Infinity;
    const variable: number[] = [];
    if (group.length > 1) {
      const differing = first.words.flatMap((_, place) => {
        if (first.kinds[place] === STRUCTURE) return [];
        const keys = new Set<string>();
        for (const { words, kinds } of group) keys.add(kinds[place] === MASK ? MASKED : words[place]);
        return keys.size < 2 ? [] : [{ place, keys }];
      });
      const isValue = ({ place }: { place: number }): boolean => holdsValue(first.words, place);
      // one value with few words says which event it is; where several values differ, they are data
      const differs = new Set(differing.map(({ place }) => place));
      const isAnchored = hasAnchor(first.words.filter((_, place) => !differs.has(place)));
      const areData = differing.filter((each) => isValue(each) && !varies(group, each.place)).length > 1;
      for (const { place, keys } of differing) {
        if (areData && holdsValue(first.words, place)) {
          variable.push(place);
          continue;
        }
        if (isAnchored && varies(group, place)) variable.push(place);
        else if (keys.size < fewest) [splitPlace, fewest] = [place, keys.size];
      }
    }
    if (splitPlace < 0) {
      out.push(groupOf(group, variable));
      continue;
    }
    const parts = new Map<string, Variant[]>();
    for (const variant of group) {
      const key = variant.kinds[splitPlace] === MASK ? MASKED : variant.words[splitPlace];
      const part = parts.get(key);
      if (part === undefined) parts.set(key, [variant]);
      else part.push(variant);
    }
    pending.push(...parts.values());
  }
}

function groupOf(variants: Variant[], variable: readonly number[]): Group {
  const [first] = variants;
  const words = [...first.words];
  const spaced = [...first.spaced];
  let count = 0;
  for (const variant of variants) {
    count += variant.count;
    for (let place = 0; place < spaced.length; place++)
      spaced[place] = (spaced[place] & variant.spaced[place]) as 0 | 1;
  }
  for (let place = 0; place < words.length; place++) {
    if (first.kinds[place] !== MASK) continue;
    const written = first.written[place];
    const isSame = variants.every((variant) => variant.written[place] === written);
    if (isSame && typeof written === 'string') words[place] = `<=${written}>`;
    else if (variants.some((variant) => variant.words[place] !== words[place])) words[place] = '<id>';
  }
  for (const place of variable) words[place] = ANY;
  return { words, spaced, variants, count };
}

/**
 * Makes one template of those that differ in one place only, when the values there vary; `forest of contexts`: each
 * place of each template left out in turn.
 */
function mergeByContext(groups: Group[]): Group[] {
  let merged = groups;
  for (let round = 0; round < 3; round++) {
    const kinds = merged.map(({ words }) => words.map(kindOf));
    const rows = merged.map(({ words }, row) =>
      words.map((word, place) => (kinds[row][place] === MASK && word !== ANY ? MASKED : word)),
    );
    const contexts = sharedContexts(rows, (row, place) => kinds[row][place] !== STRUCTURE);
    const gone = new Set<Group>();
    const made: Group[] = [];
    for (const { place, members } of contexts) {
      const left = members.map((row) => merged[row]).filter((group) => !gone.has(group));
      if (left.length < 2 || !hasAnchor(left[0].words.filter((_, at) => at !== place))) continue;
      const variants = left.flatMap((group) => group.variants);
      const isVariable = left.some((group) => group.words[place] === ANY) || varies(variants, place);
      if (!isVariable) continue;
      for (const group of left) gone.add(group);
      const variable = left[0].words.flatMap((word, at) => (word === ANY || at === place ? [at] : []));
      made.push(groupOf(variants, variable));
    }
    if (made.length === 0) break;
    merged = [...merged.filter((group) => !gone.has(group)), ...made];
  }
  return merged;
}

/** The words of a template with one variable part for those from `from` to before `to`. */
const contextOf = (words: readonly string[], from: number, to: number): string =>
  [...words.slice(0, from), MASKED, ...words.slice(to)]
    .map((word) => (isMask(word) && word !== ANY ? MASKED : word))
    .join(SEPARATOR);

/** Makes one template of those that have two words with a comma where another has lists: `Members: ada, bob`. */
function mergePairs(groups: Group[]): Group[] {
  const contexts = new Map<string, number>();
  for (const { words, variants } of groups) {
    for (let place = 0; place < words.length; place++) {
      let lists = 0;
      for (const variant of variants) if (variant.words[place] === '<list>') lists += variant.count;
      if (lists < MASK_MESSAGES) continue;
      const context = contextOf(words, place, place + 1);
      contexts.set(context, (contexts.get(context) ?? 0) + lists);
    }
  }
  if (contexts.size === 0) return groups;
  const pairs = new Map<string, { readonly comma: number; readonly members: Group[] }>();
  for (const group of groups) {
    const { words } = group;
    for (let comma = words.indexOf(','); comma > 0; comma = words.indexOf(',', comma + 1)) {
      if (comma + 1 === words.length) break;
      if (kindOf(words[comma - 1]) === STRUCTURE || kindOf(words[comma + 1]) === STRUCTURE) continue;
      const context = contextOf(words, comma - 1, comma + 2);
      if (!contexts.has(context)) continue;
      const known = pairs.get(context);
      if (known === undefined) pairs.set(context, { comma, members: [group] });
      else if (known.comma === comma) known.members.push(group);
      break;
    }
  }
  const gone = new Set<Group>();
  const made: Group[] = [];
  for (const [context, { comma, members }] of pairs) {
    const items = new Set(members.flatMap(({ words }) => [words[comma - 1], words[comma + 1]]));
    if (members.length < 2 || items.size < FEW_VALUES || areStates(items)) continue;
    // A few lists among many pairs, such as "sync, ok", say nothing of the pairs.
    const lists = contexts.get(context) ?? 0;
    const all = members.reduce((sum, { count }) => sum + count, lists);
    if (lists < MASKED_SHARE * all) continue;
    for (const group of members) gone.add(group);
    const variable = members[0].words.flatMap((word, at) =>
      word === ANY || at === comma - 1 || at === comma + 1 ? [at] : [],
    );
    made.push(
      groupOf(
        members.flatMap(({ variants }) => variants),
        variable,
      ),
    );
  }
  return [...groups.filter((group) => !gone.has(group)), ...made];
}

/** Takes templates that are cases of another one, with names of two words in its variable places, into that one. */
function mergeByGap(groups: Group[]): Group[] {
  const ordered = [...groups].sort(byGroupCount);
  const matcher = new TemplateMatcher(ordered.map(tokensOf));
  const into = ordered.map((_, index) => index);
  for (let index = ordered.length - 1; index >= 0; index--) {
    const { words, count } = ordered[index];
    const kinds = words.map(kindOf);
    const found = matcher.matchWithGaps(words, kinds, index);
    if (found === undefined || found.id === index || ordered[found.id].count < count) continue;
    const isName = found.gaps.every(({ from, to }) => {
      const gap = words.slice(from, to);
      const wild = gap.filter((word) => word === ANY).length;
      return (
        wild === gap.length || (wild === 0 && gap.every((word) => kindOf(word) === WORD || word.length > 0))
      );
    });
    if (isName) into[index] = found.id;
  }
  const target = (index: number): number => (into[index] === index ? index : target(into[index]));
  const counts = new Array<number>(ordered.length).fill(0);
  ordered.forEach(({ count }, index) => (counts[target(index)] += count));
  return ordered.flatMap((group, index) =>
    into[index] === index ? [{ ...group, count: counts[index] }] : [],
  );
}

const byGroupCount = (one: Group, other: Group): number =>
  other.count - one.count || compareWords(one.words, other.words);

/** Compares word by word; of two that begin alike the shorter one is first. */
function compareWords(one: readonly string[], other: readonly string[]): number {
  for (let place = 0; place < one.length && place < other.length; place++) {
    if (one[place] !== other[place]) return one[place] < other[place] ? -1 : 1;
  }
  return one.length - other.length;
}

const tokensOf = ({ words, spaced }: Group): string[] =>
  words.map((word, place) => (spaced[place] === 1 ? ` ${word}` : word));

function groupsOf(variants: readonly Variant[]): Group[] {
  const buckets = new Map<string, Variant[]>();
  for (const variant of variants) {
    let skeleton = '';
    for (let index = 0; index < variant.words.length; index++) {
      skeleton += (variant.kinds[index] === STRUCTURE ? variant.words[index] : MASKED) + SEPARATOR;
    }
    const bucket = buckets.get(skeleton);
    if (bucket === undefined) buckets.set(skeleton, [variant]);
    else bucket.push(variant);
  }
  const groups: Group[] = [];
  for (const bucket of buckets.values()) {
    const split: Group[] = [];
    for (const group of groupsByFrequentWords(bucket)) splitGroup(group, split);
    split.sort(byGroupCount);
    const compared = Math.min(MAX_COMPARED, Math.floor(MAX_COMPARED_TOKENS / bucket[0].words.length));
    for (const group of mergeByContext(split.slice(0, compared))) groups.push(group);
    for (const group of split.slice(compared)) groups.push(group);
  }
  return mergePairs(groups);
}

/** Distinct messages that became one template. */
export interface MessageGroup {
  /** See {@link MinedTemplate.tokens}. */
  readonly tokens: string[];
  readonly members: readonly Variant[];
}

/** Groups distinct messages into templates; the outcome does not depend on their order. */
export const groupMessages = (variants: readonly Variant[]): MessageGroup[] =>
  groupsOf(
    [...variants].sort((one, other) => byFrequency([one.key, one.count], [other.key, other.count])),
  ).map((group) => ({ tokens: tokensOf(group), members: group.variants }));

/** Mines the templates of counted messages; the outcome does not depend on their order. All of them, the most frequent first. */
export const mineCounted = (
  variants: readonly Variant[],
): { readonly tokens: string[]; readonly count: number }[] =>
  mergeByGap(
    groupsOf([...variants].sort((one, other) => byFrequency([one.key, one.count], [other.key, other.count]))),
  )
    .sort(byGroupCount)
    .map((group) => ({ tokens: tokensOf(group), count: group.count }));

export interface MinedTemplates {
  /** Most frequent first, at most MAX_TEMPLATES of them. */
  readonly templates: readonly MinedTemplate[];
  /** Template of each message, -1 for none. */
  readonly ids: readonly number[];
  /** Templates that there would be without that bound. */
  readonly found: number;
  /** Messages with a token or more. */
  readonly total: number;
}

/**
 * Mines the templates of messages; the result does not depend on their order. Memory is bounded by the distinct
 * messages with masked variable parts that are kept: 50,000 of 2,000,000 tokens.
 *
 * @param messages read once, or twice when more of them are distinct
 */
export function mineTemplates(messages: readonly string[], masks: MessageMasks = NO_MASKS): MinedTemplates {
  const tokensFor = (message: string): MessageTokens => tokeniseMessage(message, masks(message));
  const counter = new MessageCounter();
  const keys = messages.map((message) => counter.add(tokensFor(message)));
  let variants = counter.ordered();
  if (variants === undefined) {
    const again = new MessageCounter(keptKeys(counter.counts));
    for (const message of messages) again.add(tokensFor(message));
    variants = again.ordered()!;
  }
  const groups = mineCounted(variants);
  const templates = groups.slice(0, MAX_TEMPLATES).map(({ tokens }) => tokens);
  // counted by what decoding makes of them, too
  const matcher = new TemplateMatcher(templates);
  const counts = new Array<number>(templates.length).fill(0);
  const idOfKey = new Map<string, number>();
  let total = 0;
  const variantOf = new Map(variants.map((variant) => [variant.key, variant]));
  for (const [key, count] of counter.counts) {
    total += count;
    const id = matcher.match(variantOf.get(key) ?? tokensOfKey(key));
    idOfKey.set(key, id);
    if (id >= 0) counts[id] += count;
  }
  return {
    ids: keys.map((key) => idOfKey.get(key) ?? -1),
    templates: templates.map((tokens, id) => ({ tokens, count: counts[id] })),
    found: groups.length,
    total,
  };
}

/** @returns what the user's own masks replace in a message */
export type MessageMasks = (message: string) => readonly MaskedSpan[];
export const NO_MASKS: MessageMasks = () => [];
