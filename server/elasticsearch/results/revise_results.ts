import type { AnomalyResult } from '../../../common/anomaly';
import { DetectionError } from '../../../common/detection_error';
import { withFacts } from '../../../common/suppressions';
import type { ChangeNote, Revision } from '../../detection/ports';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { BulkOperation, DocumentRevision } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { ensureIndex } from '../indices/index_resources';
import { mgetWhole } from '../transport/whole_answer';
import { MOST_ROUNDS_WITHOUT_CHANGE } from './result_changes';
import { withChange } from './result_marks';
import { documentId, resultsIndex } from '../indices/names';
import { writeResults, type WriteResultsOptions } from './write_results';

const IDS_A_REQUEST = 5_000;

/**
 * Replaces the results of logs that were looked at again, each with its history, and each only on top of what was read of it: people may
 * judge and hide it meanwhile. One of logs that are no longer anomalous is withdrawn: it gets the type `withdrawn`, which no search for
 * results finds; deleting would take one more right.
 *
 * @returns the results that were not there before, how many were put aside, and of how many logs a result is withdrawn, by this call
 *   or one before it that died
 * @throws DetectionError `unavailable` where results cannot be read, or are being changed without end
 */
export async function reviseResults(
  client: ElasticsearchClient,
  revision: Revision,
  summaryOperations: readonly BulkOperation[],
  options: Omit<WriteResultsOptions, 'what'>,
): Promise<{ added: AnomalyResult[]; putAside: number; withdrawn: number }> {
  const { space, policy, signal } = options;
  const { detectorId, logs, results, onlyStanding = false } = revision;
  const what = `revise results of space "${space}"`;
  const places = logs.map(({ index, id, time }) => ({
    index: resultsIndex(space, time),
    id: documentId('log', detectorId, index, id),
  }));
  if (!onlyStanding) {
    const indices = new Set([...places, ...summaryOperations].map(({ index }) => index));
    for (const index of indices) await ensureIndex(client, index, 'results', { policy, signal });
  }
  const stored = <Document>(these: readonly StoredPlace[]): Promise<Stored<Document>> =>
    readStored<Document>(client, these, { what, policy, signal });
  const byId = new Map(
    results.map((result) => [documentId('log', detectorId, result.source.index, result.source.id), result]),
  );
  const first = await stored<AnomalyResult>(places);
  const summed = onlyStanding ? await stored(summaryOperations) : undefined;
  let standing = first;
  let operations = [
    ...places.flatMap((place) => changeOf(revision, space, place, { standing, byId })),
    ...summaryOperations.filter(({ id }) => summed?.has(id) !== false),
  ];
  const written = new Map<string, AnomalyResult>();
  let putAside = 0;
  for (let round = 1; operations.length > 0; round++) {
    const outcome = await writeResults(client, operations, { ...options, what });
    const { leftAlone } = outcome;
    putAside += outcome.putAside;
    for (const { id, document } of operations) {
      if (byId.has(id) && !leftAlone.has(id)) written.set(id, document as AnomalyResult);
    }
    if (leftAlone.size === 0) break;
    if (round >= MOST_ROUNDS_WITHOUT_CHANGE) {
      throw new DetectionError('unavailable', `Could not ${what}: they are being changed by somebody else.`);
    }
    const again = places.filter(({ id }) => leftAlone.has(id));
    standing = await stored<AnomalyResult>(again);
    operations = again.flatMap((place) =>
      changeOf(revision, space, place, { standing, byId, isChanged: true }),
    );
  }
  const isNews = (id: string): boolean =>
    written.get(id)?.result.type === 'log' && first.get(id)?.document.result.type !== 'log';
  return {
    added: [...byId].flatMap(([id, result]) => (isNews(id) ? [result] : [])),
    putAside,
    withdrawn: places.filter(({ id }) => first.has(id) && !byId.has(id)).length,
  };
}

interface Known {
  readonly standing: Stored<AnomalyResult>;
  /** Results of today. */
  readonly byId: ReadonlyMap<string, AnomalyResult>;
  /** True where somebody has changed it since this run looked what hides results. */
  readonly isChanged?: boolean;
}

/** @returns one operation at most: the result of a log as it is to be stored */
function changeOf(
  { runId, at, onlyStanding = false }: Revision,
  space: string,
  { index, id }: StoredPlace,
  { standing, byId, isChanged = false }: Known,
): BulkOperation[] {
  const note = { at: new Date(at).toISOString(), because: 'Its logs changed and were scored again' };
  const found = standing.get(id);
  const before = found?.document;
  if (onlyStanding && (before?.result.type ?? 'withdrawn') === 'withdrawn') return [];
  const operationOf = (document: unknown): BulkOperation =>
    found === undefined
      ? { action: 'create', index, id, document }
      : { action: 'index', index, id, document, ifUnchangedSince: found.revision };
  const given = byId.get(id);
  if (given !== undefined) {
    const result = isChanged && before !== undefined ? hiddenAs(before, given) : given;
    const document = withFacts(before === undefined ? result : revised(before, result, note));
    return [operationOf({ ...document, result: { ...document.result, space } })];
  }
  if (before === undefined || before.result.type === 'withdrawn') return [];
  const { suppressed_by: _ids, suppressed_because: _because, ...state } = before.result;
  const withdrawn = withChange(before, {}, note);
  return [
    operationOf({
      ...before,
      run: { id: runId },
      result: { ...state, type: 'withdrawn', history: withdrawn.result.history },
    }),
  ];
}

interface StoredPlace {
  readonly index: string;
  readonly id: string;
}
/** Documents that are there, by their ids. */
type Stored<Document> = ReadonlyMap<
  string,
  { readonly document: Document; readonly revision: DocumentRevision }
>;

async function readStored<Document>(
  client: ElasticsearchClient,
  places: readonly StoredPlace[],
  options: RequestOptions & { readonly what: string },
): Promise<Stored<Document>> {
  const stored = new Map<string, { document: Document; revision: DocumentRevision }>();
  for (let start = 0; start < places.length; start += IDS_A_REQUEST) {
    const docs = places
      .slice(start, start + IDS_A_REQUEST)
      .map(({ index, id }) => ({ _index: index, _id: id }));
    const items = await attempt(
      () => mgetWhole<Document>(client, { docs }, { signal: options.signal }),
      options,
    );
    for (const found of items) {
      if (!('found' in found) || !found.found || found._source === undefined) continue;
      const { _seq_no: sequenceNumber, _primary_term: primaryTerm } = found;
      stored.set(found._id, {
        document: found._source,
        revision: { sequenceNumber: sequenceNumber as number, primaryTerm: primaryTerm as number },
      });
    }
  }
  return stored;
}

/** The new result, hidden or shown as the one that stands is. */
function hiddenAs({ result: before }: AnomalyResult, result: AnomalyResult): AnomalyResult {
  if (before.type === 'withdrawn') return result;
  const { suppressed_by: _ids, suppressed_because: _because, ...state } = result.result;
  const { type, suppressed_by: ids, suppressed_because: because } = before;
  return {
    ...result,
    result: {
      ...state,
      type,
      ...(ids && { suppressed_by: ids }),
      ...(because !== undefined && { suppressed_because: because }),
    },
  };
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
