import type { ElasticsearchClient } from './client';
import { isWorthRetrying } from './errors';
import { searchExactly } from './exact_search';

/** Answers each search with this status and text. */
const answering = (statusCode: number, body: string, type = 'application/json') =>
  ({
    search: async () => ({ body, statusCode, headers: { 'content-type': type } }),
  }) as unknown as ElasticsearchClient;

describe('a search that keeps all digits', () => {
  it('gives integers beyond 2^53 as texts', async () => {
    const answer = await searchExactly(
      answering(200, '{"hits":{"hits":[{"sort":[9007199254740993]}]}}'),
      {},
      {},
    );
    expect(answer.hits.hits[0].sort).toEqual(['9007199254740993']);
  });

  it.each([200, 500])('is worth a retry where a page of a gateway comes with status %d', async (status) => {
    const error: unknown = await searchExactly(answering(status, '<html>not Elasticsearch'), {}, {}).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'DeserializationError' });
    expect(isWorthRetrying(error)).toBe(true);
  });
});
