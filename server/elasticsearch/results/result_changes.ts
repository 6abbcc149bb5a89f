import type { estypes } from '@elastic/elasticsearch';
import type { AnomalyResult } from '../../../common/anomaly';
import { sentenceError } from '../../../common/sentences/failure_sentences';
import { attempt, type RequestOptions } from '../transport/attempt';
import { bulkWrite, throwUnlessConflict, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { guardOf } from '../indices/index_resources';
import { resultsPattern } from '../indices/names';
import { resultsOfSpace } from './results_query';

type Query = estypes.QueryDslQueryContainer;

const RESULTS_A_REQUEST = 1_000;
/** Results that another process changes at the same moment are tried again so often. */
export const MOST_ROUNDS_WITHOUT_CHANGE = 5;

export const inSpace = (space: string): Query => ({ term: { 'result.space': space } });

/** Reads and changes stored results of one space; each is written only on top of what was read of it. */
export function createResultChanges(client: ElasticsearchClient, space: string, options: RequestOptions) {
  const { policy, signal } = options;
  const read = async (filter: Query[], size: number) => {
    const answer = await attempt(
      () =>
        client.search<AnomalyResult>(
          {
            ...resultsOfSpace(space),
            size,
            track_total_hits: false,
            seq_no_primary_term: true,
            query: { bool: { filter: [inSpace(space), ...filter] } },
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
    const outcome = await bulkWrite(client, operations, {
      what: 'mark results',
      guard: guardOf(client, 'results', { policy, signal }),
      refresh: true,
      policy,
      signal,
    });
    throwUnlessConflict(
      outcome,
      'mark results',
      `Marking results takes the right "index" on ${resultsPattern(space)}`,
    );
    const failed = new Set(outcome.refused.map(({ operation }) => operation.id));
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
    throw sentenceError('unavailable', 'results_busy');
  };

  return { read, write, changeAll };
}
