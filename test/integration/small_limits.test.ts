import type { Client } from '@elastic/elasticsearch';
import { createLogSource } from '../../server/elasticsearch';
import type { LogSource } from '../../server/detection/ports';
import { compositePages } from '../../server/elasticsearch/transport/composite_pages';
import {
  administrator,
  createLogs,
  QUICK,
  rangeOf,
  START,
  uniqueName,
} from './fixtures/elasticsearch_fixture';

const LOGS = 1_300;

describe('an index with limits smaller than the usual', () => {
  let client: Client;
  let source: LogSource;
  const index = uniqueName('limits');
  beforeAll(async () => {
    client = administrator();
    source = createLogSource(client, { policy: QUICK, within: index });
    await createLogs(
      client,
      index,
      Array.from({ length: LOGS }, (_, number) => ({
        id: String(number),
        document: {
          '@timestamp': new Date(START + number).toISOString(),
          a: number,
          b: `b${number}`,
          c: true,
        },
      })),
      {
        mappings: {
          properties: {
            '@timestamp': { type: 'date' },
            a: { type: 'long' },
            b: { type: 'keyword' },
            c: { type: 'boolean' },
          },
        },
      },
    );
    await client.indices.putSettings({
      index,
      settings: { max_result_window: 100, max_docvalue_fields_search: 2, max_terms_count: 3 },
    });
  });
  afterAll(async () => {
    await client.cluster.putSettings({ persistent: { 'search.max_buckets': null } });
    await client.indices.delete({ index, ignore_unavailable: true });
    await client.close();
  });

  it('is read and sampled in smaller pages, and with fewer doc values', async () => {
    const fields = ['@timestamp', 'a', 'b', 'c'];
    const seen = [];
    for await (const { logs } of source.read(rangeOf(index), { fields })) {
      expect(logs.length).toBeLessThanOrEqual(100);
      seen.push(...logs.map(({ document }) => document));
    }
    expect(seen.map(({ a }) => a)).toEqual(Array.from({ length: LOGS }, (_, number) => number));
    expect(seen[7]).toEqual({ '@timestamp': new Date(START + 7).toISOString(), a: 7, b: 'b7', c: true });
    const { logs } = await source.sample(rangeOf(index), { size: 900, seed: 1, fields });
    expect(new Set(logs.map(({ document }) => document.a)).size).toBe(900);
    expect(await source.fetch([{ index, id: '7' }], fields)).toMatchObject([{ document: seen[7] }]);
    const many = Array.from({ length: 250 }, (_, number) => ({ index, id: String(number) }));
    const found = await source.fetch(many, fields);
    expect(new Set(found.map(({ id }) => id)).size).toBe(250);
  });

  it('is asked for many values by several lists of them', async () => {
    const values = Array.from({ length: 8 }, (_, number) => `b${number}`);
    const query = { terms: { b: values } };
    expect(await source.count({ ...rangeOf(index), query })).toBe(values.length);
  });

  it('gives buckets in smaller pages', async () => {
    await client.cluster.putSettings({ persistent: { 'search.max_buckets': 500 } });
    const found: number[] = [];
    const pages = compositePages<{ key: { a: number } }>(
      client,
      {
        index,
        query: { match_all: {} },
        sources: [{ a: { terms: { field: 'a' } } }],
        what: 'list numbers',
      },
      { policy: QUICK },
    );
    for await (const { buckets } of pages) found.push(...buckets.map(({ key }) => key.a));
    expect(found).toEqual(Array.from({ length: LOGS }, (_, number) => number));
  });
});
