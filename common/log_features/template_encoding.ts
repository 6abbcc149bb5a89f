import { printable } from '../printable';
import { z } from 'zod';
import type { FeatureDefinition } from '../detector';
import { byCount, rarity } from './category_encoding';
import type { ColumnEncoding } from './column_encoding';
import { DirtCounter, readableShare, textOf } from './field_value';
import { MAX_TEMPLATES, MAX_TOKEN_LENGTH, MAX_TOKENS, TemplateMiner, tokenise } from './template_miner';

export const templateStateSchema = z
  .strictObject({
    kind: z.literal('template'),
    max_length: z.number().int().min(16).max(65_536),
    /** Tokens and count in training of each template, in the order of their ids. */
    templates: z
      .array(
        z.tuple([
          z
            .array(z.string().max(MAX_TOKEN_LENGTH))
            .min(1)
            .max(MAX_TOKENS + 1),
          z.number().int().min(0).max(1e15),
        ]),
      )
      .max(MAX_TEMPLATES),
    total: z.number().int().min(0).max(1e15),
  })
  .refine(
    (state) => state.templates.reduce((sum, [, count]) => sum + count, 0) <= state.total,
    'counts exceed the total',
  );
type TemplateState = z.infer<typeof templateStateSchema>;

/** Messages whose template is kept for the next time, and the longest of them. */
const CACHE_SIZE = 4_096;
const CACHED_LENGTH = 512;

/** The template of a message: its id (stable within a model) and text, `<*>` and masks for what varies. */
export interface MessageTemplate {
  readonly id: number;
  readonly text: string;
}

export interface TemplateEncoding extends ColumnEncoding {
  /** @returns undefined for a missing message and for one unlike any in training */
  templateOf(value: unknown): MessageTemplate | undefined;
}

export function learnTemplate(definition: FeatureDefinition, values: readonly unknown[]): TemplateEncoding {
  const dirt = new DirtCounter();
  const counts = new Map<string, number>();
  let total = 0;
  for (const value of values) {
    const text = textOf(value, definition.max_length, dirt);
    if (text === undefined) continue;
    total++;
    const tokens = tokenise(text).join(' ');
    counts.set(tokens, (counts.get(tokens) ?? 0) + 1);
  }
  // most frequent first: the templates do not depend on the order of the rows, and the bound keeps the common ones
  const distinct = [...counts]
    .sort(byCount)
    .map(([tokens, count]): [string[], number] => [tokens.split(' '), count]);
  const miner = new TemplateMiner();
  for (const [tokens] of distinct) miner.learn(tokens);
  // templates have widened while mining; a miner made of the final ones is what decoding makes too
  const templates = miner.templates.map(({ tokens }) => tokens);
  const matcher = new TemplateMiner(templates);
  const seen = new Array<number>(templates.length).fill(0);
  for (const [tokens, count] of distinct) {
    const template = matcher.match(tokens);
    if (template !== undefined) seen[template.id] += count;
  }
  return decodeTemplate({
    kind: 'template',
    max_length: definition.max_length,
    templates: templates.map((tokens, id): [string[], number] => [tokens, seen[id]]),
    total,
  });
}

export function decodeTemplate(state: TemplateState): TemplateEncoding {
  const miner = new TemplateMiner(state.templates.map(([tokens]) => tokens));
  const counts = state.templates.map(([, count]) => count);
  const unread = new DirtCounter();
  let cache = new Map<string, { id: number; parameters: number }>();

  /** Template id (-1: new) and how many tokens are masks or differ from the template's fixed text. */
  const read = (text: string): { id: number; parameters: number } => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const tokens = tokenise(text);
    const template = miner.match(tokens);
    let parameters = 0;
    for (let index = 0; index < tokens.length; index++) {
      if (template?.tokens[index] === '<*>' || tokens[index].includes('<')) parameters++;
    }
    const result = { id: template?.id ?? -1, parameters };
    if (text.length <= CACHED_LENGTH) {
      if (cache.size >= CACHE_SIZE) cache = new Map();
      cache.set(text, result);
    }
    return result;
  };

  const templateText = (id: number): string => state.templates[id][0].join(' ');
  const top = counts
    .map((count, id): [string, number] => [templateText(id), count])
    .sort(byCount)
    .slice(0, 2)
    .map(([text, count]) => `${printable(text, 70)} (${readableShare(count / Math.max(1, state.total))})`);

  return {
    columns: ['.rarity', '.newness', '.parameters', '.length'],
    missing: NaN,
    encode(value, out, offset, dirt) {
      const text = textOf(value, state.max_length, dirt);
      if (text === undefined) return false;
      const { id, parameters } = read(text);
      if (id < 0) dirt.add('unseen');
      const count = id < 0 ? 0 : counts[id];
      out[offset] = rarity(count, state.total, counts.length);
      // 1 for a new template, 1/2 for one seen once, towards 0 for common ones: varies in training too
      out[offset + 1] = 1 / (1 + count);
      out[offset + 2] = Math.log1p(parameters);
      out[offset + 3] = Math.log1p(text.length);
      return true;
    },
    actual(value) {
      const text = textOf(value, state.max_length, unread);
      if (text === undefined) return undefined;
      const { id } = read(text);
      return id < 0
        ? `new template: ${printable(tokenise(text).join(' '), 120)}`
        : `${printable(templateText(id), 120)} (${readableShare(counts[id] / Math.max(1, state.total))})`;
    },
    typical: top.length === 0 ? 'no value' : top.join(', '),
    templateOf(value) {
      const text = textOf(value, state.max_length, unread);
      if (text === undefined) return undefined;
      const { id } = read(text);
      return id < 0 ? undefined : { id, text: printable(templateText(id), 500) };
    },
    toJSON: () => state,
  };
}
