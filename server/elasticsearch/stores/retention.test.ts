import { DEFAULT_RETRY_POLICY } from '../transport/attempt';
import type { ElasticsearchClient } from '../transport/client';
import { deleteResultMonths, type ResultMonth } from './retention';

const monthOf = (name: string, end: number): ResultMonth => ({
  index: `log-anomalies-results.${name}`,
  end,
  results: 1,
  judged: 0,
  summaries: 0,
});

it('deletes incidents and patterns of a month before its results, which whoever repeats it would find no more', async () => {
  const calls: string[] = [];
  let failsAt = 'log-anomalies-patterns.default';
  const client = {
    deleteByQuery: async ({ index }: { index: string }) => {
      if (index.startsWith(failsAt)) throw Object.assign(new Error('busy'), { statusCode: 400 });
      calls.push(`documents of ${index.split('.')[0]}`);
    },
    indices: {
      delete: async ({ index }: { index: string }) => {
        calls.push(index);
        throw Object.assign(new Error('closed'), { statusCode: 400 });
      },
    },
  } as unknown as ElasticsearchClient;
  const remove = (): Promise<void> =>
    deleteResultMonths(
      client,
      [monthOf('a', 1), monthOf('b', 2)],
      { at: new Date(0).toISOString() },
      { policy: { ...DEFAULT_RETRY_POLICY, attempts: 1 } },
    );
  await expect(remove()).rejects.toThrow(/busy|patterns/);
  expect(calls).toEqual(['documents of log-anomalies-incidents']);
  failsAt = 'none';
  calls.length = 0;
  await expect(remove()).rejects.toThrow(/closed|index/);
  expect(calls).toEqual([
    'documents of log-anomalies-incidents',
    'documents of log-anomalies-patterns',
    'log-anomalies-results.a',
  ]);
});
