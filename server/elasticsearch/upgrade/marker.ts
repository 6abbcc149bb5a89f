import { randomUUID } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import type { DetectionError } from '../../../common/detection_error';
import { checkpointsIndex, documentId } from '../indices/names';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';

/** One document of the new index of checkpoints says how far the move is. */
interface Marker {
  readonly type: 'upgrade';
  readonly space: string;
  readonly from_version: '0.1.0';
  readonly state: 'copying' | 'done';
  readonly by: string;
  readonly at: string;
  readonly documents?: number;
  /** Old indices whose data of this space is in its new place; an earlier version noted none, and may have seen a part of them. */
  readonly moved?: readonly string[];
}

export interface MarkerRevision {
  readonly _seq_no?: number;
  readonly _primary_term?: number;
}

interface MarkerStore {
  /** @returns undefined where nothing was ever moved */
  read(): Promise<estypes.GetGetResult<Marker> | undefined>;
  /** @param known what was read or written before; undefined where nothing was there */
  write(
    progress: Required<Pick<Marker, 'state' | 'documents' | 'moved'>>,
    known: MarkerRevision | undefined,
  ): Promise<MarkerRevision>;
}

/** @param options.busy error where another process has written in between */
export function createMarker(
  client: ElasticsearchClient,
  options: RequestOptions & {
    readonly space: string;
    /** Epoch milliseconds. */
    readonly now: () => number;
    readonly busy: () => DetectionError;
  },
): MarkerStore {
  const { space, now, busy, policy, signal } = options;
  const by = randomUUID();
  const place = placeOf(space);
  const what = `move the data of space "${space}" from version 0.1.0`;
  const read = () => readMarker(client, space, { what, policy, signal });
  return {
    read,
    write({ state, documents, moved }, known) {
      const at = new Date(now()).toISOString();
      const document: Marker = {
        type: 'upgrade',
        space,
        from_version: '0.1.0',
        state,
        by,
        at,
        documents,
        moved,
      };
      const condition =
        known === undefined
          ? { op_type: 'create' as const }
          : { if_seq_no: known._seq_no, if_primary_term: known._primary_term };
      return attempt<MarkerRevision>(
        () =>
          client.index({ ...place, document, ...condition }, { signal }).catch(async (error: unknown) => {
            if (statusOf(error) !== 409) throw error;
            // The answer to our own write may have been lost on the way.
            const current = await read();
            if (current?._source?.by === by && current._source.state === state) return current;
            throw busy();
          }),
        { what, policy, signal },
      );
    },
  };
}

const placeOf = (space: string): { index: string; id: string } => ({
  index: checkpointsIndex(space),
  id: documentId('upgrade', '0.1.0', space),
});

const readMarker = (
  client: ElasticsearchClient,
  space: string,
  { what, policy, signal }: RequestOptions & { readonly what: string },
): Promise<estypes.GetGetResult<Marker> | undefined> =>
  attempt(
    () =>
      client.get<Marker>(placeOf(space), { signal }).catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }),
    { what, policy, signal },
  );

/**
 * @returns old indices whose data of the space was moved, none where an earlier version did not note them; undefined while it was not
 *   moved, or where the client may not know
 */
export async function movedIndices(
  client: ElasticsearchClient,
  space: string,
  options: RequestOptions = {},
): Promise<readonly string[] | undefined> {
  const what = `look whether space "${space}" was moved`;
  const found = await readMarker(client, space, { what, ...options }).catch((error: unknown) => {
    if ((error as DetectionError).code === 'forbidden') return undefined;
    throw error;
  });
  return found?._source?.state === 'done' ? (found._source.moved ?? []) : undefined;
}
