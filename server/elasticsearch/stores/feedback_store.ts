import { DetectionError } from '../../../common/detection_error';
import type { Feedback, FeedbackStore } from '../../detection/ports';
import { attempt, type RetryPolicy } from '../transport/attempt';
import { bulkWriteAll, type BulkOperation } from '../transport/bulk';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';
import { ensureIndex, guardOf } from '../indices/index_resources';
import { DEFAULT_SPACE, feedbackId, feedbackIndex } from '../indices/names';
import { searchPages } from '../transport/search_pages';

export interface StoredFeedback extends Omit<Feedback, 'detectorId' | 'expiresAt' | 'suppressionId'> {
  readonly kind: 'verdict';
  readonly detector_id: string;
  readonly expires_at?: string;
  readonly suppression_id?: string;
}

const storedOf = ({ detectorId, expiresAt, suppressionId, ...feedback }: Feedback): StoredFeedback => ({
  kind: 'verdict',
  detector_id: detectorId,
  ...feedback,
  ...(expiresAt !== undefined && { expires_at: expiresAt }),
  ...(suppressionId !== undefined && { suppression_id: suppressionId }),
});

export const feedbackOf = ({
  kind: _kind,
  detector_id,
  expires_at,
  suppression_id,
  ...feedback
}: StoredFeedback): Feedback => ({
  detectorId: detector_id,
  ...feedback,
  ...(expires_at !== undefined && { expiresAt: expires_at }),
  ...(suppression_id !== undefined && { suppressionId: suppression_id }),
});

const isIndexMissing = (error: unknown): boolean =>
  error instanceof DetectionError &&
  ((error.details?.types as readonly string[] | undefined) ?? []).includes('index_not_found_exception');

/** Verdicts of people in `log-anomalies-feedback.<space>`, one for each detector and log. Needs `read`, `index`, `delete`, `create_index`, `view_index_metadata`. */
export function createFeedbackStore(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): FeedbackStore {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = feedbackIndex(space);
  const guard = guardOf(client, 'feedback', { policy, signal });

  const write = async (operation: BulkOperation, what: string): Promise<void> => {
    await ensureIndex(client, index, 'feedback', { policy, signal });
    await bulkWriteAll(client, [operation], { what, guard, refresh: true, policy, signal });
  };

  return {
    idOf: feedbackId,
    async find(detectorId, source) {
      const found = await attempt(
        () =>
          client
            .get<StoredFeedback>({ index, id: feedbackId(detectorId, source) }, { signal })
            .catch((error: unknown) => {
              if (statusOf(error) === 404) return undefined;
              throw error;
            }),
        { what: 'read what was said of a result', policy, signal },
      );
      return found?._source && feedbackOf(found._source);
    },
    async save(feedback) {
      const { detectorId, source } = feedback;
      await write(
        { action: 'index', index, id: feedbackId(detectorId, source), document: storedOf(feedback) },
        'save the feedback',
      );
    },
    async remove(detectorId, source) {
      await write({ action: 'delete', index, id: feedbackId(detectorId, source) }, 'remove the feedback');
    },
    async list(detectorId) {
      const found: Feedback[] = [];
      const pages = searchPages(client, {
        index,
        query: { bool: { filter: [{ term: { kind: 'verdict' } }, { term: { detector_id: detectorId } }] } },
        sort: [{ at: { order: 'asc', format: 'strict_date_optional_time' } }, { _shard_doc: 'asc' }],
        what: `list the feedback of "${detectorId}"`,
        policy,
        signal,
      });
      try {
        for await (const hits of pages) {
          for (const hit of hits) found.push(feedbackOf(hit._source as unknown as StoredFeedback));
        }
      } catch (error) {
        // Nobody has given any yet.
        if (isIndexMissing(error)) return [];
        throw error;
      }
      return found;
    },
  };
}
