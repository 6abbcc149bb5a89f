import { attempt, type RequestOptions } from './attempt';
import type { ElasticsearchClient } from './client';
import { statusOf } from './errors';
import { mgetWhole } from './whole_answer';

const DOCUMENTS_AT_ONCE = 1_000;

/**
 * Gets documents by their ids, a thousand with one request.
 *
 * @returns those that are there, in the order of the ids; none of an index that is not there
 * @throws DetectionError where one could not be read
 */
export async function getMany<Document>(
  client: ElasticsearchClient,
  {
    index,
    ids,
    includes,
    what,
    ...request
  }: RequestOptions & {
    readonly index: string;
    readonly ids: readonly string[];
    /** Fields to return; default: all. */
    readonly includes?: string[];
    /** The operation, as it follows "Could not". */
    readonly what: string;
  },
): Promise<Document[]> {
  const documents: Document[] = [];
  for (let first = 0; first < ids.length; first += DOCUMENTS_AT_ONCE) {
    const asked = {
      index,
      ids: ids.slice(first, first + DOCUMENTS_AT_ONCE),
      ...(includes && { _source_includes: includes }),
    };
    const found = await attempt(
      () =>
        mgetWhole<Document>(client, asked, request).catch((error: unknown) => {
          if (statusOf(error) === 404) return [];
          throw error;
        }),
      { what, ...request },
    );
    for (const each of found) {
      if ('_source' in each && each._source !== undefined) documents.push(each._source);
    }
  }
  return documents;
}
