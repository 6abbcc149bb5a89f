import { createHash } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { textOfJson } from '../../../common/json_values';
import type { LogDocument } from '../../../common/log_document';
import type { Clock, Progress } from '../../detection/ports';
import { bulkWrite, type BulkOperation } from '../transport/bulk';
import { toDetectionError } from '../transport/errors';

const keyword = { type: 'keyword', ignore_above: 8_191 } as const;

/** Mapping of the log index that we make when it is not there: ECS names, and the short names of the exercise. */
const LOG_INDEX_MAPPINGS = {
  dynamic_templates: [{ strings: { match_mapping_type: 'string', mapping: keyword } }],
  properties: {
    '@timestamp': { type: 'date' },
    message: { type: 'text' },
    event: {
      properties: {
        ingested: { type: 'date' },
        duration: { type: 'long' },
        original: { type: 'keyword', index: false, doc_values: false },
      },
    },
    response_time: { type: 'double', ignore_malformed: true, meta: { unit: 'ms' } },
    request_size: { type: 'long', ignore_malformed: true, meta: { unit: 'byte' } },
    status_code: { type: 'integer', ignore_malformed: true },
    hour_of_day: { type: 'integer', ignore_malformed: true },
    client: { properties: { ip: { type: 'ip', ignore_malformed: true } } },
    source: { properties: { ip: { type: 'ip', ignore_malformed: true } } },
    http: {
      properties: {
        request: { properties: { bytes: { type: 'long', ignore_malformed: true }, method: keyword } },
        response: {
          properties: {
            status_code: { type: 'integer', ignore_malformed: true },
            body: { properties: { bytes: { type: 'long', ignore_malformed: true } } },
          },
        },
      },
    },
  },
} as const;

const CREATED_ALREADY = 'resource_already_exists_exception';

export interface LogWriting {
  readonly written: number;
  /** Logs that were there before: the id is made of the log's place and content. */
  readonly duplicates: number;
  readonly rejected: readonly { reason: string; document: LogDocument }[];
  readonly rejectedCount: number;
}

const REJECTED_SHOWN = 10;
const BATCH = 2_000;

/** Creates the log index where it is missing; an index, alias or data stream of that name is left as it is. */
async function ensureLogIndex(client: Client, index: string): Promise<void> {
  try {
    if (await client.indices.exists({ index })) return;
    await client.indices.create({
      index,
      mappings: LOG_INDEX_MAPPINGS as never,
      settings: {
        number_of_replicas: 0,
        refresh_interval: '1s',
        // A field may be a number in one log and a word in the next.
        'index.mapping.ignore_malformed': true,
      },
    });
  } catch (error) {
    if (String((error as Error).message).includes(CREATED_ALREADY)) return;
    throw toDetectionError(error, `create the index ${index}`);
  }
}

/**
 * A log with `event.ingested`, which has no other value then, nested or dotted. An `event` that is no object, where ECS has one,
 * becomes `event.action`.
 */
function withIngested({ event, ...log }: LogDocument, ingested: string): LogDocument {
  const others = Object.fromEntries(Object.entries(log).filter(([name]) => name !== 'event.ingested'));
  if (Array.isArray(event) && event.some(isObject)) {
    const parts = event.map((part: unknown) => (isObject(part) ? { ...part, ingested: undefined } : part));
    return { ...others, event: [...parts, { ingested }] };
  }
  if (isObject(event)) return { ...others, event: { ...event, ingested } };
  if (event === undefined || event === null) return { ...others, event: { ingested } };
  const action = Array.isArray(event) ? event.map(textOfJson) : textOfJson(event);
  return { ...others, event: { action, ingested } };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Writes logs in bulk, stamped with `event.ingested`. What Elasticsearch refuses for load is tried again by the
 * client; what it refuses for its content is counted and returned. Memory holds a few megabytes at any time.
 *
 * @param origin part of every id, so that the same file or seed written again doubles nothing
 */
export async function writeLogs(
  client: Client,
  index: string,
  logs: AsyncIterable<LogDocument> | Iterable<LogDocument>,
  {
    origin,
    clock,
    options = {},
  }: {
    origin: string;
    clock: Clock;
    options?: { signal?: AbortSignal; progress?: Progress; total?: number; flushInterval?: number };
  },
): Promise<LogWriting> {
  await ensureLogIndex(client, index);
  const rejected: { reason: string; document: LogDocument }[] = [];
  let position = 0;
  let written = 0;
  let rejectedCount = 0;
  let batch: BulkOperation[] = [];
  let batchStarted = clock.now();
  const flush = async (): Promise<void> => {
    const operations = batch;
    batch = [];
    batchStarted = clock.now();
    const outcome = await bulkWrite(client, operations, { what: `write logs to ${index}` });
    written += outcome.created.length;
    if (outcome.unwritten.length > 0) {
      throw new DetectionError(
        'unavailable',
        `${index} takes no more logs for now (${outcome.unwritten[0].reason}); ${written} were written. Start again to write the rest.`,
      );
    }
    rejectedCount += outcome.refused.length;
    for (const { status, type, reason, operation } of outcome.refused.slice(
      0,
      REJECTED_SHOWN - rejected.length,
    )) {
      rejected.push({ reason: `${status} ${type}: ${reason}`, document: operation.document as LogDocument });
    }
    options.progress?.(position, options.total, 'logs');
  };
  for await (const log of logs) {
    if (options.signal?.aborted) break;
    const id = createHash('sha256')
      .update(`${origin}|${position++}|${JSON.stringify(log)}`)
      .digest('base64url')
      .slice(0, 24);
    const ingested = new Date(clock.now()).toISOString();
    batch.push({ action: 'create', index, id, document: withIngested(log, ingested) });
    if (batch.length >= BATCH || clock.now() - batchStarted >= (options.flushInterval ?? Infinity))
      await flush();
  }
  if (batch.length > 0) await flush();
  await client.indices.refresh({ index }).catch(() => undefined); // without the right to refresh, it happens by itself
  return { written, duplicates: position - written - rejectedCount, rejected, rejectedCount };
}
