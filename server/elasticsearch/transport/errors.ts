import type { CodedSentence } from '../../../common/coded_sentence';
import { DetectionError, type DetectionErrorCode } from '../../../common/detection_error';
import { pageSentence } from '../../../common/sentences/failure_sentences';

/** The parts of a client error that we read. The rest (request, headers) never leaves this file. */
interface ClientError {
  name?: string;
  message?: string;
  statusCode?: number;
  /** Errors of Kibana's saved objects have their status here. */
  output?: { statusCode?: number };
  meta?: {
    statusCode?: number | null;
    body?: { error?: ErrorBody | string };
  };
}

export interface ErrorBody {
  type?: string;
  reason?: string;
  index?: string;
  root_cause?: ErrorBody[];
  caused_by?: ErrorBody;
  failed_shards?: { reason?: ErrorBody }[];
  /** Source of a script that has failed. */
  script?: string;
}

/** Load or a restart: worth trying again. */
export const RETRYABLE_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const CONNECTION_ERRORS: ReadonlySet<string> = new Set([
  'ConnectionError',
  // An answer that was cut on its way, or that something in between has given.
  'DeserializationError',
  'TimeoutError',
  'NoLivingConnectionsError',
]);
/** A search whose point in time was dropped, a shard that is just moving: the status is 404 or 500, the cause passes. */
const RETRYABLE_TYPES: ReadonlySet<string> = new Set([
  'es_rejected_execution_exception',
  'circuit_breaking_exception',
  'no_shard_available_action_exception',
  'unavailable_shards_exception',
  'cluster_block_exception',
  'process_cluster_event_timeout_exception',
  'node_not_connected_exception',
  'receive_timeout_transport_exception',
]);
/** A shard that is just being started, moved or closed, which has the status 404 though its index is there. */
const PASSING_STATES: ReadonlySet<string> = new Set([
  'illegal_index_shard_state_exception',
  'index_shard_not_started_exception',
  'index_shard_recovering_exception',
  'index_shard_closed_exception',
  'shard_not_found_exception',
]);
/** One of our indices was made anew by a write, which maps keywords as text. */
const HAS_LOST_MAPPING = /^Fielddata is disabled on .* in \[log-anomalies-/;
const REASON_CHARACTERS = 500;
const SCRIPT_CHARACTERS = 200;

export const statusOf = (error: unknown): number | undefined =>
  (error as ClientError)?.meta?.statusCode ??
  (error as ClientError)?.statusCode ??
  (error as ClientError)?.output?.statusCode;

/** @returns what Elasticsearch said: the root cause, or the cause at the end of the chain */
export function errorBodyOf(error: unknown): ErrorBody | undefined {
  const body = (error as ClientError)?.meta?.body?.error;
  return typeof body === 'object' ? body : undefined;
}

/** All error types on the way from the answer's top to its causes. */
export function errorTypes(body: ErrorBody | null | undefined): string[] {
  if (!body) return [];
  return [
    ...(body.type ? [body.type] : []),
    ...errorTypes(body.caused_by),
    ...(body.root_cause ?? []).flatMap((cause) => (cause === body ? [] : errorTypes(cause))),
    ...(body.failed_shards ?? []).flatMap((shard) => errorTypes(shard.reason)),
  ];
}

/** Other shards are called off where one has failed: theirs is no cause. */
const isCause = (reason: ErrorBody | undefined): boolean => reason?.type !== 'task_cancelled_exception';

/** The innermost reason, which is the one that tells people something. */
export function reasonOf(body: ErrorBody | undefined): string {
  let node = body?.root_cause?.find(isCause) ?? body?.root_cause?.[0] ?? body;
  const shards = body?.failed_shards?.map(({ reason }) => reason);
  const shardReason = shards?.find(isCause) ?? shards?.[0];
  if (shardReason) node = shardReason;
  let script = node?.script;
  while (node?.caused_by) {
    node = node.caused_by;
    // The innermost: a script of ours may have asked a runtime field for its value.
    script = node.script ?? script;
  }
  const reason = node?.reason ?? body?.reason ?? '';
  // Elasticsearch says "closed" and no more, and not whose script has failed.
  if (node?.type === 'index_closed_exception' && node.index !== undefined)
    return `the index "${node.index}" is closed`;
  const of = script === undefined ? '' : ` (in the script ${script.slice(0, SCRIPT_CHARACTERS)})`;
  return `${reason.slice(0, REASON_CHARACTERS)}${of}`;
}

export function isWorthRetrying(error: unknown): boolean {
  const { name } = (error ?? {}) as ClientError;
  if (name !== undefined && CONNECTION_ERRORS.has(name)) return true;
  const status = statusOf(error);
  if (status === undefined) return false;
  if (RETRYABLE_STATUS.has(status)) {
    return !errorTypes(errorBodyOf(error)).includes('index_create_block_exception');
  }
  const types = errorTypes(errorBodyOf(error));
  return types.some((type) => PASSING_STATES.has(type) || (status >= 500 && RETRYABLE_TYPES.has(type)));
}

/** A point in time or a scroll was dropped between two pages, with the status 404: all is there, and has to be read anew. */
const hasLostItsPlace = (error: unknown): boolean =>
  errorTypes(errorBodyOf(error)).includes('search_context_missing_exception');

function codeOf(error: unknown): DetectionErrorCode {
  const { name } = (error ?? {}) as ClientError;
  if (name === 'RequestAbortedError' || name === 'AbortError') return 'interrupted';
  if (isWorthRetrying(error) || hasLostItsPlace(error)) return 'unavailable';
  switch (statusOf(error)) {
    case 400:
    case 405:
    case 413:
      return 'invalid_input';
    case 401:
      return 'unauthenticated';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 409:
      return 'conflict';
    default:
      return 'internal';
  }
}

/** Next step on the command line where an index has lost its mapping. */
export const REPAIR_HINT = '"log-anomalies repair-indices" gives it back.';

/** Next step for users of the command line, who alone have its variables and commands; others are told by pages. */
function commandLineHint(code: DetectionErrorCode): string | undefined {
  switch (code) {
    case 'unauthenticated':
      return 'Check ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD.';
    case 'forbidden':
      return '"log-anomalies check-connection" lists what is missing.';
    default:
      return undefined;
  }
}

/**
 * Maps whatever the client threw. The message holds Elasticsearch's own reason; the cause holds its name and text
 * only, since the client's error objects carry the request and its headers.
 *
 * @param what the operation, as it follows "Could not": e.g. `read logs of "weblogs"`
 */
export function toDetectionError(error: unknown, what: string): DetectionError {
  if (error instanceof DetectionError) return error;
  const code = codeOf(error);
  const { name = 'Error', message = String(error) } = (error ?? {}) as ClientError;
  const body = errorBodyOf(error);
  const status = statusOf(error);
  const reason = reasonOf(body) || message.split('\n')[0].slice(0, REASON_CHARACTERS);
  const cause = new Error(`${name}: ${reason}`);
  const hasLostMapping = HAS_LOST_MAPPING.test(reason);
  const advice = hasLostMapping
    ? ' The index has lost its mapping and has to be copied into a proper one.'
    : '';
  const hint = hasLostMapping ? REPAIR_HINT : commandLineHint(code);
  return new DetectionError(code, `Could not ${what}: ${reason}.${advice}`.replace(/\.\.( |$)/, '.$1'), {
    cause,
    details: { status, types: [...new Set(errorTypes(body))], ...(hint && { hint }) },
    said: hasLostMapping ? undefined : sentenceFor(code, body, reason),
  });
}

/** Returns a sentence for pages, which cannot translate what was to be done; undefined where the reason alone says nothing. */
function sentenceFor(
  code: DetectionErrorCode,
  body: ErrorBody | undefined,
  reason: string,
): CodedSentence | undefined {
  switch (code) {
    case 'unavailable':
      return pageSentence('elasticsearch_unavailable', { reason });
    case 'forbidden':
      return pageSentence('elasticsearch_forbidden', { reason });
    case 'unauthenticated':
      return pageSentence('elasticsearch_credentials', { reason });
    case 'invalid_input':
      return pageSentence('elasticsearch_invalid', { reason });
    case 'not_found': {
      const index = body?.root_cause?.find(({ index: named }) => named !== undefined)?.index ?? body?.index;
      return errorTypes(body).includes('index_not_found_exception') && index !== undefined
        ? pageSentence('index_missing', { index })
        : undefined;
    }
    default:
      return undefined;
  }
}
