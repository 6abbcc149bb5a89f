import type { FeatureType } from '../../detector/feature_schema';
import { DirtCounter, numberOf } from '../columns/field_value';
import { skewness } from '../number/number_encoding';
import { mineTemplates } from '../template/template_miner';
import { parseTimestamp } from '../time/time_encoding';
import { areIdentities } from './identities';
import { areCodes, isPort } from './number_kinds';

/** Share of the logs that have to have a field. */
export const MIN_COVERAGE = 0.05;
/** A string field with more different values than this share of its documents is no category. */
export const MAX_CATEGORY_DISTINCT = 0.5;
/** Texts of equal length are ids where so large a share of them differs. */
const ID_SHARE = 0.9;
/** Different values of a flag that is seldom set, at most. */
const MOST_FLAGS = 12;

export interface Guess {
  readonly type: FeatureType;
  readonly reason: string;
  /** Higher comes first. */
  readonly weight: number;
  readonly encoding?: 'rarity';
  readonly masked?: 'agent';
}

/** Names of what answers a request or rates a log. */
export const STATUS = /(^|[._-])(status|status_?code|http_?status|grpc_?(code|status)|code)$/i;
/** Share of the logs whose status has to be one of HTTP. */
const HTTP_SHARE = 0.95;
const LEVEL = /(^|[._-])(level|severity|severity_text|severity_number|log_?level|levelname|priority)$/i;
export const MESSAGE = /(^|[._-])(message|msg)$/i;
/** Names of the target of a request. */
export const TARGET =
  /(^|[._-])(url|uri|path|request_?(path|uri|url)|original|full|resource|target|query_?string)$|(^|\.)url\.query$/i;
/** Names of the program that a client says it is, and how most of these begin. */
const AGENT = /(^|[._-])(user_?agent|agent)([._-]?(name|original))?$/i;
const AGENT_TEXT = /^[A-Za-z][\w.-]*\/v?\d/;
/** Share of the values that have to begin so. */
const AGENT_SHARE = 0.5;
/** Names of people and machines, whose rarity tells something. */
export const NAME =
  /(^|[._-])(user|user_?name|host|host_?name|caller|client|consumer|customer|account|owner|tenant|role|principal|identity|subscriber|api_?key)([._-]?name)?$/i;

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

/** Returns true for a field that each log has and that says nothing in most of them, by a dash or an empty text: what it seldom says stands out. */
export function isSeldomFlag(values: readonly unknown[], read: readonly unknown[]): boolean {
  const distinct = new Set(values).size;
  return (
    distinct > 0 &&
    distinct <= MOST_FLAGS &&
    values.length < MIN_COVERAGE * read.length &&
    read.every((value) => typeof value === 'string')
  );
}

export const flagsGuess = (distinct: number): Guess => ({
  type: 'category',
  reason: `flags that are seldom set, ${distinct} different ones, by rarity`,
  weight: 7,
  encoding: 'rarity',
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

/** Guesses the type that the values of a field call for; undefined for what tells nothing. */
export function guess(
  field: string,
  values: readonly unknown[],
  distinct: Map<string, number>,
): Guess | undefined {
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
    if (distinct.size > 12 && !/agent|referr?er/i.test(field) && !areIdentities(field, texts)) {
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
    // Of one template that varies in names, the names tell more.
    const isOne = templates <= 1 && distinct.size <= MAX_CATEGORY_DISTINCT * count;
    if (!isOne)
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
  const isId =
    distinct.size >= ID_SHARE * count &&
    texts.every((text) => text.length === texts[0].length && !/\s/.test(text));
  return meanLength >= 12 && !isId && !areIdentities(field, texts)
    ? { type: 'text', reason: 'strings of many forms: length, entropy and characters', weight: 3 }
    : undefined;
}
