import type { AnomalyResult } from '../../../common/anomaly';
import { withFacts } from '../../../common/suppressions';
import type { ChangeNote, Revision } from '../../detection/ports';
import { attempt } from '../transport/attempt';
import type { BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { ensureIndex } from '../indices/index_resources';
import { withChange } from './result_marks';
import { documentId, resultsIndex } from '../indices/names';
import { writeResults, type WriteResultsOptions } from './write_results';

const IDS_A_REQUEST = 5_000;

/**
 * Replaces the results of logs that were looked at again, each with its history. One of logs that are no longer anomalous is
 * withdrawn: it gets the type `withdrawn`, which no search for results finds; deleting would take one more right.
 *
 * @returns the results that were not there before, and how many were put aside
 */
export async function reviseResults(
  client: ElasticsearchClient,
  revision: Revision,
  summaryOperations: readonly BulkOperation[],
  options: Omit<WriteResultsOptions, 'what'>,
): Promise<{ added: AnomalyResult[]; putAside: number }> {
  const { space, policy, signal } = options;
  const { detectorId, runId, at, logs, results } = revision;
  const what = `revise results of space "${space}"`;
  const places = logs.map(({ index, id, time }) => ({
    index: resultsIndex(space, time),
    id: documentId('log', detectorId, index, id),
    time,
  }));
  const indices = new Set([...places, ...summaryOperations].map(({ index }) => index));
  for (const index of indices) await ensureIndex(client, index, 'results', { policy, signal });
  const standing = new Map<string, AnomalyResult>();
  for (let start = 0; start < places.length; start += IDS_A_REQUEST) {
    const part = places.slice(start, start + IDS_A_REQUEST);
    const answer = await attempt(
      () =>
        client.mget<AnomalyResult>(
          { docs: part.map(({ index, id }) => ({ _index: index, _id: id })) },
          { signal },
        ),
      { what, policy, signal },
    );
    for (const found of answer.docs) {
      if ('found' in found && found.found && found._source !== undefined)
        standing.set(found._id, found._source);
    }
  }
  const byId = new Map(
    results.map((result) => [documentId('log', detectorId, result.source.index, result.source.id), result]),
  );
  const note = { at: new Date(at).toISOString(), because: 'Its logs changed and were scored again' };
  const operations: BulkOperation[] = places.flatMap(({ index, id }): BulkOperation[] => {
    const result = byId.get(id);
    const before = standing.get(id);
    if (result !== undefined) {
      const document = withFacts(before === undefined ? result : revised(before, result, note));
      return [
        { action: 'index', index, id, document: { ...document, result: { ...document.result, space } } },
      ];
    }
    if (before === undefined || before.result.type === 'withdrawn') return [];
    const { suppressed_by: _ids, suppressed_because: _because, ...state } = before.result;
    const withdrawn = withChange(before, {}, note);
    const document = {
      ...before,
      run: { id: runId },
      result: { ...state, type: 'withdrawn', history: withdrawn.result.history },
    };
    return [{ action: 'index', index, id, document }];
  });
  operations.push(...summaryOperations);
  const { putAside } = await writeResults(client, operations, { ...options, what });
  const added = [...byId].flatMap(([id, result]) =>
    result.result.type !== 'log' || standing.get(id)?.result.type === 'log' ? [] : [result],
  );
  return { added, putAside };
}

/** The new result with what was said and done about the one before. */
function revised(before: AnomalyResult, result: AnomalyResult, note: ChangeNote): AnomalyResult {
  const { verdict } = before.result;
  const isAsBefore =
    before.anomaly.score === result.anomaly.score && before.result.type === result.result.type;
  const { history } = isAsBefore ? before.result : withChange(before, {}, note).result;
  return {
    ...result,
    result: { ...result.result, ...(verdict && { verdict }), ...(history && { history }) },
  };
}
