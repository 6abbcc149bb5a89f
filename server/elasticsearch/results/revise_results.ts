import type { AnomalyResult } from '../../../common/anomaly';
import { withFacts } from '../../../common/suppressions';
import type { ChangeNote, Revision } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
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
 * @returns the results that were not there before, how many were put aside, and of how many logs a result is withdrawn, by this call
 *   or one before it that died
 */
export async function reviseResults(
  client: ElasticsearchClient,
  revision: Revision,
  summaryOperations: readonly BulkOperation[],
  options: Omit<WriteResultsOptions, 'what'>,
): Promise<{ added: AnomalyResult[]; putAside: number; withdrawn: number }> {
  const { space, policy, signal } = options;
  const { detectorId, runId, at, logs, results, onlyStanding = false } = revision;
  const what = `revise results of space "${space}"`;
  const places = logs.map(({ index, id, time }) => ({
    index: resultsIndex(space, time),
    id: documentId('log', detectorId, index, id),
    time,
  }));
  if (!onlyStanding) {
    const indices = new Set([...places, ...summaryOperations].map(({ index }) => index));
    for (const index of indices) await ensureIndex(client, index, 'results', { policy, signal });
  }
  const stored = <Document>(these: readonly StoredPlace[]): Promise<Map<string, Document>> =>
    readStored<Document>(client, these, { what, policy, signal });
  const standing = await stored<AnomalyResult>(places);
  const mayWrite = (id: string): boolean =>
    !onlyStanding || (standing.get(id)?.result.type ?? 'withdrawn') !== 'withdrawn';
  const byId = new Map(
    results.map((result) => [documentId('log', detectorId, result.source.index, result.source.id), result]),
  );
  const note = { at: new Date(at).toISOString(), because: 'Its logs changed and were scored again' };
  const operations: BulkOperation[] = places.flatMap(({ index, id }): BulkOperation[] => {
    const result = byId.get(id);
    const before = standing.get(id);
    if (!mayWrite(id)) return [];
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
  const summed = onlyStanding ? await stored(summaryOperations) : undefined;
  operations.push(...summaryOperations.filter(({ id }) => summed?.has(id) !== false));
  const withdrawn = places.filter(({ id }) => standing.has(id) && !byId.has(id)).length;
  if (operations.length === 0) return { added: [], putAside: 0, withdrawn };
  const { putAside } = await writeResults(client, operations, { ...options, what });
  const added = [...byId].flatMap(([id, result]) =>
    result.result.type !== 'log' || !mayWrite(id) || standing.get(id)?.result.type === 'log' ? [] : [result],
  );
  return { added, putAside, withdrawn };
}

interface StoredPlace {
  readonly index: string;
  readonly id: string;
}

/** @returns the documents that are there, by their ids */
async function readStored<Document>(
  client: ElasticsearchClient,
  places: readonly StoredPlace[],
  options: RequestOptions & { readonly what: string },
): Promise<Map<string, Document>> {
  const stored = new Map<string, Document>();
  for (let start = 0; start < places.length; start += IDS_A_REQUEST) {
    const docs = places
      .slice(start, start + IDS_A_REQUEST)
      .map(({ index, id }) => ({ _index: index, _id: id }));
    const answer = await attempt(() => client.mget<Document>({ docs }, { signal: options.signal }), options);
    for (const found of answer.docs) {
      if ('found' in found && found.found && found._source !== undefined)
        stored.set(found._id, found._source);
    }
  }
  return stored;
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
