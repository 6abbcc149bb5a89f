import { sentenceError } from '../../../common/sentences/failure_sentences';
import type { CandidateGate } from '../../../common/api/gate';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, documentId, modelsIndex } from '../indices/names';

export interface StoredModel {
  type: 'model';
  space: string;
  detector_id: string;
  version: string;
  created_at: string;
  threshold: number;
  rows: number;
  evaluation?: unknown;
  note?: string;
  gate?: CandidateGate;
  sha256: string;
  parts: number;
}

/** Active version of a detector: one document each, so that a promotion is one atomic write. */
export interface StoredPromotion {
  type: 'active';
  space: string;
  detector_id: string;
  version: string;
  promoted_at: string;
  history: { version: string; promoted_at: string; note?: string; is_back?: boolean }[];
}

export interface ModelDocumentsOptions {
  readonly space?: string;
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
}

/** The documents of one space's models: a record each, its text in parts, and which one is active. */
export type ModelDocuments = ReturnType<typeof createModelDocuments>;

export function createModelDocuments(client: ElasticsearchClient, options: ModelDocumentsOptions) {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = modelsIndex(space);
  const guard = guardOf(client, 'models', { policy, signal });
  const ids = {
    model: (detectorId: string, version: string) => documentId('model', space, detectorId, version),
    part: (detectorId: string, version: string, part: number) =>
      documentId('part', space, detectorId, version, String(part)),
    active: (detectorId: string) => documentId('active', space, detectorId),
  };

  /** Returns a document, undefined where there is none. */
  const get = async <Document>(id: string, what: string, includes?: string[]) =>
    attempt(
      () =>
        client
          .get<Document>({ index, id, ...(includes && { _source_includes: includes }) }, { signal })
          .catch((error: unknown) => {
            if (statusOf(error) === 404) return undefined;
            throw error;
          }),
      { what, policy, signal },
    );

  return {
    client,
    space,
    index,
    ids,
    get,
    request: { policy, signal },
    ensureIndex: () => ensureIndex(client, index, 'models', { policy, signal }),
    write: async (operations: BulkOperation[], what: string, refresh = true): Promise<void> => {
      await bulkWriteAll(client, operations, { what, guard, refresh, policy, signal });
    },
    /** @throws DetectionError `not_found` */
    model: async (detectorId: string, version: string, includes?: string[]): Promise<StoredModel> => {
      const id = ids.model(detectorId, version);
      const found = await get<StoredModel>(id, `read model "${version}"`, includes);
      if (found?._source === undefined) {
        throw sentenceError('not_found', 'model_missing', { id: detectorId, version });
      }
      return found._source;
    },
    promotion: (detectorId: string) =>
      get<StoredPromotion>(ids.active(detectorId), `read the active model of "${detectorId}"`),
  };
}
