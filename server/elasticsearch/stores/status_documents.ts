import { isDeepStrictEqual } from 'node:util';
import { DetectionError } from '../../../common/detection_error';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { checkpointsIndex, documentId } from '../indices/names';
import { attempt } from '../transport/attempt';
import { bulkWrite, bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { mgetWhole } from '../transport/whole_answer';
import { deleteChosen } from './delete_documents';

/** A part of what a detector tells of itself. */
export interface StatusKey {
  readonly detectorId: string;
  readonly part: string;
}

/** Parts of the status of detectors, kept beside their checkpoints. */
export interface StatusDocuments {
  /** @returns what was written last, in the order of the keys; undefined where nothing was. Takes one request. */
  read(keys: readonly StatusKey[]): Promise<(Record<string, unknown> | undefined)[]>;
  /** @param status JSON-safe; undefined takes the part away */
  write(key: StatusKey, status: unknown): Promise<void>;
  /**
   * Writes for one of several who would write at once.
   *
   * @param status JSON-safe, and no other's: an answer that was lost is told from somebody else's write by it
   * @param isFree is given what was written last
   * @returns false where it is not free, or somebody else was faster
   */
  claim(
    key: StatusKey,
    status: unknown,
    isFree: (known: Record<string, unknown> | undefined) => boolean,
  ): Promise<boolean>;
}

interface StoredStatusPart {
  status?: Record<string, unknown>;
}

/** Reading needs `read`, writing `index`, `create_index` and `view_index_metadata`. */
export function createStatusDocuments(
  client: ElasticsearchClient,
  { space }: { readonly space: string },
): StatusDocuments {
  const idOf = ({ detectorId, part }: StatusKey): string => documentId('status', space, detectorId, part);
  const index = checkpointsIndex(space);
  const documentOf = ({ detectorId, part }: StatusKey, status: unknown) => ({
    ...{ type: 'status', part, space, detector_id: detectorId, status },
  });
  const guard = guardOf(client, 'checkpoints');
  let isReady: Promise<void> | undefined;
  const prepare = (): Promise<void> => (isReady ??= ensureIndex(client, index, 'checkpoints'));
  return {
    read: async (keys) => {
      if (keys.length === 0) return [];
      const docs = await attempt(() => mgetWhole<StoredStatusPart>(client, { index, ids: keys.map(idOf) }), {
        what: 'read the status of detectors',
      }).catch((error: { details?: { status?: number } }) => {
        if (error.details?.status === 404) return [];
        throw error;
      });
      return keys.map((_key, position) => {
        const found = docs[position];
        return found !== undefined && '_source' in found ? found._source?.status : undefined;
      });
    },
    write: async (key, status) => {
      await prepare();
      const document = documentOf(key, status);
      await bulkWriteAll(client, [{ action: 'index', index, id: idOf(key), document }], {
        what: `write the status of the detector "${key.detectorId}"`,
        guard,
      });
    },
    claim: async (key, status, isFree) => {
      await prepare();
      const id = idOf(key);
      const what = `claim the ${key.part} of "${key.detectorId}"`;
      const read = () =>
        attempt(
          () =>
            client.get<StoredStatusPart>({ index, id }).catch((error: unknown) => {
              if (statusOf(error) === 404) return undefined;
              throw error;
            }),
          { what },
        );
      const found = await read();
      if (!isFree(found?._source?.status)) return false;
      const operation: BulkOperation = {
        ...{ index, id, document: documentOf(key, status) },
        ...(found === undefined
          ? { action: 'create' }
          : {
              action: 'index',
              ifUnchangedSince: {
                sequenceNumber: found._seq_no as number,
                primaryTerm: found._primary_term as number,
              },
            }),
      };
      const { revisions, refused, unwritten } = await bulkWrite(client, [operation], { what, guard });
      if (revisions.has(id)) return true;
      const [problem] = [...unwritten, ...refused];
      if (problem === undefined || problem.status === 409) {
        // An answer that was lost on the way is repeated: then the conflict is with ourselves.
        return isDeepStrictEqual((await read())?._source?.status, JSON.parse(JSON.stringify(status)));
      }
      const code = problem.status === 403 ? 'forbidden' : 'unavailable';
      throw new DetectionError(code, `Could not ${what}: ${problem.reason}`);
    },
  };
}

/** A backfill keeps its place under a name of its own, beside that of the detector. */
export const backfillPlace = (detectorId: string, backfillId: string): string =>
  `${detectorId}:backfill:${backfillId}`;

/** Forgets checkpoint, places of backfills and status of a detector of this space. */
export async function deleteStatus(
  client: ElasticsearchClient,
  { space, detectorId }: { readonly space: string; readonly detectorId: string },
): Promise<void> {
  const should = [
    { term: { detector_id: detectorId } },
    { prefix: { detector_id: backfillPlace(detectorId, '') } },
  ];
  const chosen = { index: checkpointsIndex(space), query: { bool: { should } } };
  const what = `delete the status of the detector "${detectorId}"`;
  await deleteChosen(client, chosen, { what }).catch((error: unknown) => {
    if (!(error instanceof DetectionError) || error.code !== 'not_found') throw error;
  });
}
