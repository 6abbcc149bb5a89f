import type { ComparedField } from '../../../common/changes';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { leafFields } from '../../../common/log_features/fields/leaf_fields';
import type { LogRange } from '../../detection/ports';
import type { ComparableFields } from '../../detection/ports/changes';
import type { RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { placeOfField } from '../transport/field_plan';
import { fieldTypes, type FieldTypes } from '../transport/log_query';
import { sampleLogs } from './sample_logs';

/** Fields of one comparison, so that a page of logs takes them as columns: `index.max_docvalue_fields_search` is 100. */
const MOST_FIELDS = 90;
/** Whole logs of each time that say which of many mapped fields hold anything. */
const PILOT_LOGS = 300;
const SEED = 42;

const VALUE_TYPES: ReadonlySet<string> = new Set([
  'keyword',
  'constant_keyword',
  'wildcard',
  'ip',
  'boolean',
  'version',
]);
const INTEGER_TYPES: ReadonlySet<string> = new Set(['long', 'integer', 'short', 'byte']);
const NUMBER_TYPES: ReadonlySet<string> = new Set([
  'double',
  'float',
  'half_float',
  'scaled_float',
  'unsigned_long',
]);
const MESSAGE_TYPES: ReadonlySet<string> = new Set(['text', 'match_only_text', 'keyword', 'wildcard']);

/** Fields that hold the message of a log, the first of them that there is; an error's own message stands beside it. */
const MESSAGE_FIELDS = [
  'message',
  'body.text',
  'body',
  'log.message',
  'msg',
  '@message',
  'event.original',
  'log.original',
  'log',
];
const ERROR_MESSAGE = 'error.message';
/** Metadata, and whole messages once more. */
const LEFT_OUT = /^(_|(event|log)\.original(\.|$))/;
/** Fields that our own pipelines write onto logs: they tell what a model made of a log. */
const SCORED = /^(anomaly\.(score|confidence|severity|is_anomaly|unscored|attribution)|model\.version)(\.|$)/;
const SCORE = 'anomaly.score';

export interface ComparableOptions extends RequestOptions {
  /** Fields that are wanted before others: those of a detector. */
  readonly preferred: readonly string[];
  /** Fields whose messages are to be looked at. */
  readonly messages: readonly string[];
}

/**
 * Finds the fields of logs that can be compared between two times, by the mapping; where it has many, by those that a few logs hold.
 *
 * @throws DetectionError `not_found` naming an index that does not exist, `forbidden` where none is left that the caller may read
 */
export async function comparableFields(
  client: ElasticsearchClient,
  ranges: readonly LogRange[],
  options: ComparableOptions,
): Promise<ComparableFields> {
  const [{ index, timestampField, ingestedField }] = ranges;
  const { indices, types } = await fieldTypes(client, index, ['*'], options);
  if (indices.length === 0) {
    throw sentenceError('forbidden', 'index_unreadable', { index });
  }
  const messages = messageFields(types, options.messages);
  const isOfMessage = (field: string): boolean =>
    messages.some((message) => field === message || field.startsWith(`${message}.`));
  const found = Object.keys(types)
    .filter((field) => ![timestampField, ingestedField].includes(field) && !LEFT_OUT.test(field))
    .filter((field) => !isOfMessage(field) && !(SCORE in types && SCORED.test(field)))
    .flatMap((field) => {
      const kind = kindOf(types, field);
      return kind === undefined ? [] : [{ field, kind }];
    });
  const most = MOST_FIELDS - messages.length;
  const ordered = found.length <= most ? found : await byPresence(client, ranges, found, options);
  return {
    fields: [
      ...messages.map((field): ComparedField => ({ field, kind: 'message' })),
      ...ordered.slice(0, most),
    ],
    leftOut: Math.max(0, ordered.length - most),
  };
}

const typesOf = (types: FieldTypes, field: string): string[] =>
  Object.keys(types[field] ?? {}).filter((type) => type !== 'unmapped');

function kindOf(types: FieldTypes, field: string): ComparedField['kind'] | undefined {
  if (placeOfField(types, field).from !== 'column') return undefined;
  const found = typesOf(types, field);
  const areOf = (allowed: ReadonlySet<string>): boolean => found.every((type) => allowed.has(type));
  if (areOf(VALUE_TYPES)) return 'value';
  if (areOf(INTEGER_TYPES)) return 'integer';
  return areOf(new Set([...INTEGER_TYPES, ...NUMBER_TYPES])) ? 'number' : undefined;
}

function messageFields(types: FieldTypes, wanted: readonly string[]): string[] {
  const isText = (field: string): boolean => {
    const found = typesOf(types, field);
    return found.length > 0 && found.every((type) => MESSAGE_TYPES.has(type));
  };
  const main = [...wanted, ...MESSAGE_FIELDS].find(isText);
  return [...new Set([...(main === undefined ? [] : [main]), ...[ERROR_MESSAGE].filter(isText)])];
}

/** Keeps the fields that some of the logs hold, those of the detector first, then those that most of the logs hold. */
async function byPresence(
  client: ElasticsearchClient,
  ranges: readonly LogRange[],
  found: readonly ComparedField[],
  { preferred, policy, signal }: ComparableOptions,
): Promise<ComparedField[]> {
  const pilots = await Promise.all(
    ranges.map((range) =>
      sampleLogs(
        client,
        range,
        { size: PILOT_LOGS, seed: SEED, fields: ['*'], identified: true, signal },
        { policy },
      ),
    ),
  );
  const counts = new Map<string, number>();
  for (const { document } of pilots.flatMap(({ logs }) => logs)) {
    for (const leaf of leafFields([document])) counts.set(leaf, (counts.get(leaf) ?? 0) + 1);
  }
  /** A field of several, such as `host.name.keyword`, is filled by what stands in its parent. */
  const presenceOf = (field: string): number => {
    const own = counts.get(field);
    const dot = field.lastIndexOf('.');
    return own ?? (dot < 0 ? 0 : (counts.get(field.slice(0, dot)) ?? 0));
  };
  const rankOf = ({ field }: ComparedField): number =>
    preferred.includes(field) ? Infinity : presenceOf(field);
  return found
    .filter((each) => rankOf(each) > 0)
    .sort((one, other) => {
      const [a, b] = [rankOf(one), rankOf(other)];
      return a === b ? (one.field < other.field ? -1 : 1) : b - a;
    });
}
