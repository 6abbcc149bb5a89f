import { ensureIndex, guardOf } from '../indices/index_resources';
import { checkpointsIndex, documentId } from '../indices/names';
import { attempt } from '../transport/attempt';
import { bulkWriteAll } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { mgetWhole } from '../transport/whole_answer';

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
}

/** Reading needs `read`, writing `index`, `create_index` and `view_index_metadata`. */
export function createStatusDocuments(
  client: ElasticsearchClient,
  { space }: { readonly space: string },
): StatusDocuments {
  const idOf = ({ detectorId, part }: StatusKey): string => documentId('status', space, detectorId, part);
  const index = checkpointsIndex(space);
  let isReady: Promise<void> | undefined;
  return {
    read: async (keys) => {
      if (keys.length === 0) return [];
      const docs = await attempt(
        () => mgetWhole<{ status?: Record<string, unknown> }>(client, { index, ids: keys.map(idOf) }),
        { what: 'read the status of detectors' },
      ).catch((error: { details?: { status?: number } }) => {
        if (error.details?.status === 404) return [];
        throw error;
      });
      return keys.map((_key, position) => {
        const found = docs[position];
        return found !== undefined && '_source' in found ? found._source?.status : undefined;
      });
    },
    write: async (key, status) => {
      isReady ??= ensureIndex(client, index, 'checkpoints');
      await isReady;
      const { detectorId, part } = key;
      const document = { type: 'status', part, space, detector_id: detectorId, status };
      await bulkWriteAll(client, [{ action: 'index', index, id: idOf(key), document }], {
        what: `write the status of the detector "${detectorId}"`,
        guard: guardOf(client, 'checkpoints'),
      });
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
  await attempt(
    () =>
      client
        .deleteByQuery({
          index: checkpointsIndex(space),
          query: {
            bool: {
              should: [
                { term: { detector_id: detectorId } },
                { prefix: { detector_id: backfillPlace(detectorId, '') } },
              ],
            },
          },
          conflicts: 'proceed',
        })
        .catch((error: unknown) => {
          if (statusOf(error) !== 404) throw error;
        }),
    { what: `delete the status of the detector "${detectorId}"` },
  );
}
