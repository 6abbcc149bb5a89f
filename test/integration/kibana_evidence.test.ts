import type { ApiResponse, DetectorRecord, Endpoints } from '../../common/api';
import type { AnomalyResult } from '../../common/anomaly';
import { createResultStore, readerRole, resultId, resultsPattern } from '../../server/elasticsearch';
import {
  administrator,
  anomalyResult,
  createLogs,
  MINUTE,
  uniqueName,
  userWith,
} from './fixtures/elasticsearch_fixture';
import { startKibanaStandIn, type Person } from './fixtures/kibana_stand_in';

const admin = administrator();
const space = uniqueName('evidence').toLowerCase();
const index = uniqueName('evidencelogs');
const now = Date.now();
const owner: Person = { name: 'olga', client: admin, privileges: ['read', 'write'] };
const kibana = startKibanaStandIn({ plain: admin });
let reader: Person;
let removeReader: () => Promise<void>;
const ids: Record<'logs' | 'buckets' | 'rows' | 'routes', string> = {
  ...{ logs: '', buckets: '', rows: '', routes: '' },
};

type Evidence = ApiResponse<Endpoints['getEvidence']>;

/** Minutes before now at which the result lies that is asked about. */
const MIDDLE = 120;
const at = (minute: number): number => now - (MIDDLE - minute) * MINUTE;
const iso = (minute: number): string => new Date(at(minute)).toISOString();

const log = (id: string, minute: number, service: string, message = `disk ${id.length} is full`) => ({
  id,
  document: { '@timestamp': iso(minute), message, service: { name: service }, secret: 'not shown' },
});

/** A result `minute` minutes after the one asked about. */
function result(
  detector: string,
  id: string,
  minute: number,
  change: {
    message?: string;
    entity?: string;
    feature?: string;
    state?: Partial<AnomalyResult['result']>;
  } = {},
): AnomalyResult {
  const { message = `disk ${minute} is full`, entity = 'shop', feature = 'message', state } = change;
  const base = anomalyResult({ id, index, time: at(minute), detector, context: { message } });
  const attribution = [{ feature, field: feature, share: 1, actual: 'new', typical: 'usual' }];
  return {
    ...base,
    anomaly: { ...base.anomaly, entity, attribution },
    result: { type: 'log', ...state },
  };
}

/** A result of the service "calc" that is explained by a number. */
function numeric(detector: string, id: string, feature: string, comparison: object): AnomalyResult {
  const base = result(detector, id, 0, { entity: 'calc', message: 'computed', feature });
  const [attribution] = base.anomaly.attribution;
  const told = { ...attribution, comparison: { kind: 'number' as const, ...comparison } };
  return { ...base, anomaly: { ...base.anomaly, attribution: [told] } };
}

async function create(
  unit: 'log' | 'bucket',
  entityField = 'service.name',
  features: object[] = [{ type: 'template', field: 'message' }],
): Promise<string> {
  const detector = {
    name: unit,
    source: { index },
    unit,
    entity_field: entityField,
    features: unit === 'log' ? features : [],
  };
  const { status, body } = await kibana.call(
    owner,
    'createDetector',
    { body: { detector, start: false } },
    space,
  );
  expect([status, body]).toEqual([200, expect.anything()]);
  return (body as DetectorRecord).id;
}

const ask = (who: Person, detector: string, id: string, where = space) =>
  kibana.call(who, 'getEvidence', { params: { result_id: idOf(detector, id) } }, where);
const idOf = (detector: string, id: string): string => resultId(detector, { index, id });
const evidence = async (who: Person, detector: string, id: string): Promise<Evidence> => {
  const { status, body } = await ask(who, detector, id);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
};

beforeAll(async () => {
  const logs = [
    ...Array.from({ length: 8 }, (_, i) => log(`before-${i}`, -8 + i, 'shop', `GET /page/${i} 200`)),
    log('asked', 0, 'shop'),
    log('same-moment', 0, 'shop', 'at the same moment'),
    log('after', 30, 'shop'),
    log('too-late', 61, 'shop'),
    log('elsewhere', 1, 'blog'),
    ...[10, 20, 900].map((took, i) => {
      const { id, document } = log(`took-${i}`, -20 + 10 * i, 'calc', 'computed');
      return { id, document: { ...document, took } };
    }),
    ...['POST /login?callback=7', 'POST /login?callback=8', 'GET /session'].map((request, i) => {
      const [method, url] = request.split(' ');
      const { id, document } = log(`request-${i}`, -2, 'sign-in', 'answered');
      return { id, document: { ...document, method, url, took: 20 + i } };
    }),
  ];
  await createLogs(admin, index, logs, {
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        message: { type: 'text' },
        took: { type: 'long' },
        method: { type: 'keyword' },
        url: { type: 'keyword' },
        service: { properties: { name: { type: 'text', fields: { keyword: { type: 'keyword' } } } } },
      },
    },
  });
  ids.logs = await create('log');
  ids.buckets = await create('bucket');
  ids.rows = await create('bucket', 'service.name.keyword');
  ids.routes = await create('log', 'service.name', [
    { type: 'deviation', field: 'took', by: ['service.name', 'method', { route: 'url' }] },
  ]);
  const user = await userWith(admin, readerRole(space));
  removeReader = user.remove;
  reader = { name: 'rita', client: user.client, privileges: ['read'] };
  await createResultStore(admin, { space, refresh: true }).write([
    result(ids.logs, 'asked', 0),
    ...['POST /login?callback=7)+UNION', 'POST /login?callback=8)+UNION', 'GET /session'].map(
      (request, i) => {
        const [method, url] = request.split(' ');
        const base = numeric(ids.routes, `of-route-${i}`, 'took', { value: 900 + i, low: 10, high: 50 });
        return { ...base, method, url, anomaly: { ...base.anomaly, entity: 'sign-in' } };
      },
    ),
    result(ids.logs, 'real', -90, { state: { verdict: 'real' } }),
    result(ids.logs, 'hidden', -50, { state: { type: 'suppressed', verdict: 'not_an_anomaly' } }),
    result(ids.logs, 'withdrawn', -40, { state: { type: 'withdrawn' } }),
    result(ids.logs, 'elsewhere', -30, { entity: 'blog' }),
    ...Array.from({ length: 9 }, (_, i) =>
      result(ids.logs, `words-${i}`, -20 + i, { message: `odd word ${'xyz'[i % 3]}${'abcdefghi'[i]}` }),
    ),
    result(ids.logs, 'unlike', -10, { message: 'other words', feature: 'status', entity: 'shop' }),
    ...Array.from({ length: 7 }, (_, i) =>
      result(ids.buckets, `bucket-${i}`, -300 + 60 * i, { message: `shop: ${i} logs in 5 min` }),
    ),
    numeric(ids.logs, 'slow', 'took', { value: 900, unit: 'ms', low: 10, high: 50 }),
    numeric(ids.rows, 'bucket-few', 'bucket.count', { value: 1, low: 4, high: 9 }),
    result(ids.buckets, 'bucket-other', 10, { message: 'blog: 0 logs in 5 min', entity: 'blog' }),
  ]);
});

afterAll(async () => {
  await removeReader();
  const results = await admin.indices.get({ index: resultsPattern(space) });
  await admin.indices.delete({ index: [index, ...Object.keys(results)], ignore_unavailable: true });
  await admin.close();
});

it('counts logs with such a message, and shows the lines of the same entity around it', async () => {
  const { pattern, neighbours } = await evidence(owner, ids.logs, 'asked');
  expect(pattern).toEqual({
    value: {
      pattern: 'disk <num> is full',
      of: 'logs',
      from: expect.any(String),
      count: 4,
      first_seen: iso(0),
      last_seen: iso(61),
      complete: true,
    },
  });
  const lines = Object.fromEntries(
    (['before', 'after'] as const).map((side) => [side, neighbours.value![side].map(({ id }) => id)]),
  );
  expect(lines).toEqual({
    before: [3, 4, 5, 6, 7].map((i) => `before-${i}`),
    after: ['same-moment', 'after'],
  });
  expect(neighbours.value!.before[4]).toEqual({
    id: 'before-7',
    time: iso(-1),
    log: { message: 'GET /page/7 200', service: { name: 'shop' } },
  });
});

it('shows how results like it were judged: the same pattern first, then what stands out in the same entity', async () => {
  const { similar } = await evidence(owner, ids.logs, 'asked');
  const { total, judged, results } = similar.value!;
  expect({ total, judged }).toEqual({
    total: 12,
    judged: { real: 1, not_an_anomaly: 1, unjudged: 10 },
  });
  expect(results.map(({ id, alike }) => [id, alike])).toEqual([
    ...['elsewhere', 'hidden', 'real'].map((id) => [idOf(ids.logs, id), 'pattern']),
    ...[8, 7, 6, 5, 4, 3, 2].map((i) => [idOf(ids.logs, `words-${i}`), 'feature']),
  ]);
  expect(results[1]).toEqual({
    id: idOf(ids.logs, 'hidden'),
    time: iso(-50),
    score: 0.7,
    confidence: 0.9,
    entity: 'shop',
    attribution: [{ feature: 'message', field: 'message', share: 1, actual: 'new', typical: 'usual' }],
    reason: expect.any(String),
    alike: 'pattern',
    suppressed: true,
    verdict: 'not_an_anomaly',
  });
});

it('shows the lines around as the detector reads them, not as they were written', async () => {
  const name = uniqueName('evidenceread');
  const second = (minute: number): number => Math.floor(at(minute) / 1_000);
  const lines = [-1, 0, 1].flatMap((minute) => [
    JSON.stringify({ index: { _id: `line-${minute}` } }),
    `{"when":${second(minute)},"took":${10 + minute},"trace":900719925474099${3 + minute},"message":"line ${minute}","team":"core"}`,
  ]);
  await admin.indices.create({
    index: name,
    mappings: {
      dynamic: false,
      _source: { excludes: ['team'] },
      runtime: { doubled: { type: 'long', script: { source: "emit(doc['took'].value * 2)" } } },
      properties: {
        when: { type: 'date', format: 'epoch_second' },
        '@timestamp': { type: 'alias', path: 'when' },
        took: { type: 'long' },
        trace: { type: 'long' },
        team: { type: 'keyword' },
        message: { type: 'text' },
      },
    },
  });
  await admin.bulk({ index: name, operations: [`${lines.join('\n')}\n`], refresh: true });
  const detector = {
    name: 'read',
    source: { index: name },
    entity_field: 'team',
    context_fields: ['message', 'team'],
    features: [
      { type: 'number', field: 'doubled' },
      { type: 'category', field: 'trace' },
    ],
  };
  const { body } = await kibana.call(owner, 'createDetector', { body: { detector, start: false } }, space);
  const { id } = body as DetectorRecord;
  const asked = result(id, 'line-0', 0, { entity: 'core' });
  await createResultStore(admin, { space, refresh: true }).write([
    { ...asked, source: { index: name, id: 'line-0' } },
  ]);
  const { body: found } = await kibana.call(
    owner,
    'getEvidence',
    { params: { result_id: resultId(id, { index: name, id: 'line-0' }) } },
    space,
  );
  await admin.indices.delete({ index: name });
  const { neighbours } = found as Evidence;
  expect(neighbours).toEqual({
    value: {
      of: 'logs',
      before: [lineOf(-1)],
      after: [lineOf(1)],
    },
  });

  function lineOf(minute: number) {
    return {
      id: `line-${minute}`,
      time: new Date(second(minute) * 1_000).toISOString(),
      log: {
        message: `line ${minute}`,
        team: 'core',
        doubled: 2 * (10 + minute),
        trace: `900719925474099${3 + minute}`,
      },
    };
  }
});

it('tells a reader who may not read the logs that, and the rest', async () => {
  const { pattern, neighbours, similar } = await evidence(reader, ids.logs, 'asked');
  for (const part of [pattern, neighbours]) {
    expect(part).toEqual({ failure: { code: 'forbidden', message: expect.stringMatching(index) } });
  }
  expect(similar.value?.total).toBe(12);
});

it('has the earlier and later results of an entity for what stands for many logs', async () => {
  const { pattern, neighbours } = await evidence(reader, ids.buckets, 'bucket-3');
  expect(pattern.value).toMatchObject({ of: 'results', count: 7, first_seen: iso(-300), last_seen: iso(60) });
  const { of, before, after } = neighbours.value!;
  expect([of, before.map(({ log: { message } }) => message), after.map(({ id }) => id)]).toEqual([
    'results',
    [0, 1, 2].map((i) => `shop: ${i} logs in 5 min`),
    [4, 5, 6].map((i) => idOf(ids.buckets, `bucket-${i}`)),
  ]);
});

it('knows nothing of the results of another space', async () => {
  expect((await ask(owner, ids.logs, 'asked', 'default')).status).toBe(404);
});

describe('a number over time', () => {
  type Values = ApiResponse<Endpoints['getValueOverTime']>;
  const values = (who: Person, detector: string, id: string, query: Record<string, string>) =>
    kibana.call(who, 'getValueOverTime', { params: { result_id: idOf(detector, id) }, query }, space);
  const around = { from: iso(-25), to: iso(5), buckets: '3' };

  it('is summed up of the entity, beside what is usual and with the anomalies', async () => {
    const { status, body } = await values(owner, ids.logs, 'slow', around);
    expect([status, body]).toEqual([200, expect.anything()]);
    const { points, anomalies, ...rest } = body as Values;
    expect(rest).toEqual({
      feature: 'took',
      field: 'took',
      unit: 'ms',
      of: 'logs',
      within: [{ field: 'service.name', value: 'calc' }],
      interval_ms: 10 * MINUTE,
    });
    const usual = { low: 10, high: 50 };
    expect(points.map(({ time: _time, ...each }) => each)).toEqual(
      [10, 20, 900].map((took) => ({ logs: 1, median: took, min: took, max: took, usual })),
    );
    expect(points[0].time).toBe(iso(-25));
    expect(anomalies).toEqual([
      { id: idOf(ids.logs, 'slow'), time: iso(0), value: 900, severity: expect.any(String) },
    ]);
  });

  it('is of the logs that it names, and so are the anomalies', async () => {
    const { status, body } = await values(owner, ids.routes, 'of-route-0', around);
    expect([status, body]).toEqual([200, expect.anything()]);
    const { within, points, anomalies } = body as Values;
    // An address with its parameters is one log.
    expect(within).toEqual([
      { field: 'service.name', value: 'sign-in' },
      { field: 'method', value: 'POST' },
    ]);
    expect(points.map(({ logs, max }) => [logs, max])).toEqual([
      [0, null],
      [0, null],
      [2, 21],
    ]);
    expect(anomalies.map(({ value }) => value).sort()).toEqual([900, 901]);
  });

  it('is that of each bucket where a detector judges buckets', async () => {
    const { status, body } = await values(owner, ids.rows, 'bucket-few', { ...around, from: iso(-40) });
    expect([status, body]).toEqual([200, expect.anything()]);
    const { of, points, interval_ms: interval, anomalies } = body as Values;
    expect([of, interval, anomalies.map(({ value }) => value)]).toEqual(['buckets', 5 * MINUTE, [1]]);
    expect(Math.max(...points.map(({ max }) => max ?? 0))).toBe(1);
    expect(points.every(({ usual }) => usual?.low === 4 && usual.high === 9)).toBe(true);
  });

  it('is refused where it makes no sense, or to whom the logs are not open', async () => {
    const refused = await values(owner, ids.logs, 'asked', {});
    expect([refused.status, refused.body]).toEqual([
      400,
      expect.objectContaining({ message: expect.stringContaining('no feature with a number') }),
    ]);
    const wrong = await values(owner, ids.logs, 'slow', { feature: 'other' });
    expect([wrong.status, wrong.body]).toEqual([
      400,
      expect.objectContaining({ message: 'feature is "other"; allowed: took' }),
    ]);
    expect((await values(owner, ids.logs, 'slow', { from: iso(5), to: iso(0) })).status).toBe(400);
    expect((await values(reader, ids.logs, 'slow', around)).status).toBe(403);
  });
});
