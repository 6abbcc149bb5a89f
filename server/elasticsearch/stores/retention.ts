import type { estypes } from '@elastic/elasticsearch';
import { ALL_DETECTORS } from '../../../common/audit';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { createAuditTrail } from './audit_trail';
import { deleteChosen } from './delete_documents';
import type { ElasticsearchClient } from '../transport/client';
import {
  DEFAULT_SPACE,
  endOfResultsIndex,
  incidentsIndex,
  patternsIndex,
  resultsPattern,
} from '../indices/names';
import { hitTotal } from '../transport/hit_total';

/** An index of results, which holds those of the logs of one month. */
export interface ResultMonth {
  readonly index: string;
  /** First moment after the month, epoch milliseconds. */
  readonly end: number;
  /** Anomalous logs, hidden and withdrawn ones among them. */
  readonly results: number;
  /** Of these, those that somebody has judged; what was said of them is kept elsewhere and stays. */
  readonly judged: number;
  /** Summaries of buckets, and measurements of drift. */
  readonly summaries: number;
}

interface RetentionOptions {
  readonly space?: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

/**
 * Indices of results of exactly this space whose month ends at `time` (epoch milliseconds) or before, oldest first. Needs
 * `read` and `view_index_metadata`.
 */
export async function resultMonthsBefore(
  client: ElasticsearchClient,
  time: number,
  options: RetentionOptions = {},
): Promise<ResultMonth[]> {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const found = await attempt(
    () =>
      client.indices.getMapping(
        { index: resultsPattern(space), ignore_unavailable: true, allow_no_indices: true },
        { signal },
      ),
    { what: `list the results of space "${space}"`, policy, signal },
  );
  const months: ResultMonth[] = [];
  for (const index of Object.keys(found).sort()) {
    const end = endOfResultsIndex(space, index);
    if (end !== undefined && end <= time)
      months.push({ index, end, ...(await countOf(client, index, options)) });
  }
  return months;
}

async function countOf(
  client: ElasticsearchClient,
  index: string,
  { policy, signal }: RetentionOptions,
): Promise<Pick<ResultMonth, 'results' | 'judged' | 'summaries'>> {
  const isSummary = { terms: { 'result.type': ['bucket', 'drift'] } };
  const answer = await attempt(
    () =>
      client.search(
        {
          index,
          size: 0,
          track_total_hits: true,
          aggs: {
            summaries: { filter: isSummary },
            judged: { filter: { exists: { field: 'result.verdict' } } },
          },
        },
        { signal },
      ),
    { what: `count the results in "${index}"`, policy, signal },
  );
  const counts = answer.aggregations as unknown as Record<'summaries' | 'judged', { doc_count: number }>;
  const summaries = counts.summaries.doc_count;
  return { results: hitTotal(answer.hits) - summaries, judged: counts.judged.doc_count, summaries };
}

/** Deletes incidents that were over before `end`, epoch milliseconds: their results are gone. */
const deleteIncidentsBefore = (
  client: ElasticsearchClient,
  end: number,
  options: RetentionOptions,
): Promise<void> =>
  deleteOld(
    client,
    {
      kind: 'incidents',
      index: incidentsIndex(options.space ?? DEFAULT_SPACE),
      queries: [{ range: { end: { lt: end, format: 'epoch_millis' } } }],
    },
    options,
  );

/** Deletes counts and findings of patterns before `end`, and patterns that were not seen since. */
const deletePatternsBefore = (
  client: ElasticsearchClient,
  end: number,
  options: RetentionOptions,
): Promise<void> =>
  deleteOld(
    client,
    {
      kind: 'patterns',
      index: patternsIndex(options.space ?? DEFAULT_SPACE),
      queries: ['day', '@timestamp', 'last_seen'].map((field) => ({
        range: { [field]: { lt: end, format: 'epoch_millis' } },
      })),
    },
    options,
  );

interface OldDocuments {
  /** Their name in messages. */
  readonly kind: string;
  readonly index: string;
  /** Documents that match any of them are old. */
  readonly queries: estypes.QueryDslQueryContainer[];
}

/** @throws DetectionError `forbidden` without `read` and `delete` on them */
async function deleteOld(
  client: ElasticsearchClient,
  { kind, index, queries }: OldDocuments,
  { space = DEFAULT_SPACE, policy, signal }: RetentionOptions,
): Promise<void> {
  const query = { bool: { should: queries, minimum_should_match: 1 } };
  await deleteChosen(
    client,
    { index, query },
    {
      what: `delete old ${kind} of space "${space}"`,
      policy,
      signal,
    },
  ).catch((error: unknown) => {
    // None was ever written.
    if (error instanceof DetectionError && error.code === 'not_found') return;
    if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
    throw new DetectionError(
      'forbidden',
      `The results were deleted, and the ${kind} of that time were not: that takes the rights "read" and "delete" on "${index}".`,
      { cause: error },
    );
  });
}

/** Months are those of UTC. */
function beginOfMonth(time: number): number {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

interface DeletionOptions extends RetentionOptions {
  /**
   * Epoch milliseconds: incidents and patterns from before its month go although no index of that time is left, as
   * where an earlier call was cut off; default: those of `months` alone.
   */
  readonly before?: number;
}

/**
 * Deletes whole indices of results and puts on record which: what was deleted before an error or an interruption, too.
 * Incidents and counts of patterns of that time go after them, also where that fails for some of them; verdicts, suppressions, models, checkpoints and the audit trail stay. Needs `delete_index` on the results,
 * `read` and `delete` on the incidents and the patterns, and
 * `create_index`, `view_index_metadata` and `create_doc` on the audit trail.
 *
 * @param months of {@link resultMonthsBefore}, oldest first
 * @param author.at ISO 8601
 * @throws DetectionError the first of what failed, once all that can be deleted is; `forbidden` without `delete_index`
 */
export async function deleteResultMonths(
  client: ElasticsearchClient,
  months: readonly ResultMonth[],
  author: { readonly at: string; readonly by?: string },
  { before, ...options }: DeletionOptions = {},
): Promise<void> {
  const deleted: ResultMonth[] = [];
  const errors: unknown[] = [];
  const note = (error: unknown): void => {
    errors.push(error);
  };
  // Indices first: that takes no space on a disk that is full, and whoever may not delete them loses no incidents.
  await deleteIndices(client, months, deleted, options).catch(note);
  await putDeletionOnRecord(client, deleted, author, options).catch(note);
  const isWhole = deleted.length === months.length;
  const end = Math.max(
    ...deleted.map((month) => month.end),
    isWhole && before !== undefined ? beginOfMonth(before) : -Infinity,
  );
  if (end > -Infinity) {
    for (const remove of [deleteIncidentsBefore, deletePatternsBefore])
      await remove(client, end, options).catch(note);
  }
  if (errors.length > 0) throw errors[0];
}

/** @param deleted those that are deleted are added to it, also before an error */
async function deleteIndices(
  client: ElasticsearchClient,
  months: readonly ResultMonth[],
  deleted: ResultMonth[],
  { space = DEFAULT_SPACE, policy, signal }: RetentionOptions,
): Promise<void> {
  for (const month of months) {
    const { index } = month;
    await attempt(() => client.indices.delete({ index, ignore_unavailable: true }, { signal }), {
      what: `delete the index "${index}"`,
      policy,
      signal,
    }).catch((error: unknown) => {
      if (!(error instanceof DetectionError) || error.code !== 'forbidden') throw error;
      throw new DetectionError(
        'forbidden',
        `Deleting results takes the right "delete_index" on ${resultsPattern(space)}; ${deleted.length} of ${months.length} indices were deleted.`,
        { cause: error },
      );
    });
    deleted.push(month);
  }
}

/** Takes no signal: what was done is put on record even when somebody interrupts it. */
async function putDeletionOnRecord(
  client: ElasticsearchClient,
  deleted: readonly ResultMonth[],
  author: { readonly at: string; readonly by?: string },
  { space = DEFAULT_SPACE, policy }: RetentionOptions,
): Promise<void> {
  if (deleted.length === 0) return;
  const results = deleted.reduce((sum, month) => sum + month.results, 0);
  const before = new Date(Math.max(...deleted.map(({ end }) => end))).toISOString();
  const indices = deleted.map(({ index }) => index);
  await createAuditTrail(client, { space, policy }).append([
    {
      detectorId: ALL_DETECTORS,
      ...author,
      action: 'results_deleted',
      reason: `${results} results of logs before ${before.slice(0, 10)} were deleted: ${indices.join(', ')}.`,
      details: { indices, results, before },
    },
  ]);
}
