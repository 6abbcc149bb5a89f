import type { ElasticsearchClient } from '../transport/client';
import { createFeedbackStore } from './feedback_store';

const policy = { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, random: () => 0, sleep: async () => {} };
const errorOf = (type: string): Error =>
  Object.assign(new Error(type), {
    name: 'ResponseError',
    meta: { statusCode: 404, body: { error: { type, reason: type } } },
  });
const hit = (place: number) => ({
  _id: String(place),
  _source: {
    kind: 'verdict',
    detector_id: 'web',
    source: { index: 'weblogs', id: String(place) },
    verdict: 'real',
    at: '2026-11-01T00:00:00.000Z',
  },
  sort: [place, place],
});

/** A cluster with so many verdicts, which loses the point in time after the first page where there are more. */
function clusterOf(verdicts: number | undefined) {
  const hits = Array.from({ length: verdicts ?? 0 }, (_, place) => hit(place));
  return {
    openPointInTime: async () => {
      if (verdicts === undefined) throw errorOf('index_not_found_exception');
      return { id: 'pit' };
    },
    closePointInTime: async () => ({}),
    search: async ({ size = 0, search_after: after }: { size?: number; search_after?: unknown[] }) => {
      const headers = { 'content-type': 'application/json' };
      if (after !== undefined) {
        const type = 'search_context_missing_exception';
        return { statusCode: 404, headers, body: JSON.stringify({ error: { type, reason: 'No context' } }) };
      }
      const found = { hits: { hits: hits.slice(0, size) }, _shards: { total: 1, failed: 0 } };
      return { statusCode: 200, headers, body: JSON.stringify(found) };
    },
  } as unknown as ElasticsearchClient;
}

test('verdicts that could not be read to the end are not told as none', async () => {
  const store = createFeedbackStore(clusterOf(20_000), { policy });
  await expect(store.list('web')).rejects.toMatchObject({ code: 'unavailable' });
});

test('there are none where there is no index', async () => {
  expect(await createFeedbackStore(clusterOf(undefined), { policy }).list('web')).toEqual([]);
});
