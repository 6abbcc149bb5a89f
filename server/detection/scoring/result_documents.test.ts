import type { Attribution } from '../../../common/anomaly';
import type { Comparison } from '../../../common/explanations';
import { parseDetector, type DetectorInput } from '../../../common/detector';
import { patternOf, withFacts } from '../../../common/suppressions';
import { besideOwnParts } from './result_context';
import { resultDocument, summaryDocument } from './result_documents';

const DOCUMENT = {
  '@timestamp': '2026-11-01T00:00:00.000Z',
  message: 'Payment of ann@example.org failed',
  user: { name: 'ann' },
  client: { ip: '10.0.0.7' },
  service: { name: 'shop' },
  response_time: 30_123,
};
const ATTRIBUTION = [
  { feature: 'response_time', field: 'response_time', share: 0.5, actual: '30,123', typical: '20–310' },
  { feature: 'user', field: 'user.name', share: 0.3, actual: 'ann (<0.1%)', typical: 'bob' },
  { feature: 'client.ip', field: 'client.ip', share: 0.2, actual: '10.0.0.7', typical: '10.0.0.1' },
];

const ANOMALY = {
  score: 0.7,
  confidence: 0.9,
  severity: 'major' as const,
  threshold: 0.6,
  attribution: [],
  reason: '',
};
const ORIGIN = {
  detectorId: 'web',
  runId: 'run',
  now: Date.UTC(2026, 10, 2),
  reached: Date.UTC(2026, 10, 1, 12),
};

function resultWith(change: Partial<DetectorInput>, attribution: Attribution[] = ATTRIBUTION) {
  const detector = parseDetector({
    name: 'Web',
    source: { index: 'weblogs' },
    features: [
      { type: 'number', field: 'response_time' },
      { type: 'category', field: 'user.name' },
      { type: 'category', field: 'client.ip' },
    ],
    entity_field: 'service.name',
    context_fields: ['client.ip'],
    ...change,
  });
  return withFacts(
    resultDocument(
      { ...ORIGIN, snapshot: { detector, version: 'web-1' } as never },
      {
        log: { index: 'weblogs', id: '1' },
        document: DOCUMENT,
        modelVersion: 'web-1',
        anomaly: {
          ...ANOMALY,
          attribution,
          reason: 'response_time 30,123, usually 20–310; user ann (<0.1%), usually bob',
        },
      },
    ),
  );
}
/** Values of the log, of which a result may hold some. */
const VALUES = ['30,123', '30123', '20–310', 'ann', 'bob', '10.0.0.7', '10.0.0.1', 'Payment'];
const heldBy = (result: object): string[] => VALUES.filter((value) => JSON.stringify(result).includes(value));

test('a result copies the chosen fields and those of the features unless told otherwise', () => {
  const result = resultWith({});
  expect(result).toMatchObject({ response_time: 30_123, user: { name: 'ann' }, client: { ip: '10.0.0.7' } });
  expect(result.anomaly.attribution).toEqual(ATTRIBUTION);
  expect(heldBy(result)).toEqual(VALUES.filter((value) => value !== 'Payment'));
  expect(resultWith({ copy_fields: 'all' })).toEqual(result);
});

const comparison: Comparison = {
  kind: 'number',
  value: 30_123,
  low: 20,
  high: 310,
  group: 'Payment',
  group_logs: 40,
};

test('with chosen a group made of other fields stays out, and so does what is put together of them', () => {
  const attribution: Attribution[] = [
    {
      feature: 'response_time',
      field: 'response_time',
      share: 0.6,
      actual: '30,123',
      typical: '20–310 for Payment',
      comparison,
    },
    {
      feature: 'client.ip with user.name',
      field: 'client.ip',
      share: 0.4,
      actual: '10.0.0.7 with ann',
      typical: '10.0.0.1 with bob',
      comparison: { kind: 'together', value: '10.0.0.7 with ann', count: 0, logs: 99 },
    },
  ];
  const result = resultWith(
    {
      copy_fields: 'chosen',
      context_fields: ['client.ip', 'response_time'],
      features: [
        { type: 'deviation', field: 'response_time', by: ['client.ip', 'user.name'] },
        { type: 'combination', fields: ['client.ip', 'user.name'] },
      ],
    },
    attribution,
  );
  expect(result.anomaly.attribution.map((each) => each.comparison)).toEqual([
    { kind: 'number', value: 30_123, low: 20, high: 310 },
    undefined,
  ]);
  expect(result.anomaly.reason).toBe('response_time 30,123, usually 20 to 310');
  expect(heldBy(result)).toEqual(['30,123', '30123', '10.0.0.7']);
});

test('with chosen no value of another field is in it, in whatever place', () => {
  const result = resultWith({ copy_fields: 'chosen' });
  expect(heldBy(result)).toEqual(['10.0.0.7', '10.0.0.1']);
  expect(result.anomaly.attribution[2]).toEqual(ATTRIBUTION[2]);
  expect(result.anomaly).toMatchObject({
    reason: 'response_time is unusual; user is unusual',
    top_feature: 'response_time',
    top_value: '',
    pattern: 'response_time',
    entity: 'shop',
  });
});

test('with none it holds no value of the log but entity, time and place', () => {
  const result = resultWith({ copy_fields: 'none', context_fields: ['message', 'client.ip'] });
  expect(heldBy(result)).toEqual([]);
  expect(result).not.toHaveProperty('message');
  expect(result).toMatchObject({
    '@timestamp': DOCUMENT['@timestamp'],
    anomaly: { score: 0.7, entity: 'shop' },
    source: { index: 'weblogs', id: '1' },
  });
  expect(patternOf(result)).toBe('response_time');
});

test('holds no half of a character, by which nothing is found again', () => {
  const detector = parseDetector({
    name: 'Web',
    source: { index: 'weblogs' },
    features: [{ type: 'category', field: 'user' }],
    entity_field: 'user',
  });
  const document = { user: `${'u'.repeat(255)}\ud83d\ude00`, message: 'a \udc00 b' };
  const origin = {
    detectorId: 'web',
    runId: 'run-1',
    snapshot: { detector, version: 'web-1' } as never,
    now: 0,
    reached: 0,
  };
  const result = resultDocument(origin, {
    log: { index: 'weblogs', id: '1' },
    document,
    modelVersion: 'web-1',
    anomaly: ANOMALY,
  });
  expect(result.anomaly.entity).toBe(`${'u'.repeat(255)}\ufffd`);
  expect(result).toMatchObject({ user: document.user, source: { index: 'weblogs', id: '1' } });
  expect(JSON.stringify(result)).not.toMatch(/\\ud[89a-f]/);
  const sums = { logs: 1, anomalies: 1, max_score: 0.7 } as never;
  const summary = summaryDocument(origin, { start: 0, entity: 'u\ud83d', sums }, 'page');
  expect(summary.anomaly.entity).toBe('u\ufffd');
});

test('fields of the log that have the name of a part of a result go to the labels', () => {
  const fields = ['event', 'source', 'model', 'result', 'page', 'bucket', 'run', 'labels'];
  const detector = parseDetector({
    name: 'Web',
    source: { index: 'weblogs' },
    features: [{ type: 'number', field: 'response_time' }],
    context_fields: fields,
  });
  const log = Object.fromEntries(fields.map((field) => [field, `${field} of the log`]));
  const result = resultDocument(
    { ...ORIGIN, snapshot: { detector, version: 'web-1' } as never },
    {
      log: { index: 'weblogs', id: '1' },
      document: { ...log, '@timestamp': 1_793_491_200_000, response_time: 1 },
      modelVersion: 'web-1',
      anomaly: ANOMALY,
    },
  );
  expect(result.labels).toEqual(log);
  expect(Object.keys(result.event).sort()).toEqual(['ingested', 'kind']);
  expect(result).toMatchObject({
    source: { index: 'weblogs', id: '1' },
    model: { version: 'web-1' },
    run: { id: 'run' },
    result: { type: 'log' },
  });
  expect(result).not.toHaveProperty('page');
  expect(result).not.toHaveProperty('bucket');
});

test('the numbers of a bucket row stay in its result', () => {
  const detector = parseDetector({
    name: 'Web',
    unit: 'bucket',
    source: { index: 'weblogs' },
    entity_field: 'service.name',
    bucket: { span: '1m' },
    features: [],
  });
  const result = resultDocument(
    { ...ORIGIN, snapshot: { detector, version: 'web-1' } as never },
    {
      log: { index: 'weblogs', id: '1' },
      document: { '@timestamp': 1_793_491_200_000, service: { name: 'shop' }, bucket: { count: 0 } },
      modelVersion: 'web-1',
      anomaly: ANOMALY,
    },
  );
  expect(result).toMatchObject({ bucket: { count: 0 }, service: { name: 'shop' } });
});

test('a list or nothing where a result has an object goes to the labels whole', () => {
  const context = { event: ['login', 'failed'], source: null, labels: ['a', 'b'], host: { name: 'web' } };
  const { host, ...labels } = context;
  expect(besideOwnParts(context, 'log')).toEqual({ host, labels });
  expect(besideOwnParts({ event: { code: 7 }, model: 'm', labels: { a: 1 } }, 'log')).toEqual({
    event: { code: 7 },
    labels: { a: 1, model: 'm' },
  });
});

test('a value that is not known is refused', () => {
  expect(() => resultWith({ copy_fields: 'some' as never })).toThrow(/copy_fields/);
});

describe('a log whose clock is wrong', () => {
  const detector = parseDetector({
    name: 'Web',
    source: { index: 'weblogs' },
    features: [{ type: 'number', field: 'response_time' }],
  });
  const origin = { ...ORIGIN, snapshot: { detector, version: 'web-1' } as never };
  const finding = {
    log: { index: 'weblogs', id: '1' },
    modelVersion: 'web-1',
    anomaly: ANOMALY,
  };
  const resultAt = (time: unknown) =>
    resultDocument(origin, { ...finding, document: { '@timestamp': time, response_time: 1 } });

  test.each([
    ['epoch microseconds', 1_793_491_200_000_000],
    ['a year of five digits', '+058874-01-01T00:00:00Z'],
    ['next year', '2027-11-01T00:00:00.000Z'],
    ['before 1970', -1],
  ])('%s: its result lies where the run began, and says what the log states', (_what, time) => {
    const result = resultAt(time);
    expect(result['@timestamp']).toBe('2026-11-01T12:00:00.000Z');
    expect(result.result).toEqual({ type: 'log', stated_time: String(time) });
  });

  test('some hours ahead are believed', () => {
    expect(resultAt('2026-11-02T14:00:00.000Z')).toMatchObject({
      '@timestamp': '2026-11-02T14:00:00.000Z',
      result: { type: 'log' },
    });
  });

  test('summaries of implausible spans lie there as well, apart from each other, the same in a repeated run', () => {
    const sums = {
      logs: 1,
      anomalies: 0,
      max_score: 0.5,
      mean_score: 0.5,
      max_confidence: 0.1,
      unscored: 0,
      span_ms: 300_000,
    };
    const of = (start: number, now = origin.now) =>
      summaryDocument({ ...origin, now }, { start, entity: undefined, sums }, 'page');
    const [one, other] = [of(Date.UTC(2033, 0, 1)), of(Date.UTC(2033, 0, 2))];
    expect([one['@timestamp'], other['@timestamp']]).toEqual(Array(2).fill('2026-11-01T12:00:00.000Z'));
    expect(one.page.id).not.toBe(other.page.id);
    expect(of(Date.UTC(2033, 0, 1), origin.now + 60_000).page).toEqual(one.page);
  });
});
