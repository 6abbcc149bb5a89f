import type { estypes } from '@elastic/elasticsearch';
import { DetectionError } from '../../../common/detection_error';
import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { statusOf } from '../transport/errors';

/** Deleting many documents takes its time; a request that is given up goes on in Elasticsearch, and the next one runs beside it. */
const LONGEST_DELETION_MILLISECONDS = 10 * 60_000;

/** Documents of one or several indices that a query finds. */
export interface ChosenDocuments extends Pick<estypes.DeleteByQueryRequest, 'ignore_unavailable'> {
  readonly index: string;
  readonly query: estypes.QueryDslQueryContainer;
}

/**
 * Deletes documents, those among them that were written a moment ago.
 *
 * @returns how many were found
 */
export async function deleteChosen(
  client: ElasticsearchClient,
  chosen: ChosenDocuments,
  { what, policy, signal }: RequestOptions & { readonly what: string },
): Promise<number> {
  await makeSearchable(client, chosen.index);
  const answer = await attempt(
    () =>
      client.deleteByQuery(
        { ...chosen, allow_no_indices: true, conflicts: 'proceed' },
        { signal, requestTimeout: LONGEST_DELETION_MILLISECONDS, maxRetries: 0 },
      ),
    { what, policy, signal },
  );
  return answer?.total ?? 0;
}

/** Refreshing takes the right "maintenance", which few have; a deletion that refreshes takes "delete" alone, also of nothing. */
async function makeSearchable(client: ElasticsearchClient, index: string): Promise<void> {
  try {
    await client.indices.refresh({ index, ignore_unavailable: true, allow_no_indices: true });
  } catch (error) {
    if (statusOf(error) !== 403 || index.includes('*')) return;
    await client.delete({ index, id: 'nothing-but-a-refresh', refresh: true }).catch(() => undefined);
  }
}

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
  const query = { bool: { filter: [{ term }], ...(kept && { must_not: [{ terms: kept }] }) } };
  const chosen = { index, query, ignore_unavailable: true };
  if ((await deleteChosen(client, chosen, { what })) !== 0) return;
  // A pattern stands for those indices alone that one may delete from: none of them is no error.
  const { count } = await attempt(() => client.count({ ...chosen, allow_no_indices: true }), { what });
  if (count > 0) {
    throw new DetectionError(
      'forbidden',
      `${count} documents of "${index}" were left: deleting them takes the right "delete" on it.`,
    );
  }
}
