import { DetectionError } from '../../../common/detection_error';
import { isDeepStrictEqual } from 'node:util';
import type { Checkpoint, CheckpointStore } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { getMany } from '../transport/get_many';
import { bulkWrite, type DocumentRevision as Revision } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { checkpointsIndex, DEFAULT_SPACE, documentId } from '../indices/names';

interface StoredCheckpoint {
  detector_id: string;
  checkpoint: Checkpoint;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Checkpoints in `log-anomalies-checkpoints.<space>`, one document for each detector. Needs `read`, `index`, `create_index`, `view_index_metadata`. */
export function createCheckpointStore(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): CheckpointStore {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = checkpointsIndex(space);
  const idOf = (detectorId: string): string => documentId('checkpoint', space, detectorId);

  const read: CheckpointStore['read'] = async (detectorId) => {
    const found = await attempt(
      () =>
        client.get<StoredCheckpoint>({ index, id: idOf(detectorId) }, { signal }).catch((error: unknown) => {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }),
      { what: `read the checkpoint of "${detectorId}"`, policy, signal },
    );
    if (found?._source === undefined) return undefined;
    const revision: Revision = {
      sequenceNumber: found._seq_no as number,
      primaryTerm: found._primary_term as number,
    };
    return { checkpoint: found._source.checkpoint, revision };
  };

  const write: CheckpointStore['write'] = async (checkpoint, known) => {
    const { detectorId } = checkpoint;
    const revision = known as Revision | undefined;
    if (revision === undefined) await ensureIndex(client, index, 'checkpoints', { policy, signal });
    const document: StoredCheckpoint = { detector_id: detectorId, checkpoint };
    const id = idOf(detectorId);
    const what = `write the checkpoint of "${detectorId}"`;
    const { revisions, refused, unwritten } = await bulkWrite(
      client,
      [
        revision === undefined
          ? { action: 'create', index, id, document }
          : { action: 'index', index, id, document, ifUnchangedSince: revision },
      ],
      { what, guard: guardOf(client, 'checkpoints', { policy, signal }), policy, signal },
    );
    const written = revisions.get(id);
    if (written !== undefined) return written;
    const [problem] = [...unwritten, ...refused.filter(({ status }) => status !== 409)];
    if (problem !== undefined) {
      throw new DetectionError(
        problem.status === 403 ? 'forbidden' : unwritten.length > 0 ? 'unavailable' : 'refused',
        `Could not ${what}: ${problem.reason}`,
      );
    }
    // The answer to our own write may have been lost on the way: then the conflict is with ourselves.
    const current = await read(detectorId);
    if (current === undefined) {
      throw new DetectionError(
        'conflict',
        `The checkpoint of "${detectorId}" is gone: has somebody deleted "${index}"? The next run begins as that of a new detector.`,
      );
    }
    if (isDeepStrictEqual(plain(current.checkpoint), plain(checkpoint))) return current.revision;
    throw new DetectionError(
      'conflict',
      `Run "${current.checkpoint.runId}" has moved the checkpoint of "${detectorId}" meanwhile: does another process run this detector?`,
    );
  };

  return { read, write };
}

/** Reads the checkpoints of many detectors at once. @returns by the id of a detector; one that never ran has none */
export async function readCheckpoints(
  client: ElasticsearchClient,
  detectorIds: readonly string[],
  { space = DEFAULT_SPACE, ...request }: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): Promise<Map<string, Checkpoint>> {
  const index = checkpointsIndex(space);
  const ids = detectorIds.map((id) => documentId('checkpoint', space, id));
  const found = await getMany<StoredCheckpoint>(client, { index, ids, what: 'read checkpoints', ...request });
  return new Map(found.map(({ detector_id: id, checkpoint }) => [id, checkpoint]));
}
