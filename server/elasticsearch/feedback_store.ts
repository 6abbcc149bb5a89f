import { DetectionError } from '../../common/detection_error';
import type { Feedback, FeedbackStore } from '../detection/ports';
import type { RetryPolicy } from './attempt';
import { bulkWriteAll, type BulkOperation } from './bulk';
import type { ElasticsearchClient } from './client';
import { ensureIndex } from './index_resources';
import { DEFAULT_SPACE, documentId, feedbackIndex } from './names';
import { searchPages } from './search_pages';

interface StoredFeedback extends Omit<Feedback, 'detectorId'> {
  readonly kind: 'verdict';
  readonly detector_id: string;
}

/** Verdicts of people in `log-anomalies-feedback-<space>`, one for each detector and log. Needs `read`, `index`, `delete`, `create_index`, `view_index_metadata`. */
export function createFeedbackStore(
  client: ElasticsearchClient,
  options: { space?: string; policy?: RetryPolicy; signal?: AbortSignal } = {},
): FeedbackStore {
  const { space = DEFAULT_SPACE, policy, signal } = options;
  const index = feedbackIndex(space);
  const idOf = (detectorId: string, source: { index: string; id: string }): string =>
    documentId('feedback', detectorId, source.index, source.id);

  const write = async (operation: BulkOperation, what: string): Promise<void> => {
    await ensureIndex(client, index, 'feedback', { policy, signal });
    await bulkWriteAll(client, [operation], { what, refresh: true, policy, signal });
  };

  return {
    async save({ detectorId, ...feedback }) {
      const document: StoredFeedback = { kind: 'verdict', detector_id: detectorId, ...feedback };
      await write(
        { action: 'index', index, id: idOf(detectorId, feedback.source), document },
        'save the feedback',
      );
    },
    async remove(detectorId, source) {
      await write({ action: 'delete', index, id: idOf(detectorId, source) }, 'remove the feedback');
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
          for (const hit of hits) {
            const { kind: _kind, detector_id, ...feedback } = hit._source as unknown as StoredFeedback;
            found.push({ detectorId: detector_id, ...feedback });
          }
        }
      } catch (error) {
        // Nobody has given any yet.
        if (error instanceof DetectionError && error.code === 'not_found') return [];
        throw error;
      }
      return found;
    },
  };
}
