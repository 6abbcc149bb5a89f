import { PassThrough, Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { estypes } from '@elastic/elasticsearch';
import type { ElasticsearchClient } from './client';
import { isWholeAnswer, searchWhole, splitTerms } from './whole_answer';

type Sent = [status: number, body: string | Buffer, headers?: Record<string, string>];

/** A client whose answers come one after the other, as streams where they are asked for so. */
function clientOf(...answers: Sent[]): { client: ElasticsearchClient; asStreams: boolean[] } {
  const asStreams: boolean[] = [];
  const search = async (_request: unknown, { asStream }: { asStream?: boolean } = {}) => {
    const [statusCode, body, headers = {}] = answers[asStreams.length];
    asStreams.push(asStream === true);
    if (asStream !== true) return JSON.parse(body.toString()) as unknown;
    const parts = Buffer.from(body);
    const stream = Readable.from([parts.subarray(0, 7), parts.subarray(7)]);
    return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: stream };
  };
  return { client: { search } as unknown as ElasticsearchClient, asStreams };
}

const whole = { timed_out: false, _shards: { total: 3, successful: 3, failed: 0 }, hits: { hits: [] } };
const remote = (details: object, counts: object = {}) => ({
  ...whole,
  _clusters: {
    total: 2,
    successful: 1,
    skipped: 0,
    ...counts,
    details: { '(local)': { status: 'successful' }, ...details },
  },
});

describe('searchWhole', () => {
  const asked = (answer: object, request: estypes.SearchRequest = { index: 'logs' }) =>
    searchWhole(clientOf([200, JSON.stringify(answer)]).client, request);

  test('gives an answer of all shards and clusters', async () => {
    for (const answer of [whole, remote({ berlin: { status: 'successful', _shards: { failed: 0 } } })]) {
      expect(isWholeAnswer(answer as never)).toBe(true);
      await expect(asked(answer)).resolves.toEqual(answer);
    }
  });

  test.each<[string, object, RegExp]>([
    ['has run out of time', { ...whole, timed_out: true }, /the local cluster .*limit of time/],
    ['stopped before its end', { ...whole, terminated_early: true }, /limit of documents/],
    [
      'lacks a shard',
      { ...whole, _shards: { total: 3, failed: 1, failures: [{ reason: { type: 'x', reason: 'disk' } }] } },
      /1 of 3 shards failed: disk/,
    ],
    ['lacks a shard for no reason', { ...whole, _shards: { total: 3, failed: 2 } }, /2 of 3 shards failed/],
    [
      'skipped a cluster',
      remote({ berlin: { status: 'skipped' } }, { skipped: 1 }),
      /remote cluster "berlin" .*skipped/,
    ],
    [
      'has a part of a cluster',
      remote({ berlin: { status: 'partial' } }),
      /remote cluster "berlin" .*partial/,
    ],
    [
      'lacks shards of a cluster',
      remote({ berlin: { status: 'successful', _shards: { failed: 1 } } }),
      /"berlin"/,
    ],
    [
      'waited for a cluster in vain',
      remote({ berlin: { status: 'successful', timed_out: true } }),
      /"berlin" .*ran out of time/,
    ],
    ['tells no details', { ...whole, _clusters: { total: 2, successful: 1, skipped: 1 } }, /1 skipped/],
  ])('refuses one that %s', async (_what, answer, words) => {
    expect(isWholeAnswer(answer as never)).toBe(false);
    await expect(asked(answer)).rejects.toThrow(words);
    await expect(asked(answer)).rejects.toMatchObject({ meta: { statusCode: 503 } });
  });

  test('takes one that stops where it was told to', async () => {
    const answer = { ...whole, terminated_early: true };
    await expect(asked(answer, { index: 'logs', terminate_after: 1 })).resolves.toEqual(answer);
  });

  test('keeps all digits, also of a packed answer', async () => {
    const text = JSON.stringify({ ...whole, id: 7 }).replace('7', '9007199254740993');
    for (const sent of [
      [200, text],
      [200, gzipSync(text), { 'content-encoding': 'gzip' }],
    ] as Sent[])
      await expect(searchWhole(clientOf(sent).client, {})).resolves.toMatchObject({ id: '9007199254740993' });
  });

  test('throws what Elasticsearch refuses as the client does', async () => {
    const body = JSON.stringify({ error: { type: 'x', reason: 'no' }, status: 400 });
    await expect(searchWhole(clientOf([400, body]).client, {})).rejects.toMatchObject({
      name: 'ResponseError',
      meta: { statusCode: 400, body: { error: { reason: 'no' } } },
    });
  });

  test('refuses an answer that is too large, told or not', async () => {
    for (const headers of [{}, { 'content-length': '5000' }] as Record<string, string>[]) {
      const { client } = clientOf([200, JSON.stringify({ a: 'x'.repeat(5_000) }), headers]);
      await expect(searchWhole(client, {}, { maxResponseSize: 1_000 })).rejects.toMatchObject({
        name: 'RequestAbortedError',
        message: expect.stringMatching(/content length/),
      });
    }
  });

  /** An answer of which the beginning comes, and then nothing more. */
  function cutAnswer(headers: Record<string, string>) {
    const body = new PassThrough();
    body.write(gzipSync(JSON.stringify(whole)).subarray(0, 20));
    const search = async () => ({ statusCode: 200, headers, body });
    return { body, client: { search } as unknown as ElasticsearchClient };
  }

  test.each([{ 'content-encoding': 'gzip' }, {}])('ends where the answer breaks off, %j', async (headers) => {
    const { body, client } = cutAnswer(headers as Record<string, string>);
    const found = searchWhole(client, {});
    setImmediate(() => body.destroy(new Error('aborted')));
    await expect(found).rejects.toMatchObject({ name: 'ConnectionError' });
  });

  test.each([{ 'content-encoding': 'gzip' }, {}])('ends with its signal, %j', async (headers) => {
    const { client } = cutAnswer(headers as Record<string, string>);
    const controller = new AbortController();
    const found = searchWhole(client, {}, { signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(found).rejects.toMatchObject({ name: 'RequestAbortedError' });
  });

  test.each([401, 502, 503, 504])(
    'leaves %d to the client, which renews sessions and knows other nodes',
    async (status) => {
      const text = JSON.stringify(whole);
      const { client, asStreams } = clientOf([status, '{}'], [200, text], [200, text]);
      await expect(searchWhole(client, {})).resolves.toEqual(whole);
      expect(asStreams).toEqual([true, false, true]);
    },
  );
});

describe('splitTerms', () => {
  const query = (terms: object) => ({
    index: 'logs',
    query: { bool: { filter: [{ match_all: {} }, terms] } },
  });

  test('gives a list that is too long as several', () => {
    expect(splitTerms(query({ terms: { host: ['a', 'b', 'c', 'd', 'e'] } }), 2)).toEqual(
      query({
        bool: {
          should: [
            { terms: { host: ['a', 'b'] } },
            { terms: { host: ['c', 'd'] } },
            { terms: { host: ['e'] } },
          ],
          minimum_should_match: 1,
        },
      }),
    );
  });

  test('leaves short lists, aggregations and other values alone', () => {
    for (const other of [
      { terms: { host: ['a', 'b'] } },
      { terms: { field: 'host', size: 500, include: ['a', 'b', 'c'] } },
      { ids: { values: ['a', 'b', 'c'] } },
      { range: { at: { gte: 1, lt: null } } },
    ]) {
      expect(splitTerms(query(other), 2)).toEqual(query(other));
    }
  });
});
