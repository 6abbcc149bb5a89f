import { DetectionError } from '../../../common/detection_error';
import type { CountingPlace, CountingRecord } from '../../detection/ports/patterns';
import { DEFAULT_SPACE, documentId, patternsIndex } from '../indices/names';
import { attempt, type RetryPolicy } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { PatternDocuments } from './pattern_documents';

/** Document of kind `counting`: one a detector. */
interface CountingDocument {
  readonly kind: 'counting';
  readonly detector_id: string;
  readonly counting: CountingRecord;
}

/** Times that a change is made anew where others change the record at the same moment. */
const MOST_TRIES = 5;

/** Record of what is counted of one detector, in `log-anomalies-patterns.<space>`. Needs the rights of the store of patterns. */
export function createCountingPlace(
  client: ElasticsearchClient,
  detectorId: string,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): CountingPlace {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = patternsIndex(space);
  const id = documentId('pattern_counting', detectorId);
  const documents = new PatternDocuments(client, detectorId, { space, policy, signal });
  const find = () =>
    attempt(
      () =>
        client.get<CountingDocument>({ index, id }, { signal }).catch((error: unknown) => {
          if (statusOf(error) === 404) return undefined;
          throw error;
        }),
      { what: `read what is counted of "${detectorId}"`, policy, signal },
    );
  return {
    read: async () => (await find())?._source?.counting ?? {},
    change: async (change) => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const found = await find();
        const counting = change(found?._source?.counting ?? {});
        const document: CountingDocument = { kind: 'counting', detector_id: detectorId, counting };
        const isWritten = await documents.replace(
          { index, id, document },
          found && {
            sequenceNumber: found._seq_no as number,
            primaryTerm: found._primary_term as number,
          },
        );
        if (isWritten) return counting;
      }
      throw new DetectionError(
        'conflict',
        `Others change what is counted of "${detectorId}": does another process run this detector?`,
      );
    },
  };
}
