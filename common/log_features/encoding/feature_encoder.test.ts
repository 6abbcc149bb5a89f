import { featureSchema, type FeatureDefinition } from '../../detector';
import type { LogDocument } from '../../log_document';
import { DetectionError } from '../../detection_error';
import { columnWeightsOf, decodeFeatureEncoding, learnFeatures, templatesOf, type DirtReport } from '..';

const define = (...definitions: object[]): FeatureDefinition[] =>
  definitions.map((definition) => featureSchema.parse(definition));
const options = { timestampField: '@timestamp' };

const definitions = define(
  { type: 'number', field: 'response_time' },
  { type: 'category', field: 'status_code' },
  { type: 'hour_of_day', field: 'hour_of_day' },
  { type: 'day_of_week', field: '@timestamp', time_zone: 'Europe/Berlin' },
  { type: 'text', field: 'path', patterns: [{ name: 'admin', regex: '/admin' }] },
  { type: 'template', field: 'message' },
);
const documents: LogDocument[] = Array.from({ length: 400 }, (_, index) => ({
  '@timestamp': new Date(Date.UTC(2024, 0, 1) + index * 7_200_000).toISOString(),
  response_time: index % 10 === 3 ? undefined : Math.exp((index % 40) / 8),
  status_code: index % 20 === 0 ? 404 : 200,
  path: `/shop/item-${index % 37}${index % 50 === 0 ? '/admin?q=(1)' : ''}`,
  message: `served ${index} bytes to user${String.fromCharCode(97 + (index % 20))}`,
}));
/** Odd values found in real logs. None of them may throw. */
const odd: unknown[] = [
  undefined,
  null,
  NaN,
  Infinity,
  -1e300,
  1e300,
  '12abc',
  '',
  '-',
  true,
  10n ** 400n,
  [],
  [[1]],
  [null, 7],
  {},
  { toString: 1 },
  Symbol('s'),
  () => 1,
  '\ud800\udfff\ud800',
  'ünïcödé \u0000\u202e',
  JSON.parse('{"__proto__": 1}'),
  'x'.repeat(1_000_000),
  `${'%25'.repeat(50_000)}'${'../'.repeat(50_000)}`,
  '1'.repeat(200_000),
  '"'.repeat(200_000),
  'union '.repeat(100_000),
];
const oddDocuments = odd.map((value) => ({
  '@timestamp': value,
  response_time: value,
  status_code: value,
  hour_of_day: value,
  path: value,
  message: value,
})) as LogDocument[];

describe('learnFeatures', () => {
  const { encoder, matrix, dirt } = learnFeatures(definitions, documents, options);

  it('returns the documents as its encoder encodes them', () => {
    expect(matrix).toEqual(encoder.encode(documents));
    const withOdd = [...documents, ...oddDocuments];
    const learned = learnFeatures(definitions, withOdd, options);
    expect(learned.matrix).toEqual(learned.encoder.encode(withOdd));
  });

  it('names columns and says whose they are', () => {
    expect(encoder.featureNames).toEqual([
      'response_time',
      'status_code',
      'hour_of_day',
      '@timestamp',
      'path',
      'message',
    ]);
    expect(encoder.columnNames).toEqual(
      expect.arrayContaining([
        'response_time',
        'response_time.missing',
        'status_code=404',
        'hour_of_day.sin',
        '@timestamp.cos',
        'path.length',
        'path.pattern.admin',
        'message.length',
      ]),
    );
    expect(encoder.featureOfColumn).toHaveLength(encoder.columnNames.length);
    encoder.columnNames.forEach((name, column) => {
      expect(name.startsWith(encoder.featureNames[encoder.featureOfColumn[column]])).toBe(true);
    });
    expect(encoder.fields).toEqual([
      'response_time',
      'status_code',
      'hour_of_day',
      '@timestamp',
      'path',
      'message',
    ]);
  });

  it('counts dirt of the training sample', () => {
    expect(dirt).toEqual({ response_time: { missing: 40 } });
  });

  it('marks missing values with NaN and their indicator with 1', () => {
    const { values, columnCount } = encoder.encode([
      { ...documents[0], response_time: null },
      { ...documents[0], response_time: 900 },
    ]);
    const value = encoder.columnNames.indexOf('response_time');
    const indicator = encoder.columnNames.indexOf('response_time.missing');
    expect([values[value], values[indicator]]).toEqual([NaN, 1]);
    expect(values[columnCount + indicator]).toBe(0);
    expect(values[columnCount + value]).toBe(Math.fround(Math.log1p(900)));
  });

  it('says once that a field is missing, and gives what is constant elsewhere no share of the weight', () => {
    const agents = documents.map((log, i) => (i % 20 === 0 ? log : { ...log, agent: `Mozilla/${i % 7}.0` }));
    const features = (['category', 'attack_signs'] as const).map((type) =>
      featureSchema.parse({ type, field: 'agent' }),
    );
    const { encoder: ofAgents } = learnFeatures(features, agents, { timestampField: '@timestamp' });
    expect(ofAgents.columnNames.filter((name) => name.endsWith('.missing'))).toEqual(['agent.missing']);
    const weights = columnWeightsOf(features, ofAgents, ofAgents.encode(agents));
    expect(weights[ofAgents.columnNames.indexOf('agent (attack_signs)')]).toBe(0);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
  });

  it('tells of each field that it is missing, also where two were missing together in training', () => {
    const logs = documents.map((log, i) => (i % 20 === 0 ? log : { ...log, took: i % 7, size: i % 11 }));
    const features = ['took', 'size'].map((field) => featureSchema.parse({ type: 'number', field }));
    const { encoder: ofBoth } = learnFeatures(features, logs, { timestampField: '@timestamp' });
    expect(ofBoth.columnNames).toEqual(expect.arrayContaining(['took.missing', 'size.missing']));
  });

  it('derives the hour from the timestamp where its own field is absent', () => {
    const sine = encoder.columnNames.indexOf('hour_of_day.sin');
    const { values } = encoder.encode([{ '@timestamp': '2024-01-01T06:00:00Z' }]);
    expect(values[sine]).toBeCloseTo(1, 6);
  });

  it('leaves out columns that are constant in training, but for those that tell what is new', () => {
    expect(encoder.columnNames).toContain('path.upper_share');
    expect(encoder.columnNames).toContain('status_code.unseen');
    expect(encoder.columnNames).not.toContain('request_size.missing');
    expect(encoder.columnNames).not.toContain('status_code=(other)');
  });

  it('keeps a number that is constant, to tell what is new', () => {
    const constant = learnFeatures(define({ type: 'number', field: 'n' }), [{ n: 1 }, { n: 1 }], options);
    expect(constant.encoder.columnNames).toEqual(['n']);
  });

  it('makes the names of features differ', () => {
    const twice = define(
      { type: 'number', field: 'a' },
      { type: 'category', field: 'a' },
      { type: 'category', field: 'a' },
    );
    const rows = [{ a: 1 }, { a: 2 }];
    expect(learnFeatures(twice, rows, options).encoder.featureNames).toEqual([
      'a',
      'a (category)',
      'a (category 2)',
    ]);
  });

  it('does not depend on the order of the documents', () => {
    const { encoder: other } = learnFeatures(definitions, [...documents].reverse(), options);
    expect(JSON.stringify(other)).toBe(JSON.stringify(encoder));
  });

  it.each<[string, () => unknown, string]>([
    ['no documents', () => learnFeatures(definitions, [], options), 'too_few_logs'],
    ['no features', () => learnFeatures([], documents, options), 'invalid_input'],
    [
      'no usable value',
      () => learnFeatures(define({ type: 'number', field: 'nowhere' }), documents, options),
      'invalid_input',
    ],
  ])('refuses %s', (_, act, code) => expect(act).toThrow(expect.objectContaining({ code })));
});

describe('dirty documents', () => {
  const { encoder } = learnFeatures(definitions, [...documents, ...oddDocuments], options);

  it('never throw, give finite numbers or NaN, and are counted', () => {
    const dirt: DirtReport = {};
    const { values } = encoder.encode(oddDocuments, dirt);
    expect([...values].every((value) => Number.isNaN(value) || Number.isFinite(value))).toBe(true);
    expect(dirt.response_time).toMatchObject({ wrong_type: 9, not_finite: 2, out_of_range: 3, object: 3 });
    expect(dirt.path).toMatchObject({ truncated: 5, array: 3, object: 3, missing: 7 });
    expect(dirt.status_code.unseen ?? 0).toBe(0);
    expect(encoder.encode([null as never, 5 as never, [] as never]).rowCount).toBe(3);
  });

  it('add to counts that are there, also under the name __proto__', () => {
    const named = learnFeatures(
      define({ type: 'number', field: 'n', name: '__proto__' }),
      [{ n: 1 }, { n: 2 }],
      options,
    );
    const dirt: DirtReport = {};
    named.encoder.encode([{}], dirt);
    named.encoder.encode([{}], dirt);
    expect(Object.entries(dirt)).toEqual([['__proto__', { missing: 2 }]]);
    expect(({} as Record<string, unknown>).missing).toBeUndefined();
  });

  it('are explained in short, printable text', () => {
    for (const document of oddDocuments) {
      for (const { actual, typical } of encoder.explain(document)) {
        for (const text of [actual, typical]) {
          expect(text.length).toBeLessThanOrEqual(201);
          expect(text).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
        }
      }
    }
  });
});

it('explains a log by actual and typical values', () => {
  const { encoder } = learnFeatures(definitions, documents, options);
  const byFeature = new Map(
    encoder
      .explain({ ...documents[1], response_time: 9_000, path: "/x?id=1' union select 1", status_code: 500 })
      .map((explanation) => [explanation.feature, explanation]),
  );
  expect(byFeature.get('response_time')).toMatchObject({ type: 'number', actual: '9000' });
  expect(byFeature.get('response_time')?.typical).toMatch(/^[\d.,]+ to [\d.,]+$/);
  expect(byFeature.get('status_code')).toMatchObject({
    actual: '500 (not seen in training)',
    typical: '200 (95%), 404 (5%)',
  });
  expect(byFeature.get('path')?.actual).toContain('23 characters, sql injection pattern: union select');
  expect(byFeature.get('path')?.typical).toMatch(/^\d+ to \d+ characters, no attack patterns$/);
});

it('tells the templates of a log', () => {
  const { encoder } = learnFeatures(definitions, documents, options);
  expect(templatesOf(encoder, documents[5])[0]).toMatchObject({
    feature: 'message',
    text: expect.stringContaining('served <size> to'),
  });
});

describe('decodeFeatureEncoding', () => {
  const { encoder } = learnFeatures(definitions, [...documents, ...oddDocuments], options);
  const stored = (): string => JSON.stringify(encoder);
  type Stored = {
    features: { name: string; kept: number[]; definition: object; encoding: Record<string, unknown> }[];
  } & Record<string, unknown>;
  const changed = (change: (json: Stored) => void): unknown => {
    const json = JSON.parse(stored()) as Stored;
    change(json);
    return json;
  };

  it('gives bit-identical matrices', () => {
    const decoded = decodeFeatureEncoding(JSON.parse(stored()));
    const all = [...documents, ...oddDocuments];
    const bytes = (matrix: { values: Float32Array }): Buffer => Buffer.from(matrix.values.buffer);
    expect(bytes(decoded.encode(all)).equals(bytes(encoder.encode(all)))).toBe(true);
    expect(decoded.columnNames).toEqual(encoder.columnNames);
    expect(decoded.explain(documents[0])).toEqual(encoder.explain(documents[0]));
    expect(JSON.stringify(decoded)).toBe(stored());
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['text', 'encoding'],
    ['another format', changed((json) => (json.format = 'other'))],
    ['another version', changed((json) => (json.version = 2))],
    ['an unknown property', changed((json) => (json.code = 'process.exit()'))],
    ['no features', changed((json) => (json.features = []))],
    ['too many features', changed((json) => (json.features = new Array(65).fill(json.features[0])))],
    ['one name twice', changed((json) => (json.features[1].name = json.features[0].name))],
    ['no columns', changed((json) => json.features.forEach((feature) => (feature.kept = [])))],
    ['a column beyond the feature', changed((json) => (json.features[0].kept = [0, 1, 3]))],
    ['columns out of order', changed((json) => (json.features[0].kept = [1, 0]))],
    [
      'an encoding of another type',
      changed((json) => (json.features[0].encoding = json.features[1].encoding)),
    ],
    ['counts beyond the total', changed((json) => (json.features[1].encoding.total = 1))],
    ['more columns than values', changed((json) => (json.features[1].encoding.columns = 60))],
    [
      'too many values',
      changed((json) => (json.features[1].encoding.values = new Array(1_001).fill(['a', 1]))),
    ],
    ['a number that is none', changed((json) => (json.features[0].encoding.percentiles = ['1', 2, 3]))],
    ['an unknown time zone', changed((json) => (json.features[3].encoding.time_zone = 'No/Where'))],
    [
      'a regular expression that refers back',
      changed((json) => (json.features[4].encoding.patterns = [{ name: 'p', regex: '(a+)\\1' }])),
    ],
    ['a bigram out of range', changed((json) => (json.features[4].encoding.bigrams = [[99_999, 1]]))],
    ['a huge token', changed((json) => (json.features[5].encoding.templates = [[['x'.repeat(1_000)], 1]]))],
  ])('refuses %s with a reason', (_, json) => {
    let error: unknown;
    try {
      decodeFeatureEncoding(json);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(DetectionError);
    expect((error as DetectionError).code).toBe('refused');
    expect((error as DetectionError).message.length).toBeLessThan(2_000);
  });
});

test('an encoding whose combinations have another number of parts than its feature has fields is refused', () => {
  const pairs = define({ type: 'combination', fields: ['status_code', 'path'] });
  const { encoder: ofPairs } = learnFeatures(pairs, documents, options);
  const state = JSON.parse(JSON.stringify(ofPairs.toJSON())) as {
    features: { definition: { fields: string[] } }[];
  };
  state.features[0].definition.fields.push('message');
  expect(() => decodeFeatureEncoding(state)).toThrow('combinations of 2 values for 3 fields');
});
