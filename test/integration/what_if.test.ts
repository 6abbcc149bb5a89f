import type { Client } from '@elastic/elasticsearch';
import type { ApiResponse, Endpoints } from '../../common/api';
import type { AnomalyResult } from '../../common/anomaly';
import {
  connect,
  createResultMarks,
  createResultStore,
  resultsPattern,
  whatIf,
} from '../../server/elasticsearch';
import { ResultGroups } from '../../server/kibana/rules/result_groups';
import { logAnomalyParamsSchema, lowestConfidence, type LogAnomalyParams } from '../../common/rules';
import { durationToMilliseconds } from '../../common/duration';
import {
  administrator,
  anomalyResult,
  startFaultyProxy,
  uniqueName,
  type FaultyProxy,
} from './fixtures/elasticsearch_fixture';
import { startKibanaStandIn, type Person } from './fixtures/kibana_stand_in';

const DAY = 86_400_000;
const MINUTE = 60_000;
const NOW = Date.UTC(2026, 10, 10, 12, 7);
const admin = administrator();
const space = uniqueName('whatif').toLowerCase();
const person: Person = { name: 'olga', client: admin, privileges: ['read'] };
const kibana = startKibanaStandIn({ plain: admin });
kibana.now = () => NOW;
let proxy: FaultyProxy;
let throughProxy: Client;

/** Some by themselves, some in bursts, over 35 days, of two detectors, twelve entities and three features. */
const results = Array.from({ length: 900 }, (_, place): AnomalyResult => {
  const burst = Math.floor(place / 3);
  const result = anomalyResult({
    id: `log-${place}`,
    time: NOW - ((burst * 7_919) % (35 * 24 * 60)) * MINUTE - (place % 3) * 4 * MINUTE,
    detector: burst % 5 === 0 ? 'mail' : 'web',
    confidence: 0.5 + ((place * 37) % 100) / 201,
  });
  const [attribution] = result.anomaly.attribution;
  return {
    ...result,
    anomaly: {
      ...result.anomaly,
      entity: burst % 13 === 0 ? undefined : `entity-${burst % 12}`,
      attribution: [{ ...attribution, feature: ['status', 'path', 'bytes'][burst % 3] }],
    },
  };
});
const inRange = results.filter(({ '@timestamp': time }) => {
  const at = Date.parse(time);
  return at >= NOW - 30 * DAY && at < NOW;
});

/** Alerts counted one window after another, with the grouping of the rule itself. */
function bruteForce(params: LogAnomalyParams): { alerts: number; days: number[]; results: number } {
  const window = Math.max(5 * MINUTE, durationToMilliseconds(params.window));
  const counted = inRange.filter(
    ({ anomaly, detector }) =>
      anomaly.confidence >= lowestConfidence(params) &&
      (params.detector_ids.length === 0 || params.detector_ids.includes(detector.id)),
  );
  const days = new Array<number>(30).fill(0);
  const from = NOW - 30 * DAY;
  let active = new Set<string>();
  for (let start = Math.floor(from / window) * window; start < NOW; start += window) {
    const groups = new ResultGroups(params.group_by, 0);
    for (const result of counted) {
      const time = Date.parse(result['@timestamp']);
      if (time >= start && time < start + window) groups.add({ id: result.source.id, result });
    }
    const reached = new Set(groups.reaching(params.count).map(({ id }) => id));
    for (const id of reached) if (!active.has(id)) days[Math.max(0, Math.floor((start - from) / DAY))]++;
    active = reached;
  }
  return { alerts: days.reduce((sum, day) => sum + day, 0), days, results: counted.length };
}

type Answer = ApiResponse<Endpoints['whatIf']>;
async function ask(query: Record<string, string>): Promise<Answer> {
  const { status, body } = await kibana.call(person, 'whatIf', { query }, space);
  expect([status, body]).toEqual([200, expect.anything()]);
  return body;
}

beforeAll(async () => {
  proxy = await startFaultyProxy();
  throughProxy = connect({
    url: proxy.url,
    username: process.env.ELASTICSEARCH_USERNAME,
    password: process.env.ELASTICSEARCH_PASSWORD,
  });
  await createResultStore(admin, { space, refresh: true }).write(results);
});
afterAll(async () => {
  const indices = await admin.indices.get({ index: resultsPattern(space) });
  await admin.indices.delete({ index: Object.keys(indices) });
  await throughProxy.close();
  await proxy.close();
  await admin.close();
});

it.each<Record<string, string>>([
  {},
  { min_confidence: '0.8' },
  { min_severity: 'major', group_by: 'feature' },
  { window: '1h', count: '2' },
  { window: '30m', group_by: 'detector', count: '3' },
  { detector_ids: 'mail', window: '6h' },
])('counts what the rule would have raised with %j', async (query) => {
  const answer = await ask(query);
  const expected = bruteForce(
    logAnomalyParamsSchema.parse({
      ...query,
      ...('min_confidence' in query && { min_confidence: Number(query.min_confidence) }),
      ...('count' in query && { count: Number(query.count) }),
      ...('detector_ids' in query && { detector_ids: [query.detector_ids] }),
    }),
  );
  expect(expected.alerts).toBeGreaterThan(10);
  expect({
    alerts: answer.alerts,
    days: answer.days.map(({ alerts }) => alerts),
    results: answer.results,
  }).toEqual(expected);
  expect(answer.complete).toBe(true);
  expect(answer.days.reduce((sum, day) => sum + day.results, 0)).toBe(answer.results);
  expect(answer.groups.length).toBeLessThanOrEqual(10);
});

it('names confirmed anomalies that it misses, and why', async () => {
  const marks = createResultMarks(admin, { space });
  const [low, high, hidden] = [
    inRange.find(({ anomaly }) => anomaly.confidence < 0.6),
    inRange.find(({ anomaly }) => anomaly.confidence > 0.95),
    inRange.find(({ anomaly }) => anomaly.confidence > 0.9 && anomaly.confidence < 0.95),
  ] as AnomalyResult[];
  const note = { at: new Date(NOW).toISOString(), because: 'test' };
  for (const { detector, source } of [low, high, hidden])
    await marks.judge(detector.id, source, 'real', note);
  const suppression = {
    id: 's',
    detector_ids: [],
    name: 's',
    origin: 'mute' as const,
    match: { source: hidden.source },
    exclude_from_training: false,
    at: note.at,
  };
  await marks.hide(suppression, { from: 0, to: NOW }, note);
  const missed = async (query: Record<string, string>) => {
    const answer = await ask(query);
    expect(answer.confirmed).toBe(3);
    return answer.missed.map(({ confidence, why }) => [confidence, why]);
  };
  expect(await missed({})).toEqual([[hidden.anomaly.confidence, 'suppressed']]);
  expect(await missed({ min_confidence: '0.7' })).toEqual([
    [hidden.anomaly.confidence, 'suppressed'],
    [low.anomaly.confidence, 'below_confidence'],
  ]);
  expect(await missed({ count: '100' })).toEqual([
    [high.anomaly.confidence, 'too_few'],
    [hidden.anomaly.confidence, 'suppressed'],
    [low.anomaly.confidence, 'too_few'],
  ]);
  await marks.show('s', [], note);
});

it('takes at most three requests, also for more results than can be counted one by one', async () => {
  const params = logAnomalyParamsSchema.parse({});
  proxy.behave(() => 'pass');
  await whatIf(throughProxy, params, { space, to: NOW });
  expect(proxy.requests()).toBe(2);
  // Elasticsearch says that there are more than one answer holds, but two do.
  proxy.behave(({ count }) =>
    count === 1
      ? { alter: (body) => body.replace(/"counted":\{"doc_count":\d+/, '"counted":{"doc_count":90000') }
      : 'pass',
  );
  const halved = await whatIf(throughProxy, params, { space, to: NOW });
  expect([proxy.requests(), halved.complete, halved.alerts]).toEqual([3, true, bruteForce(params).alerts]);
  // Elasticsearch says that there are very many.
  proxy.behave(({ count }) =>
    count === 1
      ? { alter: (body) => body.replace(/"counted":\{"doc_count":\d+/, '"counted":{"doc_count":5000000') }
      : 'pass',
  );
  const answer = await whatIf(throughProxy, params, { space, to: NOW });
  expect(proxy.requests()).toBe(3);
  expect(answer.complete).toBe(false);
  expect(answer.alerts).toBeGreaterThan(0);
  // Few groups are counted whole, however many results they have.
  proxy.behave(({ count }) =>
    count === 1
      ? { alter: (body) => body.replace(/"counted":\{"doc_count":\d+/, '"counted":{"doc_count":5000000') }
      : 'pass',
  );
  const byFeature = await whatIf(throughProxy, { ...params, group_by: 'feature' }, { space, to: NOW });
  expect(byFeature.complete).toBe(true);
  expect(byFeature.alerts).toBe(bruteForce({ ...params, group_by: 'feature' }).alerts);
});
