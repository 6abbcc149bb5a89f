import type { ElasticsearchClient } from '../transport/client';
import { deleteDocuments } from './delete_documents';

/** A cluster that finds only what was refreshed; refreshing is answered with a status. */
function clusterOf(status: number) {
  let isRefreshed = false;
  const timeouts: unknown[] = [];
  const client = {
    indices: {
      refresh: async () => {
        if (status !== 200) throw Object.assign(new Error('refused'), { statusCode: status });
        isRefreshed = true;
      },
    },
    delete: async ({ refresh }: { refresh?: boolean }) => {
      isRefreshed = refresh === true;
      throw Object.assign(new Error('none'), { statusCode: 404 });
    },
    deleteByQuery: async (_request: object, { requestTimeout, maxRetries }: Record<string, unknown>) => {
      timeouts.push({ requestTimeout, maxRetries });
      return { total: isRefreshed ? 1 : 0 };
    },
    count: async () => ({ count: isRefreshed ? 0 : 1 }),
  } as unknown as ElasticsearchClient;
  return { client, timeouts };
}

test.each([200, 403])(
  'deletes what was written a moment ago, where refreshing is answered with %s',
  async (status) => {
    const { client, timeouts } = clusterOf(status);
    await deleteDocuments(client, 'log-anomalies-models.default', { detector_id: 'web' });
    expect(timeouts).toEqual([{ requestTimeout: 600_000, maxRetries: 0 }]);
  },
);
