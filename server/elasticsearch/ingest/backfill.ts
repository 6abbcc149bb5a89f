import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import type { Clock, LogRange, Progress } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { queryOf } from '../transport/log_query';
import { isAttached, putScoredFields } from './attachment';
import { makeCopyIndex } from './copy_index';
import type { LivePipeline } from './pipelines';

/** Between two looks at the task, milliseconds. */
const POLL_MS = 1_000;

export interface BackfillOptions extends RequestOptions {
  readonly range: LogRange;
  readonly pipeline: LivePipeline;
  /** Writes scored copies into this index instead of scoring the logs where they are. */
  readonly into?: string;
  /** Parts that run side by side. */
  readonly slices?: number | 'auto';
  /** Stands in the headers of the task, by which {@link backfillProgress} knows it again. */
  readonly opaqueId?: string;
  /** Logs a second over all slices; unlimited when absent. */
  readonly logsPerSecond?: number;
}

/** Progress of a backfill; JSON-safe, so that another process can follow the same task. */
export interface BackfillProgress {
  readonly task: string;
  /** Logs that the task has to score: those of the range that carry no score of this version yet. */
  readonly total: number;
  readonly done: number;
  /** Copies that were there already, or logs that changed meanwhile: left alone. */
  readonly conflicts: number;
  readonly complete: boolean;
  readonly cancelled: boolean;
  /** First reasons why logs could not be written. */
  readonly failures: readonly string[];
  /** True when it ended because a privilege was missing. */
  readonly forbidden: boolean;
}

/**
 * Logs of the range without a score of this version by this threshold: starting again goes on where it ended, however it ended. A
 * pipeline of an earlier version of this software does not note the threshold.
 */
function openLogs(
  range: LogRange,
  { version, threshold, notesThreshold }: LivePipeline,
): estypes.QueryDslQueryContainer {
  const scored: estypes.QueryDslQueryContainer[] = [
    { term: { 'model.version': version } },
    ...(notesThreshold === true ? [{ term: { 'model.threshold': threshold } }] : []),
  ];
  return { bool: { filter: [queryOf(range)], must_not: [{ bool: { filter: scored } }] } };
}

/** Longest id that Elasticsearch takes is 512 bytes. */
const ID_BY_INDEX = "String id = ctx._index + '/' + ctx._id; if (id.length() <= 512) ctx._id = id";

/**
 * Begins to score a range of the past inside the cluster; no log leaves it. Returns at once: the task runs on in
 * Elasticsearch, whatever becomes of this process.
 *
 * @returns the id of the task
 * @throws DetectionError `invalid_input` for an empty range
 */
export async function startBackfill(client: ElasticsearchClient, options: BackfillOptions): Promise<string> {
  const { range, pipeline, into, slices = 'auto', logsPerSecond, opaqueId, signal } = options;
  const request = { signal, ...(opaqueId !== undefined && { opaqueId }) };
  if (!(range.from < range.to)) {
    throw new DetectionError('invalid_input', `from: is ${range.from}, must be before to (${range.to})`);
  }
  const common = {
    slices,
    wait_for_completion: false,
    requests_per_second: logsPerSecond ?? -1,
    conflicts: 'proceed' as const,
  };
  let answer: { task?: estypes.TaskId };
  if (into === undefined) {
    await putScoredFields(client, range.index, options);
    // logs of an attached index go through the pipeline anyway; naming it would score them twice
    const attached = await isAttached(client, pipeline.name, range.index, options);
    answer = await attempt(
      () =>
        client.updateByQuery(
          {
            index: range.index,
            query: openLogs(range, pipeline),
            pipeline: attached ? '_none' : pipeline.name,
            ...common,
          },
          request,
        ),
      { what: `start the backfill of "${range.index}"`, ...options },
    );
  } else {
    const isByIndex = await makeCopyIndex(client, { logs: range.index, into }, options);
    answer = await attempt(
      () =>
        client.reindex(
          {
            source: { index: range.index.split(','), query: openLogs(range, pipeline) },
            // copies that an earlier run has made are left as they are
            dest: { index: into, pipeline: pipeline.name, op_type: 'create' },
            ...(isByIndex && { script: { lang: 'painless', source: ID_BY_INDEX } }),
            ...common,
          },
          request,
        ),
      { what: `start the backfill of "${range.index}" into "${into}"`, ...options },
    );
  }
  if (answer.task === undefined) throw new DetectionError('internal', 'Elasticsearch did not name the task.');
  return String(answer.task);
}

/** Makes what a backfill has scored visible, for results to be collected at once. */
export async function refreshScored(
  client: ElasticsearchClient,
  index: string,
  options: RequestOptions = {},
): Promise<void> {
  await attempt(() => client.indices.refresh({ index, allow_no_indices: true }, { signal: options.signal }), {
    what: `refresh "${index}"`,
    ...options,
  });
}

interface TaskCounts {
  total?: number;
  created?: number;
  updated?: number;
  version_conflicts?: number;
  noops?: number;
  canceled?: string;
  failures?: { cause?: { reason?: string; type?: string } }[];
  slices?: (TaskCounts | null)[];
}

/**
 * @param options `opaqueId`: that of the backfill; a task that somebody else has begun is none of it
 * @throws DetectionError `not_found` when Elasticsearch no longer knows the task; start again then
 */
export async function backfillProgress(
  client: ElasticsearchClient,
  task: string,
  options: RequestOptions & { readonly opaqueId?: string } = {},
): Promise<BackfillProgress> {
  const answer = await attempt(() => client.tasks.get({ task_id: task }, { signal: options.signal }), {
    what: `look at the task "${task}"`,
    ...options,
  });
  const { opaqueId } = options;
  if (opaqueId !== undefined && answer.task.headers?.['X-Opaque-Id'] !== opaqueId) {
    throw new DetectionError('not_found', `The task "${task}" is none of this backfill.`);
  }
  const status = (answer.task.status ?? {}) as TaskCounts;
  const response = (answer.response ?? {}) as TaskCounts;
  const error = answer.error as { reason?: string; type?: string } | undefined;
  const causes = [
    ...(error === undefined ? [] : [error]),
    ...(response.failures ?? []).map(({ cause }) => cause),
  ];
  return {
    task,
    total: status.total ?? 0,
    done: (status.created ?? 0) + (status.updated ?? 0) + (status.noops ?? 0),
    conflicts: status.version_conflicts ?? 0,
    complete: answer.completed,
    cancelled:
      (response.canceled ?? status.canceled) !== undefined || error?.type === 'task_cancelled_exception',
    failures: causes.map((cause) => cause?.reason ?? 'unknown').slice(0, 5),
    forbidden: causes.some((cause) => cause?.type === 'security_exception'),
  };
}

/** Stops a backfill; what it has scored stays scored. Cancelling an ended one changes nothing. */
export async function cancelBackfill(
  client: ElasticsearchClient,
  task: string,
  options: RequestOptions = {},
): Promise<void> {
  await attempt(
    () =>
      client.tasks.cancel({ task_id: task }, { signal: options.signal }).catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error;
      }),
    { what: `cancel the task "${task}"`, ...options },
  );
}

/**
 * Follows a backfill to its end. When the signal fires the task is cancelled; starting again goes on from there.
 *
 * @throws DetectionError `interrupted` when cancelled, `unavailable` or `forbidden` when logs could not be written
 */
export async function followBackfill(
  client: ElasticsearchClient,
  task: string,
  options: { readonly clock: Clock; readonly progress?: Progress; readonly signal?: AbortSignal } & Omit<
    RequestOptions,
    'signal'
  >,
): Promise<BackfillProgress> {
  const { clock, progress, signal, policy } = options;
  let isCancelling = false;
  for (;;) {
    if (signal?.aborted && !isCancelling) {
      isCancelling = true;
      await cancelBackfill(client, task, { policy });
    }
    const state = await backfillProgress(client, task, { policy });
    progress?.(state.done, state.total, 'logs scored in the cluster');
    if (state.complete) {
      if (state.cancelled) {
        throw new DetectionError(
          'interrupted',
          `The backfill was cancelled after ${state.done} of ${state.total} logs; start it again to go on.`,
          { details: { ...state } },
        );
      }
      if (state.failures.length > 0) {
        throw new DetectionError(
          state.forbidden ? 'forbidden' : 'unavailable',
          `The backfill ended after ${state.done} of ${state.total} logs: ${state.failures[0]}. Start it again to go on.`,
          { details: { ...state } },
        );
      }
      return state;
    }
    await clock.sleep(POLL_MS, isCancelling ? undefined : signal);
  }
}
