/**
 * Log templates from token statistics: messages of the same punctuation are grouped by the words that most of them share
 * (the prefix tree of frequent words of Han, Pei & Yin 2000, "Mining Frequent Patterns without Candidate Generation"),
 * then each place that differs within a group is judged: few values that come back are words of different templates,
 * many values, or ever new ones, are a variable part (the chance of a new value by Good 1953, "The Population
 * Frequencies of Species"). Own implementation; the result does not depend on the order of the messages.
 */
import {
  isKey,
  isTextKey,
  kindOf,
  MASK,
  STRUCTURE,
  tokeniseMessage,
  WORD,
  type MaskedSpan,
  type MessageTokens,
  type TokenKind,
} from './message_tokens';

/** A place of a template that any word or mask takes. */
const ANY = '<*>';
export const MAX_TEMPLATES = 1_000;

/** Values of a place below which they are words of templates, whatever their counts. */
const FEW_VALUES = 4;
/** Values of a place from which it varies, whatever their counts. */
const MANY_VALUES = 12;
/** Share of values seen once from which a place with some values varies. */
const SINGLE_SHARE = 0.25;
/** Values of a place that names something ("for user …") from which it varies. */
const NAME_VALUES = 2;
/** Words that stand for one value of a place in a message: names of two words, of four ideographs. */
const LONGEST_GAP = 2;
const LONGEST_GAP_IDEOGRAPHS = 4;
/** Steps of matching one message with gaps. */
const GAP_STEPS = 2_000;

const MASKED = '\u0001';
const SEPARATOR = '\u0000';

/** Distinct message: tokens with masks alike, and how many messages have it. */
interface Variant {
  readonly key: string;
  readonly words: string[];
  readonly kinds: readonly TokenKind[];
  readonly spaced: (0 | 1)[];
  readonly written: (string | undefined | null)[];
  count: number;
}

export interface MinedTemplate {
  /** A space stands first in tokens that white space stands before. `<=eth0>` is a mask that was eth0 in all messages. */
  readonly tokens: string[];
  readonly count: number;
}

interface Group {
  words: string[];
  spaced: (0 | 1)[];
  variants: Variant[];
  count: number;
}

function keyOf({ words, kinds }: MessageTokens): string {
  let key = '';
  for (let index = 0; index < words.length; index++)
    key += (kinds[index] === MASK ? MASKED : words[index]) + SEPARATOR;
  return key;
}

/** Distinct messages that templates are mined from, the most frequent ones; the others are only counted. */
const MAX_VARIANTS = 50_000;
/** Templates of one punctuation that are compared with each other. */
const MAX_COMPARED = 5_000;

const byFrequency = (one: readonly [string, number], other: readonly [string, number]): number =>
  other[1] - one[1] || (one[0] < other[0] ? -1 : 1);

/** The tokens that a key was made of, with one kind of mask. */
function tokensOfKey(key: string): MessageTokens {
  const words = key.split(SEPARATOR);
  words.pop();
  const kinds = words.map((word) => (word === MASKED ? MASK : kindOf(word)));
  return { words, kinds, spaced: words.map(() => 0), written: words.map(() => undefined), folded: 0 };
}

/** Counts messages that differ in nothing but masked parts. */
class MessageCounter {
  readonly counts = new Map<string, number>();
  /** Undefined once there are more than MAX_VARIANTS. */
  private variants: Map<string, Variant> | undefined = new Map();

  /** @param wanted keys whose variants are kept; all up to MAX_VARIANTS by default */
  constructor(private readonly wanted?: ReadonlySet<string>) {}

  /** @returns the key of the message, alike for those that differ in nothing but masked parts; empty without a token */
  add(tokens: MessageTokens): string {
    if (tokens.words.length === 0) return '';
    const key = keyOf(tokens);
    const known = this.variants?.get(key);
    const count = (known?.count ?? this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (this.wanted === undefined && this.counts.size > MAX_VARIANTS) this.variants = undefined;
    if (this.variants === undefined || this.wanted?.has(key) === false) return key;
    if (known === undefined) {
      const { words, kinds, spaced, written } = tokens;
      this.variants.set(key, { key, words, kinds, spaced, written, count });
      return key;
    }
    known.count = count;
    for (let index = 0; index < known.words.length; index++) {
      known.spaced[index] &= tokens.spaced[index];
      if (known.kinds[index] !== MASK) continue;
      if (known.words[index] !== tokens.words[index]) known.words[index] = '<id>';
      if (known.written[index] !== tokens.written[index]) known.written[index] = null;
    }
    return key;
  }

  /** @returns the most frequent first, equally frequent ones by their text; undefined when there are too many to keep */
  ordered(): Variant[] | undefined {
    if (this.variants === undefined) return undefined;
    return [...this.variants.values()].sort((one, other) =>
      byFrequency([one.key, one.count], [other.key, other.count]),
    );
  }
}

const PREPOSITIONS = new Set('for by of to from on at with as'.split(' '));
const NAMED = new Set(
  'class package module user users username account host hostname server node client device interface process thread container pod namespace job task queue topic table database file directory group role member customer tenant'.split(
    ' ',
  ),
);

/** Places after "for user", "by node" and the like hold names. */
function holdsName(words: readonly string[], place: number): boolean {
  return (
    place >= 2 &&
    NAMED.has(words[place - 1].toLowerCase()) &&
    PREPOSITIONS.has(words[place - 2].toLowerCase())
  );
}

/** Places after `user=` and `"user":` hold values of that key; those of texts are read as words. */
function holdsValue(words: readonly string[], place: number): boolean {
  const key = place > 0 ? words[place - 1] : '';
  return isKey(key) && !isTextKey(key.replace(/^"|"?[=:]$/g, ''));
}

/** Masks whose values are names that a word without a number can be, too. */
const NAME_MASKS = new Set(['<id>', '<path>', '<host>', '<url>', '<email>', '<str>']);
/** Messages in which a mask of that kind is seen before words at its place are taken for more of its values. */
const MASK_MESSAGES = 3;

/** Share of such messages from which the place varies. */
const MASKED_SHARE = 0.2;

/** Returns true when a place varies from message to message, by its values in the variants of a group. */
function varies(variants: readonly Variant[], place: number): boolean {
  const values = valuesAt(variants, place);
  let named = 0;
  let total = 0;
  const spellings = new Set<string | null | undefined>();
  for (const { words, kinds, written, count } of variants) {
    total += count;
    if (kinds[place] !== MASK || !NAME_MASKS.has(words[place])) continue;
    named += count;
    spellings.add(words[place] === '<id>' ? written[place] : null);
  }
  const areNamesVaried = spellings.size > 1 || spellings.has(null);
  if (areNamesVaried && named >= MASK_MESSAGES && named >= MASKED_SHARE * total) return true;
  const distinct = values.size;
  if (distinct >= MANY_VALUES) return true;
  const { words } = variants[0];
  if (holdsValue(words, place)) {
    return distinct >= FEW_VALUES || (values.get(MASKED) ?? 0) >= MASKED_SHARE * total;
  }
  if (holdsName(words, place) && distinct >= NAME_VALUES) return true;
  if (distinct < FEW_VALUES) return false;
  const isState = [...values.keys()].every((value) => /^[A-Z][A-Z_]+$/.test(value));
  if (place >= 1 && PREPOSITIONS.has(words[place - 1].toLowerCase()) && !isState) return true;
  if (isState) return false;
  let singles = 0;
  for (const count of values.values()) if (count === 1) singles++;
  return singles >= SINGLE_SHARE * distinct;
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

/** Splits variants of one punctuation into groups that share most of their words. */
function groupsByFrequentWords(variants: readonly Variant[]): Variant[][] {
  if (variants.length === 1) return [[...variants]];
  const places = variants[0].kinds.flatMap((kind, place) => (kind === STRUCTURE ? [] : [place]));
  if (places.length === 0) return [[...variants]];
  const counts = places.map(() => new Map<string, number>());
  const wordAt = (variant: Variant, index: number): string =>
    variant.kinds[places[index]] === MASK ? MASKED : variant.words[places[index]];
  for (const variant of variants) {
    for (let index = 0; index < places.length; index++) {
      const word = wordAt(variant, index);
      counts[index].set(word, (counts[index].get(word) ?? 0) + 1);
    }
  }
  interface Node {
    readonly children: Map<string, Node>;
    readonly id: number;
    count: number;
  }
  let ids = 0;
  const newNode = (): Node => ({ children: new Map(), id: ids++, count: 0 });
  const root = newNode();
  const paths = variants.map((variant) => {
    const frequency = places.map((_, index) => counts[index].get(wordAt(variant, index))!);
    const order = places
      .map((_, index) => index)
      .sort((one, other) => frequency[other] - frequency[one] || one - other);
    let node = root;
    return order.map((index) => {
      const step = `${index} ${wordAt(variant, index)}`;
      let child = node.children.get(step);
      if (child === undefined) node.children.set(step, (child = newNode()));
      child.count++;
      node = child;
      return node;
    });
  });
  const least = Math.max(1, Math.ceil(places.length / 2));
  const groups = new Map<number, Variant[]>();
  paths.forEach((path, index) => {
    let best = path[path.length - 1];
    let bestGain = 0;
    for (let depth = least; depth <= path.length; depth++) {
      const gain = depth * (path[depth - 1].count - 1);
      if (gain > bestGain) [best, bestGain] = [path[depth - 1], gain];
    }
    const group = groups.get(best.id);
    if (group === undefined) groups.set(best.id, [variants[index]]);
    else group.push(variants[index]);
  });
  return [...groups.values()];
}

/** Values of a place: words, each different spelling of letters with numbers, masks as one that varies. */
function valuesAt(variants: readonly Variant[], place: number): Map<string, number> {
  const values = new Map<string, number>();
  for (const { words, kinds, written, count } of variants) {
    const value = kinds[place] === MASK ? (written[place] ?? MASKED) : words[place];
    values.set(value, (values.get(value) ?? 0) + count);
  }
  return values;
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
      const isAnchored = hasAnchor(
        first.words.filter((_, place) => !differing.some((each) => each.place === place)),
      );
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
    const contexts = new Map<string, { place: number; members: Group[] }>();
    for (const group of merged) {
      const kinds = group.words.map(kindOf);
      const parts = group.words.map((word, place) => (kinds[place] === MASK && word !== ANY ? MASKED : word));
      for (let place = 0; place < parts.length; place++) {
        if (kinds[place] === STRUCTURE) continue;
        const key = [...parts.slice(0, place), '\u0002', ...parts.slice(place + 1)].join(SEPARATOR);
        const context = contexts.get(key);
        if (context === undefined) contexts.set(key, { place, members: [group] });
        else context.members.push(group);
      }
    }
    const gone = new Set<Group>();
    const made: Group[] = [];
    const candidates = [...contexts]
      .filter(([, { members }]) => members.length > 1)
      .sort(
        ([one, { members: ones }], [other, { members: others }]) =>
          others.length - ones.length || (one < other ? -1 : 1),
      );
    for (const [, { place, members }] of candidates) {
      const left = members.filter((group) => !gone.has(group));
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
  other.count - one.count || (one.words.join(SEPARATOR) < other.words.join(SEPARATOR) ? -1 : 1);

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
    for (const group of mergeByContext(split.slice(0, MAX_COMPARED))) groups.push(group);
    for (const group of split.slice(MAX_COMPARED)) groups.push(group);
  }
  return groups;
}

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
 * messages with masked variable parts.
 *
 * @param messages read once, or twice when more than 50,000 of them are distinct
 */
export function mineTemplates(messages: readonly string[], masks: MessageMasks = NO_MASKS): MinedTemplates {
  const tokensFor = (message: string): MessageTokens => tokeniseMessage(message, masks(message));
  const counter = new MessageCounter();
  const keys = messages.map((message) => counter.add(tokensFor(message)));
  let variants = counter.ordered();
  if (variants === undefined) {
    const kept = [...counter.counts].sort(byFrequency).slice(0, MAX_VARIANTS);
    const again = new MessageCounter(new Set(kept.map(([key]) => key)));
    for (const message of messages) again.add(tokensFor(message));
    variants = again.ordered()!;
  }
  const groups = mergeByGap(groupsOf(variants)).sort(byGroupCount);
  const templates = groups.slice(0, MAX_TEMPLATES).map(tokensOf);
  // counted by what decoding makes of them, too
  const matcher = new TemplateMatcher(templates);
  const counts = new Array<number>(templates.length).fill(0);
  const idOfKey = new Map<string, number>();
  let total = 0;
  for (const [key, count] of counter.counts) {
    total += count;
    const id = matcher.match(tokensOfKey(key));
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
const NO_MASKS: MessageMasks = () => [];

/** The masked text of a message. */
export const maskedTextOf = ({ words, spaced }: MessageTokens): string =>
  words.map((word, place) => (spaced[place] === 1 ? ` ${word}` : word)).join('');

/** The text of a template for people. */
export const templateTextOf = (tokens: readonly string[]): string =>
  tokens.map((token) => token.replace(/<=([^>]*)>$/, '$1')).join('');

interface MatchNode {
  readonly children: Map<string, MatchNode>;
  any: MatchNode | undefined;
  id: number;
}
const newMatchNode = (): MatchNode => ({ children: new Map(), any: undefined, id: -1 });

export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Finds the template of a message among mined ones. */
export class TemplateMatcher {
  private readonly root = newMatchNode();

  /** @param templates tokens of templates in the order of their ids */
  constructor(templates: readonly (readonly string[])[]) {
    templates.forEach((tokens, id) => {
      let node = this.root;
      for (const token of tokens) {
        const word = token.charCodeAt(0) === 32 ? token.slice(1) : token;
        if (word === ANY) node = node.any ??= newMatchNode();
        else {
          const step = kindOf(word) === MASK ? MASKED : word;
          let child = node.children.get(step);
          if (child === undefined) node.children.set(step, (child = newMatchNode()));
          node = child;
        }
      }
      if (node.id < 0) node.id = id;
    });
  }

  /** @returns id of the template that the tokens are a case of, the one with the most words of its own; -1 for none */
  match({ words, kinds }: MessageTokens): number {
    const walk = (node: MatchNode, place: number): number => {
      if (place === words.length) return node.id;
      const kind = kinds[place];
      const child = node.children.get(kind === MASK ? MASKED : words[place]);
      if (child !== undefined) {
        const id = walk(child, place + 1);
        if (id >= 0) return id;
      }
      return node.any === undefined || kind === STRUCTURE ? -1 : walk(node.any, place + 1);
    };
    const exact = walk(this.root, 0);
    return exact >= 0 ? exact : (this.matchWithGaps(words, kinds)?.id ?? -1);
  }

  /**
   * Matches with names of two words, or of four ideographs, where templates have a variable place.
   *
   * @param except id of a template that is not looked for
   */
  matchWithGaps(
    words: readonly string[],
    kinds: readonly TokenKind[],
    except = -1,
  ): { id: number; gaps: Gap[] } | undefined {
    let steps = 0;
    const gaps: Gap[] = [];
    const walk = (node: MatchNode, place: number): number => {
      if (++steps > GAP_STEPS) return -1;
      if (place === words.length) return node.id === except ? -1 : node.id;
      const kind = kinds[place];
      const word = words[place];
      if (word !== ANY) {
        const child = node.children.get(kind === MASK ? MASKED : word);
        if (child !== undefined) {
          const id = walk(child, place + 1);
          if (id >= 0) return id;
        }
      }
      if (node.any === undefined || kind === STRUCTURE) return -1;
      const longest = isIdeographic(word) ? LONGEST_GAP_IDEOGRAPHS : LONGEST_GAP;
      for (let length = 1; length <= longest && place + length <= words.length; length++) {
        if (kinds[place + length - 1] === STRUCTURE) break;
        if (length > LONGEST_GAP && !isIdeographic(words[place + length - 1])) break;
        if (length > 1) gaps.push({ from: place, to: place + length });
        const id = walk(node.any, place + length);
        if (id >= 0) return id;
        if (length > 1) gaps.pop();
      }
      return -1;
    };
    const id = walk(this.root, 0);
    return id < 0 ? undefined : { id, gaps };
  }
}

const isIdeographic = (word: string): boolean => {
  const code = word.charCodeAt(0);
  return (
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xd840 && code <= 0xd87f)
  );
};
