import type { estypes } from '@elastic/elasticsearch';
import { parseDetector } from '../../../common/detector';
import { DAY } from '../../../common/duration';
import { newPattern, OTHER_PATTERNS } from '../../../common/patterns';
import type { ElasticsearchClient } from '../transport/client';
import { listLogPatterns } from './pattern_search';
import { documentOf } from './stored_pattern';

const NOW = Date.UTC(2026, 0, 12);
const detector = parseDetector({
  name: 'Till',
  source: { index: 'weblogs' },
  features: [{ type: 'hour_of_day', field: '@timestamp' }],
});
const query = {
  state: 'all',
  ignored: 'hide',
  sort: 'logs',
  order: 'desc',
  intervals: 28,
  page: 1,
  size: 2,
} as const;

type Answer = Partial<estypes.SearchResponse<unknown>>;
const hitsOf = (hits: object[]): Answer =>
  ({ hits: { total: { value: hits.length, relation: 'eq' }, hits } }) as unknown as Answer;
interface Counted {
  readonly key: string;
  readonly time?: { readonly value: number };
}
const listedOf = (patterns: readonly Counted[], changed: readonly string[] = []): Answer => {
  const aggregations: object = {
    listed: { doc_count: patterns.length, patterns: { buckets: patterns } },
    changed: { patterns: { buckets: changed.map((key) => ({ key })) } },
    ...{ states: { buckets: [] }, entities: { buckets: [] }, since: {} },
  };
  return { ...hitsOf([]), aggregations: aggregations as Answer['aggregations'] };
};
const listed = (...ids: string[]): Answer => listedOf(ids.map((key) => ({ key })));
const columns = (fields: Record<string, unknown>) => ({
  fields: Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, [value]])),
});

test('documents are read of the patterns of a page alone, which stand by the logs of all that became a part of them', async () => {
  const requests: estypes.SearchRequest[] = [];
  const logs: Record<string, number> = { p1: 5, p2: 3, p3: 4, old: 4, older: 2 };
  const asked = (request: estypes.SearchRequest): Answer => {
    requests.push(request);
    const text = JSON.stringify(request);
    if (text.includes('"kind":"event"')) return hitsOf([]);
    if (request.aggs?.listed !== undefined) return listed('p1', 'p2', 'p3');
    if (request.size === 0) {
      const buckets = Object.entries(logs).map(([key, value]) => ({ key, logs: { value } }));
      return { ...hitsOf([]), aggregations: { patterns: { buckets } } };
    }
    if (text.includes('"kind":"counts"')) return hitsOf([]);
    if (text.includes('must_not":[{"term":{"is_joining"')) {
      return hitsOf([
        columns({ pattern_id: 'older', merged_into: 'old' }),
        columns({ pattern_id: 'old', merged_into: 'p2' }),
      ]);
    }
    const of = ['p1', 'p2'].map((id) =>
      documentOf('till', newPattern(id, { first: 0, last: 0, example: id, tokens: [id] }, { since: 0 })),
    );
    return hitsOf(of.map((_source) => ({ _source })));
  };
  const client = { search: async (request: estypes.SearchRequest) => asked(request) };
  const { patterns, total } = await listLogPatterns(
    client as unknown as ElasticsearchClient,
    { space: 'default', id: 'till', detector },
    query,
    NOW,
  );
  // Of p2 there are 3, 4 and 2 logs.
  expect([total, patterns.map(({ id }) => id)]).toEqual([3, ['p2', 'p1']]);
  const whole = requests.filter(
    ({ _source, size }) => _source !== false && size !== 0 && _source === undefined,
  );
  expect(whole.map(({ size }) => size)).toEqual([50, 2]);
});

test('logs are those of what a pattern says is a part of it, whatever became a part of it once', async () => {
  const counted: string[][] = [];
  const logs: Record<string, number> = { p1: 5, part: 7, apart: 11 };
  const idsIn = ({ query: asked }: estypes.SearchRequest): string[] =>
    [asked?.bool?.filter ?? []]
      .flat()
      .flatMap((filter) => (filter.terms?.pattern_id as string[] | undefined) ?? []);
  const answerTo = (request: estypes.SearchRequest): Answer => {
    const text = JSON.stringify(request);
    if (request.aggs?.listed !== undefined) return listed('p1');
    if (text.includes('"kind":"event"') || request.size === 0) return hitsOf([]);
    if (text.includes('"kind":"counts"')) {
      counted.push(idsIn(request));
      return hitsOf(
        idsIn(request).map((id) => ({
          _source: { pattern_id: id, day: NOW - DAY, logs: logs[id], sums: { '60': logs[id] } },
        })),
      );
    }
    // One that was taken apart is still said to be a part, as are far too many others; of one that was forgotten nothing is said.
    if (text.includes('must_not":[{"term":{"is_joining"')) {
      return hitsOf(
        ['apart', ...Array.from({ length: 500 }, (_, other) => `old${other}`)].map((id) =>
          columns({ pattern_id: id, merged_into: 'p1' }),
        ),
      );
    }
    const seen = { first: 0, last: 0, example: 'p1', tokens: ['p1'] };
    return hitsOf([
      { _source: documentOf('till', { ...newPattern('p1', seen, { since: 0 }), members: ['part'] }) },
    ]);
  };
  const client = { search: async (request: estypes.SearchRequest) => answerTo(request) };
  const { patterns } = await listLogPatterns(
    client as unknown as ElasticsearchClient,
    { space: 'default', id: 'till', detector },
    query,
    NOW,
  );
  expect(patterns.map(({ id, logs: shown }) => [id, shown])).toEqual([['p1', 12]]);
  expect(counted).toEqual([['p1', 'part']]);
});

test('patterns that have changed stand first, then those whose state is new, then those with more logs', async () => {
  const requests: estypes.SearchRequest[] = [];
  const logs: Record<string, number> = { a: 1, b: 2, c: 9, d: 5 };
  const answerTo = (request: estypes.SearchRequest): Answer => {
    requests.push(request);
    if (request.aggs?.listed !== undefined) {
      const times = { a: 10, b: 30, c: 20, d: 20 };
      return listedOf(
        Object.entries(times).map(([key, value]) => ({ key, time: { value } })),
        ['a'],
      );
    }
    if (request.size === 0) {
      const buckets = Object.entries(logs).map(([key, value]) => ({ key, logs: { value } }));
      return { ...hitsOf([]), aggregations: { patterns: { buckets } } };
    }
    const text = JSON.stringify(request);
    if (request._source === false || /"kind":"(?:event|counts)"/.test(text)) return hitsOf([]);
    return hitsOf(
      Object.keys(logs).map((id) => ({
        _source: documentOf(
          'till',
          newPattern(id, { first: 0, last: 0, example: id, tokens: [id] }, { since: 0 }),
        ),
      })),
    );
  };
  const client = { search: async (request: estypes.SearchRequest) => answerTo(request) };
  const list = (sort: 'state' | 'logs', order: 'asc' | 'desc') =>
    listLogPatterns(
      client as unknown as ElasticsearchClient,
      { space: 'default', id: 'till', detector },
      { ...query, sort, order, size: 4 },
      NOW,
    ).then(({ patterns }) => patterns.map(({ id }) => id).join(''));
  expect(await list('state', 'desc')).toBe('abcd');
  expect(await list('state', 'asc')).toBe('dcba');
  expect(await list('logs', 'desc')).toBe('cdba');
  // No hit is read of patterns that are on no page.
  expect(requests.filter(({ aggs }) => aggs?.listed !== undefined).map(({ size }) => size)).toEqual([
    0, 0, 0,
  ]);
});

test('of counts the sums are read, all of them only where an older version has not summed up, or of one entity', async () => {
  const sources: unknown[] = [];
  const day = NOW - DAY;
  const cells = { 'e:till.1': { '60': 3, '75': 1 }, 'e:till.2': { '60': 4 } };
  const stored = [
    { _id: 'new', pattern_id: 'p1', day, logs: 8, cells, sums: { '60': 7, '75': 1 } },
    { _id: 'old', pattern_id: 'p1', day: day - DAY, logs: 8, cells },
    // An older version has counted after a newer one.
    { _id: 'both', pattern_id: 'p1', day: day - 2 * DAY, logs: 8, cells, sums: { '60': 4 } },
  ];
  const answerTo = (request: estypes.SearchRequest): Answer => {
    if (request.aggs?.listed !== undefined) return listed('p1');
    const text = JSON.stringify(request);
    if (text.includes('"kind":"event"') || request.size === 0 || request._source === false) return hitsOf([]);
    if (!text.includes('"kind":"counts"')) {
      const seen = { first: 0, last: 0, example: 'p1', tokens: ['p1'] };
      return hitsOf([{ _source: documentOf('till', newPattern('p1', seen, { since: 0 })) }]);
    }
    sources.push(request._source);
    const isAsked = (name: string): boolean =>
      (request._source as string[]).some((part) => part.startsWith(name));
    const ids = /"ids":\{"values":(\[[^\]]*\])/.exec(text);
    return hitsOf(
      stored
        .filter(({ _id }) => ids === null || (JSON.parse(ids[1]) as string[]).includes(_id))
        .map(({ _id, pattern_id, day: of, logs, ...parts }) => ({
          _id,
          _source: {
            ...{ pattern_id, day: of },
            ...(isAsked('logs') && { logs }),
            ...(isAsked('cells') && { cells: parts.cells }),
            ...(isAsked('sums') && parts.sums !== undefined && { sums: parts.sums }),
          },
        })),
    );
  };
  const client = { search: async (request: estypes.SearchRequest) => answerTo(request) };
  const logsOf = async (entity?: string): Promise<number> => {
    const { patterns } = await listLogPatterns(
      client as unknown as ElasticsearchClient,
      { space: 'default', id: 'till', detector },
      { ...query, ...(entity !== undefined && { entity }) },
      NOW,
    );
    return patterns[0].logs;
  };
  expect(await logsOf()).toBe(24);
  expect(await logsOf('till.2')).toBe(12);
  expect(sources).toEqual([
    ['pattern_id', 'day', 'logs', 'sums'],
    ['pattern_id', 'day', 'cells'],
    ['pattern_id', 'day', 'cells.e:till.2'],
  ]);
});

test.each([
  ['recent', true],
  ['first', true],
  ['logs', false],
  ['state', false],
] as const)(
  'by %s, logs are summed up of those that are counted together alone: %s',
  async (sort, isAlone) => {
    const summed: string[] = [];
    const answerTo = (request: estypes.SearchRequest): Answer => {
      if (request.aggs?.listed !== undefined) return listed();
      if (request.size !== 0) return hitsOf([]);
      summed.push(JSON.stringify(request.query));
      return {
        ...hitsOf([]),
        aggregations: { patterns: { buckets: [{ key: OTHER_PATTERNS, logs: { value: 7 } }] } },
      };
    };
    const client = { search: async (request: estypes.SearchRequest) => answerTo(request) };
    const found = await listLogPatterns(
      client as unknown as ElasticsearchClient,
      { space: 'default', id: 'till', detector },
      { ...query, sort },
      NOW,
    );
    expect(found.other_logs).toBe(7);
    expect(summed.map((asked) => asked.includes(OTHER_PATTERNS))).toEqual([isAlone]);
  },
);
