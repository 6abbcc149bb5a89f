import { cached } from '../columns/cached';
import { MAX_MESSAGE_TOKEN_LENGTH, MAX_MESSAGE_TOKENS, tokeniseMessage } from '../template/message_tokens';
import { kindOf, type MessageTokens } from '../template/token_list';
import type { Variant } from '../template/message_counter';
import type { MessageMasks } from '../template/template_miner';

/** Bounds of what {@link SharedTexts} hold: texts, their code units, and places in rows: so many, and so many more for each row. */
export const TEXT_LIMITS = { texts: 100_000, characters: 16_000_000, places: 1_000_000, placesOfRow: 100 };
/** Different messages of one row that are counted apart; logs with others are counted together. */
export const MOST_TEXTS = 500;
/** Code units of a message that are looked at. */
const LONGEST_MESSAGE = 2_048;

/** Stands between the tokens of a masked message. In one it never does: in a message it counts as white space. */
const BETWEEN = '\u001f';
/** A token with the space before it and the signs of a mask around it. */
export const LONGEST_TOKEN = MAX_MESSAGE_TOKEN_LENGTH + 4;

/**
 * Messages of one row, with their numbers and ids masked, by how often they come. JSON-safe: the value of `bucket.events`.
 */
export interface EventTally {
  /** Masked messages, see {@link eventReader}, in the order in which they first came. */
  readonly texts: readonly string[];
  /** Logs with each of these. */
  readonly counts: readonly number[];
  /** Logs with a message that is not counted apart: beyond {@link MOST_TEXTS} or {@link TEXT_LIMITS}, or of a session with very many logs. */
  readonly rest?: number;
  /** Place of the first and of the last log with each, from 0. Only of sessions, whose messages have an order. */
  readonly first?: readonly number[];
  readonly last?: readonly number[];
}

/** Returns the masked message that events are told apart by: its tokens, each with the space before it. */
export function eventReader(masks: MessageMasks): (message: string) => string | undefined {
  const read = cached((message) => {
    const text = message.replaceAll(BETWEEN, ' ');
    const { words, spaced } = tokeniseMessage(text, masks(text));
    if (words.length === 0) return undefined;
    return words.map((word, place) => (spaced[place] === 1 && place > 0 ? ` ${word}` : word)).join(BETWEEN);
  });
  return (message) => read(message.length > LONGEST_MESSAGE ? message.slice(0, LONGEST_MESSAGE) : message);
}

/**
 * Returns the tokens of a masked message, each with the space before it. Rows may come from a file: of a text that {@link eventReader} did
 * not write as much is taken as a model may hold.
 */
export const writtenTokens = (text: string): string[] =>
  text
    .split(BETWEEN, MAX_MESSAGE_TOKENS + 1)
    .map((token) => (token.length > LONGEST_TOKEN ? '<long>' : token));

const plain = (token: string): string => (token.startsWith(' ') ? token.slice(1) : token);

/** Returns the tokens of a masked message as the miner and the matcher of templates take them. */
export function tokensOfEvent(text: string): MessageTokens {
  const tokens = writtenTokens(text);
  const words = tokens.map(plain);
  return {
    words,
    kinds: words.map(kindOf),
    spaced: tokens.map((token) => (token.startsWith(' ') ? 1 : 0)),
    written: words.map(() => undefined),
    folded: 0,
  };
}

/** Returns a masked message as the miner of templates takes it. */
export const variantOfEvent = (text: string, count: number): Variant => {
  const { words, kinds, spaced, written } = tokensOfEvent(text);
  return { key: text, words, kinds, spaced, written, count };
};

/**
 * Masked messages of the rows that memory holds together. Where what varies in messages is not masked, each row has hundreds of its own:
 * then texts are held once, and no more of them than {@link TEXT_LIMITS}.
 */
export class SharedTexts {
  private readonly known = new Map<string, string>();
  private characters = 0;
  private places: number;

  public constructor(private readonly limits = TEXT_LIMITS) {
    this.places = limits.places;
  }

  /** @returns the text in the instance that all rows share, or undefined for a new one where there are too many */
  public one(text: string): string | undefined {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const { texts, characters } = this.limits;
    if (this.known.size >= texts || this.characters + text.length > characters) return undefined;
    this.known.set(text, text);
    this.characters += text.length;
    return text;
  }

  /** Makes room for the texts of one more row. */
  public addRow(): void {
    this.places += this.limits.placesOfRow;
  }

  /** @returns the text as a row may hold it, or undefined where rows hold as many as they may together */
  public inRow(text: string): string | undefined {
    const one = this.places > 0 ? this.one(text) : undefined;
    if (one !== undefined) this.places--;
    return one;
  }
}

/** Counts the messages of one row. */
export class EventCounter {
  private readonly places = new Map<string, number>();
  private readonly counts: number[] = [];
  private readonly first: number[] = [];
  private readonly last: number[] = [];
  private rest = 0;
  private logs = 0;

  /**
   * @param isOrdered messages come in the order of time, and their places are kept
   * @param shared with the rows that memory holds beside this one
   */
  public constructor(
    private readonly isOrdered: boolean,
    private readonly shared?: SharedTexts,
  ) {
    shared?.addRow();
  }

  /** @param text of {@link eventReader} */
  public add(text: string): void {
    const at = this.logs++;
    let place = this.places.get(text);
    if (place === undefined) {
      const isFull = this.places.size >= MOST_TEXTS;
      const held = isFull || this.shared === undefined ? text : this.shared.inRow(text);
      if (isFull || held === undefined) {
        this.rest++;
        return;
      }
      this.places.set(held, (place = this.places.size));
      this.counts.push(0);
      this.first.push(at);
      this.last.push(at);
    }
    this.counts[place]++;
    this.last[place] = at;
  }

  /** @param logs with messages that are not counted apart */
  public addOthers(logs: number): void {
    this.rest += logs;
    this.logs += logs;
  }

  public toTally(): EventTally {
    return {
      texts: [...this.places.keys()],
      counts: [...this.counts],
      ...(this.rest > 0 && { rest: this.rest }),
      ...(this.isOrdered && { first: [...this.first], last: [...this.last] }),
    };
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1e15;

/** @returns the value of `bucket.events` of any document, or undefined where it is none */
export function readTally(value: unknown): EventTally | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { texts, counts, rest, first, last } = value as Record<keyof EventTally, unknown>;
  if (
    !Array.isArray(texts) ||
    texts.length > MOST_TEXTS ||
    !texts.every((text) => typeof text === 'string')
  ) {
    return undefined;
  }
  const isForEach = (numbers: unknown): boolean =>
    Array.isArray(numbers) && numbers.length === texts.length && numbers.every(isCount);
  const isWhole =
    isForEach(counts) &&
    (rest === undefined || isCount(rest)) &&
    (first === undefined) === (last === undefined) &&
    [first, last].every((places) => places === undefined || isForEach(places));
  return isWhole ? (value as EventTally) : undefined;
}
