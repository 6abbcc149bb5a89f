import type { AnomalyResult } from '../../common/anomaly';
import type { Revision } from '../detection/ports';
import { attempt, type RetryPolicy } from './attempt';
import { bulkWrite, type BulkOperation, type BulkOutcome } from './bulk';
import type { ElasticsearchClient } from './client';
import { ensureIndex } from './index_resources';
import { documentId, resultsIndex } from './names';

const IDS_A_REQUEST = 5_000;

interface RevisionOptions {
  readonly space: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  readonly refresh?: boolean | 'wait_for';
}

/**
 * Replaces the results of logs that were looked at again. A result of one that is no longer anomalous is withdrawn: a
 * document of type `withdrawn` takes its place, which no search for results finds; deleting would take one more right.
 *
 * @returns the operations' outcome, and the results that were not there before
 */
export async function reviseResults(
  client: ElasticsearchClient,
  revision: Revision,
  summaryOperations: readonly BulkOperation[],
  options: RevisionOptions,
): Promise<{ operations: readonly BulkOperation[]; outcome: BulkOutcome; added: AnomalyResult[] }> {
  const { space, policy, signal, refresh } = options;
  const { detectorId, runId, logs, results } = revision;
  const what = `revise results of space "${space}"`;
  const places = logs.map(({ index, id, time }) => ({
    index: resultsIndex(space, time),
    id: documentId('log', detectorId, index, id),
    time,
  }));
  const indices = new Set([...places, ...summaryOperations].map(({ index }) => index));
  for (const index of indices) await ensureIndex(client, index, 'results', { policy, signal });
  const standing = new Set<string>();
  for (let start = 0; start < places.length; start += IDS_A_REQUEST) {
    const part = places.slice(start, start + IDS_A_REQUEST);
    const answer = await attempt(
      () =>
        client.mget<{ result?: { type?: string } }>(
          { docs: part.map(({ index, id }) => ({ _index: index, _id: id, _source: ['result.type'] })) },
          { signal },
        ),
      { what, policy, signal },
    );
    for (const found of answer.docs) {
      if ('found' in found && found.found && found._source?.result?.type === 'log') standing.add(found._id);
    }
  }
  const byId = new Map(
    results.map((result) => [documentId('log', detectorId, result.source.index, result.source.id), result]),
  );
  const operations: BulkOperation[] = places.flatMap(({ index, id, time }): BulkOperation[] => {
    const result = byId.get(id);
    if (result !== undefined) {
      return [{ action: 'index', index, id, document: { ...result, result: { ...result.result, space } } }];
    }
    if (!standing.has(id)) return [];
    const document = {
      '@timestamp': new Date(time).toISOString(),
      detector: { id: detectorId },
      run: { id: runId },
      result: { type: 'withdrawn', space },
    };
    return [{ action: 'index', index, id, document }];
  });
  operations.push(...summaryOperations);
  const outcome = await bulkWrite(client, operations, { what, policy, signal, refresh });
  return {
    operations,
    outcome,
    added: [...byId].flatMap(([id, result]) => (standing.has(id) ? [] : [result])),
  };
}
