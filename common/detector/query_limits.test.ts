import { bucketSchema } from './bucket_schema';
import { detectorSchema } from './detector_schema';
import {
  detectorOfFileSchema,
  newDetectorSchema,
  newSourceSchema,
  queryProblem,
  sourceOfFileSchema,
} from './query_limits';
import { leastTime } from '../../test/unit/thread_time';

const term = { term: { 'service.name': 'web' } };
const nested = (levels: number): unknown => {
  let query: unknown = term;
  for (let i = 0; i < levels; i++) query = { bool: { filter: [query] } };
  return query;
};
const script = { script: { script: { source: 'while (true) {}' } } };

describe('a query', () => {
  it('of everyday types is taken, whatever the names of its fields', () => {
    for (const query of [
      'status:>=500 AND host:web-*',
      {},
      term,
      { match_all: {} },
      { term: { script: 'a' } },
      { terms: { level: ['error', 'fatal'] } },
      { regexp: { 'url.path': { value: '/api/.*', max_determinized_states: 5_000 } } },
      { wildcard: { message: '*timeout*' } },
      { query_string: { query: 'a OR b', analyze_wildcard: true } },
      { nested: { path: 'tags', query: term } },
      {
        bool: {
          must: [],
          filter: { bool: { should: [term, { exists: { field: 'x' } }], minimum_should_match: 1 } },
          must_not: [{ range: { '@timestamp': { gte: 'now-1d' } } }],
        },
      },
      nested(9),
    ]) {
      expect(queryProblem(query)).toBeUndefined();
    }
  });

  // Source: kbn-es-query build_filters and the functions and nodes of KQL, Kibana 8.12; filters drawn in Kibana Maps.
  it.each<[string, object]>([
    ['exists', { exists: { field: 'host.name' } }],
    ['a phrase', { match_phrase: { 'service.name': 'web' } }],
    [
      'phrases',
      {
        bool: {
          minimum_should_match: 1,
          should: [{ match_phrase: { a: 'x' } }, { match_phrase: { a: 'y' } }],
        },
      },
    ],
    [
      'a range',
      { range: { '@timestamp': { gte: 'now-1d', lt: 'now', format: 'strict_date_optional_time' } } },
    ],
    [
      'combined filters',
      {
        bool: {
          filter: [
            { bool: { should: [{ exists: { field: 'a' } }], minimum_should_match: 1 } },
            { bool: { must_not: [term] } },
          ],
        },
      },
    ],
    [
      'what is negated',
      { bool: { must: [], filter: [], should: [], must_not: [{ match_phrase: { a: 'x' } }] } },
    ],
    [
      'text in Lucene',
      {
        query_string: { query: 'status:>500 AND NOT a', analyze_wildcard: true, time_zone: 'Europe/Berlin' },
      },
    ],
    [
      'text for everybody',
      { simple_query_string: { query: 'a + b', fields: ['message'], default_operator: 'and' } },
    ],
    ['KQL of all fields', { multi_match: { type: 'best_fields', query: 'timeout', lenient: true } }],
    [
      'KQL with a wildcard',
      {
        bool: {
          should: [{ wildcard: { 'url.path': { value: '/a*', case_insensitive: true } } }],
          minimum_should_match: 1,
        },
      },
    ],
    [
      'KQL within nested',
      {
        nested: {
          path: 'tags',
          query: { bool: { should: [{ match: { 'tags.a': 'x' } }] } },
          score_mode: 'none',
        },
      },
    ],
    ['a prefix', { prefix: { 'url.path': { value: '/a' } } }],
    ['ids', { ids: { values: ['1', '2'] } }],
    ['a written query', { match: { message: { query: 'a b', operator: 'and' } } }],
    [
      'a box on a map',
      {
        bool: {
          must: [
            { exists: { field: 'location' } },
            { geo_bounding_box: { location: { top_left: [1, 2], bottom_right: [3, 1] } } },
          ],
        },
      },
    ],
    ['a circle on a map', { geo_distance: { distance: '10km', location: [1, 2] } }],
    [
      'a shape on a map',
      {
        geo_shape: {
          ignore_unmapped: true,
          location: {
            relation: 'INTERSECTS',
            shape: {
              type: 'Polygon',
              coordinates: [
                [
                  [0, 0],
                  [1, 0],
                  [1, 1],
                  [0, 0],
                ],
              ],
            },
          },
        },
      },
    ],
    ['a tile of a map', { geo_grid: { location: { geotile: '6/32/22' } } }],
  ])('that Kibana builds of %s is taken', (_what, query) => {
    expect(queryProblem(query)).toBeUndefined();
    expect(queryProblem({ bool: { must: [], filter: [query], should: [], must_not: [] } })).toBeUndefined();
  });

  it.each([
    [
      'a script in the hits within',
      { nested: { path: 'a', query: term, inner_hits: { script_fields: { x: script.script } } } },
      /^holds "inner_hits" in nested; allowed there: query/,
    ],
    [
      'a setting that is none',
      { bool: { filtered: [script] } },
      /^holds "filtered" in bool; allowed there: must, filter/,
    ],
    ['a list for settings', { bool: [script] }, /^has no settings in bool/],
    [
      'a shape of another index',
      { geo_shape: { a: { indexed_shape: { index: 'shapes', id: '1' } } } },
      /^takes the shape of geo_shape on "a" from another index/,
    ],
  ])('with %s is refused', (_what, query, words) => {
    expect(queryProblem(query)).toMatch(words);
  });

  it.each([
    ['a script', script],
    ['a script inside', { bool: { must: [{ constant_score: { filter: script } }] } }],
    ['what hides a query', { wrapper: { query: 'eyJzY3JpcHQiOnt9fQ==' } }],
    ['a script of scores', { function_score: { query: term, script_score: { script: '1' } } }],
    ['a script of terms', { terms_set: { a: { terms: ['x'], minimum_should_match_script: {} } } }],
    ['a name of every object', { constructor: {} }],
  ])('with %s is refused, with the types that are allowed', (_what, query) => {
    expect(queryProblem(query)).toMatch(/^holds a query of the type "\w+"; allowed: bool, boosting, /);
  });

  it.each([
    [{ terms: { user: { index: 'users', id: '1', path: 'ids' } } }, /takes the values of terms on "user"/],
    [{ terms: { user: Array(1_025).fill(1) } }, /^has 1025 values in terms; allowed: at most 1024$/],
    [{ ids: { values: Array(1_025).fill('a') } }, /^has 1025 values in ids/],
    [{ regexp: { path: '(a|b)'.repeat(60) } }, /^has a pattern of 300 characters in regexp on "path"/],
    [{ wildcard: { path: { wildcard: '*'.repeat(257) } } }, /^has a pattern of 257 characters in wildcard/],
    [{ regexp: { path: { value: 'a', max_determinized_states: 1e9 } } }, /^has max_determinized_states in /],
    [{ query_string: { query: '/a/', max_determinized_states: 'x' } }, /^has max_determinized_states in /],
    [
      { match_phrase_prefix: { message: { query: 'a', max_expansions: 2_147_483_647 } } },
      /^has max_expansions in match_phrase_prefix; allowed: at most 1024$/,
    ],
    [
      { multi_match: { query: 'a', type: 'phrase_prefix', max_expansions: '1e9' } },
      /^has max_expansions in /,
    ],
    [{ query_string: { query: 'a~', fuzzy_max_expansions: 1e9 } }, /^has fuzzy_max_expansions in /],
    [nested(11), /^is nested more than 32 levels deep$/],
    [nested(100_000), /^is nested more than 32 levels deep$/],
    [{ match: { message: 'x'.repeat(16_384) } }, /^has more than 16384 characters as JSON$/],
    [{ bool: { should: Array(512).fill({ match_all: {} }) } }, /^holds more than 512 queries$/],
    [{ bool: { filter: ['a'] } }, /^must hold queries as objects/],
  ])('beyond a bound is refused with the bound', (query, words) => {
    expect(queryProblem(query)).toMatch(words);
  });

  it('made of shared parts that stand for gigabytes is refused at once', () => {
    let bomb: unknown = [term, term];
    for (let i = 0; i < 26; i++) bomb = [bomb, bomb];
    const read = () =>
      expect(queryProblem({ bool: { filter: bomb } })).toBe('has more than 16384 characters as JSON');
    expect(leastTime(read, 500)).toBeLessThan(500);
  });
});

describe('a detector', () => {
  const base = { name: 'Web', features: [{ type: 'number', field: 'size' }] };

  it('that is new is refused by the setting; one that is stored is read', () => {
    const input = { ...base, source: { index: 'logs', query: script } };
    expect(newDetectorSchema.safeParse(input).error?.issues[0].path).toEqual(['source', 'query']);
    expect(detectorSchema.safeParse(input).success).toBe(true);
    expect(newSourceSchema.safeParse(input.source).error?.issues[0].path).toEqual(['query']);
    const ofBuckets = {
      name: 'Web',
      source: { index: 'logs' },
      unit: 'bucket',
      entity_field: 'host',
      bucket: { errors: script },
    };
    expect(newDetectorSchema.safeParse(ofBuckets).error?.issues[0].path).toEqual(['bucket', 'errors']);
  });

  it('is the same for every setting of buckets that is a query, also one that is new', () => {
    const ofBuckets = { name: 'Web', source: { index: 'logs' }, unit: 'bucket', entity_field: 'host' };
    const taken = Object.keys(bucketSchema.shape).filter(
      (name) => bucketSchema.safeParse({ [name]: script }).success,
    );
    expect(taken).toEqual(expect.arrayContaining(['errors', 'failures']));
    for (const name of taken) {
      const found = newDetectorSchema.safeParse({ ...ofBuckets, bucket: { [name]: script } });
      expect(found.error?.issues.map(({ path }) => path)).toEqual([['bucket', name]]);
    }
  });

  it('within the bounds is the same to both', () => {
    const input = { ...base, source: { index: 'logs', query: term } };
    expect(newDetectorSchema.parse(input)).toEqual(detectorSchema.parse(input));
  });
});

describe('hidden and system indices', () => {
  const base = { name: 'Web', features: [{ type: 'number', field: 'size' }] };
  const issuesOf = (index: string): string[] =>
    (newSourceSchema.safeParse({ index }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')} ${message}`,
    );

  test.each([
    '.kibana',
    '.security-7',
    'logs-*,.ds-logs-web-2026.11.01-000001',
    'berlin:.tasks',
    'logs, .fleet*',
  ])('are no source: %s', (index) => {
    expect(issuesOf(index)).toEqual([
      expect.stringMatching(/^index names "\S+", which is a hidden or system index/),
    ]);
    expect(sourceOfFileSchema.safeParse({ index }).error?.issues).toHaveLength(1);
    const file = detectorOfFileSchema.safeParse({ ...base, source: { index } });
    expect(file.error?.issues.map(({ path }) => path)).toEqual([['source', 'index']]);
  });

  test('of a file alone are looked at, not its query', () => {
    const source = { index: 'logs', query: script };
    expect(detectorOfFileSchema.safeParse({ ...base, source }).success).toBe(true);
    expect(newDetectorSchema.safeParse({ ...base, source }).success).toBe(false);
  });

  test.each(['logs-*', 'logs-*,-.ds-*', 'berlin:logs-*', '<logs-{now/d}>', 'a.b'])('are not %s', (index) => {
    expect(issuesOf(index)).toEqual([]);
  });
});
