import {
  MAX_MESSAGE_TOKEN_LENGTH,
  MAX_MESSAGE_TOKENS,
  REST,
  tokeniseMessage,
  TOKENISER,
  type TokeniserVersion,
} from './message_tokens';
import { isMask, MASK, type MessageTokens } from './token_list';
import { keyOfTokens, type MessageKeys } from './token_key';
import { cached } from '../columns/cached';
import { printable } from '../../printable';
import { z } from 'zod';
import type { FeatureDefinition } from '../../detector';
import { VALUE_CHARACTERS } from '../../anomaly/comparison';
import { matchPlaces, safePatterns } from '../text/bounded_regex';
import { byCount, countOf, rarity, UNSEEN } from '../category/category_encoding';
import type { ColumnEncoding } from '../columns/column_encoding';
import { DirtCounter, readableShare, textOf } from '../columns/field_value';
import { DrainTree, maskWords } from './drain_templates';
import { learnNovelty, noveltySchema, type TimeParts } from '../columns/novelty';
import { maskedTextOf, TemplateMatcher, templateTextOf } from './template_matcher';
import { MAX_TEMPLATES, mineTemplates, NO_MASKS, type MessageMasks } from './template_miner';

/** A token with the space before it and the signs of a mask around it. */
const LONGEST_TOKEN = MAX_MESSAGE_TOKEN_LENGTH + 4;

/**
 * Tokens of a template in a model. Those of messages of now are at most MAX_MESSAGE_TOKENS + 1; earlier ones ended with all tokens of the
 * last word or quoted text, at most 131 more.
 */
const MOST_STORED_TOKENS = 2 * MAX_MESSAGE_TOKENS;

export const templateStateSchema = z
  .strictObject({
    kind: z.literal('template'),
    max_length: z.number().int().min(16).max(65_536),
    /** Way in which messages become tokens and templates; absent in models of version 0.1.0, which go on with theirs. */
    tokeniser: z.literal([2, 3, 4, 5]).optional(),
    masks: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z][a-z0-9_]{0,29}$/),
          regex: z.string().min(1).max(200),
        }),
      )
      .max(16)
      .optional(),
    /** Tokens and count in training of each template, in the order of their ids. */
    templates: z
      .array(
        z.tuple([
          z.array(z.string().max(LONGEST_TOKEN)).min(1).max(MOST_STORED_TOKENS),
          z.number().int().min(0).max(1e15),
        ]),
      )
      .max(MAX_TEMPLATES),
    total: z.number().int().min(0).max(1e15),
    /** Absent in models of version 0.1.0, which have no column `.unseen`. */
    novelty: noveltySchema.optional(),
  })
  .refine(
    (state) => state.templates.reduce((sum, [, count]) => sum + count, 0) <= state.total,
    'counts exceed the total',
  );
type TemplateState = z.infer<typeof templateStateSchema>;

const UNMATCHED = -1;
/** Characters of the text of a template in results. */
const SHOWN_TEXT = 500;

/** The template of a message: its id (stable within a model) and text, `<*>` and masks for what varies. */
export interface MessageTemplate {
  readonly id: number;
  readonly text: string;
}

export interface TemplateEncoding extends ColumnEncoding {
  /** @returns undefined for a missing message and for one unlike any in training */
  templateOf(value: unknown): MessageTemplate | undefined;
  /** Tokens of each template, by id; none of models of version 0.1.0. */
  readonly minedTokens: readonly (readonly string[])[];
  /** Training messages of each template, by id. */
  readonly counts: readonly number[];
  /** Training messages, those without a template included. */
  readonly total: number;
  textOf(id: number): string;
  /**
   * Returns the keys of messages that {@link ColumnEncoding.encode} has read lately, from now on.
   *
   * @param wanted masks and length that messages are to be read with
   * @returns undefined where it reads them in another way
   */
  messageKeys(wanted: MessageReadingSettings): MessageKeys | undefined;
}

/** Settings that decide which tokens a message has. */
export interface MessageReadingSettings {
  readonly masks: TemplateState['masks'];
  /** UTF-16 code units of a message that are looked at. */
  readonly maxLength: number;
}

/** Messages in training from which it can be told that templates explode, and the share without one that does. */
const ADVISED_MESSAGES = 200;
const UNMATCHED_SHARE = 0.05;
/** Templates for a message from which most have one of their own. */
const OWN_TEMPLATES = 0.5;

/** @returns advice where messages hold variable parts that are not recognised, so that nearly each makes a template */
export function templateAdvice(facts: {
  readonly templates: number;
  readonly matched: number;
  readonly total: number;
}): string | undefined {
  const { templates, matched, total } = facts;
  const unmatched = total - matched;
  if (total < ADVISED_MESSAGES) return undefined;
  if (unmatched < UNMATCHED_SHARE * total && templates < OWN_TEMPLATES * total) return undefined;
  const share = readableShare(unmatched / total);
  return (
    `${total} messages follow ${templates} templates${unmatched > 0 ? `, ${share} of them none that is kept` : ''}: ` +
    'what varies in them is not recognised. Name it with masks of the feature, such as { name: order, regex: "[A-Z]{3}-[a-z]+" }, ' +
    'take a field with the bare message, or take type text for free text.'
  );
}

export function learnTemplate(
  definition: FeatureDefinition,
  values: readonly unknown[],
  inTime?: TimeParts,
): TemplateEncoding {
  const dirt = new DirtCounter();
  const masks = masksOf(definition.masks);
  const texts = values.map((value) => textOf(value, definition.max_length, dirt));
  const { templates, ids, total } = mineTemplates(
    texts.filter((text) => text !== undefined),
    masks,
  );
  let next = 0;
  const novelty = learnNovelty(
    texts.map((text) => (text === undefined ? undefined : ids[next++])),
    inTime,
    (id) => id !== UNMATCHED,
  );
  return decodeTemplate({
    kind: 'template',
    max_length: definition.max_length,
    tokeniser: TOKENISER,
    ...(definition.masks !== undefined && { masks: definition.masks }),
    templates: templates.map(({ tokens, count }): [string[], number] => [[...tokens], count]),
    total,
    novelty,
  });
}

/** A message as a template sees it. */
interface MessageReading {
  /** Template id, -1 for a message unlike any in training. */
  readonly id: number;
  readonly parameters: number;
  /** Code units, without the items of lists and the lines of traces. */
  readonly length: number;
  readonly key?: string;
}

interface TemplateReader {
  /** @param withKey the reading is asked for its key */
  read(text: string, withKey: boolean): MessageReading;
  maskedText(text: string): string;
  textOf(tokens: readonly string[]): string;
}

/** Reads messages as version 0.1.0 did. */
function drainReader(templates: readonly (readonly string[])[]): TemplateReader {
  const tree = new DrainTree(templates);
  return {
    read(text) {
      const tokens = maskWords(text);
      const template = tree.match(tokens);
      let parameters = 0;
      for (let index = 0; index < tokens.length; index++) {
        if (template?.tokens[index] === '<*>' || tokens[index].includes('<')) parameters++;
      }
      return { id: template?.id ?? -1, parameters, length: text.length };
    },
    maskedText: (text) => maskWords(text).join(' '),
    textOf: (tokens) => tokens.join(' '),
  };
}

/**
 * Places that masks of the user's own replace; where two overlap, the one that begins first, then the first in the list.
 *
 * @throws DetectionError `invalid_input` for a regular expression that is none or could take too long
 */
export function masksOf(masks: TemplateState['masks']): MessageMasks {
  if (masks === undefined || masks.length === 0) return NO_MASKS;
  const patterns = safePatterns(masks);
  return (message) => {
    const spans = patterns
      .flatMap((pattern) => matchPlaces(pattern, message).map((place) => ({ ...place, name: pattern.name })))
      .filter(({ start, end }) => end > start)
      .sort((one, other) => one.start - other.start);
    let end = 0;
    return spans.filter((span) => {
      if (span.start < end) return false;
      end = span.end;
      return true;
    });
  };
}

function minedReader(
  templates: readonly (readonly string[])[],
  masks: MessageMasks,
  version: TokeniserVersion,
): TemplateReader {
  const tokensIn = (text: string): MessageTokens => tokeniseMessage(text, masks(text), version);
  const matcher = new TemplateMatcher(templates);
  const parameters = templates.map((tokens) => tokens.filter((token) => isMask(token.trimStart())).length);
  return {
    read(text, withKey) {
      const tokens = tokensIn(text);
      const id = matcher.match(tokens);
      const key = withKey ? keyOfTokens(tokens) : undefined;
      return {
        ...(key !== undefined && { key }),
        id,
        parameters: id < 0 ? tokens.kinds.filter((kind) => kind === MASK).length : parameters[id],
        length: Math.max(0, text.length - tokens.folded),
      };
    },
    maskedText: (text) => maskedTextOf(tokensIn(text)),
    textOf: templateTextOf,
  };
}

const textOfMasks = (masks: TemplateState['masks'] = []): string =>
  JSON.stringify(masks.map(({ name, regex }) => [name, regex]));

/** Cuts a template as messages are cut. */
const cutTemplate = (tokens: readonly string[]): readonly string[] =>
  tokens.length > MAX_MESSAGE_TOKENS + 1 ? [...tokens.slice(0, MAX_MESSAGE_TOKENS), ` ${REST}`] : tokens;

export function decodeTemplate(state: TemplateState): TemplateEncoding {
  const templates = state.templates.map(([tokens]) => cutTemplate(tokens));
  const reader =
    state.tokeniser === undefined
      ? drainReader(templates)
      : minedReader(templates, masksOf(state.masks), state.tokeniser);
  const counts = state.templates.map(([, count]) => count);
  const unread = new DirtCounter();
  let withKeys = false;
  const read = cached((text: string): MessageReading => reader.read(text, withKeys));

  const templateText = (id: number): string => reader.textOf(templates[id]);
  const top = counts
    .map((count, id): [string, number] => [templateText(id), count])
    .sort(byCount)
    .slice(0, 2)
    .map(([text, count]) => `${printable(text, 70)} (${readableShare(count / Math.max(1, state.total))})`);

  const { novelty } = state;
  return {
    columns: ['.rarity', '.newness', '.parameters', '.length', ...(novelty === undefined ? [] : [UNSEEN])],
    watched: novelty && ['rarity', undefined, 'high', 'high', { unseen: novelty }],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const text = textOf(value, state.max_length, dirt);
      if (text === undefined) return false;
      const { id, parameters, length } = read(text);
      if (id < 0) dirt.add('unseen');
      const count = id < 0 ? 0 : counts[id];
      out[offset] = rarity(count, state.total, counts.length);
      // 1 for a new template, 1/2 for one seen once, towards 0 for common ones: varies in training too
      out[offset + 1] = 1 / (1 + count);
      out[offset + 2] = Math.log1p(parameters);
      out[offset + 3] = Math.log1p(length);
      if (novelty !== undefined) out[offset + 4] = id < 0 ? 1 : 0;
      return true;
    },
    unseenAmong(value) {
      const text = textOf(value, state.max_length, unread);
      return text === undefined || read(text).id >= 0 ? undefined : state.total;
    },
    actual(value) {
      const text = textOf(value, state.max_length, unread);
      if (text === undefined) return undefined;
      const { id } = read(text);
      return id < 0
        ? `new template: ${printable(reader.maskedText(text), 120)}`
        : `${printable(templateText(id), 120)} (${readableShare(counts[id] / Math.max(1, state.total))})`;
    },
    compare(value) {
      const text = textOf(value, state.max_length, unread);
      if (text === undefined) return { kind: 'template' };
      const { id } = read(text);
      return {
        kind: 'template',
        // a new message is shown as it is: its template is not known
        value: printable(id < 0 ? text.trim() : templateText(id), VALUE_CHARACTERS),
        ...countOf(id < 0 ? undefined : counts[id], counts, state.total),
      };
    },
    typical: top.length === 0 ? 'no value' : top.join(', '),
    templateOf(value) {
      const text = textOf(value, state.max_length, unread);
      if (text === undefined) return undefined;
      const { id } = read(text);
      return id < 0 ? undefined : { id, text: printable(templateText(id), SHOWN_TEXT) };
    },
    minedTokens: state.tokeniser === undefined ? [] : templates,
    counts,
    total: state.total,
    textOf: (id) => printable(templateText(id), SHOWN_TEXT),
    messageKeys({ masks, maxLength }) {
      const isAlike = maxLength === state.max_length && textOfMasks(masks) === textOfMasks(state.masks);
      if (state.tokeniser !== TOKENISER || !isAlike) return undefined;
      withKeys = true;
      return (message) => read(message).key;
    },
    toJSON: () => state,
  };
}
