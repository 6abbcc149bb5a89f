import { DetectionError } from '../../../common/detection_error';
import { attempt } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

/**
 * Deletes the documents of an index that have a term.
 *
 * @param kept documents with any of these terms stay
 * @throws DetectionError `forbidden` when the user may read the documents and not delete them
 */
export async function deleteDocuments(
  client: ElasticsearchClient,
  index: string,
  term: Record<string, string>,
  kept?: Record<string, string[]>,
): Promise<void> {
  const what = `delete documents of "${index}"`;
  const chosen = {
    index,
    query: { bool: { filter: [{ term }], ...(kept && { must_not: [{ terms: kept }] }) } },
    ignore_unavailable: true,
    allow_no_indices: true,
  };
  const { total } = await attempt(() => client.deleteByQuery({ ...chosen, conflicts: 'proceed' }), { what });
  if (total !== 0) return;
  // A pattern stands for those indices alone that one may delete from: none of them is no error.
  const { count } = await attempt(() => client.count(chosen), { what });
  if (count > 0) {
    throw new DetectionError(
      'forbidden',
      `${count} documents of "${index}" were left: deleting them takes the right "delete" on it.`,
    );
  }
}
