import { DetectionError } from '../../../common/detection_error';
import type { estypes } from '@elastic/elasticsearch';
import { attempt, delayBefore, DEFAULT_RETRY_POLICY, throwIfAborted, type RetryPolicy } from './attempt';
import type { ElasticsearchClient } from './client';
import { reasonOf, RETRYABLE_STATUS, type ErrorBody } from './errors';

/** Elasticsearch's own counter of changes to one document. */
export interface DocumentRevision {
  readonly sequenceNumber: number;
  readonly primaryTerm: number;
}

/** One document to write. `create` leaves an existing one alone, `index` replaces it, `delete` removes it, `update` runs a script on it. */
export interface BulkOperation {
  readonly action: 'create' | 'index' | 'delete' | 'update';
  readonly index: string;
  readonly id: string;
  /** With `update` the body of the request: script and first version. */
  readonly document?: unknown;
  /** With `index`: refused with status 409 where somebody has changed the document since. */
  readonly ifUnchangedSince?: DocumentRevision;
}

export interface BulkRefusal {
  readonly operation: BulkOperation;
  readonly status: number;
  readonly type: string;
  readonly reason: string;
}

export interface BulkOutcome {
  readonly created: readonly BulkOperation[];
  /** Of each document that was created or replaced, by its id. */
  readonly revisions: ReadonlyMap<string, DocumentRevision>;
  /** Refused for what they are: trying again does not help. */
  readonly refused: readonly BulkRefusal[];
  /** Refused for load until the tries ran out, with the last reason. */
  readonly unwritten: readonly BulkRefusal[];
}

/** Elasticsearch makes an index that is not there by the first document, with a mapping of its own making. */
export interface BulkGuard {
  /** A field of all documents that our mapping has. In an index without it they are refused instead of mapped. */
  readonly field: string;
  /** Makes the index, or gives it its mapping again; what was refused is then sent again. Called before each write that holds an `update`. */
  restore(index: string): Promise<void>;
}

export interface BulkOptions {
  readonly what: string;
  readonly guard?: BulkGuard;
  readonly refresh?: boolean | 'wait_for';
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

/** Elasticsearch recommends requests of 5 to 15 MB. */
const REQUEST_BYTES = 8_000_000;
const REQUEST_OPERATIONS = 5_000;

/** Times that a script is run on a document which others change at the same moment. */
const CONFLICT_RETRIES = 5;

interface Pending {
  readonly operation: BulkOperation;
  readonly lines: string;
}

/**
 * Name of a dynamic template that no index has. Elasticsearch looks for it when it is about to map the guarded field, which it does
 * only in an index that has lost our mapping, and then refuses the document.
 */
const NO_TEMPLATE = 'log_anomalies_index_without_mapping';

function pendingOf(operation: BulkOperation, guard: BulkGuard | undefined): Pending {
  const { action, index, id, ifUnchangedSince: known } = operation;
  const condition = {
    ...(known && { if_seq_no: known.sequenceNumber, if_primary_term: known.primaryTerm }),
    ...(guard &&
      (action === 'create' || action === 'index') && { dynamic_templates: { [guard.field]: NO_TEMPLATE } }),
    ...(action === 'update' && { retry_on_conflict: CONFLICT_RETRIES }),
  };
  const header = JSON.stringify({ [action]: { _index: index, _id: id, ...condition } });
  return {
    operation,
    lines:
      operation.action === 'delete' ? `${header}\n` : `${header}\n${JSON.stringify(operation.document)}\n`,
  };
}

/** Elasticsearch takes no templates with a script, which would make an index anew all the same: each is looked for just before. */
async function guardUpdates(
  operations: readonly BulkOperation[],
  guard: BulkGuard | undefined,
): Promise<void> {
  if (guard === undefined) return;
  const updated = operations.filter(({ action }) => action === 'update');
  for (const index of new Set(updated.map((operation) => operation.index))) await guard.restore(index);
}

function* requestsOf(pending: readonly Pending[]): Generator<Pending[]> {
  let request: Pending[] = [];
  let bytes = 0;
  for (const item of pending) {
    if (
      request.length > 0 &&
      (bytes + item.lines.length > REQUEST_BYTES || request.length >= REQUEST_OPERATIONS)
    ) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(item);
    bytes += item.lines.length;
  }
  if (request.length > 0) yield request;
}

const isDoneAlready = (action: BulkOperation['action'], status: number): boolean =>
  (action === 'create' && status === 409) || ((action === 'delete' || action === 'update') && status === 404);

/**
 * Writes documents. What is refused for load (429, 502, 503, 504) is sent again by itself after a wait; everything else
 * in the same request is already written then and is not sent twice.
 *
 * @throws DetectionError when a whole request fails for good (forbidden, connection lost), or what `guard.restore` throws: some may be
 *   written by then
 */
export async function bulkWrite(
  client: ElasticsearchClient,
  operations: readonly BulkOperation[],
  options: BulkOptions,
): Promise<BulkOutcome> {
  const { policy = DEFAULT_RETRY_POLICY, signal, what, refresh, guard } = options;
  const created: BulkOperation[] = [];
  const revisions = new Map<string, DocumentRevision>();
  const refused: BulkRefusal[] = [];
  await guardUpdates(operations, guard);
  let pending = operations.map((operation) => pendingOf(operation, guard));
  let unwritten: BulkRefusal[] = [];
  for (let tried = 1; pending.length > 0; tried++) {
    unwritten = [];
    const again: Pending[] = [];
    const unmapped = new Set<string>();
    for (const request of requestsOf(pending)) {
      const body = request.map((item) => item.lines).join('');
      const answer = await attempt(
        () => client.bulk({ operations: [body], refresh } as estypes.BulkRequest, { signal }),
        { what, policy, signal },
      );
      answer.items.forEach((item, position) => {
        const { operation } = request[position];
        const result = item[operation.action];
        const status = result?.status ?? 500;
        if (status < 300) {
          revisions.set(operation.id, {
            sequenceNumber: result?._seq_no as number,
            primaryTerm: result?._primary_term as number,
          });
        }
        if (status === 201) created.push(operation);
        else if (status >= 300 && !isDoneAlready(operation.action, status)) {
          const error = result?.error as ErrorBody | undefined;
          const refusal = {
            operation,
            status,
            type: error?.type ?? 'unknown',
            reason: reasonOf(error),
          };
          const isUnmapped = guard !== undefined && refusal.reason.includes(NO_TEMPLATE);
          if (isUnmapped) unmapped.add(operation.index);
          if (isUnmapped || RETRYABLE_STATUS.has(status)) {
            again.push(request[position]);
            unwritten.push(refusal);
          } else {
            refused.push(refusal);
          }
        }
      });
    }
    for (const index of unmapped) await guard?.restore(index);
    pending = again;
    if (pending.length === 0 || tried >= policy.attempts) break;
    await policy.sleep(delayBefore(tried, policy), signal);
    throwIfAborted(signal, what);
  }
  return { created, revisions, refused, unwritten };
}

/**
 * Writes documents that all have to be there afterwards.
 *
 * @throws DetectionError `forbidden`, `unavailable` or `refused` with the first reason why one is not
 */
export async function bulkWriteAll(
  client: ElasticsearchClient,
  operations: readonly BulkOperation[],
  options: BulkOptions,
): Promise<void> {
  throwIfRefused(await bulkWrite(client, operations, options), options.what);
}

/** @throws DetectionError `forbidden`, `unavailable` or `refused` with the first reason why a document is not written */
export function throwIfRefused(
  { refused, unwritten }: Pick<BulkOutcome, 'refused' | 'unwritten'>,
  what: string,
): void {
  const [problem] = [...refused, ...unwritten];
  if (problem === undefined) return;
  throw new DetectionError(
    problem.status === 403 ? 'forbidden' : unwritten.length > 0 ? 'unavailable' : 'refused',
    `Could not ${what}: Elasticsearch refused it with status ${problem.status}: ${problem.reason}`,
  );
}

/**
 * Of writes on top of what was read: lets pass those that somebody else came before (409), which the caller reads again.
 *
 * @param what as in "Could not mark results"
 * @param rights sentence on the rights that it takes
 * @throws DetectionError `forbidden` with that sentence, else `unavailable`, with the first reason why a document is not written
 */
export function throwUnlessConflict(
  { refused, unwritten }: Pick<BulkOutcome, 'refused' | 'unwritten'>,
  what: string,
  rights: string,
): void {
  const [problem] = [...refused.filter(({ status }) => status !== 409), ...unwritten];
  if (problem === undefined) return;
  throw problem.status === 403
    ? new DetectionError('forbidden', `${rights}: ${problem.reason}`)
    : new DetectionError('unavailable', `Could not ${what}: ${problem.reason}`);
}
