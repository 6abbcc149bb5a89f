import { attempt, type RequestOptions } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';

/**
 * Returns the closed indices of a pattern, which Elasticsearch leaves out of every search without a word. Takes no more than the right
 * to read.
 *
 * @param index one or several, separated by commas
 */
export async function closedIndices(
  client: ElasticsearchClient,
  index: string,
  options: RequestOptions = {},
): Promise<string[]> {
  const answer = await attempt(
    () =>
      client.indices.resolveIndex(
        { name: index.split(','), expand_wildcards: ['open', 'closed'] },
        { signal: options.signal },
      ),
    { what: `look for closed indices of "${index}"`, ...options },
  );
  return answer.indices
    .filter(({ attributes }) => attributes.includes('closed'))
    .map(({ name }) => name)
    .sort();
}
