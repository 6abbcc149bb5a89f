import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult, ResultChange, ResultState } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import { becauseOf, SUPPRESSION_LIMITS } from '../../../common/suppressions';
import type { ChangeNote, ResultMarks } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWrite, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, documentId, resultsPattern } from '../indices/names';
import { replaySuppression } from './replay';
import { queryOfSuppression } from './suppression_query';

type Query = estypes.QueryDslQueryContainer;

const RESULTS_A_REQUEST = 1_000;
/** Results that another process changes at the same moment are tried again so often. */
const MOST_ROUNDS_WITHOUT_CHANGE = 5;

/** Returns a result with a new state; the change joins its history, newest last, bounded. */
export function withChange(
  result: AnomalyResult,
  state: Partial<ResultState>,
  note: ChangeNote,
): AnomalyResult {
  const { anomaly, result: before } = result;
  const change: ResultChange = {
    ...note,
    from: { type: before.type, score: anomaly.score, confidence: anomaly.confidence },
  };
  const history = [...(before.history ?? []), change].slice(-SUPPRESSION_LIMITS.history);
  return { ...result, result: { ...before, ...state, history } };
}

/**
 * Marks on the stored results of one space, with the rights of the caller: needs `read` and `index` on them. A result is
 * written only on top of what was read of it.
 */
export function createResultMarks(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): ResultMarks {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const inSpace: Query = { term: { 'result.space': space } };
  const scope = { index: resultsPattern(space), ignore_unavailable: true, allow_no_indices: true };

  const read = async (filter: Query[], size: number) => {
    const answer = await attempt(
      () =>
        client.search<AnomalyResult>(
          {
            ...scope,
            size,
            track_total_hits: false,
            seq_no_primary_term: true,
            query: { bool: { filter: [inSpace, ...filter] } },
          },
          { signal },
        ),
      { what: 'read the results to mark', policy, signal },
    );
    return answer.hits.hits;
  };

  /** Writes what `change` makes of each hit. @returns results that were written */
  const write = async (
    hits: readonly estypes.SearchHit<AnomalyResult>[],
    change: (result: AnomalyResult) => AnomalyResult,
  ): Promise<AnomalyResult[]> => {
    const operations = hits.map((hit): BulkOperation => ({
      action: 'index',
      index: hit._index,
      id: hit._id as string,
      document: change(hit._source as AnomalyResult),
      ifUnchangedSince: {
        sequenceNumber: hit._seq_no as number,
        primaryTerm: hit._primary_term as number,
      },
    }));
    const { refused, unwritten } = await bulkWrite(client, operations, {
      what: 'mark results',
      guard: guardOf(client, 'results', { policy, signal }),
      refresh: true,
      policy,
      signal,
    });
    const [problem] = [...refused.filter(({ status }) => status !== 409), ...unwritten];
    if (problem !== undefined) {
      throw new DetectionError(
        problem.status === 403 ? 'forbidden' : 'unavailable',
        problem.status === 403
          ? `Marking results takes the right "index" on ${resultsPattern(space)}: ${problem.reason}`
          : `Could not mark results: ${problem.reason}`,
      );
    }
    const failed = new Set(refused.map(({ operation }) => operation.id));
    return hits.flatMap((hit) => (failed.has(hit._id as string) ? [] : [hit._source as AnomalyResult]));
  };

  /**
   * Changes all results that a query finds, until it finds none: a changed one must not be found again. Each round sees what
   * was indexed before it, also what had not been refreshed when the first began.
   */
  const changeAll = async (
    filter: Query[],
    change: (result: AnomalyResult) => AnomalyResult,
    counts: (before: AnomalyResult) => boolean,
  ): Promise<number> => {
    let total = 0;
    for (let idle = 0; idle < MOST_ROUNDS_WITHOUT_CHANGE;) {
      const hits = await read(filter, RESULTS_A_REQUEST);
      if (hits.length === 0) return total;
      const written = await write(hits, change);
      total += written.filter(counts).length;
      idle = written.length === 0 ? idle + 1 : 0;
    }
    throw new DetectionError('unavailable', 'Results are being changed by somebody else; try again.');
  };

  const hiddenBy: ResultMarks['hiddenBy'] = async (ids) => {
    if (ids.length === 0) return new Map();
    const answer = await attempt(
      () =>
        client.search(
          {
            ...scope,
            size: 0,
            track_total_hits: false,
            query: {
              bool: {
                filter: [
                  inSpace,
                  { term: { 'result.type': 'suppressed' } },
                  { terms: { 'result.suppressed_by': [...ids] } },
                ],
              },
            },
            aggs: { ids: { terms: { field: 'result.suppressed_by', size: ids.length, include: [...ids] } } },
          },
          { signal },
        ),
      { what: 'count hidden results', policy, signal },
    );
    const found = answer.aggregations as
      { ids?: { buckets: { key: string; doc_count: number }[] } } | undefined;
    return new Map((found?.ids?.buckets ?? []).map(({ key, doc_count: count }) => [key, count]));
  };

  const ofSource = (detectorId: string, source: { index: string; id: string }): Query[] => [
    { ids: { values: [documentId('log', detectorId, source.index, source.id)] } },
    { terms: { 'result.type': ['log', 'suppressed'] } },
  ];

  return {
    async find(detectorId, source) {
      const [hit] = await read(ofSource(detectorId, source), 1);
      return hit && { id: hit._id as string, result: hit._source as AnomalyResult };
    },
    hide: async (suppression, range, note) => {
      const { id } = suppression;
      return changeAll(
        [
          { terms: { 'result.type': ['log', 'suppressed'] } },
          await queryOfSuppression(suppression, range),
          { bool: { must_not: [{ term: { 'result.suppressed_by': id } }] } },
        ],
        (result) =>
          withChange(
            result,
            {
              type: 'suppressed',
              suppressed_by: [...(result.result.suppressed_by ?? []), id],
              suppressed_because: becauseOf(suppression),
            },
            note,
          ),
        ({ result }) => result.type === 'log',
      );
    },
    show: (id, others, note) =>
      changeAll(
        [{ term: { 'result.suppressed_by': id } }],
        (result) => {
          const ids = (result.result.suppressed_by ?? []).filter((each) => each !== id);
          const last = others.find((other) => other.id === ids[ids.length - 1]);
          const { suppressed_by: _ids, suppressed_because: because, ...state } = result.result;
          return withChange(
            { ...result, result: state },
            ids.length === 0
              ? { type: state.type === 'suppressed' ? 'log' : state.type }
              : { suppressed_by: ids, suppressed_because: last ? becauseOf(last) : because },
            note,
          );
        },
        ({ result }) => result.type === 'suppressed' && result.suppressed_by?.length === 1,
      ),
    async judge(detectorId, source, verdict, note) {
      for (let tried = 0; tried < MOST_ROUNDS_WITHOUT_CHANGE; tried++) {
        const hits = await read(ofSource(detectorId, source), 1);
        if (hits.length === 0 || hits[0]._source?.result.verdict === verdict) return;
        const written = await write(hits, (result) => {
          const { verdict: _before, ...state } = result.result;
          return withChange({ ...result, result: state }, verdict === undefined ? {} : { verdict }, note);
        });
        if (written.length > 0) return;
      }
      throw new DetectionError('unavailable', 'The result is being changed by somebody else; try again.');
    },
    hiddenBy,
    replay: (suppression, range) => replaySuppression(client, space, suppression, range, { policy, signal }),
  };
}
