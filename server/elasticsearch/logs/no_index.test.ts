import { Readable } from 'node:stream';
import type { LogRange } from '../../detection/ports';
import { drawSample } from '../scanning';
import type { ElasticsearchClient } from '../transport/client';
import { noLogsError } from './no_logs';

const answer = {
  took: 0,
  timed_out: false,
  _shards: { total: 0, successful: 0, skipped: 0, failed: 0 },
  hits: { total: { value: 0, relation: 'eq' }, max_score: 0, hits: [] },
};

/** Elasticsearch as it answers where no index matches a pattern: without aggregations. */
const client = {
  search: async (_request: unknown, { asStream }: { asStream?: boolean } = {}) =>
    asStream
      ? {
          statusCode: 200,
          headers: { 'content-type': 'application/json' },
          body: Readable.from([Buffer.from(JSON.stringify(answer))]),
        }
      : answer,
} as unknown as ElasticsearchClient;
const range = { index: 'none-*', timestampField: '@timestamp', from: 0, to: 1_000 } as LogRange;

it('is told where no index matches, and is no failure', async () => {
  expect(await drawSample(client, range)).toBeUndefined();
  const { message, said } = await noLogsError(client, range, { last: '7d' });
  expect(message).toBe('No index that can be read matches none-*.');
  expect(said).toEqual({ code: 'no_readable_index', values: { index: 'none-*' } });
});
