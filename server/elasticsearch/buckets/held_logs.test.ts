import { parseDetector } from '../../../common/detector';
import { readLogs } from '../logs/read_logs';
import type { ElasticsearchClient } from '../transport/client';
import { compositePages } from '../transport/composite_pages';
import { entityTerms } from '../transport/entity_terms';
import { sessionsOf } from './closed_sessions';

jest.mock('../logs/read_logs', () => ({ readLogs: jest.fn() }));
jest.mock('../transport/composite_pages', () => ({ compositePages: jest.fn() }));
jest.mock('../transport/entity_terms', () => ({ entityTerms: jest.fn() }));

const START = Date.parse('2026-11-01T00:00:00Z');
const detector = parseDetector({
  name: 'Orders',
  source: { index: 'logs' },
  unit: 'bucket',
  bucket: { session: { field: 'trace.id' }, events: { field: 'message' } },
});
const range = {
  index: 'logs',
  timestampField: '@timestamp',
  ingestedField: 'event.ingested',
  from: START,
  to: START + 3_600_000,
};

test('ids with many logs are read in parts, and messages beyond those that are held counted together', async () => {
  const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const logs = 60_000;
  const idsOf = (query: unknown): string[] =>
    (query as { bool: { filter: { terms?: { ids: string[] } }[] } }).bool.filter.flatMap(
      ({ terms }) => terms?.ids ?? [],
    );
  jest.mocked(entityTerms).mockResolvedValue({
    sources: [],
    filter: [],
    filterOf: (some: readonly string[]) => [{ terms: { ids: [...some] } }],
    entityOf: ({ entity }: { entity: string }) => entity,
  });
  const asked: string[] = [];
  jest.mocked(readLogs).mockImplementation(async function* (_client, { query }) {
    asked.push(idsOf(query).join(''));
    // A log for each of the ids in each millisecond.
    for (let page = 0; page < 10; page++) {
      await Promise.resolve();
      const found = Array.from({ length: logs / 10 }, (_none, i) => ({
        index: 'logs',
        id: `${page}-${i}`,
        document: { '@timestamp': START + page * 6_000 + i, 'trace.id': ids, message: 'Took 5' },
      }));
      yield { logs: found, position: undefined };
    }
  });
  jest.mocked(compositePages).mockImplementation(async function* (_client, { query }) {
    await Promise.resolve();
    const buckets = idsOf(query).map((entity) => ({
      key: { entity },
      doc_count: logs,
      errors: { doc_count: 3 },
    }));
    yield { buckets };
  });
  const rows = await sessionsOf(
    {} as ElasticsearchClient,
    detector,
    { range, common: {} },
    { ids, within: range, options: {}, isWanted: () => true },
  );
  expect(asked).toEqual(['abcdefgh', 'abcd', 'efgh']);
  expect(rows.map(({ entity }) => entity)).toEqual(ids);
  for (const row of rows) {
    expect(row).toMatchObject({ start: START, end: START + logs - 1, count: logs, errors: 3 });
    expect(row.events).toEqual({
      texts: ['Took\u001f <num>'],
      counts: [50_000],
      rest: 10_000,
      first: [0],
      last: [49_999],
    });
  }
});
